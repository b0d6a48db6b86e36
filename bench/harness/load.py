"""Load: wrk on the other core."""

import re
import subprocess

from . import machine

CONNECTIONS = 64
UNITS = {"us": 1, "ms": 1000, "s": 1_000_000}

#: What is asked for, and from where.
ROUTES = range(1000)
SITE = "https://app.example.com"

BROWSER = f'wrk.headers["origin"] = "{SITE}"; wrk.headers["x-tenant"] = "blue"; '
# Written once: what wrk's Lua costs, gateways wait for, and a gateway that waits costs more.
WALK = """
local requests, n = {}, 0
init = function()
  for n = 0, 999 do requests[n] = wrk.format("GET", "/r" .. n .. "/items/" .. n) end
end
request = function()
  n = (n + 617) % 1000
  return requests[n]
end
"""
# A token for each request, from where the same gateway's last sample ended: how many were sent, and the file are arguments.
TOKENS = """
local tokens, next_token, n = {}, nil, 0
init = function(arguments)
  next_token = tonumber(arguments[1])
  for token in io.lines(arguments[2]) do tokens[#tokens + 1] = "Bearer " .. token end
end
request = function()
  wrk.headers["authorization"] = tokens[next_token % #tokens + 1]
  next_token = next_token + 1
  n = (n + 617) % 1000
  return wrk.format("GET", "/r" .. n .. "/items/" .. n)
end
"""
#: What each scenario asks for; Lua for wrk.
SCENARIOS = {
    "plain": 'wrk.path = "/bytes"',
    "routes": WALK,
    "same": BROWSER + WALK,
    "features": BROWSER + WALK,
    "logged": BROWSER + WALK,
    "jwt": BROWSER + TOKENS,
    "jwt-uncached": BROWSER + TOKENS,
    "post": 'wrk.method = "POST"; wrk.path = "/bytes"; wrk.body = string.rep("x", 4096); '
    'wrk.headers["content-type"] = "application/octet-stream"',
    "lambda": 'wrk.path = "/bytes"',
    "tls": 'wrk.path = "/bytes"',
    "handshakes": 'wrk.path = "/bytes"; wrk.headers["connection"] = "close"',
}
#: Those that come by TLS.
ENCRYPTED = {"tls", "handshakes"}


def run(scenario, peer, seconds, work):
    """Requests completed, requests a second, and latencies in microseconds."""
    script = work / f"{scenario}.lua"
    script.write_text(SCENARIOS[scenario])
    origin = f"https://127.0.0.1:{peer.tls_port}" if scenario in ENCRYPTED else f"http://127.0.0.1:{peer.port}"
    command = [
        "taskset", "-c", machine.LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency",
        "-H", f"Host: {peer.hosts[scenario]}", "-s", script, f"{origin}/bytes",
        "--", peer.sent[scenario], work / "tokens" / ("cold" if scenario == "jwt-uncached" else "warm"),
    ]
    text = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"{scenario} on {peer.name} failed:\n{text}")

    def latency(share):
        value, unit = re.search(rf"\s{share}%\s+([\d.]+)(us|ms|s)\b", text).groups()
        return float(value) * UNITS[unit]

    requests = int(re.search(r"(\d+) requests in", text).group(1))
    peer.sent[scenario] += requests + CONNECTIONS  # those under way are not counted
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    return {"requests": requests, "rate": rate, "p50": latency(50), "p99": latency(99)}
