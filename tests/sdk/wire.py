"""The wire on both sides of the gateway: raw clients of HTTP/1.1 and HTTP/2, and upstreams that record bytes."""

import contextlib
import socket
import threading

import hpack
import urllib3
from gatewright import eventually

END = b"\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Server:
    """An upstream: a function gets each connection."""

    def __init__(self, handle):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.authority = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.url = f"http://{self.authority}"
        self.handle = handle
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        with connection, contextlib.suppress(ConnectionError):
            self.handle(connection)


class Reader:
    """Reads messages from a connection as strictly as one can, and keeps every byte."""

    def __init__(self, connection):
        self.connection, self.raw, self.at, self.shown = connection, bytearray(), 0, 0

    def more(self):
        received = self.connection.recv(65536)
        self.raw += received
        return bool(received)

    def until(self, mark):
        """What comes up to a mark and with it; none when the connection ends before."""
        while (found := self.raw.find(mark, self.at)) < 0:
            if not self.more():
                return None
        start, self.at = self.at, found + len(mark)
        return bytes(self.raw[start:self.at])

    def exactly(self, count):
        while len(self.raw) - self.at < count:
            if not self.more():
                return None
        start, self.at = self.at, self.at + count
        return bytes(self.raw[start:self.at])

    def chunked(self):
        """A chunked body as it stands on the wire."""
        start = self.at
        while line := self.until(b"\r\n"):
            if size := int(line, 16):
                if self.exactly(size + 2) is None:
                    return None
            else:
                while (line := self.until(b"\r\n")) != b"\r\n":
                    if line is None:
                        return None
                return bytes(self.raw[start:self.at])
        return None

    def message(self, has_body=True):
        """First line, headers and body of the next message; none when it does not come whole."""
        head = self.until(END)
        if head is None:
            return None
        first, *lines = head[:-4].decode("latin-1").split("\r\n")
        headers = [tuple(line.split(": ", 1)) for line in lines]
        framing = [value for name, value in headers if name.lower() in ("content-length", "transfer-encoding")]
        assert len(framing) < 2, f"framed twice: {head}"
        if not has_body or not framing:
            body = b""
        else:
            body = self.chunked() if framing == ["chunked"] else self.exactly(int(framing[0]))
        return None if body is None else (first, headers, body)


class Recorder(Server):
    """An upstream that answers everything with `ok`, and keeps what it got: whole requests, and all bytes."""

    def __init__(self, answer=OK):
        self.answer, self.requests, self.readers = answer, [], []
        super().__init__(self.record)

    def record(self, connection):
        reader = Reader(connection)
        self.readers.append(reader)
        while request := reader.message():
            self.requests.append(request)
            connection.sendall(self.answer)

    def taken(self):
        """The requests and the bytes since the last time."""
        requests, self.requests = self.requests, []
        raw = b""
        for reader in self.readers:
            end = len(reader.raw)
            raw, reader.shown = raw + bytes(reader.raw[reader.shown:end]), end
        return requests, raw


def framing(request):
    """How a request says where its body ends."""
    first, headers, body = request
    return first, [f"{name}: {value}" for name, value in headers if name in ("content-length", "transfer-encoding")], body


@contextlib.contextmanager
def api(process, url, **members):
    """An API with a `$default` route to an upstream; its host."""
    client = process.client()
    api_id = client.create_api(Name="wire", ProtocolType="HTTP")["ApiId"]
    integration = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", PayloadFormatVersion="1.0",
        IntegrationUri=url, **members)["IntegrationId"]
    client.create_route(ApiId=api_id, RouteKey="$default", Target=f"integrations/{integration}")
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    metrics = lambda: urllib3.request("GET", process.url("admin") + "/metrics").data.decode()
    eventually(lambda: f'api="{api_id}"' in metrics())
    yield f"{api_id}.execute-api.us-east-1.localhost"
    client.delete_api(ApiId=api_id)


def connect(process, timeout=20):
    host, port = process.listeners["traffic"].split(":")
    connection = socket.create_connection((host, int(port)), timeout=timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def exchange(process, *parts):
    """Sends bytes and reads to the end of the connection: every answer's status, and all bytes."""
    with connect(process) as connection:
        for part in parts:
            try:
                connection.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                break
        reader = Reader(connection)
        statuses = []
        while answer := reader.message():
            statuses.append(int(answer[0].split()[1]))
        while reader.more():
            pass
        return statuses, bytes(reader.raw)


DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
ENHANCE_YOUR_CALM, PROTOCOL_ERROR = 11, 1


def frame(kind, flags=0, stream=0, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def block(fields):
    """Header fields as literals without an index: nothing is checked, changed or remembered."""

    def text(value):
        value = value if isinstance(value, bytes) else value.encode("latin-1")
        rest, prefix = len(value) - 127, b""
        if rest < 0:
            return bytes([len(value)]) + value
        while rest >= 128:
            prefix, rest = prefix + bytes([rest % 128 + 128]), rest // 128
        return b"\x7f" + prefix + bytes([rest]) + value

    return b"".join(b"\0" + text(name) + text(value) for name, value in fields)


def request(host, path="/", method="GET", fields=()):
    return [(":method", method), (":scheme", "http"), (":authority", host), (":path", path), *fields]


class Http2:
    """A client of HTTP/2 that sends what it is told to."""

    def __init__(self, process, settings=b"", timeout=20):
        self.connection, self.buffer = connect(process, timeout), bytearray()
        self.decoder, self.stream = hpack.Decoder(), -1
        self.connection.sendall(PREFACE + frame(SETTINGS, payload=settings))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def send(self, *arguments, **members):
        self.connection.sendall(frame(*arguments, **members))

    def next_stream(self):
        self.stream += 2
        return self.stream

    def request(self, fields, body=None):
        """Sends a request on a new stream; with `body` none, it ends with its head."""
        stream = self.next_stream()
        self.send(HEADERS, END_HEADERS | (END_STREAM if body is None else 0), stream, block(fields))
        if body:
            self.send(DATA, END_STREAM, stream, body)
        return stream

    def read(self):
        """The next frame: kind, flags, stream, payload (of HEADERS: its fields); none when the connection has ended."""
        while len(self.buffer) < 9 or len(self.buffer) < 9 + int.from_bytes(self.buffer[:3], "big"):
            try:
                received = self.connection.recv(65536)
            except ConnectionResetError:
                received = b""
            if not received:
                return None
            self.buffer += received
        length, kind, flags = int.from_bytes(self.buffer[:3], "big"), self.buffer[3], self.buffer[4]
        stream = int.from_bytes(self.buffer[5:9], "big")
        payload = bytes(self.buffer[9:9 + length])
        del self.buffer[:9 + length]
        if kind == SETTINGS and not flags & ACK:
            self.send(SETTINGS, ACK)
        # Each block counts for those behind it.
        return kind, flags, stream, self.decoder.decode(payload) if kind == HEADERS else payload

    def answer(self, stream):
        """What becomes of a stream: its status, headers and body, or how it ended."""
        headers, body = [], bytearray()
        while got := self.read():
            kind, flags, of, payload = got
            if kind == HEADERS and of == stream:
                headers += payload
            elif kind == DATA and of == stream:
                body += payload
                if payload:
                    update = len(payload).to_bytes(4, "big")
                    self.connection.sendall(frame(WINDOW_UPDATE, 0, 0, update) + frame(WINDOW_UPDATE, 0, of, update))
            elif kind == RST_STREAM and of == stream:
                return "reset", int.from_bytes(payload, "big"), bytes(body)
            elif kind == GOAWAY and payload[4:8] != b"\0\0\0\0":
                return "goaway", int.from_bytes(payload[4:8], "big"), bytes(body)
            if of == stream and kind in (HEADERS, DATA) and flags & END_STREAM:
                return int(dict(headers)[":status"]), headers, bytes(body)
        return "closed", None, bytes(body)

    def goaway(self):
        """Reads to the end of the connection; the last error code that was said."""
        code = None
        while got := self.read():
            if got[0] == GOAWAY:
                code = int.from_bytes(got[3][4:8], "big")
        return code
