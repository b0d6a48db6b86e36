"""Upstreams called by HTTP/2 (`egress.http2_origins`): real gRPC from client to server, and nginx in the clear and over TLS."""

import concurrent.futures
import json
import os
import subprocess
import threading

import grpc
import pytest
import urllib3
from conftest import Traffic, free_port
from gatewright import BINARY, Process, eventually
from oidc import certificate
from wire import api

NGINX = """
daemon off; worker_processes 1; pid {work}/pid; error_log {work}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {work}/body; proxy_temp_path {work}/proxy;
  fastcgi_temp_path {work}/f; uwsgi_temp_path {work}/u; scgi_temp_path {work}/s;
  server {{
    listen 127.0.0.1:{clear} http2; listen 127.0.0.1:{tls} ssl http2; listen 127.0.0.1:{tls_http1} ssl; listen 127.0.0.1:{http1};
    ssl_certificate {certificate}; ssl_certificate_key {key};
    location / {{ return 200 "$server_protocol $connection $request_method $request_uri $http_host $http_via"; }}
  }}
}}
"""


class Shop(grpc.GenericRpcHandler):
    """Methods on bytes, so that nothing has to be generated."""

    def __init__(self):
        self.go_on = threading.Event()

    def service(self, call):
        method = {
            "/shop.Orders/Get": grpc.unary_unary_rpc_method_handler(self.get),
            "/shop.Orders/Watch": grpc.unary_stream_rpc_method_handler(self.watch),
            "/shop.Orders/Sum": grpc.stream_unary_rpc_method_handler(lambda pieces, _: str(sum(map(len, pieces))).encode()),
            "/shop.Orders/Fail": grpc.unary_unary_rpc_method_handler(self.fail),
        }
        return method.get(call.method)

    def get(self, request, context):
        metadata = dict(context.invocation_metadata())
        context.set_trailing_metadata([("x-trailer", "kept")])
        return json.dumps({"asked": request.decode(), "tenant": metadata.get("x-tenant"), "via": metadata.get("via")}).encode()

    def watch(self, request, _):
        yield b"first"
        assert self.go_on.wait(20)
        yield b"second"

    def fail(self, _, context):
        context.abort(grpc.StatusCode.NOT_FOUND, "no such order")


@pytest.fixture(scope="module")
def shop():
    handler, server = Shop(), grpc.server(concurrent.futures.ThreadPoolExecutor(8))
    server.add_generic_rpc_handlers([handler])
    handler.origin = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield handler
    server.stop(None).wait()


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    work, ports = tmp_path_factory.mktemp("nginx"), {name: free_port() for name in ("clear", "tls", "tls_http1", "http1")}
    work.chmod(0o755)
    key, file = certificate(work)
    (work / "nginx.conf").write_text(NGINX.format(work=work, key=key, certificate=file, **ports))
    process = subprocess.Popen(["nginx", "-e", work / "error.log", "-c", work / "nginx.conf"])
    eventually(lambda: urllib3.request("GET", f"http://127.0.0.1:{ports['http1']}/", retries=False).status == 200)
    origins = {name: f"{'https://localhost' if 'tls' in name else 'http://127.0.0.1'}:{port}" for name, port in ports.items()}
    yield {**origins, "certificate": str(file)}
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def process(shop, nginx, tmp_path_factory):
    listed = [shop.origin, nginx["clear"], nginx["tls"], nginx["tls_http1"] + "/"]
    settings = {"HTTP2_ORIGINS": ",".join(listed), "CA_FILES": nginx["certificate"]}
    process = Process("serve", tmp_path_factory.mktemp("serve"), {
        "GATEWRIGHT_TRAFFIC_THREADS": "1", **{f"GATEWRIGHT_EGRESS_{name}": value for name, value in settings.items()}})
    yield process.start()
    process.stop()


@pytest.fixture(scope="module")
def orders(process, shop):
    """gRPC's own client, through the gateway; the API is told by `:authority`."""
    with api(process, shop.origin) as host:
        with grpc.insecure_channel(process.listeners["traffic"], [("grpc.default_authority", host)]) as channel:
            yield channel


def test_grpc(orders):
    answer, call = orders.unary_unary("/shop.Orders/Get").with_call(b"order 7", metadata=[("x-tenant", "blue")], timeout=20)
    assert json.loads(answer) == {"asked": "order 7", "tenant": "blue", "via": "HTTP/1.1 AmazonAPIGateway"}
    assert dict(call.trailing_metadata())["x-trailer"] == "kept"
    assert "apigw-requestid" in dict(call.initial_metadata())


def test_grpc_streams(orders, shop):
    """Each message goes on as it comes: the server sends the second only when the client has the first."""
    answers = orders.unary_stream("/shop.Orders/Watch")(b"", timeout=20)
    assert next(answers) == b"first"
    shop.go_on.set()
    assert list(answers) == [b"second"]
    pieces = [bytes(100_000) for _ in range(20)]
    assert orders.stream_unary("/shop.Orders/Sum")(iter(pieces), timeout=20) == b"2000000"


def test_grpc_errors(orders):
    """A status without a message is an answer whose headers are its trailers."""
    for method, code, details in [
        ("Fail", grpc.StatusCode.NOT_FOUND, "no such order"), ("Missing", grpc.StatusCode.UNIMPLEMENTED, "Method not found!"),
    ]:
        with pytest.raises(grpc.RpcError) as error:
            orders.unary_unary(f"/shop.Orders/{method}")(b"", timeout=20)
        assert (error.value.code(), error.value.details()) == (code, details)


@pytest.mark.parametrize(("name", "protocol"), [("clear", "HTTP/2.0"), ("tls", "HTTP/2.0"), ("http1", "HTTP/1.1")])
def test_nginx(process, nginx, name, protocol):
    authority = nginx[name].split("://")[1]
    with api(process, nginx[name]) as host:
        call = Traffic(process)
        answers = [call(host.split(".")[0], "/a%20b?x=1&x=2", body=b"12345", method="POST").data.decode().split(" ", 2) for _ in range(3)]
    assert {answer[0] for answer in answers} == {protocol}
    assert {answer[2] for answer in answers} == {f"POST /a%20b?x=1&x=2 {authority} HTTP/1.1 AmazonAPIGateway"}
    # Whoever answers before the body has come keeps an HTTP/1.1 connection from being used again.
    assert len({answer[1] for answer in answers}) == 1 or protocol == "HTTP/1.1"


def test_who_does_not_offer_it(process, nginx):
    with api(process, nginx["tls_http1"]) as host:
        answer = Traffic(process)(host.split(".")[0])
    assert (answer.status, json.loads(answer.data)) == (503, {"message": "Service Unavailable"})


@pytest.mark.parametrize("value", ["shop:50051", "ftp://shop", "http://shop/path", "http://u:p@shop"])
def test_what_is_no_origin(tmp_path, value):
    environment = {**os.environ, "GATEWRIGHT_EGRESS_HTTP2_ORIGINS": value}
    done = subprocess.run([BINARY, "serve", "--data-dir", tmp_path], env=environment, capture_output=True, text=True, timeout=20)
    assert done.returncode != 0
    assert f"[egress] is not valid: `{value}` is no origin" in done.stderr and "`http2_origins`" in done.stderr, done.stderr
