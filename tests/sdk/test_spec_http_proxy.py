"""HTTP_PROXY integrations of public URLs, line by line: spec/http-api-runtime.md sections 5.1 to 5.3."""

import http.client
import json
import re
import socket
import threading
import time

import pytest
from echo import answer
from gatewright import Process, eventually


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    """Of the data plane alone: one database will do."""
    process = Process("serve", tmp_path_factory.mktemp("proxy"), {"GATEWRIGHT_TRAFFIC_THREADS": "1"}).start()
    yield process
    process.stop()


class Api:
    """An API with the stages `$default` and `dev`; `define` makes a route of it."""

    def __init__(self, gateway, echo):
        self.gateway, self.echo, self.client, self.made = gateway, echo, gateway.client(), 0
        self.id = self.client.create_api(Name="proxy", ProtocolType="HTTP")["ApiId"]
        self.host = f"{self.id}.execute-api.us-east-1.localhost"
        for stage in ("$default", "dev"):
            self.client.create_stage(ApiId=self.id, StageName=stage, AutoDeploy=True, StageVariables={"to": echo.authority})

    def define(self, uri="/up", key=None, method="ANY", **members):
        self.made += 1
        prefix = f"/r{self.made}"
        uri = uri if "://" in uri else self.echo.url + uri
        integration = self.client.create_integration(
            ApiId=self.id, IntegrationType="HTTP_PROXY", IntegrationMethod=method, IntegrationUri=uri,
            PayloadFormatVersion="1.0", **members)["IntegrationId"]
        self.client.create_route(ApiId=self.id, RouteKey=key or f"ANY {prefix}/{{id}}/{{proxy+}}", Target=f"integrations/{integration}")
        return prefix

    def call(self, path, method="GET", headers=(), body=None):
        host, port = self.gateway.listeners["traffic"].rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        given = [("Host", self.host), *headers] + ([("Content-Length", str(len(body)))] if body is not None else [])
        for name, value in given:
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response, data

    def reach(self, *arguments, **options):
        eventually(lambda: self.call(*arguments, **options)[0].status != 404)
        return self.call(*arguments, **options)

    def seen(self, *arguments, **options):
        response, data = self.reach(*arguments, **options)
        assert response.status == 200, data
        return json.loads(data)


@pytest.fixture(scope="module")
def api(gateway, echo):
    return Api(gateway, echo)


@pytest.fixture(scope="module")
def default(gateway, echo):
    """An API of a `$default` route alone."""
    api = Api(gateway, echo)
    api.define("/base", key="$default")
    return api


TARGETS = [
    # line, the integration's URI, what follows the route's prefix, the target that the upstream sees
    ("5.1 used as it is", "/up", "/7/a", "/up"),
    ("5.1 a variable", "/p/{id}", "/7/a", "/p/7"),
    ("5.1 a greedy variable keeps its slashes", "/p/{proxy}", "/7/a/b/c", "/p/a/b/c"),
    ("5.1 both, in a query", "/p?id={id}&rest={proxy}", "/7/a", "/p?id=7&rest=a"),
    ("5.1 decoded and encoded again", "/p/{proxy}", "/7/a%20b", "/p/a%20b"),
    ("5.1 %2F arrives as a slash", "/p/{proxy}", "/7/a%2Fb", "/p/a/b"),
    ("5.1 %2525 arrives as %25", "/p/{proxy}", "/7/a%2525", "/p/a%25"),
    ("5.1 a stage variable", "http://${stageVariables.to}/s", "/7/a", "/s"),
    ("5.1 a query as received", "/up", "/7/a?z=1&a=%2B+x&z=2&e=&f", "/up?z=1&a=%2B+x&z=2&e=&f"),
    ("5.1 behind the URI's own query", "/up?own=1", "/7/a?mine=2", "/up?own=1&mine=2"),
]


@pytest.mark.parametrize("line,uri,path,target", TARGETS, ids=[row[0] for row in TARGETS])
def test_the_target(api, line, uri, path, target):
    prefix = api.define(uri)
    assert api.seen(prefix + path)["target"] == target
    # A public URL never sees the stage.
    assert api.seen("/dev" + prefix + path)["target"] == target


@pytest.mark.parametrize("path,target", [
    ("/store/checkout", "/base/store/checkout"), ("/dev/store", "/base/store"), ("/a%20b?q=1", "/base/a%20b?q=1")])
def test_a_default_route_appends_the_path(default, path, target):
    assert default.seen(path)["target"] == target


@pytest.mark.parametrize("configured,sent,seen", [("ANY", "PUT", "PUT"), ("POST", "GET", "POST"), ("ANY", "DELETE", "DELETE")])
def test_the_method(api, configured, sent, seen):
    assert api.seen(api.define(method=configured) + "/7/a", method=sent)["method"] == seen


HEADERS = [
    # line, the client's headers, a name, what the upstream gets of it
    ("5.1 Content-Length on GET", [], "content-length", ["0"]),
    ("5.2 Host is the URI's", [], "host", ["{to}"]),
    ("5.2 Forwarded", [], "forwarded", ["for=127.0.0.1;host={host};proto=http"]),
    ("5.2 X-Forwarded-* translated", [("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Host", "h"), ("X-Forwarded-Proto", "https")],
     "forwarded", ["for=192.0.2.1;host=h;proto=https, for=127.0.0.1;host={host};proto=http"]),
    ("5.2 X-Forwarded-For itself goes", [("X-Forwarded-For", "192.0.2.1")], "x-forwarded-for", []),
    ("5.2 X-Forwarded-Port goes", [("X-Forwarded-Port", "443")], "x-forwarded-port", []),
    ("5.2 Via", [], "via", ["HTTP/1.1 AmazonAPIGateway"]),
    ("5.2 Via appended", [("Via", "1.0 a")], "via", ["1.0 a, HTTP/1.1 AmazonAPIGateway"]),
    ("5.2 a trace id kept", [("X-Amzn-Trace-Id", "Root=1-5f84c7a5-0123456789abcdef01234567")], "x-amzn-trace-id",
     ["Root=1-5f84c7a5-0123456789abcdef01234567"]),
    ("5.2 Keep-Alive", [("Keep-Alive", "timeout=5")], "keep-alive", []),
    ("5.2 TE", [("TE", "trailers")], "te", []),
    ("5.2 Trailer", [("Trailer", "x")], "trailer", []),
    ("5.2 Upgrade", [("Connection", "upgrade"), ("Upgrade", "x")], "upgrade", []),
    ("5.2 Proxy-Authorization", [("Proxy-Authorization", "Basic x")], "proxy-authorization", []),
    ("5.2 what Connection names", [("Connection", "x-hop"), ("X-Hop", "1")], "x-hop", []),
    ("5.2 no Content-Type of its own", [], "content-type", []),
    ("5.2 Authorization", [("Authorization", "Bearer x")], "authorization", ["Bearer x"]),
    ("5.2 Cookie", [("Cookie", "a=1; b=2")], "cookie", ["a=1; b=2"]),
    ("5.2 repeated ones as lines", [("X-A", "1"), ("X-A", "2")], "x-a", ["1", "2"]),
]


@pytest.fixture(scope="module")
def plain(api):
    return api.define() + "/7/a"


@pytest.mark.parametrize("line,sent,name,expected", HEADERS, ids=[row[0] for row in HEADERS])
def test_request_headers(api, plain, line, sent, name, expected):
    found = [value for header, value in api.seen(plain, headers=sent)["headers"] if header == name]
    assert found == [value.format(to=api.echo.authority, host=api.host) for value in expected]


def test_a_trace_id_is_made(api, plain):
    [made] = [value for name, value in api.seen(plain)["headers"] if name == "x-amzn-trace-id"]
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", made)


def test_a_body_is_passed_as_it_is(api, plain):
    body = bytes(range(256))
    assert api.seen(plain, method="POST", body=body)["body"].encode("latin-1") == body


ANSWERS = [
    # line, the upstream's status and headers, a name, what the client gets of it
    ("5.3 redirects", "302 Found", ["location: http://elsewhere.example/x?y"], "location", ["http://elsewhere.example/x?y"]),
    ("5.3 several Set-Cookie", "200 OK", ["set-cookie: a=1", "set-cookie: b=2"], "set-cookie", ["a=1", "b=2"]),
    ("5.3 Content-Encoding", "200 OK", ["content-encoding: gzip"], "content-encoding", ["gzip"]),
    ("5.3 Date", "200 OK", ["date: Sun, 06 Nov 1994 08:49:37 GMT"], "date", ["Sun, 06 Nov 1994 08:49:37 GMT"]),
    ("5.3 WWW-Authenticate", "401 Unauthorized", ["www-authenticate: Bearer"], "www-authenticate", ["Bearer"]),
    ("5.3 what Connection names", "200 OK", ["connection: x-hop", "x-hop: 1"], "x-hop", []),
    ("5.3 Keep-Alive", "200 OK", ["keep-alive: timeout=5"], "keep-alive", []),
    ("5.3 Content-Length", "200 OK", [], "content-length", ["5"]),
]


@pytest.mark.parametrize("line,status,headers,name,expected", ANSWERS, ids=[row[0] for row in ANSWERS])
def test_answers(api, echo, line, status, headers, name, expected):
    uri = f"/answer{api.made}"
    echo.answers[uri] = answer(b"\x1f\x8bxyz", status, headers)
    response, data = api.reach(api.define(uri) + "/7/a")
    assert (f"{response.status} {response.reason}", data) == (status, b"\x1f\x8bxyz")
    assert (response.headers.get_all(name) or [], len(response.headers.get_all("apigw-requestid"))) == (expected, 1)


FAULTS = [
    # line, the bytes of the upstream's answer, whether it closes then, the status
    ("3.2 too slow", b"HTTP/1.1 200 OK\r\ncontent-", False, 503),
    ("5.3 closes early", b"HTTP/1.1 200 OK\r\ncontent-", True, 503),
    ("5.3 closes at once", b"", True, 503),
    ("5.3 no HTTP", b"SSH-2.0-OpenSSH_9.6\r\n\r\n", True, 503),
    ("5.3 more than 10 MB", b"HTTP/1.1 200 OK\r\ncontent-length: 10485761\r\n\r\n", False, 500),
]


class Closing:
    """An upstream that closes each connection behind the bytes it is told to send, or keeps it and says no more."""

    def __init__(self, sent, closes):
        self.sent, self.closes, self.kept = sent, closes, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.recv(65536)
            connection.sendall(self.sent)
            if self.closes:
                connection.close()
            else:
                self.kept.append(connection)

    def stop(self):
        self.listener.close()
        for connection in self.kept:
            connection.close()


@pytest.mark.parametrize("line,sent,closes,status", FAULTS, ids=[row[0] for row in FAULTS])
def test_faults(api, line, sent, closes, status):
    upstream = Closing(sent, closes)
    # Long enough that a closed connection is not told by it.
    limit = 20_000 if closes else 500
    prefix = api.define(upstream.url, TimeoutInMillis=limit)
    began = time.monotonic()
    response, data = api.reach(prefix + "/7/a")
    assert time.monotonic() - began < 15
    upstream.stop()
    texts = {500: "Internal Server Error", 503: "Service Unavailable"}
    assert (response.status, json.loads(data)) == (status, {"message": texts[status]})
