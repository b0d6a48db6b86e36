"""Processes: pinned to a core, and what they cost."""

import os
import pathlib
import re
import socket
import subprocess
import time

GATEWAY_CORE, LOAD_CORE = 0, 1


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def check_free(port):
    """Of a port that cannot be another: whoever has it, a run that was killed perhaps, has to end first."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise RuntimeError(f"port {port} is in use: {error}") from error


def start(arguments, core, log, **options):
    """A process that stays on one core, with whatever it starts."""
    pinned = ["taskset", "-c", str(core), *map(str, arguments)]
    return subprocess.Popen(pinned, stdout=log, stderr=log, **options)


def wait_for_port(port, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


def tree(pid):
    """A process and its descendants."""
    children = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = pathlib.Path(f"/proc/{entry}/stat").read_text()
            children.setdefault(int(stat.rsplit(")", 1)[1].split()[1]), []).append(int(entry))
        except OSError:
            pass
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        left += children.get(found[-1], [])
    return found


def cpu_seconds(pid):
    """Time on a core of all threads, user and system, as the scheduler counts it."""
    nanoseconds = 0
    for process in tree(pid):
        for task in pathlib.Path(f"/proc/{process}/task").iterdir():
            nanoseconds += int((task / "schedstat").read_text().split()[0])
    return nanoseconds / 1e9


def system_calls(pid, during, work):
    """System calls by name while `during` runs."""
    out = work / "strace.out"
    pids = ",".join(map(str, tree(pid)))
    tracer = subprocess.Popen(["strace", "-c", "-f", "-p", pids, "-o", out], stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    requests = during()
    tracer.terminate()
    tracer.wait()
    counts = {}
    for line in out.read_text().splitlines():
        row = re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", line)
        if row and row.group(2) != "total":
            counts[row.group(2)] = int(row.group(1)) / requests
    return counts
