"""Hostile bytes and slow clients: what is refused, to the byte."""

import socket
import time

import pytest
from gatewright import Process

HOST = "Host: x.execute-api.us-east-1.localhost\r\n"


def exchange(gateway, request):
    """Sends bytes and reads to the end of the connection."""
    host, port = gateway.listeners["traffic"].split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(request if isinstance(request, bytes) else request.encode())
        answer = b""
        while received := raw.recv(65536):
            answer += received
        return answer.decode()


BAD, LARGE = '{"message":"Bad Request"}', '{"message":"Request Header Fields Too Large"}'


@pytest.mark.parametrize("request_bytes,status,body", [
    (f"POST / HTTP/1.1\r\n{HOST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, BAD),
    (f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 400, BAD),
    (f"POST / HTTP/1.1\r\n{HOST}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400, BAD),
    (f"POST / HTTP/1.1\r\n{HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400, BAD),
    (f"POST / HTTP/1.1\r\n{HOST}Content-Length: -1\r\n\r\n", 400, BAD),
    (f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: gzip\r\n\r\n", 400, BAD),
    (f"GET / HTTP/1.1\r\n{HOST}Bad Header: x\r\n\r\n", 400, BAD),
    (f"GET / HTTP/1.1\r\n{HOST}x: a\r\n folded\r\n\r\n", 400, BAD),
    ("GARBAGE\r\n\r\n", 400, BAD),
    ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400, BAD),
    (f"GET / HTTP/1.1\r\n{HOST}{HOST}Connection: close\r\n\r\n", 400, BAD),
    (f"CONNECT x:1 HTTP/1.1\r\n{HOST}\r\n", 400, BAD),
    (f"GET / HTTP/1.1\r\n{HOST}x: {'a' * 10240}\r\nConnection: close\r\n\r\n", 431, LARGE),
    (f"GET /{'a' * 90000} HTTP/1.1\r\n{HOST}\r\n", 431, LARGE),
])
def test_what_is_refused(gateway, request_bytes, status, body):
    answer = exchange(gateway, request_bytes)
    head, _, content = answer.partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ") and content == body, answer
    assert "Apigw-Requestid: " in head and "Content-Type: application/json" in head


def test_a_head_at_the_limit_is_taken(gateway):
    request = f"GET / HTTP/1.1\r\n{HOST}Connection: close\r\nx: \r\n\r\n"
    padded = request.replace("x: ", "x: " + "a" * (10240 - len(request)))
    assert len(padded) == 10240
    assert exchange(gateway, padded).startswith("HTTP/1.1 404 ")


def test_pipelined_requests_are_answered_in_order(gateway):
    request = f"GET / HTTP/1.1\r\n{HOST}\r\n"
    last = f"GET / HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n"
    assert exchange(gateway, request * 3 + last).count("HTTP/1.1 404 ") == 4


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    """A gateway whose clients have to be quick."""
    timeouts = {f"GATEWRIGHT_TRAFFIC_{name}_TIMEOUT_MS": "500" for name in ("HEADER", "IDLE", "BODY")}
    process = Process("serve", tmp_path_factory.mktemp("impatient"), timeouts).start()
    yield process
    process.stop()


@pytest.mark.parametrize("sent,answered", [
    ("", 0),
    ("GET / HTTP/1.1\r\nHost: x", 0),
    (f"GET / HTTP/1.1\r\n{HOST}\r\n", 1),
    (f"GET / HTTP/1.1\r\n{HOST}\r\nGET / HTTP/1.1\r\nHo", 1),
])
def test_slow_clients_lose_their_connection(impatient, sent, answered):
    began = time.monotonic()
    assert exchange(impatient, sent).count("HTTP/1.1 404 ") == answered
    assert 0.4 < time.monotonic() - began < 5


def test_trickling_does_not_help(impatient):
    """The time is for the head as a whole, not for each byte of it."""
    host, port = impatient.listeners["traffic"].split(":")
    with socket.create_connection((host, int(port)), timeout=0.1) as raw:
        began = time.monotonic()
        closed = False
        for byte in b"GET / HTTP/1.1\r\n" + b"x: " + b"a" * 200:
            try:
                raw.send(bytes([byte]))
                closed = raw.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                closed = True
            if closed:
                break
        assert closed and time.monotonic() - began < 5
