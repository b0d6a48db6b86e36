"""HTTP itself, a test for each line of spec/http-api-runtime.md section 15, for clients of HTTP/1.1 and of HTTP/2."""

import contextlib
import gzip
import socket
import threading

import pytest
from gatewright import Process
from wire import (
    DATA, END_HEADERS, END_STREAM, HEADERS, OK, RST_STREAM, WINDOW_UPDATE, Http2, Reader, Recorder, Server, api, block, connect, exchange, framing,
    request)

VERSIONS = ("1.1", "2")


@pytest.fixture(scope="module")
def upstream():
    return Recorder()


@pytest.fixture(scope="module")
def host(serving, upstream):
    with api(serving, upstream.url) as host:
        yield host


def call(process, version, host, method="GET", path="/", fields=(), body=None):
    """Status, headers and body of an answer, by either protocol."""
    if version == "2":
        with Http2(process) as client:
            status, headers, content = client.answer(client.request(request(host, path, method, fields), body))
            return status, dict(headers), content
    with connect(process) as connection:
        lines = [f"{method} {path} HTTP/1.1", f"host: {host}", *(f"{name}: {value}" for name, value in fields)]
        if body is not None:
            lines.append(f"content-length: {len(body)}")
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        first, headers, content = Reader(connection).message(has_body=method != "HEAD")
        return int(first.split()[1]), {name.lower(): value for name, value in headers}, content


@contextlib.contextmanager
def answering(process, answer, **members):
    """An API whose upstream answers everything with these bytes."""
    with api(process, Recorder(answer).url, **members) as host:
        yield host


# Versions and connections


@pytest.mark.parametrize("line,fields,kept,answered", [
    ("HTTP/1.1", "", True, "HTTP/1.1 200"),
    ("HTTP/1.1", "Connection: close\r\n", False, "HTTP/1.1 200"),
    ("HTTP/1.1", "Connection: Close, x\r\n", False, "HTTP/1.1 200"),
    ("HTTP/1.1", "Connection: keep-alive\r\n", True, "HTTP/1.1 200"),
    ("HTTP/1.0", "", False, "HTTP/1.0 200"),
    ("HTTP/1.0", "Connection: close\r\n", False, "HTTP/1.0 200"),
    ("HTTP/1.0", "Connection: keep-alive\r\n", True, "HTTP/1.0 200"),
])
def test_versions_and_keep_alive(serving, host, line, fields, kept, answered):
    one = f"GET / {line}\r\nHost: {host}\r\n{fields}\r\n".encode()
    with connect(serving) as connection:
        connection.sendall(one)
        reader = Reader(connection)
        first, headers, body = reader.message()
        assert first.startswith(answered) and body == b"ok"
        if line == "HTTP/1.0":
            assert (dict(headers).get("Connection") == "keep-alive") == kept
        if kept:
            connection.sendall(one)
            assert reader.message()[2] == b"ok"
        else:
            assert not reader.more()


def test_pipelined_requests_keep_their_order(serving):
    """One after the other, each with its own answer, whatever comes in one packet."""

    def echo(connection):
        reader = Reader(connection)
        while got := reader.message():
            content = got[0].split()[1].encode()
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(content), content))

    with api(serving, Server(echo).url) as host, connect(serving) as connection:
        gets = [f"GET /{n} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() for n in range(20)]
        posts = [f"POST /p{n} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\nabc".encode() for n in range(20)]
        connection.sendall(b"".join(get + post for get, post in zip(gets, posts)))
        reader = Reader(connection)
        bodies = [reader.message()[2].decode() for _ in range(40)]
        assert bodies == [path for n in range(20) for path in (f"/{n}", f"/p{n}")]


def test_upgrade(serving, host, upstream):
    """`Upgrade` is passed over: never 101."""
    upstream.taken()
    fields = [("connection", "upgrade"), ("upgrade", "websocket"), ("sec-websocket-key", "x")]
    assert call(serving, "1.1", host, fields=fields)[0] == 200
    [(_, headers, _)], _ = upstream.taken()
    assert not {"upgrade", "connection"} & {name for name, _ in headers}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("method,status", [
    ("TRACE", 404), ("BREW", 404), ("get", 404), ("PROPFIND", 404), ("GET", 200), ("PATCH", 200), ("OPTIONS", 200)])
def test_methods(serving, host, version, method, status):
    """`$default` takes those that a route key may name."""
    assert call(serving, version, host, method)[0] == status


def test_connect_is_refused(serving, host):
    assert exchange(serving, f"CONNECT {host}:80 HTTP/1.1\r\nHost: {host}:80\r\n\r\n".encode())[0] == [400]


# Bodies and framing of answers


@pytest.mark.parametrize("version", VERSIONS)
def test_head(serving, version):
    """No body, and the length that the backend says."""
    with answering(serving, b"HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n") as host:
        status, headers, body = call(serving, version, host, "HEAD")
        assert (status, headers["content-length"], body) == (200, "1234", b"")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("answer,status", [
    (b"HTTP/1.1 204 No Content\r\nx: y\r\n\r\n", 204),
    (b"HTTP/1.1 304 Not Modified\r\netag: \"e\"\r\ncontent-length: 77\r\n\r\n", 304),
])
def test_answers_without_a_body(serving, version, answer, status):
    with answering(serving, answer) as host:
        if version == "2":
            found, headers, body = call(serving, version, host)
            assert (found, body) == (status, b"")
            return
        with connect(serving) as connection:
            # The second is not taken for the first one's body.
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() * 2)
            reader = Reader(connection)
            for _ in range(2):
                first, headers, _ = reader.message(has_body=False)
                assert first.split()[1] == str(status) and "transfer-encoding" not in dict(headers)


@pytest.mark.parametrize("version", VERSIONS)
def test_interim_answers_stay_here(serving, version):
    """Of a backend's 1xx nothing is passed on."""
    interim = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    with answering(serving, interim + OK) as host:
        status, headers, body = call(serving, version, host)
        assert (status, body) == (200, b"ok") and "link" not in headers


@pytest.mark.parametrize("version", VERSIONS)
def test_gzip_is_passed_through(serving, version):
    content = gzip.compress(b"hello" * 1000, mtime=0)
    answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nvary: accept-encoding\r\ncontent-length: %d\r\n\r\n" % len(content)
    recorder = Recorder(answer + content)
    with api(serving, recorder.url) as host:
        fields = [("accept-encoding", "gzip, br"), ("content-encoding", "gzip")]
        fields += [("content-length", str(len(content)))] * (version == "2")
        status, headers, body = call(serving, version, host, "POST", fields=fields, body=content)
        assert (status, headers["content-encoding"], body) == (200, "gzip", content)
        [(_, sent, received)], _ = recorder.taken()
        assert received == content and dict(sent)["accept-encoding"] == "gzip, br" and dict(sent)["content-encoding"] == "gzip"


@pytest.mark.parametrize("version", VERSIONS)
def test_chunked_both_ways(serving, version):
    answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n"
    recorder = Recorder(answer)
    with api(serving, recorder.url) as host:
        if version == "2":
            _, headers, body = call(serving, version, host, "POST", body=b"hello")
            assert body == b"abcdefg" and not {"transfer-encoding", "content-length"} & set(headers)
        else:
            head = f"POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            statuses, raw = exchange(serving, head.encode() + b"5\r\nhello\r\n0\r\n\r\n")
            chunks = raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n")
            assert statuses == [200] and b"".join(chunks[1::2]) == b"abcdefg" and chunks[-3:] == [b"0", b"", b""]
        [got], _ = recorder.taken()
        assert framing(got) == ("POST / HTTP/1.1", ["transfer-encoding: chunked"], b"5\r\nhello\r\n0\r\n\r\n")


@pytest.mark.parametrize("version", VERSIONS)
def test_trailers_of_an_answer(serving, version):
    """On HTTP/2 alone, and only such as may be trailers; what a request's may do stands in the smuggling table."""
    answer = b"HTTP/1.1 200 OK\r\ntrailer: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: y\r\nset-cookie: a=b\r\n\r\n"
    with answering(serving, answer) as host:
        if version == "2":
            status, headers, body = call(serving, version, host, fields=[("te", "trailers")])
            assert (status, body, headers.get("x")) == (200, b"ok", "y") and not {"set-cookie", "trailer"} & set(headers)
        else:
            head = f"GET / HTTP/1.1\r\nHost: {host}\r\nTE: trailers\r\nConnection: close\r\n\r\n"
            statuses, raw = exchange(serving, head.encode())
            assert statuses == [200] and raw.endswith(b"\r\n\r\n2\r\nok\r\n0\r\n\r\n"), raw


# Expect: 100-continue


def test_continue_is_said_when_the_body_is_wanted(serving, host, upstream):
    upstream.taken()
    with connect(serving) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n".encode())
        reader = Reader(connection)
        assert reader.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert reader.message()[2] == b"ok"
    [got], _ = upstream.taken()
    assert "expect" not in dict(got[1]) and got[2] == b"hello"


@pytest.mark.parametrize("path,length,status", [("/", 10485761, b"413"), ("/%zz", 5, b"400"), ("/any", 10485761, b"413")])
def test_continue_is_not_said_before_a_refusal(serving, host, path, length, status):
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
    statuses, raw = exchange(serving, head.encode())
    assert raw.startswith(b"HTTP/1.1 " + status) and b"100 Continue" not in raw


# An answer before the request's end


LARGE = 10 * 1024 * 1024
#: Kilobytes, a megabyte less than such a body: the allocator keeps some of what the kernel's buffers made it hold for a moment.
HELD_MAX = LARGE // 1024 - 1024


@pytest.mark.parametrize("name,path,length,status", [
    ("too large, as announced", "/", 3 * LARGE, 413),
    ("too large, as it comes", "/", None, 413),
    ("malformed", "/%zz", LARGE, 400),
    ("no route", "/", LARGE, 404),
])
def test_a_client_that_still_sends_reads_its_answer(serving, host, name, path, length, status):
    """It reads only once it has sent everything; a reset would take the answer away."""
    named = "nosuchapi1.localhost" if status == 404 else host
    said = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    with connect(serving) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: {named}\r\n{said}\r\n\r\n".encode())
        piece = bytes(65536)
        for _ in range((length or 3 * LARGE) // len(piece)):
            connection.sendall(b"10000\r\n" + piece + b"\r\n" if length is None else piece)
        answer = Reader(connection).message()
        assert answer and int(answer[0].split()[1]) == status, (name, answer)


def test_lingering_is_bounded(tmp_path_factory):
    """A client that never closes is closed upon."""
    process = Process("serve", tmp_path_factory.mktemp("linger"), {"GATEWRIGHT_TRAFFIC_LINGER_TIMEOUT_MS": "300"}).start()
    with connect(process) as connection:
        connection.sendall(b"POST /%zz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        assert Reader(connection).message()[0].startswith("HTTP/1.1 400")
        with pytest.raises(ConnectionError):
            for _ in range(1000):
                connection.sendall(b"x")
                threading.Event().wait(0.02)
    process.stop()


# Streams


class Events:
    """An upstream that sends an event when it is told to."""

    def __init__(self):
        self.next, self.server, self.gone = threading.Semaphore(0), Server(self.send), threading.Event()

    def send(self, connection):
        Reader(connection).message()
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for number in range(100):
                assert self.next.acquire(timeout=30)
                event = b"data: %d\n\n" % number
                connection.sendall(b"%x\r\n%s\r\n" % (len(event), event))
            assert not connection.recv(1)
        self.gone.set()


@pytest.mark.parametrize("version", VERSIONS)
def test_events_arrive_as_they_are_sent(serving, version):
    """Each before the next one is sent, past the integration's timeout: that is for the head."""
    events = Events()
    with api(serving, events.server.url, TimeoutInMillis=100) as host:
        if version == "2":
            client = Http2(serving)
            client.request(request(host))
            received = lambda: next(got[3] for got in iter(client.read, None) if got[0] in (DATA, RST_STREAM))
        else:
            client = connect(serving)
            client.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            reader = Reader(client)
            assert b"text/event-stream" in reader.until(b"\r\n\r\n")
            # The chunk's size, what is in it, and its end.
            received = lambda: [reader.until(mark) for mark in (b"\r\n", b"\n\n", b"\r\n")][1]
        for number in range(10):
            # Quiet for longer than the head may take: the pause is what is tested.
            threading.Event().wait(0.15 if number < 3 else 0)
            events.next.release()
            assert received() == b"data: %d\n\n" % number
        # A client that leaves ends the upstream's work.
        (client.connection if version == "2" else client).close()
        events.next.release(100)
        assert events.gone.wait(20)


@pytest.mark.parametrize("version", VERSIONS)
def test_large_bodies_with_bounded_memory(serving, version):
    """Ten megabytes up and down, while nobody reads: what is held stays small."""
    content = bytes(range(256)) * (LARGE // 256)
    stuck, release = threading.Event(), threading.Event()

    def upstream(connection):
        reader = Reader(connection)
        reader.until(b"\r\n\r\n")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        stuck.set()
        assert release.wait(30)
        reader.exactly(len(content))
        assert reader.raw[-len(content):] == content
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(content) + content)

    with api(serving, Server(upstream).url) as host:
        before = resident(serving)
        if version == "2":
            with Http2(serving) as client:
                stream = client.next_stream()
                client.send(HEADERS, END_HEADERS, stream, block(request(host, method="POST", fields=[("content-length", str(LARGE))])))
                assert stuck.wait(20)
                release.set()
                window, streams_window, at = 65535, 65536, 0
                # What windows allow, and no more.
                while at < LARGE:
                    count = min(window, streams_window, 16384, LARGE - at)
                    if count:
                        client.send(DATA, END_STREAM if at + count == LARGE else 0, stream, content[at:at + count])
                        at, window, streams_window = at + count, window - count, streams_window - count
                        continue
                    kind, _, of, payload = client.read()
                    if kind == WINDOW_UPDATE:
                        more = int.from_bytes(payload, "big")
                        window, streams_window = window + more * (of == 0), streams_window + more * (of == stream)
                status, _, body = client.answer(stream)
                assert status == 200 and body == content
        else:
            with connect(serving) as connection:
                head = f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: {LARGE}\r\n\r\n".encode()
                sender = threading.Thread(target=connection.sendall, args=[head + content])
                sender.start()
                assert stuck.wait(20)
                assert resident(serving) - before < HELD_MAX, "kilobytes"
                release.set()
                first, _, body = Reader(connection).message()
                assert first.startswith("HTTP/1.1 200") and body == content
                sender.join()
        assert resident(serving) - before < HELD_MAX, "kilobytes"


def resident(process):
    """Kilobytes of memory in use, without the program itself, which comes as it is needed."""
    with open(f"/proc/{process.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))


# Slow clients


def test_a_head_in_many_pieces(serving, host):
    """Each byte by itself is a head like any other."""
    with connect(serving) as connection:
        for byte in f"GET / HTTP/1.1\r\nHost: {host}\r\nX: y\r\n\r\n".encode():
            connection.sendall(bytes([byte]))
        assert Reader(connection).message()[2] == b"ok"


def test_many_headers(serving, host):
    """A hundred are taken; more are refused, like a head that is too large."""

    def answered(count):
        fields = "".join(f"x{n}: y\r\n" for n in range(count - 2))
        return exchange(serving, f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}\r\n".encode())[0]

    assert answered(100) == [200]
    assert answered(101) == [431]
    assert answered(2000) == [431]


def test_slow_bodies_and_readers_end(tmp_path_factory):
    timeouts = {f"GATEWRIGHT_TRAFFIC_{name}_TIMEOUT_MS": "500" for name in ("BODY", "LINGER")}
    process = Process("serve", tmp_path_factory.mktemp("slow"), timeouts).start()
    gone = threading.Event()

    def upstream(connection):
        Reader(connection).message()
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000\r\n\r\n" + bytes(10000000))
        gone.set()

    with api(process, Server(upstream).url) as host:
        # A body that stops coming.
        with connect(process) as connection:
            connection.sendall(f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 10\r\n\r\nhello".encode())
            assert Reader(connection).message() is None
        # A reader that stops reading.
        with connect(process) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert gone.wait(20)
    process.stop()
