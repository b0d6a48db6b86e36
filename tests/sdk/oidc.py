"""A real OpenID provider (oidc-provider from npm) on TLS, with a certificate of the test's own authority."""

import json
import os
import pathlib
import shutil
import subprocess

import urllib3
from conftest import free_port
from gatewright import eventually
from terraform import TARGET

SOURCE = pathlib.Path(__file__).parent.parent / "oidc"
MODULES = TARGET / "oidc"


def install():
    """What npm brings, once for all runs."""
    MODULES.mkdir(parents=True, exist_ok=True)
    if not (MODULES / "node_modules" / "oidc-provider").exists():
        shutil.copy(SOURCE / "package.json", MODULES)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=MODULES, check=True)


def certificate(work, name="localhost"):
    """A self-signed certificate, which is its own authority: key and certificate files."""
    key, file = work / f"{name}.key", work / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout", key,
         "-out", file, "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-addext", "basicConstraints=critical,CA:FALSE"],
        check=True, capture_output=True)
    return key, file


class Provider:
    """Runs until it is stopped; can be started again with other keys on the same port."""

    def __init__(self, work):
        install()
        self.key, self.certificate = certificate(work)
        self.port = free_port()
        self.issuer = f"https://localhost:{self.port}"
        self.http = urllib3.PoolManager(ca_certs=str(self.certificate))
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            ["node", SOURCE / "provider.mjs", str(self.port), self.key, self.certificate], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "OIDC_MODULES": str(MODULES), "NODE_ENV": "production"})
        discovery = f"{self.issuer}/.well-known/openid-configuration"
        eventually(lambda: self.http.request("GET", discovery, retries=False).status == 200)
        return self

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def command(self, line):
        """Says a line, and hears how often each path was asked."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        # Between notices of the provider's own.
        return next(json.loads(line) for line in self.process.stdout if line.startswith("{"))

    def token(self, audience="app", algorithm="RS256", scope=""):
        answer = self.http.request(
            "POST", f"{self.issuer}/token", fields={
                "grant_type": "client_credentials", "client_id": "test", "client_secret": "secret", "scope": scope,
                "resource": f"https://{audience}/{algorithm}"}, encode_multipart=False)
        assert answer.status == 200, answer.data
        return answer.json()["access_token"]
