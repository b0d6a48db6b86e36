"""spec/http-api-runtime.md section 4: the limit, and the limit plus one.

Limits of Lambda, authorizers, keys and log entries come with those; quotas of the management API have tests of their own.
"""

import http.client

import pytest
from echo import answer
from spec import exchange, get, rows

HEAD_BYTES, PAYLOAD_BYTES = 10_240, 10 * 1024 * 1024
TOO_LARGE = (413, b'{"message":"Request Entity Too Large"}')


@pytest.fixture(scope="module")
def api_id(apis):
    api_id = apis.api("ANY /ok", "ANY /greedy/{proxy+}", stages=())
    sizes = {"/most": PAYLOAD_BYTES, "/more": PAYLOAD_BYTES + 1}
    for path, size in sizes.items():
        apis.echo.answers[path] = answer(b"x" * size, headers=())
        apis.route(api_id, "GET " + path, IntegrationUri=apis.echo.url + path)
    apis.echo.answers["/chunked"] = (
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 161 + b"0\r\n\r\n")
    apis.route(api_id, "GET /chunked", IntegrationUri=apis.echo.url + "/chunked")
    # What a body's size makes of a request, without its echo.
    apis.echo.answers["/sink"] = answer(b"taken", headers=())
    apis.route(api_id, "POST /sink", IntegrationUri=apis.echo.url + "/sink")
    apis.stage(api_id, "$default")
    return api_id


@pytest.mark.parametrize("fill", rows(
    ("4 head of 10,240 bytes, by a header", lambda n: ("/ok", ["X-Fill: " + "x" * n])),
    ("4 head of 10,240 bytes, by the path", lambda n: ("/greedy/" + "x" * n, [])),
    ("4 head of 10,240 bytes, by the query string", lambda n: ("/ok?" + "x" * n, [])),
))
def test_line_and_headers(apis, api_id, fill):
    def make(length):
        path, headers = fill(length)
        return get(api_id, path, *headers)

    room = HEAD_BYTES - len(make(0))
    assert len(make(room)) == HEAD_BYTES
    assert exchange(apis.gateway, make(room)).status == 200
    found = exchange(apis.gateway, make(room + 1))
    assert found.outcome == (431, b'{"message":"Request Header Fields Too Large"}')
    assert found.header("apigw-requestid")


@pytest.mark.parametrize("size,expected", rows(
    ("4 request of 10 MB", PAYLOAD_BYTES, (200, b"taken")),
    ("4 request of 10 MB and a byte", PAYLOAD_BYTES + 1, TOO_LARGE),
))
def test_requests_payload(apis, api_id, size, expected):
    head = get(api_id, "/sink", f"Content-Length: {size}", method="POST")
    body = b"x" * size if size <= PAYLOAD_BYTES else b""
    assert exchange(apis.gateway, head + body).outcome == expected


def test_4_a_chunked_request_over_10_mb(apis, api_id):
    head = get(api_id, "/sink", "Transfer-Encoding: chunked", method="POST")
    # Not ended: the answer comes when the bound is passed.
    over = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    assert exchange(apis.gateway, head + over * 160 + b"1\r\nx\r\n").outcome == TOO_LARGE


def test_4_answers_payload(apis, api_id):
    most = exchange(apis.gateway, get(api_id, "/most"))
    assert (most.status, len(most.body)) == (200, PAYLOAD_BYTES)
    assert exchange(apis.gateway, get(api_id, "/more")).outcome == (500, b'{"message":"Internal Server Error"}')


def test_4_a_streamed_answer_over_10_mb_is_broken_off(apis, api_id):
    connection = http.client.HTTPConnection(apis.gateway.listeners["traffic"], timeout=30)
    connection.request("GET", "/chunked", headers={"Host": f"{api_id}.execute-api.us-east-1.localhost"})
    response = connection.getresponse()
    assert response.status == 200
    with pytest.raises(http.client.IncompleteRead) as broken:
        response.read()
    assert len(broken.value.partial) <= PAYLOAD_BYTES
