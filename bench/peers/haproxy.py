"""HAProxy: one thread, the 1,000 routes as a prefix map (which HAProxy keeps in a tree)."""

import subprocess
from pathlib import Path

import machine
from peers.peer import ConfiguredByFile, Peer, Prepared, Surroundings
from scenarios import EVERYTHING, Scenario

CONFIGURATION = """
global
    nbthread 1
    maxconn 4000
defaults
    mode http
    timeout http-request 10s
    timeout http-keep-alive 75s
    timeout client 60s
    timeout connect 5s
    timeout server 30s
    http-reuse always
    unique-id-format %[uuid()]
frontend traffic
    bind {listen} backlog 4096
    http-request deny deny_status 413 if {{ req.body_size gt 10485760 }}
    http-request set-header forwarded for=%[src];host=%[req.hdr(host)];proto=http
    http-response set-header apigw-requestid %[unique-id]
{rules}
    default_backend origin
backend origin
    server origin {origin} pool-max-conn 512
"""

ROUTE_RULES = """
    http-request set-var(txn.route) path,map_beg({map})
    http-request deny deny_status 404 unless {{ var(txn.route) -m found }}
"""


class Haproxy(Peer):
    def version(self, tools: dict[str, Path]) -> str:
        found = subprocess.run(["haproxy", "-v"], capture_output=True, text=True, check=True)
        return "HAProxy " + found.stdout.split()[2].split("-")[0]

    def prepare(self, scenario: Scenario, surroundings: Surroundings) -> Prepared:
        address = machine.free_address()
        directory = surroundings.directory
        rules = ""
        if scenario.prefixes != EVERYTHING:
            routes = directory / "routes.map"
            routes.write_text("".join(f"{prefix} {index}\n" for index, prefix in enumerate(scenario.prefixes)))
            rules = ROUTE_RULES.format(map=routes)
        configuration = directory / "haproxy.cfg"
        configuration.write_text(
            CONFIGURATION.format(
                listen="{}:{}".format(*address), origin="{}:{}".format(*surroundings.origin), rules=rules
            )
        )
        return ConfiguredByFile(surroundings, ["haproxy", "-db", "-f", str(configuration)], address)
