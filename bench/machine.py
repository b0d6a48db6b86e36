"""Processes, cores and ports of the machine under test.

Every process of a run is started and ended here, by its own id, on the core it belongs to.
"""

import http.client
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 15


@dataclass(frozen=True)
class Cores:
    """The gateway has one core to itself; load and origin share the other."""

    gateway: int
    load: int


class StartFailed(Exception):
    """A process ended, or did not answer in time."""


def start(command: list[str], core: int, log: Path, environment: dict[str, str] | None = None) -> subprocess.Popen:
    """Starts a command pinned to one core; what it prints goes to `log`."""

    def before_exec() -> None:
        os.sched_setaffinity(0, {core})
        try:
            # Less noise from whatever else the machine does; needs root, and all peers get the same.
            os.nice(-5)
        except OSError:
            pass

    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
            preexec_fn=before_exec,
        )


def stop(process: subprocess.Popen) -> None:
    """Ends a process we started, with its children."""
    if process.poll() is not None:
        return
    family = tree(process.pid)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        for pid in reversed(family):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait()


def tree(root: int) -> list[int]:
    """A process and all its descendants, parents first."""
    children: dict[int, list[int]] = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # It ended between the listing and the reading.
        children.setdefault(int(fields[1]), []).append(int(entry))
    family, waiting = [], [root]
    while waiting:
        pid = waiting.pop(0)
        family.append(pid)
        waiting += children.get(pid, [])
    return family


def free_address() -> tuple[str, int]:
    """A loopback address nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return "127.0.0.1", probe.getsockname()[1]


def wait_until_answers(process: subprocess.Popen, address: tuple[str, int], host: str, path: str, body: bytes) -> None:
    """Returns once the address answers 200 with exactly the expected body."""
    last = "nothing listens"
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end:
        if process.poll() is not None:
            raise StartFailed(f"ended with status {process.returncode} before it answered")
        try:
            connection = http.client.HTTPConnection(*address, timeout=2)
            connection.request("GET", path, headers={"Host": host})
            response = connection.getresponse()
            answer = response.read()
            connection.close()
            if response.status == 200 and answer == body:
                return
            last = f"answers {response.status} {answer[:200]!r}"
        except (OSError, http.client.HTTPException) as error:
            last = str(error)
        time.sleep(0.02)
    raise StartFailed(f"did not answer as it should within {START_SECONDS_MAX} s: {last}")
