"""spec/http-api-runtime.md section 2: which route takes a request, by its bytes."""

import pytest
from spec import BAD_REQUEST, NOT_FOUND, get, rows

# AWS's worked example, and everything else that one set of routes can show.
WORKED = ("GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default")
PRECEDENCE = (
    "GET /a/{id}", "GET /{id}/b", "GET /a/{p+}", "GET /a/x/{p+}", "ANY /api/{p+}", "OPTIONS /{p+}", "ANY /one", "GET /one",
    "HEAD /head", "GET /get", "GET /lower", "GET /pets", "GET /metrics/{p+}", "GET /v/{x}/y/{z}", "GET /name.v1:a_b-c")

WORKED_TABLE = rows(
    ("2.2 worked: static", "GET", "/pets/dog/1", ("GET /pets/dog/1", "")),
    ("2.2 worked: variable", "GET", "/pets/dog/2", ("GET /pets/dog/{id}", "2")),
    ("2.2 worked: greedy", "GET", "/pets/cat/1", ("GET /pets/{proxy+}", "cat/1")),
    ("2.2 worked: ANY greedy", "POST", "/test/5", ("ANY /{proxy+}", "test/5")),
    ("2.2 greedy before $default for another method", "POST", "/pets/dog/1", ("ANY /{proxy+}", "pets/dog/1")),
    ("2.3 `/{proxy+}` and `/`", "GET", "/", ("ANY /{proxy+}", "")),
    ("2.3 query string is no part of the path", "GET", "/pets/dog/1?x=/pets/dog/2", ("GET /pets/dog/1", "")),
    ("15 TRACE: not even $default", "TRACE", "/test/5", NOT_FOUND),
    ("15 unknown method", "BREW", "/test/5", NOT_FOUND),
)

TABLE = rows(
    ("2.2 literal before variable, from the left", "GET", "/a/b", ("GET /a/{id}", "b")),
    ("2.2 variable where the literal leads nowhere", "GET", "/c/b", ("GET /{id}/b", "c")),
    ("2.2 non-greedy before greedy", "GET", "/a/x", ("GET /a/{id}", "x")),
    ("2.2 the longer greedy", "GET", "/a/x/y", ("GET /a/x/{p+}", "y")),
    ("2.2 the shorter greedy", "GET", "/a/y/x", ("GET /a/{p+}", "y/x")),
    ("2.2 path before method", "OPTIONS", "/api/x", ("ANY /api/{p+}", "x")),
    ("2.2 exact method before ANY", "GET", "/one", ("GET /one", "")),
    ("2.2 ANY takes the others", "PUT", "/one", ("ANY /one", "")),
    ("2.2 no 405", "POST", "/get", NOT_FOUND),
    ("2.1 several variables", "GET", "/v/1/y/2", ("GET /v/{x}/y/{z}", "1/2")),
    ("2.1 what a literal may hold", "GET", "/name.v1:a_b-c", ("GET /name.v1:a_b-c", "")),
    ("2.3 greedy and a trailing slash", "GET", "/metrics/", ("GET /metrics/{p+}", "")),
    ("2.3 greedy without the slash", "GET", "/metrics", NOT_FOUND),
    ("2.3 trailing slash matters", "GET", "/pets/", NOT_FOUND),
    ("2.3 `{id}` and an empty segment at the end", "GET", "/v/1/y/", NOT_FOUND),
    ("2.3 `{id}` and an empty segment inside", "GET", "/v//y/2", NOT_FOUND),
    ("2.3 letter case", "GET", "/Lower", NOT_FOUND),
    ("2.3 decoded once", "GET", "/%61/%62", ("GET /a/{id}", "b")),
    ("2.3 decoded value, spaces", "GET", "/a/Summer%20Sale%202023", ("GET /a/{id}", "Summer Sale 2023")),
    ("2.3 decoded value, UTF-8", "GET", "/a/%F0%9F%98%80", ("GET /a/{id}", "\N{GRINNING FACE}")),
    ("2.3 `%2F` is a slash: `{id}` does not match", "GET", "/v/1%2F2/y/3", NOT_FOUND),
    ("2.3 `%2F` inside greedy", "GET", "/metrics/a%2Fb", ("GET /metrics/{p+}", "a/b")),
    ("2.3 `%2F` makes segments that literals match", "GET", "/a%2Fb", ("GET /a/{id}", "b")),
    ("2.3 `%252F` is decoded twice", "GET", "/metrics/a%252Fb", ("GET /metrics/{p+}", "a/b")),
    ("2.3 `%253F` is no cut", "GET", "/a/q%253Fv", ("GET /a/{id}", "q?v")),
    ("2.3 `%2525` is `%`", "GET", "/a/x%2525", ("GET /a/{id}", "x%")),
    ("2.3 decoded `?` cuts", "GET", "/a/question%3Fvalue", ("GET /a/{id}", "question")),
    ("2.3 decoded `#` stays", "GET", "/metrics/%40id%2Fassets%2Frsf0.js%23save.txt",
     ("GET /metrics/{p+}", "@id/assets/rsf0.js#save.txt")),
    ("2.3 `+` stays", "GET", "/a/x+y", ("GET /a/{id}", "x+y")),
    ("2.3 leading `//`", "GET", "//pets", ("GET /pets", "")),
    ("2.3 other `//`", "GET", "/metrics/a//b", ("GET /metrics/{p+}", "a//b")),
    ("2.3 `.` is a segment", "GET", "/a/.", ("GET /a/{id}", ".")),
    ("2.3 `..` is a segment", "GET", "/metrics/../pets", ("GET /metrics/{p+}", "../pets")),
    ("2.3 `%` alone", "GET", "/a/%", BAD_REQUEST),
    ("2.3 `%` and no hex digits", "GET", "/a/%zz", BAD_REQUEST),
    ("2.3 invalid after the first decoding", "GET", "/a/percent%25done", BAD_REQUEST),
    ("2.3 no UTF-8", "GET", "/a/%FF", BAD_REQUEST),
    ("2.3 HEAD is not GET", "HEAD", "/get", 404),
    ("2.3 HEAD route", "HEAD", "/head", 200),
    ("2.3 HEAD and ANY", "HEAD", "/one", 200),
    ("2.4 no route", "GET", "/nothing", NOT_FOUND),
)


@pytest.fixture(scope="module")
def worked(apis):
    return apis.api(*WORKED)


@pytest.fixture(scope="module")
def precedence(apis):
    return apis.api(*PRECEDENCE)


@pytest.mark.parametrize("method,path,expected", WORKED_TABLE)
def test_the_worked_example(apis, worked, method, path, expected):
    assert apis.taken(get(worked, path, method=method)) == expected


@pytest.mark.parametrize("method,path,expected", TABLE)
def test_precedence_and_matching(apis, precedence, method, path, expected):
    assert apis.taken(get(precedence, path, method=method)) == expected


def test_default_takes_what_no_route_does(apis):
    api_id = apis.api("$default", "GET /pets")
    for method, path in (("POST", "/pets"), ("GET", "/"), ("GET", "/pets/"), ("OPTIONS", "/x")):
        # An `HTTP_PROXY` of `$default` gets the path behind its own.
        key, rest = apis.taken(get(api_id, path, method=method))
        assert (key, rest) == ("$default", path[1:]), (method, path)
