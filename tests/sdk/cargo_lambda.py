"""`cargo lambda watch`: AWS's Lambda runtime for Rust, with the functions of tests/lambda/rust, behind an Invoke API."""

import os
import pathlib
import subprocess
import sys

import urllib3
from conftest import free_port
from gatewright import eventually
from terraform import TARGET

SOURCE = pathlib.Path(__file__).parent.parent / "lambda" / "rust"
BUILT = TARGET / "lambda-rust"


class CargoLambda:
    """Each binary is a function of its name, started by its first call."""

    def __init__(self, work):
        environment = {**os.environ, "CARGO_TARGET_DIR": str(BUILT)}
        subprocess.run(["cargo", "build", "--locked", "--quiet"], cwd=SOURCE, env=environment, check=True)
        port, log = free_port(), open(work / "log", "wb")
        self.url = f"http://127.0.0.1:{port}"
        command = [pathlib.Path(sys.executable).parent / "cargo-lambda", "lambda", "watch", "--wait", "--ignore-changes",
                   "--invoke-address", "127.0.0.1", "--invoke-port", str(port)]
        self.process = subprocess.Popen(command, cwd=SOURCE, env=environment, stdout=log, stderr=log)
        eventually(lambda: urllib3.request("GET", self.url, retries=False).status)

    def stop(self):
        """It ends its functions."""
        self.process.terminate()
        self.process.wait()
