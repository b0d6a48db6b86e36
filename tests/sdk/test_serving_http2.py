"""HTTP/2 at the traffic listener: conformance (h2spec), other people's clients, and what a hostile client can do."""

import os
import pathlib
import subprocess
import threading
import xml.etree.ElementTree

import pytest
from gatewright import Process, eventually
from wire import (
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, GOAWAY, HEADERS, OK, PING, RST_STREAM, SETTINGS,
    WINDOW_UPDATE, Http2, Reader, Recorder, Server, api, block, frame, request)

TARGET = pathlib.Path(os.environ["BINARY_UNDER_TEST"]).absolute().parent.parent
CANCEL = 8


@pytest.fixture(scope="module")
def upstream():
    return Recorder()


@pytest.fixture(scope="module")
def host(serving, upstream):
    with api(serving, upstream.url) as host:
        yield host


# h2spec


@pytest.fixture(scope="session")
def h2spec():
    """Built from the Go module proxy, once."""
    binary = TARGET / "h2spec" / "h2spec"
    if not binary.exists():
        settings = {**os.environ, "GOBIN": str(binary.parent), "GOFLAGS": "-buildvcs=false"}
        package = "github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible"
        subprocess.run(["go", "install", package], env=settings, check=True, timeout=300)
    return binary


# What fails, and why that is right.
H2SPEC_FAILURES = {
    # The listener speaks HTTP/1.1 as well: what does not begin with the preface is answered in its words, 400, and closed.
    "Sends invalid connection preface",
}


def test_h2spec(h2spec, serving, host, tmp_path):
    report, (address, port) = tmp_path / "report.xml", serving.listeners["traffic"].split(":")
    path = f"/_aws/execute-api/{host.split('.')[0]}/$default/"
    command = [h2spec, "-h", address, "-p", port, "-P", path, "-j", report]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    cases = list(xml.etree.ElementTree.parse(report).iter("testcase"))
    failed = {case.get("classname") for case in cases if case.find("failure") is not None or case.find("error") is not None}
    assert len(cases) >= 145, done.stdout + done.stderr
    assert failed == H2SPEC_FAILURES, done.stdout


# Other people's clients


def test_curl(serving, host):
    address = serving.listeners["traffic"]
    common = ["curl", "-s", "--connect-to", f"::{address}", "-w", " %{http_version} %{http_code}", f"http://{host}/a?b"]
    for options, answer in [
        (["--http2-prior-knowledge"], "ok 2 200"), (["--http1.1"], "ok 1.1 200"), (["--http1.0"], "ok 1 200"),
        # `Upgrade: h2c` is passed over.
        (["--http2"], "ok 1.1 200"), (["--http2-prior-knowledge", "-T", os.devnull], "ok 2 200"),
    ]:
        done = subprocess.run([*common, *options], capture_output=True, text=True, timeout=30)
        assert done.stdout == answer, (options, done)


def test_h2load(serving, host):
    command = ["h2load", "-n", "4000", "-c", "8", "-m", "32", "--connect-to", serving.listeners["traffic"], f"http://{host}/"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "4000 total, 4000 started, 4000 done, 4000 succeeded, 0 failed, 0 errored, 0 timeout" in done.stdout, done.stdout
    assert "status codes: 4000 2xx" in done.stdout


# Heads


def test_fields_of_answers(serving, host):
    with Http2(serving) as client:
        status, headers, body = client.answer(client.request(request(host)))
    names = [name for name, _ in headers]
    assert (status, body) == (200, b"ok") and sorted(names) == [":status", "apigw-requestid", "content-length", "date"]
    assert all(name == name.lower() for name in names)


def test_refusals_have_their_bodies(serving):
    with Http2(serving) as client:
        status, headers, body = client.answer(client.request(request("nosuchapi1.execute-api.us-east-1.localhost")))
        assert (status, body) == (404, b'{"message":"Not Found"}') and dict(headers)["content-type"] == "application/json"
        status, headers, body = client.answer(client.request(request("user@x")))
        assert (status, body) == (400, b'{"message":"Bad Request"}')
        assert dict(headers)["apigw-requestid"] and "connection" not in dict(headers)
        # HEAD has the length, and no body.
        status, headers, body = client.answer(client.request(request("nosuchapi1.localhost", method="HEAD")))
        assert (status, body, dict(headers)["content-length"]) == (404, b"", "23")


def test_a_head_is_measured_as_on_http_1(serving, host):
    def answered(size):
        rest = len(f"GET / HTTP/1.1\r\nhost: {host}\r\nx: \r\n\r\n")
        with Http2(serving) as client:
            return client.answer(client.request(request(host, fields=[("x", "a" * (size - rest))])))

    assert answered(10240)[0] == 200
    status, headers, body = answered(10241)
    assert (status, body) == (431, b'{"message":"Request Header Fields Too Large"}') and dict(headers)["apigw-requestid"]
    # Where h2's own measure is passed, its words are fewer; the connection stays.
    with Http2(serving) as client:
        stream = client.next_stream()
        fields = block(request(host, fields=[(f"x{index}", "a" * 1000) for index in range(42)]))
        client.send(HEADERS, END_STREAM, stream, fields[:16000])
        client.send(CONTINUATION, 0, stream, fields[16000:32000])
        client.send(CONTINUATION, END_HEADERS, stream, fields[32000:])
        assert client.answer(stream)[0] == 431
        assert client.answer(client.request(request(host)))[0] == 200


def test_cookies_are_joined(serving, host, upstream):
    upstream.taken()
    with Http2(serving) as client:
        assert client.answer(client.request(request(host, fields=[("cookie", "a=1"), ("cookie", "b=2")])))[0] == 200
    [(_, headers, _)], _ = upstream.taken()
    assert dict(headers)["cookie"] == "a=1; b=2"


# Bounds


def test_streams_are_bounded(serving):
    """As many as were announced; one more is refused, and the others go on."""
    release = threading.Event()

    def waiting(connection):
        reader = Reader(connection)
        while reader.message():
            release.wait(20)
            connection.sendall(OK)

    with api(serving, Server(waiting).url) as host, Http2(serving) as client:
        first = [client.request(request(host)) for _ in range(128)]
        one_more = client.request(request(host))
        assert client.answer(one_more)[:2] == ("reset", 7)
        release.set()
        statuses, ended = {}, 0
        while ended < len(first):
            kind, flags, stream, payload = client.read()
            if kind == HEADERS:
                statuses[stream] = dict(payload)[":status"]
            ended += bool(kind in (HEADERS, DATA) and flags & END_STREAM)
        assert statuses == {stream: "200" for stream in first}


def flooded(client, frames, times):
    """Sends until the other side has had enough; the code it ends with."""
    try:
        for _ in range(times):
            client.connection.sendall(frames)
    except (ConnectionError, TimeoutError):
        pass
    return client.goaway()


def test_rapid_reset_at_once(serving, host):
    """CVE-2023-44487: requests that are taken back as they are made."""
    with Http2(serving) as client:
        head = block(request(host))
        frames = b"".join(
            frame(HEADERS, END_HEADERS | END_STREAM, stream, head) + frame(RST_STREAM, 0, stream, CANCEL.to_bytes(4, "big"))
            for stream in range(1, 2001, 2))
        assert flooded(client, frames, 1) == ENHANCE_YOUR_CALM


def test_rapid_reset_with_a_pause(serving):
    """The same, each after its request has reached the upstream: as often as not is one thing, always is another."""
    upstream = Server(lambda connection: Reader(connection).until(b"never"))
    with api(serving, upstream.url) as host, Http2(serving, timeout=60) as client:
        ended = None
        for number in range(1000):
            stream = client.request(request(host))
            # An answered PING: the request is being served.
            client.send(PING, 0, 0, number.to_bytes(8, "big"))
            while (got := client.read()) and got[0] not in (PING, GOAWAY):
                pass
            if got is None or got[0] == GOAWAY:
                ended = number, got and int.from_bytes(got[3][4:8], "big")
                break
            client.send(RST_STREAM, 0, stream, CANCEL.to_bytes(4, "big"))
        assert ended and 200 <= ended[0] <= 210 and ended[1] == ENHANCE_YOUR_CALM, ended


@pytest.mark.parametrize("name,frames", [
    ("PING", frame(PING, 0, 0, bytes(8)) * 1000),
    ("SETTINGS", frame(SETTINGS) * 1000),
    ("empty DATA", frame(DATA, 0, 1) * 1000),
    ("PRIORITY", frame(2, 0, 3, b"\0\0\0\0\x01") * 1000),
    ("unknown frames", frame(0x77, 0, 1, bytes(100)) * 1000),
    ("small windows", frame(WINDOW_UPDATE, 0, 1, b"\0\0\0\x01") * 1000),
])
def test_floods_end(serving, name, frames):
    """Frames that ask for nothing, while a request is open."""
    upstream = Server(lambda connection: Reader(connection).until(b"never"))
    with api(serving, upstream.url) as host, Http2(serving) as client:
        reader = threading.Thread(target=lambda: codes.append(client.goaway()))
        codes = []
        client.request(request(host, method="POST"), body=b"")
        reader.start()
        try:
            for _ in range(500):
                client.connection.sendall(frames)
        except (ConnectionError, TimeoutError):
            pass
        reader.join(20)
        assert codes == [ENHANCE_YOUR_CALM], name


def test_continuation_flood_ends(serving, host):
    """CVE-2024-27316: a head without an end."""
    with Http2(serving) as client:
        client.send(HEADERS, END_STREAM, 1, block(request(host)))
        assert flooded(client, frame(CONTINUATION, 0, 1, block([("x", "y")])) * 100, 500) == ENHANCE_YOUR_CALM


def test_a_header_bomb_ends(serving, host):
    """HPACK: a large field once, then a byte for each time it is meant."""
    with Http2(serving) as client:
        large = b"\x40" + block([("x", "a" * 3000)])[1:]
        client.send(HEADERS, END_HEADERS | END_STREAM, 1, block(request(host)) + large)
        client.send(HEADERS, END_HEADERS | END_STREAM, 3, block(request(host)) + b"\xbe" * 10000)
        assert client.goaway() == ENHANCE_YOUR_CALM


# Time


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    """A gateway whose clients have to be quick."""
    timeouts = {f"GATEWRIGHT_TRAFFIC_{name}_TIMEOUT_MS": "500" for name in ("HEADER", "IDLE", "BODY", "LINGER")}
    process = Process("serve", tmp_path_factory.mktemp("impatient"), timeouts).start()
    yield process
    process.stop()


def test_connections_without_requests_end(impatient):
    with Http2(impatient) as client:
        while client.read():
            pass
    with Http2(impatient) as client:
        assert client.answer(client.request(request("nosuchapi1.localhost")))[0] == 404
        while client.read():
            pass


def test_pings_keep_no_connection(impatient):
    """What counts is requests."""
    with Http2(impatient) as client:
        assert client.answer(client.request(request("nosuchapi1.localhost")))[0] == 404
        while True:
            try:
                client.send(PING, 0, 0, bytes(8))
            except ConnectionError:
                return
            if client.read() is None:
                return


def test_a_stalled_upload_ends_its_stream_alone(impatient):
    recorder = Recorder()
    with api(impatient, recorder.url) as host, Http2(impatient) as client:
        stalled = client.next_stream()
        client.send(HEADERS, END_HEADERS, stalled, block(request(host, method="POST")))
        client.send(DATA, 0, stalled, b"begun")
        assert client.answer(stalled)[:2] == ("reset", CANCEL)
        assert client.answer(client.request(request(host)))[0] == 200


def test_a_closed_window_ends_its_stream_alone(impatient):
    """Who asks for much and takes nothing: what is held for it is let go."""
    large = b"HTTP/1.1 200 OK\r\ncontent-length: 4000000\r\n\r\n" + bytes(4000000)
    gone = threading.Event()

    def upstream(connection):
        Reader(connection).message()
        try:
            connection.sendall(large)
        finally:
            gone.set()

    with api(impatient, Server(upstream).url) as host:
        with Http2(impatient, settings=b"\0\x04\0\0\0\0") as client:
            stalled = client.request(request(host))
            got = client.read()
            while got[0] != RST_STREAM:
                assert got[0] != DATA, "nothing may be sent"
                got = client.read()
            assert got[2] == stalled and gone.wait(10)
            # HEAD of a host that is not there has no body to wait for.
            assert client.answer(client.request(request("nosuchapi1.localhost", method="HEAD")))[0] == 404


# Drain


def test_drain_says_goaway_and_lets_requests_end(tmp_path):
    process = Process("serve", tmp_path / "data").start()
    arrived, release = threading.Event(), threading.Event()

    def waiting(connection):
        Reader(connection).message()
        arrived.set()
        release.wait(20)
        connection.sendall(OK)

    with api(process, Server(waiting).url) as host:
        client = Http2(process)
        stream = client.request(request(host))
        assert arrived.wait(20)
        process.process.terminate()
        seen = []
        while (got := client.read())[0] != GOAWAY:
            seen.append(got)
        assert int.from_bytes(got[3][4:8], "big") == 0
        release.set()
        body = b""
        while got := client.read():
            if got[0] == PING and not got[1] & ACK:
                client.send(PING, ACK, 0, got[3])
            if got[0] == DATA and got[2] == stream:
                body += got[3]
        assert body == b"ok"
        assert process.process.wait(timeout=20) == 0
        # The API's deletion below needs a process.
        process.start()
    process.stop()


def test_http2_can_be_turned_off(tmp_path):
    process = Process("serve", tmp_path / "data", {"GATEWRIGHT_TRAFFIC_HTTP2_CONCURRENT_STREAMS_MAX": "0"}).start()
    with Http2(process) as client:
        assert client.read() is None
    process.stop()
