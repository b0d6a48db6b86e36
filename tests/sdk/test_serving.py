"""What clients of an API see: spec/http-api-runtime.md sections 1 to 5."""

import re
import socket
import threading

import pytest
import urllib3
from gatewright import eventually

CHUNK = b"x" * 65536


@pytest.fixture(scope="module")
def served(gateway, upstream):
    """One API with a stage `dev` and `$default`, variables and several routes."""
    client = gateway.client()
    api_id = client.create_api(Name="serving", ProtocolType="HTTP")["ApiId"]

    def route(key, uri, **members):
        integration = client.create_integration(
            ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod=members.pop("IntegrationMethod", "ANY"),
            IntegrationUri=uri, PayloadFormatVersion="1.0", **members,
        )["IntegrationId"]
        client.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{integration}")

    route("GET /pets/{id}", upstream + "/p/{id}")
    route("ANY /files/{proxy+}", upstream + "/f/{proxy}")
    route("GET /staged", "http://${stageVariables.host}/v/${stageVariables.name}")
    route("POST /fixed", upstream + "/fixed?own=1", IntegrationMethod="GET")
    route("GET /teapot", upstream + "/teapot")
    route("GET /refused", "http://127.0.0.1:1/")
    route("$default", upstream)
    client.create_route(ApiId=api_id, RouteKey="GET /untargeted")
    variables = {"host": upstream.removeprefix("http://"), "name": "x"}
    for stage in ("$default", "dev"):
        client.create_stage(ApiId=api_id, StageName=stage, AutoDeploy=True, StageVariables=variables)
    client.route = route
    yield api_id
    client.delete_api(ApiId=api_id)


@pytest.fixture(autouse=True)
def live(served, call):
    eventually(lambda: call(served, "/dev/teapot").status == 418)


@pytest.mark.parametrize("path,seen", [
    ("/pets/7?a=1&a=2", "GET /p/7?a=1&a=2 "),
    ("/pets/Summer%20Sale", "GET /p/Summer%20Sale "),
    ("/dev/pets/7", "GET /p/7 "),
    ("/files/a/b%2Fc", "GET /f/a/b/c "),
    ("/staged", "GET /v/x "),
    ("/anything/else?q", "GET /anything/else?q "),
    ("/dev/anything", "GET /anything "),
])
def test_requests_reach_their_upstream(served, call, path, seen):
    answer = call(served, path)
    assert answer.status == 200 and answer.data.decode().startswith(seen), answer.data
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", answer.headers["apigw-requestid"])
    assert answer.headers["x-upstream"] == "nginx"


def test_headers_are_those_of_api_gateway(served, call, upstream):
    sent = {"X-Forwarded-For": "1.1.1.1", "Connection": "keep-alive, X-Hop", "X-Hop": "1"}
    text = call(served, "/pets/7", headers=sent).data.decode()
    host = f"{served}.execute-api.us-east-1.localhost"
    assert f"host={upstream.removeprefix('http://')} " in text
    assert f"forwarded=for=1.1.1.1, for=127.0.0.1;host={host};proto=http " in text
    assert "via=HTTP/1.1 AmazonAPIGateway " in text and " trace=Root=1-" in text and text.endswith("length=0")
    assert call(served, "/fixed?mine=2", method="POST", body=b"x").data.startswith(b"GET /fixed?own=1&mine=2 ")


def test_the_path_form_reaches_the_same_api(gateway, served, call):
    path = f"/_aws/execute-api/{served}/%24default/pets/7"
    assert call(served, path, headers={"Host": "localhost"}).data.startswith(b"GET /p/7 ")
    assert call(served, path.replace("%24default", "nope"), headers={"Host": "localhost"}).status == 404


@pytest.mark.parametrize("path,status,body", [
    ("/teapot", 418, b"short and stout"),
    ("/refused", 503, b'{"message":"Service Unavailable"}'),
    ("/untargeted", 500, b'{"message":"Internal Server Error"}'),
    ("/a%zz", 400, b'{"message":"Bad Request"}'),
])
def test_answers_and_faults(served, call, path, status, body):
    answer = call(served, path)
    assert (answer.status, answer.data) == (status, body)
    assert answer.headers["apigw-requestid"]


def test_unknown_hosts_are_not_found(call):
    answer = call("nosuchapi1", "/")
    assert (answer.status, answer.data) == (404, b'{"message":"Not Found"}')
    assert answer.headers["content-type"] == "application/json"


class Server:
    """A raw upstream: a function gets each connection."""

    def __init__(self, handle):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.handle = handle
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        with connection:
            self.handle(connection)


def head(connection):
    """Reads a request's head; what came of its body with it."""
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(65536)
        if not received:
            return None, b""
        data += received
    return data.split(b"\r\n\r\n", 1)


@pytest.fixture
def proxied(gateway):
    """Makes an API in front of a raw upstream."""
    client, made = gateway.client(), []

    def make(handle, **members):
        api_id = client.create_api(Name="raw", ProtocolType="HTTP")["ApiId"]
        made.append(api_id)
        integration = client.create_integration(
            ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", PayloadFormatVersion="1.0",
            IntegrationUri=Server(handle).url, **members,
        )["IntegrationId"]
        client.create_route(ApiId=api_id, RouteKey="$default", Target=f"integrations/{integration}")
        client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
        metrics = lambda: urllib3.request("GET", gateway.url("admin") + "/metrics").data.decode()
        eventually(lambda: f'api="{api_id}"' in metrics())
        return api_id

    yield make
    for api_id in made:
        client.delete_api(ApiId=api_id)


def test_bodies_stream_both_ways(proxied, call):
    """The upstream sends back each chunk as it arrives, before the next one is sent."""

    def echo(connection):
        request, rest = head(connection)
        assert b"transfer-encoding: chunked" in request.lower()
        connection.sendall(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        connection.sendall(rest)
        while received := connection.recv(65536):
            connection.sendall(received)
            if received.endswith(b"0\r\n\r\n"):
                return

    answer = call(proxied(echo), "/", method="POST", body=iter([CHUNK] * 40), preload_content=False)
    assert answer.status == 200
    assert answer.read().count(b"x") == 40 * len(CHUNK)


def test_a_slow_upstream_is_given_up(proxied, call):
    gone = threading.Event()

    def silent(connection):
        head(connection)
        connection.recv(1)
        gone.set()

    api_id = proxied(silent, TimeoutInMillis=200)
    assert call(api_id).data == b'{"message":"Service Unavailable"}'
    assert gone.wait(10), "the connection to the upstream is closed"


def test_a_body_over_the_limit_is_refused(proxied, call):
    def sink(connection):
        head(connection)
        while connection.recv(65536):
            pass

    api_id = proxied(sink)
    with socket.create_connection(call.process.listeners["traffic"].split(":")) as raw:
        host = f"{api_id}.execute-api.us-east-1.localhost"
        raw.sendall(f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 10485761\r\n\r\n".encode())
        assert raw.recv(65536).startswith(b"HTTP/1.1 413 ")
    chunked = call(api_id, "/", method="POST", body=iter([CHUNK] * 161))
    assert (chunked.status, chunked.data) == (413, b'{"message":"Request Entity Too Large"}')


def test_a_connection_closed_meanwhile_costs_no_request(proxied, call):
    """Upstreams close idle connections at any moment; a request without a body is made again."""

    def once(connection):
        if head(connection)[0]:
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    api_id = proxied(once)
    eventually(lambda: call(api_id).status == 200)
    assert [call(api_id).status for _ in range(30)] == [200] * 30
