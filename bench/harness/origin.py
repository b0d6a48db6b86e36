"""What all gateways call: 128 bytes, the same as what a function returns, and whoever issues tokens."""

import json

from . import machine

ORIGIN = """
daemon off; worker_processes 1; pid {work}/origin.pid; error_log {work}/origin.log crit;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; client_body_temp_path {work}/origin-body;
  proxy_temp_path {work}/o1; fastcgi_temp_path {work}/o2; uwsgi_temp_path {work}/o3; scgi_temp_path {work}/o4;
  server {{ listen 127.0.0.1:{port}; location / {{ default_type text/plain; return 200 "{body}"; }}
    location /2015-03-31/functions/ {{ default_type application/json; return 200 '{answer}'; }} }}
  {issuer} }}
"""


def start_origin(work, log, issuer=""):
    port, body = machine.free_port(), "x" * 128
    answer = json.dumps({"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": body})
    (work / "origin.conf").write_text(ORIGIN.format(work=work, port=port, body=body, answer=answer, issuer=issuer))
    command = ["nginx", "-e", work / "origin.log", "-c", work / "origin.conf"]
    process = machine.start(command, machine.LOAD_CORE, log)
    machine.wait_for_port(port)
    return process, port
