"""What a request costs in system calls: they are most of a proxy's work, and the same on every machine. Two of each are the fewest
that there can be: head and small body go together, and no socket is asked in vain (docs/PERFORMANCE.md)."""

import socket
import struct

import pytest
import urllib3
from echo import Echo
from gatewright import Process, eventually
from preload import Preload

REQUESTS = 300
FEATURES = {"CorsConfiguration": {"AllowOrigins": ["https://app.example.com"]}}
STAGE = {"DefaultRouteSettings": {"ThrottlingRateLimit": 100_000, "ThrottlingBurstLimit": 5_000}}
MAPPED = {"overwrite:header.x-caller": "${context.identity.sourceIp} ${request.header.x-tenant}"}


class Calls(Preload):
    def __init__(self, work):
        super().__init__(work, "calls", "CALLS", 16)

    def counts(self):
        return struct.unpack("qq", self.shared[:])


@pytest.fixture(scope="module")
def upstream():
    upstream = Echo()
    upstream.answers["/up"] = b"HTTP/1.1 200 OK\r\nContent-Length: 128\r\n\r\n" + b"x" * 128
    yield upstream
    upstream.stop()


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    return Calls(tmp_path_factory.mktemp("calls"))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory, calls):
    environment = {"GATEWRIGHT_TRAFFIC_THREADS": "1", **calls.environment}
    process = Process("serve", tmp_path_factory.mktemp("gateway"), environment)
    process.start()
    yield process
    process.stop()


def api(gateway, upstream, stage=(), mapping=(), **members):
    client = gateway.client()
    api_id = client.create_api(Name="calls", ProtocolType="HTTP", **members)["ApiId"]
    made = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", PayloadFormatVersion="1.0",
        IntegrationUri=upstream.url + "/up", RequestParameters=dict(mapping))
    client.create_route(ApiId=api_id, RouteKey="ANY /up", Target=f"integrations/{made['IntegrationId']}")
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True, **dict(stage))
    eventually(lambda: f'api="{api_id}"' in urllib3.request("GET", gateway.url("admin") + "/metrics").data.decode())
    return api_id


def ask(connection, request):
    connection.sendall(request)
    answer = b""
    while not answer.endswith(b"\r\n\r\n" + b"x" * 128):
        piece = connection.recv(65536)
        assert piece, answer
        answer += piece
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    return answer


@pytest.mark.parametrize("features", [False, True])
@pytest.mark.parametrize("method, body", [("GET", b""), ("POST", b"y" * 4096)])
def test_two_sends_and_two_receives(gateway, upstream, calls, method, body, features):
    api_id = api(gateway, upstream, STAGE, MAPPED, **FEATURES) if features else api(gateway, upstream)
    lines = [f"{method} /up HTTP/1.1", f"Host: {api_id}.execute-api.us-east-1.localhost", "Origin: https://app.example.com",
             "X-Tenant: blue", f"Content-Length: {len(body)}"]
    request = "\r\n".join([*lines, "\r\n"]).encode() + body
    host, port = gateway.listeners["traffic"].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answer = ask(connection, request)  # connects to the upstream
        assert (b"access-control-allow-origin" in answer.lower()) == features
        before = calls.counts()
        for _ in range(REQUESTS):
            ask(connection, request)
        sent, received = ((now - then) / REQUESTS for now, then in zip(calls.counts(), before, strict=True))
    print(f"{sent:.2f} sent, {received:.2f} received")
    # Other threads of the process have some of their own.
    assert 2 <= sent < 2.2 and 2 <= received < 2.2, (sent, received)
