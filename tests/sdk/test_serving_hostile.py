"""Hostile input on raw sockets: what is refused, what is put right, and what exactly the upstream gets."""

import collections

import pytest
from smuggling import HTTP2, ROWS
from wire import DATA, END_HEADERS, END_STREAM, HEADERS, Http2, Recorder, api, block, exchange, framing, request

NEXT = b"GET /next HTTP/1.1\r\nHost: %A\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def sites(serving):
    """Two APIs with an upstream each: the second for requests that may leave a beginning there, which comes when it comes."""
    upstreams = Recorder(), Recorder()
    with api(serving, upstreams[0].url) as whole, api(serving, upstreams[1].url) as begun:
        yield (whole, upstreams[0]), (begun, upstreams[1])


def filled(template, host):
    return template.replace(b"%H", b"Host: %A\r\n").replace(b"%A", host.encode())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_smuggling(serving, sites, row):
    host, upstream = sites[row.outcome == "cut"]
    upstream.taken()
    statuses, answers = exchange(serving, filled(row.sent + NEXT, host))
    requests, raw = upstream.taken()
    if row.kept:
        assert statuses == [row.status, 200], answers
        assert [framing(request) for request in requests] == [*row.seen, ("GET /next HTTP/1.1", ["content-length: 0"], b"")]
    else:
        assert statuses == [row.status], answers
        assert tuple(framing(request) for request in requests) == row.seen
        assert b"/next" not in raw and b"/hidden" not in raw
        assert row.outcome != "refused" or raw == b""


@pytest.mark.parametrize("row", HTTP2, ids=lambda row: row.name)
def test_smuggling_through_http2(serving, sites, row):
    """What HTTP/2 may carry and HTTP/1.1 must not; the connection stays good for other streams."""
    host, upstream = sites[bool(row.body and not row.seen)]
    upstream.taken()
    fields = [(name, value.replace("%A", host)) for name, value in row.fields]
    fields = fields if row.whole else request(host, fields=fields)
    with Http2(serving) as client:
        stream = client.next_stream()
        bodiless = row.body is None and row.trailers is None
        client.send(HEADERS, END_HEADERS | (END_STREAM if bodiless else 0), stream, block(fields))
        if row.body is not None:
            client.send(DATA, 0 if row.trailers else END_STREAM, stream, row.body)
        if row.trailers:
            client.send(HEADERS, END_HEADERS | END_STREAM, stream, block(row.trailers))
        ended = client.answer(stream)
        assert (ended[:2] if isinstance(row.ended, tuple) else ended[0]) == row.ended, ended
        requests, raw = upstream.taken()
        assert tuple(framing(request) for request in requests) == row.seen
        assert row.seen or row.body or raw == b""
        if row.ended != ("goaway", 1):
            assert client.answer(client.request(request(host, "/next")))[0] == 200
            assert [framing(request)[0] for request in upstream.taken()[0]] == ["GET /next HTTP/1.1"]


def test_the_table():
    """Seen with `pytest -s`."""
    counts = collections.Counter(row.outcome for row in ROWS)
    for row in ROWS:
        print(f"{row.outcome:>11}  {row.status}  {row.name}")
    for row in HTTP2:
        print(f"{'forwarded' if row.seen else 'refused':>11}  {row.ended}  HTTP/2: {row.name}")
    counts.update("forwarded" if row.seen else "refused" for row in HTTP2)
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
    assert len({row.name for row in ROWS}) == len(ROWS) and len({row.name for row in HTTP2}) == len(HTTP2)
    assert len(ROWS) + len(HTTP2) >= 60
