"""The origin: an nginx on the load's core that answers 128 bytes, and counts what reaches it."""

import http.client
import re
import subprocess
from pathlib import Path

import machine

BODY = b"x" * 128
COUNT_PATH = "/origin-count"

CONFIGURATION = """
worker_processes 1;
{user}
daemon off;
pid {directory}/origin.pid;
error_log {directory}/origin.err error;
worker_rlimit_nofile 65536;
events {{ worker_connections 16384; multi_accept on; }}
http {{
    access_log off;
    server_tokens off;
    tcp_nodelay on;
    keepalive_requests 1000000000;
    keepalive_timeout 300s;
    # Head and 4 KiB body in one read.
    client_header_buffer_size 16k;
    client_body_buffer_size 64k;
    client_body_temp_path {directory}/origin-body;
    proxy_temp_path {directory}/origin-proxy;
    fastcgi_temp_path {directory}/origin-fastcgi;
    uwsgi_temp_path {directory}/origin-uwsgi;
    scgi_temp_path {directory}/origin-scgi;
    default_type text/plain;
    server {{
        listen {host}:{port} backlog=4096;
        location = {count_path} {{ stub_status; }}
        location / {{ return 200 "{body}"; }}
    }}
}}
"""


class Origin:
    """A running origin."""

    def __init__(self, directory: Path, core: int, user: str) -> None:
        self.address = machine.free_address()
        host, port = self.address
        configuration = directory / "origin.conf"
        configuration.write_text(
            CONFIGURATION.format(
                directory=directory, host=host, port=port, user=user, count_path=COUNT_PATH, body=BODY.decode()
            )
        )
        command = ["nginx", "-p", str(directory), "-e", str(directory / "origin.err"), "-c", str(configuration)]
        self.process: subprocess.Popen = machine.start(command, core, directory / "origin.log")
        try:
            machine.wait_until_answers(self.process, self.address, "origin", "/", BODY)
        except machine.StartFailed:
            self.stop()
            raise

    def count(self) -> int:
        """Requests that reached the origin so far."""
        connection = http.client.HTTPConnection(*self.address, timeout=5)
        connection.request("GET", COUNT_PATH)
        text = connection.getresponse().read().decode()
        connection.close()
        found = re.search(r"requests\s+\d+ \d+ (\d+)", text)
        if found is None:
            raise LookupError(f"no request count in {text!r}")
        return int(found.group(1))

    def stop(self) -> None:
        machine.stop(self.process)
