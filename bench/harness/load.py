"""Load: wrk on the other core."""

import re
import subprocess

from . import machine

CONNECTIONS = 64
UNITS = {"us": 1, "ms": 1000, "s": 1_000_000}

ROUTES = (
    'local n = 0; request = function() n = (n + 617) % 1000; '
    'return wrk.format("GET", "/r" .. n .. "/items/" .. n) end'
)
BROWSER = 'wrk.headers["origin"] = "https://app.example.com"; wrk.headers["x-tenant"] = "blue"; '
#: What each scenario asks for; Lua for wrk.
SCENARIOS = {
    "plain": 'wrk.path = "/bytes"',
    "routes": ROUTES,
    "features": BROWSER + ROUTES,
    "logged": BROWSER + ROUTES,
    "post": 'wrk.method = "POST"; wrk.path = "/bytes"; wrk.body = string.rep("x", 4096); '
    'wrk.headers["content-type"] = "application/octet-stream"',
}


def run(scenario, port, host, seconds, work):
    """Requests completed, requests a second, and latencies in microseconds."""
    script = work / f"{scenario}.lua"
    script.write_text(SCENARIOS[scenario])
    command = [
        "taskset", "-c", machine.LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency",
        "-H", f"Host: {host}", "-s", script, f"http://127.0.0.1:{port}/bytes",
    ]
    text = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"{scenario} on port {port} failed:\n{text}")

    def latency(share):
        value, unit = re.search(rf"\s{share}%\s+([\d.]+)(us|ms|s)\b", text).groups()
        return float(value) * UNITS[unit]

    requests = int(re.search(r"(\d+) requests in", text).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    return {"requests": requests, "rate": rate, "p50": latency(50), "p99": latency(99)}
