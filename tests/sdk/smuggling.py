"""Requests that two readers could see differently (RFC 9112, RFC 9113 section 10.3), and what becomes of each.

`%H` stands for a good `Host` line, `%A` for its value. A request that is refused leaves nothing at the upstream, and its
connection is closed. One that is taken reaches the upstream in one form: its request line, its framing, its body. One that
breaks off in its body may leave a beginning at the upstream, which never becomes whole.
"""

from dataclasses import dataclass


@dataclass
class Row:
    name: str
    sent: bytes
    outcome: str
    status: int = 200
    # What the upstream sees, in order: request line, framing, body.
    seen: tuple = ()
    # Whether the connection is still good for the next request.
    kept: bool = True


def refused(name, sent, status=400):
    return Row(name, sent, "refused", status, kept=False)


def cut(name, sent):
    return Row(name, sent, "cut", 400, kept=False)


def taken(outcome, name, sent, line, framing, body=b"", kept=True):
    return Row(name, sent, outcome, 200, ((line, [framing], body),), kept)


def normalised(*arguments, **members):
    return taken("normalised", *arguments, **members)


def forwarded(*arguments, **members):
    return taken("forwarded", *arguments, **members)


def post(headers, body=b""):
    return b"POST / HTTP/1.1\r\n%H" + headers + b"\r\n" + body


def get(headers, line=b"GET / HTTP/1.1", host=b"%H"):
    return line + b"\r\n" + host + headers + b"\r\n"


POST, GET = "POST / HTTP/1.1", "GET / HTTP/1.1"
CHUNKED, NONE, FIVE = "transfer-encoding: chunked", "content-length: 0", "content-length: 5"
TE = b"Transfer-Encoding: chunked\r\n"
ZERO = b"0\r\n\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\n%H\r\n"


def chunks(body):
    return post(TE, body)


FRAMING = [
    refused("CL.TE", post(b"Content-Length: 6\r\n" + TE, ZERO + b"G")),
    refused("TE.CL", post(TE + b"Content-Length: 4\r\n", b"5c\r\n" + HIDDEN)),
    refused("CL.TE, both agree", post(b"Content-Length: 5\r\n" + TE, ZERO)),
    refused("CL: 0 with TE", post(b"Content-Length: 0\r\n" + TE, ZERO + HIDDEN)),
    refused("TE.TE: chunked, identity", post(b"Transfer-Encoding: chunked, identity\r\n", ZERO)),
    refused("TE.TE: identity, chunked", post(b"Transfer-Encoding: identity, chunked\r\n", ZERO)),
    refused("TE: gzip, chunked", post(b"Transfer-Encoding: gzip, chunked\r\n", ZERO)),
    refused("TE: chunked, chunked", post(b"Transfer-Encoding: chunked, chunked\r\n", ZERO)),
    refused("TE: identity", post(b"Transfer-Encoding: identity\r\n")),
    refused("TE: xchunked", post(b"Transfer-Encoding: xchunked\r\n", ZERO)),
    refused("TE: chunkedx", post(b"Transfer-Encoding: chunkedx\r\n", ZERO)),
    refused("TE: quoted", post(b'Transfer-Encoding: "chunked"\r\n', ZERO)),
    refused("TE: parameter", post(b"Transfer-Encoding: chunked;q=1\r\n", ZERO)),
    refused("TE: empty", post(b"Transfer-Encoding:\r\n", ZERO)),
    refused("TE: vertical tab", post(b"Transfer-Encoding: \x0bchunked\r\n", ZERO)),
    refused("TE: form feed", post(b"Transfer-Encoding: chunked\x0c\r\n", ZERO)),
    refused("TE: NUL", post(b"Transfer-Encoding: chunked\x00\r\n", ZERO)),
    refused("TE: no-break space", post(b"Transfer-Encoding: \xa0chunked\r\n", ZERO)),
    refused("TE: two lines", post(TE + TE, ZERO)),
    refused("TE: two lines, one unknown", post(TE + b"Transfer-Encoding: cow\r\n", ZERO)),
    refused("TE: space before the colon", post(b"Transfer-Encoding : chunked\r\n", ZERO)),
    refused("TE: tab before the colon", post(b"Transfer-Encoding\t: chunked\r\n", ZERO)),
    refused("TE: space before the name", post(b" Transfer-Encoding: chunked\r\n", ZERO)),
    refused("TE: on a folded line", post(b"Transfer-Encoding:\r\n chunked\r\n", ZERO)),
    refused("TE: behind a fold of another header", post(b"X: y\r\n Transfer-Encoding: chunked\r\n", ZERO)),
    refused("TE in HTTP/1.0", b"POST / HTTP/1.0\r\n%H" + TE + b"\r\n" + ZERO),
    refused("CL and TE in HTTP/1.0", b"POST / HTTP/1.0\r\n%HContent-Length: 5\r\n" + TE + b"\r\n" + ZERO),
    normalised("TE: tabs around the value", post(b"Transfer-Encoding:\tchunked\t\r\n", ZERO), POST, CHUNKED, ZERO),
    normalised("TE: other case", post(b"tRANSFER-eNCODING: CHUNKED\r\n", ZERO), POST, CHUNKED, ZERO),
    normalised("TE named by Connection", post(TE + b"Connection: transfer-encoding\r\n", ZERO), POST, CHUNKED, ZERO),
    refused("CL: two, equal", post(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello")),
    refused("CL: two, different", post(b"Content-Length: 5\r\nContent-Length: 0\r\n", b"hello")),
    refused("CL: list", post(b"Content-Length: 5, 5\r\n", b"hello")),
    refused("CL: plus", post(b"Content-Length: +5\r\n", b"hello")),
    refused("CL: minus", post(b"Content-Length: -5\r\n", b"hello")),
    refused("CL: hexadecimal", post(b"Content-Length: 0x5\r\n", b"hello")),
    refused("CL: fraction", post(b"Content-Length: 5.0\r\n", b"hello")),
    refused("CL: underscore", post(b"Content-Length: 1_0\r\n", b"helloworld")),
    refused("CL: inner space", post(b"Content-Length: 1 0\r\n", b"helloworld")),
    refused("CL: over 64 bits", post(b"Content-Length: 18446744073709551621\r\n", b"hello")),
    refused("CL: empty", post(b"Content-Length: \r\n")),
    refused("CL: space before the colon", post(b"Content-Length : 5\r\n", b"hello")),
    refused("CL: NUL", post(b"Content-Length: 5\x00\r\n", b"hello")),
    normalised("CL: leading zeros", post(b"Content-Length: 005\r\n", b"hello"), POST, FIVE, b"hello"),
    normalised("CL named by Connection", post(b"Content-Length: 5\r\nConnection: content-length\r\n", b"hello"), POST, FIVE, b"hello"),
    forwarded("CL with GET", get(b"Content-Length: 5\r\n") + b"hello", GET, FIVE, b"hello"),
    forwarded("CL", post(b"Content-Length: 5\r\n", b"hello"), POST, FIVE, b"hello"),
    forwarded("CL over a whole request", post(b"Content-Length: 5\r\n", b"GET /"), POST, FIVE, b"GET /"),
    normalised("no body said", post(b""), POST, NONE),
]

LINES = [
    refused("obs-fold", get(b"X: a\r\n b\r\n")),
    refused("obs-fold with a tab", get(b"X: a\r\n\tb\r\n")),
    refused("bare CR in a value", get(b"X: a\rTransfer-Encoding: chunked\r\n")),
    refused("bare CR for line ends", b"GET / HTTP/1.1\r%H\r\r\n\r\n"),
    refused("bare CR in the request line", get(b"", b"GET /\rx HTTP/1.1")),
    refused("CR CR LF", get(b"X: a\r\r\n")),
    refused("NUL in a value", get(b"X: a\x00b\r\n")),
    refused("NUL in a name", get(b"X\x00Y: a\r\n")),
    refused("NUL in the target", get(b"", b"GET /\x00 HTTP/1.1")),
    refused("DEL in a value", get(b"X: a\x7fb\r\n")),
    refused("name with a space", get(b"Bad Name: a\r\n")),
    refused("name with a slash", get(b"a/b: c\r\n")),
    refused("name with a byte over 127", get(b"a\xff: c\r\n")),
    refused("name empty", get(b": a\r\n")),
    refused("no colon", get(b"Header\r\n")),
    refused("space before the colon", get(b"X : a\r\n")),
    refused("first header after a space", b"GET / HTTP/1.1\r\n %H\r\n"),
    normalised("bare LF for every line end", b"GET / HTTP/1.1\n%H\n".replace(b"%H", b"Host: %A\n"), GET, NONE),
    normalised("bare LF after one header", get(b"X: a\n"), GET, NONE),
    normalised("one empty line before", b"\r\n" + get(b""), GET, NONE),
    normalised("three empty lines before", b"\r\n\r\n\n" + get(b""), GET, NONE),
    forwarded("bytes over 127 in a value", get(b"X: \xff\xfe\r\n"), GET, NONE),
    forwarded("empty value", get(b"X:\r\n"), GET, NONE),
]

TARGETS = [
    refused("no target", get(b"", b"GET HTTP/1.1")),
    refused("two spaces in the request line", get(b"", b"GET  / HTTP/1.1")),
    refused("space in the target", get(b"", b"GET /a b HTTP/1.1")),
    refused("tab in the request line", get(b"", b"GET\t/ HTTP/1.1")),
    refused("HTTP/0.9", b"GET /\r\n"),
    refused("HTTP/1.2", get(b"", b"GET / HTTP/1.2")),
    refused("HTTP/2.0 in words", get(b"", b"GET / HTTP/2.0")),
    refused("http/1.1 in small letters", get(b"", b"GET / http/1.1")),
    refused("junk behind the version", get(b"", b"GET / HTTP/1.1 x")),
    refused("method with a control character", get(b"", b"G\x01T / HTTP/1.1")),
    refused("target without a slash", get(b"", b"GET a HTTP/1.1")),
    refused("no Host", get(b"", host=b"")),
    refused("two Hosts", get(b"Host: other\r\n")),
    refused("two Hosts, equal", get(b"", host=b"%H%H")),
    refused("Host: empty", get(b"", host=b"Host:\r\n")),
    refused("Host: list", get(b"", host=b"Host: %A, other\r\n")),
    refused("Host: user", get(b"", host=b"Host: user@%A\r\n")),
    refused("Host: port of letters", get(b"", host=b"Host: %A:http\r\n")),
    refused("Host: port over 65535", get(b"", host=b"Host: %A:65536\r\n")),
    refused("Host: path", get(b"", host=b"Host: %A/x\r\n")),
    refused("absolute target, no Host", get(b"", b"GET http://%A/ HTTP/1.1", host=b"")),
    refused("absolute target with a user", get(b"", b"GET http://user@%A/ HTTP/1.1")),
    refused("absolute target, port of letters", get(b"", b"GET http://%A:x/ HTTP/1.1")),
    refused("CONNECT", get(b"", b"CONNECT %A:80 HTTP/1.1")),
    normalised("absolute target, other Host", get(b"", b"GET http://%A/ HTTP/1.1", b"Host: other\r\n"), GET, NONE),
    normalised("absolute target without a path", get(b"", b"GET http://%A HTTP/1.1"), GET, NONE),
    normalised("fragment", get(b"", b"GET /#f HTTP/1.1"), GET, NONE),
    forwarded("Host: with a port", get(b"", host=b"Host: %A:80\r\n"), GET, NONE),
    normalised("HTTP/1.0", get(b"", b"GET / HTTP/1.0"), GET, NONE, kept=False),
    normalised("Upgrade", get(b"Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"), GET, NONE),
]

CHUNKS = [
    cut("chunk size: not hexadecimal", chunks(b"g\r\nx\r\n" + ZERO)),
    cut("chunk size: 0x", chunks(b"0x1\r\nx\r\n" + ZERO)),
    cut("chunk size: minus", chunks(b"-1\r\nx\r\n" + ZERO)),
    cut("chunk size: plus", chunks(b"+1\r\nx\r\n" + ZERO)),
    cut("chunk size: empty", chunks(b"\r\nx\r\n" + ZERO)),
    cut("chunk size: over 64 bits", chunks(b"10000000000000001\r\nx\r\n" + ZERO)),
    cut("chunk size: leading space", chunks(b" 1\r\nx\r\n" + ZERO)),
    cut("chunk size: NUL", chunks(b"1\x00\r\nx\r\n" + ZERO)),
    cut("chunk size: bare LF", chunks(b"1\nx\r\n" + ZERO)),
    cut("chunk: no line end", chunks(b"1\r\nx" + ZERO)),
    cut("chunk: longer than said", chunks(b"1\r\nxy\r\n" + ZERO)),
    cut("chunk: bare LF behind", chunks(b"1\r\nx\n" + ZERO)),
    cut("extension: bare LF", chunks(b"1;a\nx\r\n" + ZERO)),
    cut("extension: over 16 KiB", chunks(b"1;" + b"a" * 17000 + b"\r\nx\r\n" + ZERO)),
    cut("last chunk: bare LF", chunks(b"0\n\r\n")),
    cut("trailer: obs-fold", chunks(b"0\r\nx: a\r\n b\r\n\r\n")),
    cut("trailer: no colon", chunks(b"0\r\nx\r\n\r\n")),
    cut("trailer: name with a space", chunks(b"0\r\nx y: a\r\n\r\n")),
    cut("trailers: over 16 KiB", chunks(b"0\r\n" + b"x: %s\r\n" % (b"a" * 17000) + b"\r\n")),
    normalised("extension", chunks(b"1;a=b;c=\"d\"\r\nx\r\n" + ZERO), POST, CHUNKED, b"1\r\nx\r\n0\r\n\r\n"),
    normalised("chunk size: leading zeros", chunks(b"0001\r\nx\r\n000\r\n\r\n"), POST, CHUNKED, b"1\r\nx\r\n0\r\n\r\n"),
    normalised("chunk size: capitals", chunks(b"A\r\n0123456789\r\n" + ZERO), POST, CHUNKED, b"a\r\n0123456789\r\n0\r\n\r\n"),
    normalised("trailer", chunks(b"0\r\nx: a\r\n\r\n"), POST, CHUNKED, ZERO),
    normalised("trailer: Content-Length", chunks(b"0\r\nContent-Length: 50\r\n\r\n"), POST, CHUNKED, ZERO),
    normalised("trailer: Transfer-Encoding", chunks(b"0\r\nTransfer-Encoding: chunked\r\n\r\n"), POST, CHUNKED, ZERO),
    normalised("trailer: Host", chunks(b"0\r\nHost: other\r\n\r\n"), POST, CHUNKED, ZERO),
    forwarded("chunks", chunks(b"5\r\nhello\r\n" + ZERO), POST, CHUNKED, b"5\r\nhello\r\n0\r\n\r\n"),
    forwarded("a request in a chunk", chunks(b"5\r\nGET /\r\n" + ZERO), POST, CHUNKED, b"5\r\nGET /\r\n0\r\n\r\n"),
]

ROWS = [*FRAMING, *LINES, *TARGETS, *CHUNKS]


@dataclass
class Http2Row:
    """A request of HTTP/2: fields beside a good `:method`, `:scheme`, `:authority` and `:path`, or all of them.

    `ended` is a status, or how the stream or the connection ends.
    """

    name: str
    ended: object
    fields: list
    body: bytes | None = None
    seen: tuple = ()
    trailers: list | None = None
    whole: bool = False


def stream_error(name, *fields, **members):
    return Http2Row(name, ("reset", 1), list(fields), **members)


def broken(name, *fields):
    """h2 takes what no header can be for broken compression, and ends the connection."""
    return Http2Row(name, ("goaway", 1), list(fields))


def whole(ended, name, *fields):
    return Http2Row(name, ended, list(fields), whole=True)


M, S, A, P = (":method", "GET"), (":scheme", "http"), (":authority", "%A"), (":path", "/")
MALFORMED, BROKEN = ("reset", 1), ("goaway", 1)

HTTP2 = [
    stream_error("transfer-encoding: chunked", ("transfer-encoding", "chunked"), body=b"0\r\n\r\n"),
    stream_error("transfer-encoding: identity", ("transfer-encoding", "identity")),
    stream_error("connection: close", ("connection", "close")),
    stream_error("connection: content-length", ("connection", "content-length")),
    stream_error("keep-alive", ("keep-alive", "timeout=5")),
    stream_error("proxy-connection", ("proxy-connection", "keep-alive")),
    stream_error("upgrade", ("upgrade", "websocket")),
    stream_error("te: gzip", ("te", "gzip")),
    stream_error("content-length over the body", ("content-length", "6"), body=b"hello"),
    stream_error("content-length under the body", ("content-length", "4"), body=b"hello"),
    stream_error("content-length without a body", ("content-length", "5")),
    stream_error("content-length: letters", ("content-length", "x"), body=b"hello"),
    stream_error("content-length: plus", ("content-length", "+5"), body=b"hello"),
    stream_error("content-length: list", ("content-length", "5, 5"), body=b"hello"),
    Http2Row("content-length twice", 400, [("content-length", "5"), ("content-length", "5")], b"hello"),
    broken("CR LF in a value", ("x", "a\r\nTransfer-Encoding: chunked")),
    broken("CR in a value", ("x", "a\rb")),
    broken("LF in a value", ("x", "a\nb")),
    broken("NUL in a value", ("x", "a\0b")),
    broken("capital in a name", ("X-A", "a")),
    broken("space in a name", ("x a", "a")),
    broken("colon in a name", ("transfer-encoding: chunked\r\nx", "a")),
    broken("colon at a name's end", ("x:", "a")),
    broken("CR LF in a name", ("x\r\ny", "a")),
    broken("empty name", ("", "a")),
    Http2Row("space before a value", 400, [("x", " a")]),
    Http2Row("tab behind a value", 400, [("x", "a\t")]),
    Http2Row("other host", 400, [("host", "other")]),
    Http2Row("host twice", 400, [("host", "%A"), ("host", "%A")]),
    whole(MALFORMED, ":path with a space", M, S, A, (":path", "/ HTTP/1.1")),
    whole(MALFORMED, ":path with CR LF", M, S, A, (":path", "/ HTTP/1.1\r\nHost: other")),
    whole(MALFORMED, ":path with NUL", M, S, A, (":path", "/\0")),
    whole(MALFORMED, ":path empty", M, S, A, (":path", "")),
    whole(MALFORMED, ":path without a slash", M, S, A, (":path", "a")),
    whole(BROKEN, ":method with a space", (":method", "GET / HTTP/1.1"), S, A, P),
    whole(BROKEN, ":method with CR LF", (":method", "GET\r\n"), S, A, P),
    whole(MALFORMED, ":authority with CR LF", M, S, (":authority", "%A\r\nx: y"), P),
    whole(MALFORMED, ":authority with a path", M, S, (":authority", "%A/x"), P),
    whole(400, ":authority with a user", M, S, (":authority", "user@%A"), P),
    whole(400, "no host at all", M, S, P),
    whole(MALFORMED, ":path twice", M, S, A, P, (":path", "/admin")),
    whole(MALFORMED, ":method twice", M, S, A, P, (":method", "POST")),
    whole(MALFORMED, ":authority twice", M, S, A, P, (":authority", "other")),
    whole(MALFORMED, "pseudo-header behind a header", M, S, A, ("x", "a"), P),
    whole(BROKEN, "unknown pseudo-header", M, S, A, P, (":x", "a")),
    whole(MALFORMED, ":status in a request", M, S, A, P, (":status", "200")),
    whole(MALFORMED, ":protocol without CONNECT", M, S, A, P, (":protocol", "websocket")),
    whole(MALFORMED, "extended CONNECT", (":method", "CONNECT"), S, A, P, (":protocol", "websocket")),
    whole(400, "CONNECT", (":method", "CONNECT"), A),
    stream_error("transfer-encoding in trailers", body=b"hello", trailers=[("transfer-encoding", "chunked")]),
    Http2Row("GET", 200, [], seen=((GET, [NONE], b""),)),
    Http2Row("POST", 200, [("content-length", "5")], b"hello", ((GET, [FIVE], b"hello"),)),
    Http2Row("body without a length", 200, [], b"hello", ((GET, [CHUNKED], b"5\r\nhello\r\n0\r\n\r\n"),)),
    Http2Row("te: trailers", 200, [("te", "trailers")], seen=((GET, [NONE], b""),)),
    Http2Row("trailers", 200, [], b"hello", ((GET, [CHUNKED], b"5\r\nhello\r\n0\r\n\r\n"),),
             trailers=[("content-length", "9"), ("x", "y")]),
    Http2Row("pseudo-header in trailers", 200, [], b"hello", ((GET, [CHUNKED], b"5\r\nhello\r\n0\r\n\r\n"),),
             trailers=[(":path", "/admin")]),
    Http2Row("same host beside :authority", 200, [("host", "%A")], seen=((GET, [NONE], b""),)),
    Http2Row("fragment in :path", 200, [M, S, A, (":path", "/#f")], seen=((GET, [NONE], b""),), whole=True),
]
