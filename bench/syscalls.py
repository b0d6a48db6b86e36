"""System calls per request, counted by strace in a round of its own.

The counts are exact; time under strace means nothing, which is why nothing else is measured then.
"""

import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from load import Load

ATTACH_SECONDS_MAX = 10
ROW = re.compile(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+(\w+)$")


def per_request(pids: list[int], output: Path, load: Callable[[], Load]) -> dict[str, float]:
    """Runs `load` while strace counts, and returns calls per completed request by name.

    The calls that open and close the load's connections are in the figure: some 0.02 a request.
    """
    command = ["strace", "-c", "-f", "-o", str(output)]
    for pid in pids:
        command += ["-p", str(pid)]
    tracer = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait_until_traced(pids, tracer)
        completed = load().requests
    finally:
        tracer.send_signal(signal.SIGINT)
        _, complaints = tracer.communicate(timeout=ATTACH_SECONDS_MAX)
    counts = {}
    for line in output.read_text().splitlines():
        if (row := ROW.match(line)) and row.group(2) != "total":
            counts[row.group(2)] = int(row.group(1)) / max(completed, 1)
    if not counts:
        raise RuntimeError(f"strace counted nothing: {complaints.decode()}")
    return counts


def _wait_until_traced(pids: list[int], tracer: subprocess.Popen) -> None:
    """Until every thread of every process has the tracer."""
    end = time.monotonic() + ATTACH_SECONDS_MAX
    while time.monotonic() < end and tracer.poll() is None:
        if all(_is_traced(task) for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()):
            return
        time.sleep(0.02)
    raise RuntimeError("strace could not attach to every thread")


def _is_traced(task: Path) -> bool:
    found = re.search(r"TracerPid:\s+(\d+)", (task / "status").read_text())
    return found is not None and found.group(1) != "0"
