"""The load: wrk, one thread, a closed loop over keep-alive connections."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).parent / "lua" / "load.lua"
MARK = "RESULT "


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw."""

    requests: int
    duration_us: int
    p50_us: int
    p99_us: int
    refused: int
    broken: int

    @property
    def per_second(self) -> float:
        return self.requests / (self.duration_us / 1e6)


class LoadFailed(Exception):
    """wrk did not finish."""


def run(address: tuple[str, int], host: str, method: str, connections: int, seconds: int, core: int) -> Load:
    """Loads the address and returns when wrk has ended."""
    command = [
        "wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s",
        "--script", str(SCRIPT), f"http://{address[0]}:{address[1]}/",
    ]  # fmt: skip
    environment = {**os.environ, "BENCH_HOST": host, "BENCH_METHOD": method}
    finished = subprocess.run(
        ["taskset", "--cpu-list", str(core), *command],
        capture_output=True, text=True, env=environment, timeout=seconds + 30,
    )  # fmt: skip
    for line in finished.stdout.splitlines():
        if line.startswith(MARK):
            return Load(**json.loads(line[len(MARK) :]))
    raise LoadFailed(f"wrk: {finished.stdout}{finished.stderr}")
