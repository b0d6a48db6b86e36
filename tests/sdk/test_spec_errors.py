"""spec/http-api-runtime.md section 3: what the gateway answers itself, to the byte.

401, 403 and 414 come with authorizers; 413 and 500 of a Lambda with Lambda integrations. 3.3 stands with `$context`.
"""

import re
import socket
import threading

import pytest
from echo import answer
from gatewright import eventually
from spec import exchange, get, rows

TEXTS = {
    400: "Bad Request", 404: "Not Found", 413: "Request Entity Too Large", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 503: "Service Unavailable"}
LENGTHS = {400: 25, 404: 23, 413: 38, 429: 31, 431: 45, 500: 35, 503: 33}
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{15}=")

TABLE = rows(
    ("3.2 400 bad percent-encoding", 400, "GET", "/a%zz", []),
    ("3.2 400 malformed header", 400, "GET", "/ok", ["no colon"]),
    ("3.2 400 CONNECT", 400, "CONNECT", "/ok", []),
    ("3.2 404 no route", 404, "GET", "/nothing", []),
    ("3.2 413 announced length", 413, "POST", "/ok", ["Content-Length: 10485761"]),
    ("3.2 429 throttled", 429, "GET", "/throttled", []),
    ("3.2 431 line and headers", 431, "GET", "/ok", ["X-Large: " + "x" * 10_240]),
    ("2.4 500 route without a target", 500, "GET", "/untargeted", []),
    ("12 500 missing stage variable", 500, "GET", "/unset", []),
    ("3.2 503 unreachable", 503, "GET", "/refused", []),
    ("3.2 503 integration timeout", 503, "GET", "/slow", []),
    ("16 #12 503 garbage from the backend", 503, "GET", "/garbage", []),
)


@pytest.fixture(scope="module")
def silent():
    """Accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield "http://127.0.0.1:%d/" % listener.getsockname()[1]


@pytest.fixture(scope="module")
def api_id(apis, silent):
    api_id = apis.api("ANY /ok", stages=())
    apis.route(api_id, "GET /throttled")
    apis.route(api_id, "GET /unset", IntegrationUri=apis.echo.url + "/${stageVariables.none}")
    apis.route(api_id, "GET /refused", IntegrationUri="http://127.0.0.1:1/")
    apis.route(api_id, "GET /slow", IntegrationUri=silent, TimeoutInMillis=50)
    apis.route(api_id, "GET /garbage", IntegrationUri=apis.echo.url + "/garbage")
    apis.echo.answers["/garbage"] = b"SMTP at your service\r\n\r\n"
    apis.echo.answers["/mine"] = answer(b"{}", "503 Mine", ("content-type: application/json", "x-mine: 1"))
    apis.route(api_id, "GET /mine", IntegrationUri=apis.echo.url + "/mine")
    apis.client.create_route(ApiId=api_id, RouteKey="GET /untargeted")
    apis.stage(api_id, "$default", RouteSettings={
        "GET /throttled": {"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0}})
    return api_id


def ask(apis, api_id, method, path, headers=()):
    return exchange(apis.gateway, get(api_id, path, *headers, method=method))


@pytest.mark.parametrize("status,method,path,headers", TABLE)
def test_the_catalogue(apis, api_id, status, method, path, headers):
    found = ask(apis, api_id, method, path, headers)
    assert found.outcome == (status, b'{"message":"%s"}' % TEXTS[status].encode())
    assert found.header("content-length") == [str(LENGTHS[status])]
    assert found.header("content-type") == ["application/json"]
    assert len(found.header("date")) == 1
    [request_id] = found.header("apigw-requestid")
    assert REQUEST_ID.fullmatch(request_id)
    # 3.1: names as on the wire; nothing else but what says that the connection ends.
    names = {name for name, _ in found.headers}
    assert names - {"Connection"} == {"Content-Length", "Content-Type", "Date", "Apigw-Requestid"}


def test_3_1_every_answer_has_an_id_of_its_own(apis, api_id):
    ids = [ask(apis, api_id, "GET", path).header("apigw-requestid") for path in ("/ok", "/mine", "/nothing", "/ok")]
    assert all(len(found) == 1 for found in ids) and len({found[0] for found in ids}) == len(ids)


def test_3_3_the_backends_own_error_is_passed_on(apis, api_id):
    found = ask(apis, api_id, "GET", "/mine")
    assert found.outcome == (503, b"{}") and ("X-Mine", "1") in found.headers


#: Of six kinds: 102,000 together.
EACH = 17_000


def test_nothing_random_makes_a_series(apis, api_id):
    """Metric labels are bounded: paths, hosts, methods and headers that clients make up create none."""
    series = lambda: {line.rsplit(" ", 1)[0] for line in apis.metrics().splitlines() if not line.startswith("#")}
    # Each kind of answer once, so that what each counts in exists; then all the others.
    kinds = (
        lambda n: get(api_id, f"/nothing/{n}"),
        lambda n: get(api_id, f"/ok?{n}", f"X-{n}: {n}"),
        lambda n: get("", f"/{n}", host=f"h{n}.example.com"),
        lambda n: get(f"a{n}", "/ok"),
        lambda n: get(api_id, "/ok", method=f"M{n}"),
        lambda n: get("", f"/_aws/execute-api/a{n}/s{n}/x", host="localhost"),
    )
    for kind in kinds:
        exchange(apis.gateway, kind("warm"))
    before = series()
    host, port = apis.gateway.listeners["traffic"].rsplit(":", 1)
    failures = []

    def flood(kind):
        with socket.create_connection((host, int(port)), timeout=30) as connection, connection.makefile("rb") as stream:
            for start in range(0, EACH, 50):
                numbers = range(start, start + 50)
                connection.sendall(b"".join(map(kind, numbers)))
                for number in numbers:
                    length = None
                    while (line := stream.readline().rstrip(b"\r\n")):
                        if line.lower().startswith(b"content-length:"):
                            length = int(line.split(b":")[1])
                    if length is None:
                        failures.append(number)
                        return
                    stream.read(length)

    threads = [threading.Thread(target=flood, args=(kind,)) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert series() == before
