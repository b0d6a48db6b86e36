"""The real binary as a process, and clients of it."""

import contextlib
import io
import json
import os
import pathlib
import signal
import subprocess
import time
from unittest import mock

import boto3
import botocore.config

BINARY = os.environ["BINARY_UNDER_TEST"]
LOOPBACK = "127.0.0.1:0"


def eventually(condition, seconds=20):
    """Waits until a condition holds; the condition's last error is the test's."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            result = condition()
            if result:
                return result
            error = AssertionError("condition does not hold")
        except Exception as caught:  # the last one is raised
            error = caught
        if time.monotonic() > deadline:
            raise error
        time.sleep(0.02)


class Process:
    """One role of the binary on free ports. Restarts keep the data directory and the ports."""

    def __init__(self, role, data_dir, environment=None, listeners=("traffic", "management", "admin")):
        self.role, self.data_dir = role, pathlib.Path(data_dir)
        self.environment = {**os.environ, **(environment or {})}
        self.listeners = {name: LOOPBACK for name in listeners}
        self.process, self.secured = None, ()

    def start(self):
        self.data_dir.mkdir(parents=True, exist_ok=True)
        listening = self.data_dir / "listen.json"
        listening.unlink(missing_ok=True)
        arguments = [BINARY, self.role, "--data-dir", str(self.data_dir)]
        for name, address in self.listeners.items():
            arguments += [f"--{name.replace('_', '-')}-listen", address]
        log = open(self.data_dir / "log", "ab")
        self.process = subprocess.Popen(arguments, env=self.environment, stdout=log, stderr=log)
        eventually(lambda: listening.exists() or self.process.poll() is not None)
        if not listening.exists():
            raise RuntimeError((self.data_dir / "log").read_text())
        self.listeners = json.loads(listening.read_text())
        return self

    def kill(self):
        """As by the kernel: nothing is written any more."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(timeout=40) == 0

    def url(self, listener):
        """By name where TLS is spoken (`secured`), as certificates have it."""
        address = self.listeners[listener]
        return f"https://localhost:{address.rsplit(':', 1)[1]}" if listener in self.secured else f"http://{address}"

    def credentials(self):
        lines = (self.data_dir / "credentials").read_text().splitlines()
        pairs = dict(line.split(" = ", 1) for line in lines if " = " in line)
        return pairs["aws_access_key_id"], pairs["aws_secret_access_key"]

    def client(self, key=None, secret=None, service="apigatewayv2", **config):
        known_key, known_secret = self.credentials()
        return boto3.client(
            service,
            endpoint_url=self.url("management"),
            region_name="us-east-1",
            aws_access_key_id=key or known_key,
            aws_secret_access_key=secret or known_secret,
            # Bad input is for the server to refuse.
            config=botocore.config.Config(
                retries={"total_max_attempts": 1}, parameter_validation=False, **config
            ),
        )

    def v1_client(self, key=None, secret=None, **config):
        """Of API Gateway's v1 API, which has API keys and usage plans."""
        return self.client(key, secret, service="apigateway", **config)

    def cli_environment(self):
        return {
            **os.environ,
            "AWS_ENDPOINT_URL_API_GATEWAY": self.url("management"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.data_dir / "credentials"),
            "AWS_ENDPOINT_URL_APIGATEWAYV2": self.url("management"),
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_PAGER": "",
        }

    def aws(self, *arguments):
        """What the AWS CLI prints; in this process, since starting it anew costs seconds a call."""
        from awscli.clidriver import create_clidriver

        out, errors = io.StringIO(), io.StringIO()
        environment = mock.patch.dict(os.environ, self.cli_environment(), clear=True)
        with environment, contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            code = create_clidriver().main(list(arguments))
        assert code == 0, errors.getvalue()
        return json.loads(out.getvalue()) if out.getvalue().strip() else None

    def access_key(self, user, policy):
        """Makes an access key with a policy; its id and secret."""
        path = self.data_dir / f"{user}.json"
        path.write_text(json.dumps(policy))
        arguments = [BINARY, "keys", "create", "--data-dir", str(self.data_dir), "--user", user, "--policy", str(path)]
        done = subprocess.run(arguments, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        pairs = dict(line.split(" = ", 1) for line in done.stdout.splitlines() if " = " in line)
        return pairs["aws_access_key_id"], pairs["aws_secret_access_key"]
