"""What all gateways call: 128 bytes."""

from . import machine

ORIGIN = """
daemon off; worker_processes 1; pid {work}/origin.pid; error_log {work}/origin.log crit;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; client_body_temp_path {work}/origin-body;
  proxy_temp_path {work}/o1; fastcgi_temp_path {work}/o2; uwsgi_temp_path {work}/o3; scgi_temp_path {work}/o4;
  server {{ listen 127.0.0.1:{port}; location / {{ default_type text/plain; return 200 "{body}"; }} }} }}
"""


def start_origin(work, log):
    port = machine.free_port()
    (work / "origin.conf").write_text(ORIGIN.format(work=work, port=port, body="x" * 128))
    command = ["nginx", "-e", work / "origin.log", "-c", work / "origin.conf"]
    process = machine.start(command, machine.LOAD_CORE, log)
    machine.wait_for_port(port)
    return process, port
