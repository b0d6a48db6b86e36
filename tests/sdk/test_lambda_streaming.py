"""Answers that functions stream (`lambda.response_stream`): by the frames of an Invoke API, and by AWS's own runtime for Node.js."""

import http.client
import json
import socket
import threading

import pytest
from gatewright import Process, eventually
from lambda_runtime import INTEGRATION, Handler, Lambda, chunk, complete, frame, serve
from spec import Apis, get, rows
from wire import DATA, HEADERS, Http2, request

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
LOG = "arn:aws:logs:us-east-1:000000000000:log-group:streaming"
EVENT_STREAM = "application/vnd.amazon.eventstream"
FAILED = (500, b'{"message":"Internal Server Error"}')
UNAVAILABLE = (503, b'{"message":"Service Unavailable"}')
NODE = {
    # Says what its event was, then waits until somebody has read that.
    "gated": """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream = awslambda.HttpResponseStream.from(stream, {statusCode: 201, headers: {"x-a": "b", "content-type": "text/plain"}, cookies: ["c=d"]});
  stream.write(event.rawPath);
  await fetch(event.headers["x-gate"]);
  stream.write("last");
  stream.end();
});
""",
    "raw": """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType("text/event-stream");
  stream.write("data: 1\\n\\n");
  stream.end();
});
""",
    "throws": "exports.handler = awslambda.streamifyResponse(async () => { throw new Error('broken'); });",
    "breaks": """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream = awslambda.HttpResponseStream.from(stream, {statusCode: 200});
  stream.write("first");
  await fetch(event.headers["x-gate"]);
  throw new Error("in the middle");
});
""",
}
WHOLE = "def handler(event, context):\n    return {'statusCode': 202, 'body': 'whole'}\n"


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    functions = Lambda(tmp_path_factory.mktemp("functions"), {"whole": WHOLE}, NODE)
    yield functions
    functions.stop()


def started(functions, work, text="", **environment):
    config = work / "gatewright.toml"
    config.write_text(f'[lambda]\nendpoint = "{functions.url}"\n{text}')
    return Process("serve", work / "data", {"GATEWRIGHT_CONFIG": str(config), "GATEWRIGHT_TRAFFIC_THREADS": "1", **environment}).start()


@pytest.fixture(scope="module")
def gateway(functions, tmp_path_factory):
    process = started(functions, tmp_path_factory.mktemp("serve"), 'response_stream = true\n[lambda.functions]\nwhole = { response_stream = false }\n')
    yield process
    process.stop()


class Streaming(Apis):
    def api(self, function="streamed", version="2.0", **members):
        made = self.client.create_api(Name="streaming", ProtocolType="HTTP")["ApiId"]
        integration = self.client.create_integration(
            ApiId=made, IntegrationType="AWS_PROXY", IntegrationUri=ARN + function, PayloadFormatVersion=version, **members)["IntegrationId"]
        self.client.create_route(ApiId=made, RouteKey="ANY /{proxy+}", Target=f"integrations/{integration}")
        format = "$context.requestId $context.awsEndpointRequestId $context.integrationStatus $context.integration.status $context.status $context.responseLength " \
                 "$context.integrationErrorMessage"
        self.stage(made, "$default", AccessLogSettings={"DestinationArn": LOG, "Format": format})
        return made

    def logged(self, request_id):
        return self.entry(request_id)[1]

    def entry(self, request_id):
        """The function's own id of the call, and the rest."""
        def line():
            lines = (self.gateway.data_dir / "log").read_text().splitlines()
            return next((line.split(" ", 2)[1:] for line in lines if line.startswith(request_id + " ")), None)
        return eventually(line)


@pytest.fixture(scope="module")
def apis(gateway):
    return Streaming(gateway, None)


@pytest.fixture(scope="module")
def api_id(apis):
    return apis.api()


def prelude(**members):
    return json.dumps(members).encode() + bytes(8)


def streams(functions, *pieces, content_type=INTEGRATION, name="streamed"):
    """What the function streams from now on: frames, or what is called when they are sent with the connection."""
    def made(connection):
        for piece in pieces:
            if callable(piece):
                piece(connection)
            else:
                yield piece
    functions.streams[name] = content_type, made


def ask(gateway, api_id, path="/x", *headers, method="GET"):
    """An answer as a client reads it."""
    connection = http.client.HTTPConnection(gateway.listeners["traffic"], timeout=20)
    fields = dict(header.split(": ", 1) for header in headers)
    connection.request(method, path, headers={"Host": f"{api_id}.execute-api.us-east-1.localhost", **fields})
    return connection.getresponse()


def outcome(answer):
    return answer.status, answer.read()


def broken_off(answer):
    """What came of a body that does not end."""
    with pytest.raises(http.client.IncompleteRead) as error:
        answer.read()
    return error.value.partial


# What comes


def test_status_headers_cookies_and_body(gateway, functions, api_id):
    headers = {"Content-Type": "text/plain", "X-A": "b", "content-length": "3", "connection": "x-hop", "x-hop": "1", "transfer-encoding": "gzip",
               "date": "yesterday", "apigw-requestid": "mine"}
    head = prelude(statusCode=418, headers=headers, multiValueHeaders={"X-Many": ["1", "2"]}, cookies=["a=b", "c=d"])
    streams(functions, chunk(head + b"hello, "), chunk(b"world"), complete())
    answer = ask(gateway, api_id)
    assert outcome(answer) == (418, b"hello, world")
    assert answer.headers.get_all("x-many") == ["1", "2"] and answer.headers.get_all("set-cookie") == ["a=b", "c=d"]
    assert (answer.headers["content-type"], answer.headers["x-a"], answer.headers["transfer-encoding"]) == ("text/plain", "b", "chunked")
    assert not {"content-length", "connection", "x-hop"} & {name.lower() for name in answer.headers}
    assert "yesterday" not in answer.headers.get_all("date") and answer.headers.get_all("apigw-requestid") != ["mine"]


@pytest.mark.parametrize(("content_type", "pieces", "body", "expected"), rows(
    ("a prelude in pieces", INTEGRATION, [b'{"status', b'Code":201}\0\0\0', b"\0\0\0\0\0bo", b"dy"], b"body", (201, "application/octet-stream")),
    ("a type that does not reach us", EVENT_STREAM, [prelude(statusCode=201), b"body"], b"body", (201, "application/octet-stream")),
    ("no prelude, nor a type", EVENT_STREAM, [b'{"a":1}\n', b"{}"], b'{"a":1}\n{}', (200, "application/octet-stream")),
    ("raw bytes", "application/octet-stream", [prelude(statusCode=201)], prelude(statusCode=201), (200, "application/octet-stream")),
    ("raw bytes of another type", "text/event-stream", [b"data: 1\n\n"], b"data: 1\n\n", (200, "text/event-stream")),
    ("nothing", "application/octet-stream", [], b"", (200, "application/octet-stream")),
    ("a prelude and nothing", INTEGRATION, [prelude(statusCode=204)], b"", (204, "application/octet-stream")),
    ("empty pieces", INTEGRATION, [b"", prelude(), b"", b"x", b""], b"x", (200, "application/octet-stream")),
    ("a large piece", INTEGRATION, [prelude(), b"x" * 3_000_000], b"x" * 3_000_000, (200, "application/octet-stream")),
))
def test_preludes(gateway, functions, api_id, content_type, pieces, body, expected):
    streams(functions, *map(chunk, pieces), complete(), content_type=content_type)
    answer = ask(gateway, api_id)
    assert (answer.read(), (answer.status, answer.headers["content-type"])) == (body, expected)


def test_events_that_nobody_knows_are_passed_over(gateway, functions, api_id):
    news = frame(b"x", message_type="event", event_type="News")
    streams(functions, news, chunk(prelude() + b"a"), news, chunk(b"b"), complete(LogResult="bG9n", ErrorCode=None))
    assert outcome(ask(gateway, api_id)) == (200, b"ab")


def test_head(gateway, functions, api_id):
    streams(functions, chunk(prelude(statusCode=203) + b"body"), complete())
    answer = ask(gateway, api_id, method="HEAD")
    assert outcome(answer) == (203, b"")


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_the_event_is_the_same(gateway, apis, functions, version):
    streams(functions, chunk(prelude()), complete(), name="events")
    api_id = apis.api(function="events:live", version=version)
    functions.calls = []
    assert ask(gateway, api_id, "/orders?a=b").status == 200
    [(name, qualifier, headers, event)] = functions.calls
    event = json.loads(event)
    assert (name, qualifier, headers["content-type"], event["version"]) == ("events", "live", "application/json", version)
    assert event["queryStringParameters"] == {"a": "b"} and event["requestContext"]["apiId"] == api_id


def test_connections_are_used_again(gateway, functions, api_id):
    streams(functions, chunk(prelude() + b"x"), complete())
    assert ask(gateway, api_id).read() == b"x"
    before = set(functions.connections)
    for _ in range(10):
        assert ask(gateway, api_id).read() == b"x"
    assert len(set(functions.connections) - before) <= 1


# Piece by piece


def test_a_piece_comes_before_the_next_is_made(gateway, functions, api_id):
    read = [threading.Event() for _ in range(3)]
    waits = [lambda _, event=event: event.wait(20) for event in read]
    streams(functions, chunk(prelude()), waits[0], chunk(b"first"), waits[1], chunk(b"second"), waits[2], complete())
    answer = ask(gateway, api_id)
    # The head is here, and no body is.
    assert answer.status == 200
    read[0].set()
    assert answer.read1() == b"first"
    read[1].set()
    assert answer.read1() == b"second"
    read[2].set()
    assert answer.read() == b""


def test_a_piece_comes_before_the_next_is_made_on_http_2(gateway, functions, api_id):
    read = [threading.Event() for _ in range(2)]
    waits = [lambda _, event=event: event.wait(20) for event in read]
    streams(functions, chunk(prelude(statusCode=201) + b"first"), waits[0], chunk(b"second"), waits[1], complete())
    with Http2(gateway) as client:
        stream = client.request(request(f"{api_id}.execute-api.us-east-1.localhost", "/x"))

        def piece(kind):
            return next(got for got in iter(client.read, None) if got[0] == kind and got[2] == stream)[3]
        assert dict(piece(HEADERS))[":status"] == "201"
        assert piece(DATA) == b"first"
        read[0].set()
        assert piece(DATA) == b"second"
        read[1].set()
        assert piece(DATA) == b""


@pytest.mark.parametrize("head", [[], [chunk(prelude() + b"first")]], ids=["before the head", "in the body"])
def test_a_client_that_goes_away_ends_the_invocation(gateway, functions, api_id, head):
    asked, gone = threading.Event(), threading.Event()

    def waits(connection):
        asked.set()
        if connection.recv(1) == b"":
            gone.set()
    streams(functions, *head, waits)
    host, port = gateway.listeners["traffic"].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=20) as client:
        client.sendall(get(api_id, "/x"))
        if head:
            received = b""
            while b"first" not in received:
                received += client.recv(65536)
        assert asked.wait(10)
    assert gone.wait(10), "the connection to the Invoke API is closed"


# Failures


def wrong(frame):
    return frame[:-1] + bytes([frame[-1] ^ 1])


@pytest.mark.parametrize(("pieces", "message"), rows(
    ("an exception", [complete(ErrorCode="Unhandled", ErrorDetails='{"errorMessage":"broken"}')], "the function failed (Unhandled): broken"),
    ("an exception within the prelude", [chunk(b'{"statusCode"'), complete(ErrorCode="Sandbox.Timedout", ErrorDetails="after 3 s")],
     "the function failed (Sandbox.Timedout): after 3 s"),
    ("the Invoke API fails", [frame(b'{"Message":"later"}', message_type="exception", exception_type="EC2ThrottledException")],
     "the Invoke API failed (EC2ThrottledException): later"),
    ("a wrong checksum", [wrong(chunk(prelude()))], "the function's answer is no event stream: wrong is a frame's checksum"),
    ("no event stream", [b'{"statusCode": 200}'], "the function's answer is no event stream: wrong is a frame's checksum"),
    ("a message of no kind", [frame(b"x", message_type="news")], "the function's answer is no event stream: wrong is a frame's :message-type"),
    ("no end", [chunk(b"{")], "the function's answer broke off"),
    ("half a frame", [chunk(prelude())[:30]], "the function's answer broke off"),
    ("no delimiter", [chunk(b"{}"), complete()], "the function's answer: status and headers do not end with eight NUL bytes"),
    ("seven NUL bytes", [chunk(b"{}" + bytes(7) + b"x"), complete()], "the function's answer: status and headers do not end with eight NUL bytes"),
    ("no JSON", [chunk(b"{" + bytes(8)), complete()], "the function's answer begins with no JSON object"),
    ("a status that is none", [chunk(prelude(statusCode=101)), complete()], "the function's answer has an invalid statusCode"),
    ("a header that would end its line", [chunk(prelude(headers={"a": "b\r\nc: d"})), complete()], "the function's answer has an invalid header \"a\""),
    ("a cookie that would end its line", [chunk(prelude(cookies=["a\nb"])), complete()], "the function's answer has an invalid cookies"),
    ("a prelude without an end", [chunk(b"{" + b" " * 65_536), chunk(bytes(8)), complete()], "status and headers have more than 65536 bytes"),
))
def test_failures_before_the_head(gateway, apis, functions, api_id, pieces, message):
    streams(functions, *pieces)
    answer = ask(gateway, api_id)
    assert outcome(answer) == FAILED
    assert apis.logged(answer.headers["apigw-requestid"]).startswith("200 - 500 35 ") and message in apis.logged(answer.headers["apigw-requestid"])


def test_the_longest_prelude(gateway, functions, api_id):
    head = prelude(statusCode=201, headers={f"x-{n}": "v" * 1000 for n in range(40)})
    streams(functions, chunk(b" " * (65_536 + 8 - len(head)) + head), complete())
    assert outcome(ask(gateway, api_id)) == (201, b"")


@pytest.mark.parametrize(("status", "expected"), rows(
    ("throttled", 429, UNAVAILABLE), ("forbidden", 403, FAILED), ("missing", 404, FAILED)))
def test_the_invoke_api_refuses(gateway, apis, functions, status, expected):
    functions.answers["refused"] = (status, b"{}")
    answer = ask(gateway, apis.api("refused"))
    assert outcome(answer) == expected
    request_id, logged = apis.entry(answer.headers["apigw-requestid"])
    assert request_id in functions.request_ids and logged.startswith(f"{status} - {expected[0]} ")


@pytest.mark.parametrize(("end", "message"), rows(
    ("an exception", [complete(ErrorCode="Unhandled", ErrorDetails='{"errorMessage":"later"}')], "the function failed (Unhandled): later"),
    ("no end", [], "the function's answer broke off"),
    ("a wrong checksum", [wrong(chunk(b"second"))], "wrong is a frame's checksum"),
))
def test_failures_behind_the_head(gateway, apis, functions, api_id, end, message):
    read = threading.Event()
    streams(functions, chunk(prelude() + b"first"), lambda _: read.wait(20), *end)
    answer = ask(gateway, api_id)
    assert (answer.status, answer.read1()) == (200, b"first")
    read.set()
    assert broken_off(answer) == b""
    request_id = answer.headers["apigw-requestid"]
    assert apis.logged(request_id).startswith("200 200 200 5 ")

    def warned():
        lines = (gateway.data_dir / "log").read_text().splitlines()
        return any("a function's answer broke off" in line and request_id in line and message in line for line in lines)
    eventually(warned)

    # What was not sent yet may be lost.
    read.clear()
    with Http2(gateway) as client:
        stream = client.request(request(f"{api_id}.execute-api.us-east-1.localhost", "/x"))
        assert next(got for got in iter(client.read, None) if got[0] == DATA)[3] == b"first"
        read.set()
        assert client.answer(stream)[0] == "reset"


# Limits


@pytest.fixture(scope="module")
def strict(functions, tmp_path_factory):
    """One whose bodies may pause for 300 ms and have 1,000 bytes; one function streams, and has an entry without a url."""
    process = started(functions, tmp_path_factory.mktemp("strict"), "[lambda.functions.streamed]\nresponse_stream = true\n",
                      GATEWRIGHT_EGRESS_BODY_TIMEOUT_MS="300", GATEWRIGHT_LIMITS_PAYLOAD_BYTES="1000")
    yield process
    process.stop()


@pytest.fixture(scope="module")
def strict_apis(strict):
    return Streaming(strict, None)


def test_the_head_has_a_timeout(gateway, apis, functions):
    gone = threading.Event()
    streams(functions, chunk(b"{"), lambda connection: connection.recv(1) == b"" and gone.set(), name="slow")
    answer = ask(gateway, apis.api("slow", TimeoutInMillis=200))
    assert outcome(answer) == UNAVAILABLE
    assert gone.wait(10), "the connection to the Invoke API is closed"
    assert "the upstream did not answer in time" in apis.logged(answer.headers["apigw-requestid"])


def test_the_timeout_is_not_for_the_body(gateway, apis, functions):
    never = threading.Event()
    streams(functions, chunk(prelude()), lambda _: never.wait(0.4), chunk(b"late"), complete(), name="late")
    assert outcome(ask(gateway, apis.api("late", TimeoutInMillis=200))) == (200, b"late")


def test_pauses_are_bounded(strict, strict_apis, functions):
    gone = threading.Event()
    streams(functions, chunk(prelude() + b"first"), lambda connection: connection.recv(1) == b"" and gone.set())
    answer = ask(strict, strict_apis.api())
    assert broken_off(answer) == b"first"
    assert gone.wait(10), "the connection to the Invoke API is closed"


def test_bodies_are_bounded(strict, strict_apis, functions):
    api_id = strict_apis.api()
    for rest, whole in [([], True), ([chunk(b"y")], False)]:
        read = threading.Event()
        streams(functions, chunk(prelude() + b"x" * 999), chunk(b"x"), lambda _, read=read: read.wait(20), *rest, complete())
        answer = ask(strict, api_id)
        assert answer.read(1000) == b"x" * 1000
        read.set()
        assert (answer.read() if whole else broken_off(answer)) == b""


# Configuration, mappings


def test_functions_without_the_switch_are_invoked_as_ever(gateway, apis, strict, strict_apis, functions):
    for process, made in [(gateway, apis), (strict, strict_apis)]:
        assert outcome(ask(process, made.api("whole"))) == (202, b"whole")


def test_answers_are_mapped(gateway, apis, functions):
    streams(functions, chunk(prelude(statusCode=404, headers={"x-a": "1"}) + b'{"why":'), chunk(b'"gone"}'), complete(), name="mapped")
    api_id = apis.api("mapped", ResponseParameters={"404": {
        "overwrite:statuscode": "410", "append:header.x-a": "2", "append:header.x-why": "$response.body.why", "overwrite:header.x-b": "$response.header.x-a"}})
    answer = ask(gateway, api_id)
    assert outcome(answer) == (410, b'{"why":"gone"}')
    assert (answer.headers.get_all("x-a"), answer.headers["x-why"], answer.headers["x-b"]) == (["1", "2"], "gone", "1")
    assert apis.logged(answer.headers["apigw-requestid"]).startswith("200 404 410 14 -")
    # What fails while a mapping waits for the body fails before the head.
    streams(functions, chunk(prelude(statusCode=404) + b"{"), complete(ErrorCode="Unhandled", ErrorDetails="why"), name="mapped")
    answer = ask(gateway, api_id)
    assert outcome(answer) == FAILED
    assert apis.logged(answer.headers["apigw-requestid"]).endswith("500 35 the function failed (Unhandled): why")


# AWS's own runtime


@pytest.fixture
def gate():
    """A URL that answers once the event is set."""
    opened = threading.Event()

    class Gate(Handler):
        def do_GET(self):
            opened.wait(20)
            self.reply(200)
    server = serve(Gate)
    opened.url = f"http://127.0.0.1:{server.server_port}/"
    yield opened
    opened.set()
    server.shutdown()
    server.server_close()


def test_node_streams(gateway, apis, gate):
    answer = ask(gateway, apis.api("gated"), "/orders/1", f"X-Gate: {gate.url}")
    assert (answer.status, answer.headers["x-a"], answer.headers["set-cookie"], answer.headers["content-type"]) == (201, "b", "c=d", "text/plain")
    assert answer.read1() == b"/orders/1"
    gate.set()
    assert answer.read() == b"last"


def test_node_streams_raw_bytes(gateway, apis):
    answer = ask(gateway, apis.api("raw"))
    assert (outcome(answer), answer.headers["content-type"]) == ((200, b"data: 1\n\n"), "text/event-stream")


def test_node_throws(gateway, apis):
    answer = ask(gateway, apis.api("throws"))
    assert outcome(answer) == FAILED
    assert apis.logged(answer.headers["apigw-requestid"]).endswith(": broken")


def test_node_throws_in_the_middle(gateway, apis, gate):
    answer = ask(gateway, apis.api("breaks"), "/x", f"X-Gate: {gate.url}")
    assert (answer.status, answer.read1()) == (200, b"first")
    gate.set()
    assert broken_off(answer) == b""
    eventually(lambda: ": in the middle" in (gateway.data_dir / "log").read_text())
