"""gatewright: `serve` with one traffic thread, set up through its management API.

An API is created once a scenario; every sample starts the process again on the same data.
"""

import json
import subprocess
import time
from pathlib import Path

import machine
from management_api import ManagementApi
from peers.peer import Peer, Prepared, Running, Surroundings
from scenarios import Scenario

LISTEN_SECONDS_MAX = 30
ENVIRONMENT = {"GATEWRIGHT_TRAFFIC_THREADS": "1"}


class Gatewright(Peer):
    def version(self, tools: dict[str, Path]) -> str:
        found = subprocess.run([tools["gatewright"], "--version"], capture_output=True, text=True, check=True)
        return found.stdout.strip()

    def prepare(self, scenario: Scenario, surroundings: Surroundings) -> Prepared:
        process, listen = _start(surroundings)
        try:
            api = ManagementApi(listen["management"], _data(surroundings) / "credentials")
            api_id = _create_api(api, scenario, surroundings.origin)
            api.close()
        finally:
            machine.stop(process)
        return _Configured(surroundings, f"{api_id}.execute-api.us-east-1.localhost")


class _Configured(Prepared):
    def __init__(self, surroundings: Surroundings, host: str) -> None:
        super().__init__(surroundings)
        self._host = host

    def launch(self) -> Running:
        process, listen = _start(self.surroundings)
        return Running(process, listen["traffic"], self._host)


def _create_api(api: ManagementApi, scenario: Scenario, origin: tuple[str, int]) -> str:
    """An HTTP API with one HTTP_PROXY integration, and a deployment that holds all its routes."""
    api_id = api.create("/v2/apis", name=f"bench-{scenario.name}", protocolType="HTTP")["apiId"]
    integration = api.create(
        f"/v2/apis/{api_id}/integrations",
        integrationType="HTTP_PROXY",
        integrationMethod="ANY",
        integrationUri=f"http://{origin[0]}:{origin[1]}/{{proxy}}",
        payloadFormatVersion="1.0",
    )
    for prefix in scenario.prefixes:
        api.create(
            f"/v2/apis/{api_id}/routes",
            routeKey=f"ANY {prefix}{{proxy+}}",
            target=f"integrations/{integration['integrationId']}",
        )
    deployment = api.create(f"/v2/apis/{api_id}/deployments")
    api.create(f"/v2/apis/{api_id}/stages", stageName="$default", deploymentId=deployment["deploymentId"])
    return api_id


def _data(surroundings: Surroundings) -> Path:
    return surroundings.directory / "data"


def _start(surroundings: Surroundings) -> tuple[subprocess.Popen, dict[str, tuple[str, int]]]:
    """Starts `serve`, and returns the addresses it chose."""
    written = _data(surroundings) / "listen.json"
    written.unlink(missing_ok=True)
    command = [
        str(surroundings.tools["gatewright"]), "serve", "--data-dir", str(_data(surroundings)),
        "--traffic-listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
    ]  # fmt: skip
    log = surroundings.directory / "log"
    process = machine.start(command, surroundings.core, log, ENVIRONMENT)
    try:
        return process, _wait_for_addresses(process, written, log)
    except machine.StartFailed:
        machine.stop(process)
        raise


def _wait_for_addresses(process: subprocess.Popen, written: Path, log: Path) -> dict[str, tuple[str, int]]:
    end = time.monotonic() + LISTEN_SECONDS_MAX
    while time.monotonic() < end:
        try:
            addresses = json.loads(written.read_text())
        except (FileNotFoundError, json.JSONDecodeError):  # Not there, or half written.
            if process.poll() is not None:
                break
            time.sleep(0.02)
            continue
        return {name: _split(address) for name, address in addresses.items()}
    tail = log.read_text(errors="replace")[-2000:]
    raise machine.StartFailed(f"gatewright wrote no {written.name}; its log ends with:\n{tail}")


def _split(address: str) -> tuple[str, int]:
    host, port = address.rsplit(":", 1)
    return host, int(port)
