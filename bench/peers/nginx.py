"""nginx: one worker, the 1,000 routes as prefix locations (which nginx keeps in a tree)."""

import os
import subprocess
from pathlib import Path

import machine
from peers.peer import ConfiguredByFile, Peer, Prepared, Surroundings
from scenarios import Scenario

CONFIGURATION = """
worker_processes 1;
{user}
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/nginx.err error;
worker_rlimit_nofile 65536;
events {{ worker_connections 16384; multi_accept on; }}
http {{
    access_log off;
    server_tokens off;
    tcp_nodelay on;
    client_header_timeout 10s;
    client_body_timeout 60s;
    keepalive_timeout 75s;
    keepalive_requests 1000000000;
    client_max_body_size 10m;
    # Room for a 4 KiB body beside its head: no temporary file, one read.
    client_header_buffer_size 8k;
    client_body_buffer_size 64k;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    upstream origin {{
        server {origin};
        keepalive 512;
        keepalive_requests 1000000000;
        keepalive_timeout 60s;
    }}
    server {{
        listen {listen} backlog=4096;
        proxy_http_version 1.1;
        proxy_connect_timeout 5s;
        proxy_send_timeout 30s;
        proxy_read_timeout 30s;
        proxy_set_header Connection "";
        proxy_set_header Host $proxy_host;
        proxy_set_header Forwarded "for=$remote_addr;host=$host;proto=$scheme";
        add_header apigw-requestid $request_id always;
{locations}
    }}
}}
"""


def user_directive() -> str:
    """As root, nginx would drop to a user that cannot enter the run's directory."""
    return "user root;" if os.geteuid() == 0 else ""


class Nginx(Peer):
    def version(self, tools: dict[str, Path]) -> str:
        found = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True)
        return "nginx " + found.stderr.split("/")[-1].strip()

    def prepare(self, scenario: Scenario, surroundings: Surroundings) -> Prepared:
        address = machine.free_address()
        directory = surroundings.directory
        configuration = directory / "nginx.conf"
        locations = "\n".join(
            f"        location {prefix} {{ proxy_pass http://origin; }}" for prefix in scenario.prefixes
        )
        configuration.write_text(
            CONFIGURATION.format(
                user=user_directive(),
                directory=directory,
                origin="{}:{}".format(*surroundings.origin),
                listen="{}:{}".format(*address),
                locations=locations,
            )
        )
        command = ["nginx", "-p", str(directory), "-e", str(directory / "nginx.err"), "-c", str(configuration)]
        return ConfiguredByFile(surroundings, command, address)
