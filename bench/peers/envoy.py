"""Envoy: one worker, the 1,000 routes as prefix routes (which Envoy tries one after the other).

Envoy's configuration is YAML, and JSON is YAML. It limits what it buffers, not the size of a body
that streams, so it is the one peer without that check.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import machine
from peers.peer import ConfiguredByFile, Peer, Prepared, Surroundings
from scenarios import Scenario

TYPES = "type.googleapis.com/envoy.extensions"
MANY = 100_000


class Envoy(Peer):
    def version(self, tools: dict[str, Path]) -> str:
        found = subprocess.run([tools["envoy"], "--version"], capture_output=True, text=True, check=True)
        return "Envoy " + found.stdout.split("/")[1]

    def prepare(self, scenario: Scenario, surroundings: Surroundings) -> Prepared:
        address = machine.free_address()
        configuration = surroundings.directory / "envoy.json"
        configuration.write_text(json.dumps(_configuration(scenario, address, surroundings.origin), indent=1))
        command = [
            str(surroundings.tools["envoy"]), "--config-path", str(configuration), "--concurrency", "1",
            "--log-level", "error", "--use-dynamic-base-id",
        ]  # fmt: skip
        return ConfiguredByFile(surroundings, command, address)


def _configuration(scenario: Scenario, listen: tuple[str, int], origin: tuple[str, int]) -> dict[str, Any]:
    routes = [
        {"match": {"prefix": prefix}, "route": {"cluster": "origin", "timeout": "30s"}}
        for prefix in scenario.prefixes
    ]
    connection_manager = {
        "@type": f"{TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "traffic",
        "codec_type": "HTTP1",
        "use_remote_address": True,
        "generate_request_id": True,
        "always_set_request_id_in_response": True,
        "request_headers_timeout": "10s",
        "stream_idle_timeout": "60s",
        "common_http_protocol_options": {"idle_timeout": "75s"},
        "http_filters": [
            {"name": "router", "typed_config": {"@type": f"{TYPES}.filters.http.router.v3.Router"}},
        ],
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
    }
    limits = {"max_connections": MANY, "max_requests": MANY, "max_pending_requests": MANY}
    upstream = {"endpoint": {"address": _address(origin)}}
    cluster = {
        "name": "origin",
        "type": "STATIC",
        "connect_timeout": "5s",
        "circuit_breakers": {"thresholds": [limits]},
        "load_assignment": {"cluster_name": "origin", "endpoints": [{"lb_endpoints": [upstream]}]},
    }
    listener = {
        "name": "traffic",
        "address": _address(listen),
        "filter_chains": [{"filters": [{"name": "http", "typed_config": connection_manager}]}],
    }
    return {"static_resources": {"listeners": [listener], "clusters": [cluster]}}


def _address(address: tuple[str, int]) -> dict[str, Any]:
    return {"socket_address": {"address": address[0], "port_value": address[1]}}
