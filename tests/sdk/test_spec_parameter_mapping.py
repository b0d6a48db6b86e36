"""spec/http-api-runtime.md section 8: what requestParameters and responseParameters make of requests and answers.

Each row names the line of the spec it holds, and says what the upstream or the client gets, to the byte.
"""

import http.client
import json
import re

import pytest
from echo import answer
from gatewright import eventually


@pytest.fixture(scope="module")
def api(spec_gateway, echo):
    """Routes and their integrations; `define` makes another and says on which path it is."""
    client, made = spec_gateway.client(), []
    api_id = client.create_api(Name="mapping", ProtocolType="HTTP")["ApiId"]
    for stage in ("$default", "dev"):
        client.create_stage(ApiId=api_id, StageName=stage, AutoDeploy=True, StageVariables={"tier": "gold"})

    class Api:
        id = api_id

        def define(self, uri="/up", path="/{id}/{rest+}", **members):
            made.append(uri)
            integration = client.create_integration(
                ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod=members.pop("IntegrationMethod", "ANY"),
                IntegrationUri=echo.url + uri, PayloadFormatVersion="1.0", **members)["IntegrationId"]
            prefix = f"/r{len(made)}"
            client.create_route(ApiId=api_id, RouteKey=f"ANY {prefix}{path}", Target=f"integrations/{integration}")
            return prefix

        def call(self, path, method="GET", headers=(), body=None, raw=None):
            host, port = spec_gateway.listeners["traffic"].rsplit(":", 1)
            connection = http.client.HTTPConnection(host, int(port), timeout=30)
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            given = [("Host", f"{api_id}.execute-api.us-east-1.localhost"), *headers]
            given += [("Content-Length", str(len(body)))] if body is not None else []
            for name, value in given:
                connection.putheader(name, value)
            connection.endheaders(raw if body is None else body)
            response = connection.getresponse()
            data = response.read()
            connection.close()
            return response, data

        def reach(self, *arguments, **options):
            eventually(lambda: self.call(*arguments, **options)[0].status != 404, seconds=5)
            return self.call(*arguments, **options)

        def seen(self, *arguments, **options):
            response, data = self.reach(*arguments, **options)
            assert response.status == 200, data
            return json.loads(data)

    return Api()


def values(seen, name):
    return [value for found, value in seen["headers"] if found == name]


H = "x-h"  # the header that the rows below look at

REQUEST_HEADERS = [
    # line of the spec, requestParameters, the client's headers, what the upstream gets of X-H
    ("8.1 append creates", {"append:header.X-H": "new"}, [], ["new"]),
    ("8.1 append adds a line (16 #31)", {"append:header.x-h": "new"}, [("X-H", "own")], ["own", "new"]),
    ("8.1 overwrite replaces all values", {"overwrite:header.x-h": "new"}, [("X-H", "a"), ("X-H", "b")], ["new"]),
    ("8.1 overwrite creates", {"overwrite:header.x-h": "new"}, [], ["new"]),
    ("8.1 remove", {"remove:header.x-h": "''"}, [("X-H", "a"), ("X-H", "b")], []),
    ("8.1 names of headers without case", {"remove:header.X-h": "''"}, [("x-H", "a")], []),
    ("8.3 static", {"append:header.x-h": "a static text"}, [], ["a static text"]),
    ("8.3 header", {"append:header.x-h": "$request.header.X-Other"}, [("x-other", "1")], ["1"]),
    ("8.3 header, several values", {"append:header.x-h": "$request.header.x-o"}, [("x-o", "1"), ("X-O", "2")], ["1,2"]),
    ("8.3 query parameter", {"append:header.x-h": "$request.querystring.q"}, [], ["a b,c"]),
    ("8.1 query parameters with case", {"append:header.x-h": "$request.querystring.Q"}, [], []),
    ("8.3 path", {"append:header.x-h": "$request.path"}, [], ["{prefix}/7/a/b c"]),
    ("8.3 path parameter", {"append:header.x-h": "$request.path.id"}, [], ["7"]),
    ("8.3 greedy path parameter", {"append:header.x-h": "$request.path.rest"}, [], ["a/b c"]),
    ("8.3 stage variable", {"append:header.x-h": "$stageVariables.tier"}, [], ["gold"]),
    ("8.3 braces", {"append:header.x-h": "${request.path.id} ${stageVariables.tier}!"}, [], ["7 gold!"]),
    ("8.3 a lone expression in braces", {"append:header.x-h": "${request.path.id}"}, [], ["7"]),
    ("8.3 nothing found: skipped", {"append:header.x-h": "$request.header.nope"}, [("x-h", "own")], ["own"]),
    ("8.3 nothing found in a text: empty", {"append:header.x-h": "a${request.header.nope}b"}, [], ["ab"]),
    ("8.3 rename", {"append:header.x-h": "$request.header.x-old", "remove:header.x-old": "''"}, [("x-old", "1")], ["1"]),
    ("8.3 from the request as it came",
     {"overwrite:header.x-h": "new", "append:header.x-copy": "$request.header.x-h"}, [("x-h", "own")], ["new"]),
    ("8.3 $context.stage", {"append:header.x-h": "$context.stage"}, [], ["$default"]),
    ("8.3 $context.routeKey", {"append:header.x-h": "$context.routeKey"}, [], ["ANY {prefix}/{{id}}/{{rest+}}"]),
    ("8.3 $context.identity.sourceIp", {"append:header.x-h": "$context.identity.sourceIp"}, [], ["127.0.0.1"]),
    ("8.3 $context.identity.userAgent", {"append:header.x-h": "$context.identity.userAgent"}, [("user-agent", "me")], ["me"]),
    ("8.3 $context.path", {"append:header.x-h": "$context.path"}, [], ["{prefix}/7/a/b c"]),
    ("8.3 $context.apiId, domainName, domainPrefix",
     {"append:header.x-h": "${context.apiId} ${context.domainName} ${context.domainPrefix}"}, [],
     ["{api} {api}.execute-api.us-east-1.localhost {api}"]),
    ("8.3 $context.httpMethod, protocol, accountId",
     {"append:header.x-h": "${context.httpMethod} ${context.protocol} ${context.accountId}"}, [], ["GET HTTP/1.1 000000000000"]),
    ("8.3 absent in $context, overwrite (the client may not choose it)",
     {"overwrite:header.x-h": "$context.authorizer.claims.role"}, [("x-h", "admin")], []),
    ("8.4 a value with a control character is refused, not cleaned",
     {"append:header.x-h": "$request.querystring.evil"}, [], []),
    ("8.4 overwrite with a refused value takes the client's away",
     {"overwrite:header.x-h": "$request.querystring.evil"}, [("x-h", "own")], []),
]


@pytest.mark.parametrize("line,parameters,headers,expected", REQUEST_HEADERS, ids=[row[0] for row in REQUEST_HEADERS])
def test_request_headers(api, line, parameters, headers, expected):
    prefix = api.define(RequestParameters=parameters)
    seen = api.seen(f"{prefix}/7/a/b%20c?q=a+b&q=c&evil=a%0d%0aX-Evil:%201", headers=headers)
    assert values(seen, H) == [text.format(prefix=prefix, api=api.id) for text in expected]
    assert values(seen, "x-evil") == [] and values(seen, "x-old") == []


def test_request_ids_are_the_answers(api):
    prefix = api.define(RequestParameters={"append:header.x-h": "${context.requestId} ${context.extendedRequestId}"})
    response, data = api.reach(f"{prefix}/7/a")
    request_id = response.headers["apigw-requestid"]
    assert values(json.loads(data), H) == [f"{request_id} {request_id}"]


def test_request_times(api):
    prefix = api.define(RequestParameters={"append:header.x-h": "${context.requestTime}|${context.requestTimeEpoch}"})
    (value,) = values(api.seen(f"{prefix}/7/a"), H)
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\|\d{10}", value)


def test_host_may_be_overwritten(api, echo):
    """8.4: not on the list of reserved headers."""
    prefix = api.define(RequestParameters={"overwrite:header.Host": "other.example"})
    seen = api.seen(f"{prefix}/7/a")
    assert values(seen, "host") == ["other.example"]
    assert f"host={api.id}.execute-api" in values(seen, "forwarded")[0]
    prefix = api.define(RequestParameters={"remove:header.host": "''"})
    assert values(api.seen(f"{prefix}/7/a"), "host") == [echo.authority], "HTTP/1.1 has to have one"


QUERIES = [
    ("8.1 append", {"append:querystring.n": "1"}, "a=1&n=2", "a=1&n=2&n=1"),
    ("8.1 append creates", {"append:querystring.n": "1"}, "", "n=1"),
    ("8.1 overwrite", {"overwrite:querystring.n": "1"}, "n=2&a=%20+b&n=3", "a=%20+b&n=1"),
    ("8.1 remove", {"remove:querystring.n": "''"}, "n=2&a=1&n", "a=1"),
    ("8.1 remove the last", {"remove:querystring.n": "''"}, "n=2", ""),
    ("8.1 names with case", {"remove:querystring.n": "''"}, "N=2&%6e=3", "N=2"),
    ("8.3 what a request brings is encoded", {"append:querystring.n": "$request.header.x-v"}, "", "n=a%26b%3Dc%20%2B%25%23"),
    ("8.3 a configured text is text", {"append:querystring.n": "a%20&b"}, "", "n=a%2520%26b"),
    ("8.3 rename", {"append:querystring.m": "$request.querystring.n", "remove:querystring.n": "''"}, "n=x%26y", "m=x%26y"),
]


@pytest.mark.parametrize("line,parameters,query,expected", QUERIES, ids=[row[0] for row in QUERIES])
def test_query_strings(api, line, parameters, query, expected):
    prefix = api.define(RequestParameters=parameters)
    seen = api.seen(f"{prefix}/7/a?{query}" if query else f"{prefix}/7/a", headers=[("x-v", "a&b=c +%#")])
    assert seen["target"] == ("/up?" + expected if expected else "/up")


PATHS = [
    # line, the path mapped to, the integration's URI, what the upstream is asked
    ("8.5 static", "/other/path", "/up", "/other/path?q=1"),
    ("8.5 without a slash", "other", "/up", "/other?q=1"),
    ("8.5 $request.path", "$request.path", "/up", "{prefix}/7/a%20b/c?q=1"),
    ("8.5 parameters, encoded", "/x/${request.path.rest}/${request.path.id}", "/up", "/x/a%20b/c/7?q=1"),
    ("8.5 the URI's own query string stays", "/other", "/up?own=1", "/other?own=1&q=1"),
    ("8.5 a value cannot begin a query string", "/x/${request.header.x-v}", "/up", "/x/a%3Fb%23c%25?q=1"),
]


@pytest.mark.parametrize("line,value,uri,expected", PATHS, ids=[row[0] for row in PATHS])
def test_paths(api, line, value, uri, expected):
    prefix = api.define(uri, RequestParameters={"overwrite:path": value})
    for stage in ("", "/dev"):
        seen = api.seen(f"{stage}{prefix}/7/a%20b/c?q=1", headers=[("x-v", "a?b#c%")])
        assert seen["target"] == expected.format(prefix=prefix)


BODIES = [
    ("8.3 the whole body", "$request.body", b"plain text", ["plain text"]),
    ("8.3 a string is bare", "$request.body.a", b'{"a": "x"}', ["x"]),
    ("8.3 numbers and booleans", "${request.body.n}${request.body.b}", b'{"n": 1.50, "b": true}', ["1.50true"]),
    ("8.3 objects are compact JSON", "$request.body.o", b'{"o": {"x": [1, "2"], "y": null}}', ['{"x":[1,"2"],"y":null}']),
    ("8.3 null is nothing", "$request.body.a", b'{"a": null}', []),
    ("8.3 deeper", "$request.body.a.b[1].c", b'{"a": {"b": [0, {"c": "found"}]}}', ["found"]),
    ("8.3 no JSON is nothing", "$request.body.a", b"{", []),
    ("8.3 no body is nothing", "$request.body", b"", []),
    ("8.3 cut at 100 KB before parsing", "$request.body.a", b'{"a": 1, "b": "' + b"x" * 102_400 + b'"}', []),
    ("8.3 up to 100 KB", "$request.body.a", b'{"a": 1, "b": "' + b"x" * 102_000 + b'"}', ["1"]),
]


@pytest.mark.parametrize("line,value,body,expected", BODIES, ids=[row[0] for row in BODIES])
def test_bodies(api, line, value, body, expected):
    prefix = api.define(RequestParameters={"append:header.x-h": value})
    seen = api.seen(f"{prefix}/7/a", method="POST", body=body)
    assert values(seen, H) == expected
    assert seen["body"].encode("latin-1") == body, "and it arrives whole"


def test_a_chunked_body_arrives_whole(api):
    prefix = api.define(RequestParameters={"append:header.x-h": "$request.body.a"})
    api.reach(f"{prefix}/7/a")
    chunks = b'5\r\n{"a":\r\n3\r\n"x"\r\n1\r\n}\r\n0\r\n\r\n'
    _, data = api.call(f"{prefix}/7/a", "POST", [("Transfer-Encoding", "chunked")], raw=chunks)
    seen = json.loads(data)
    assert (values(seen, H), seen["body"]) == (["x"], '{"a":"x"}')


def test_a_body_that_is_too_large_is_413(api):
    """Section 4: also where the mapping reads it before the integration does."""
    prefix = api.define(RequestParameters={"append:header.x-h": "$request.body.a"})
    api.reach(f"{prefix}/7/a")
    response, data = api.call(f"{prefix}/7/a", "POST", [("Content-Length", str(11 * 1024 * 1024))])
    assert (response.status, data) == (413, b'{"message":"Request Entity Too Large"}')


ANSWER = answer(b'{"a": "x", "n": [1, 2]}', headers=("X-One: 1", "X-Two: a", "X-Two: b", "Set-Cookie: c=1", "Via: 1.1 up"))

RESPONSES = [
    # line, responseParameters, what the client sees: status and headers
    ("8.2 append", {"200": {"append:header.x-h": "new"}}, 200, {"x-h": ["new"], "x-one": ["1"]}),
    ("8.2 append adds a line", {"200": {"append:header.x-one": "2"}}, 200, {"x-one": ["1", "2"]}),
    ("8.2 overwrite", {"200": {"overwrite:header.x-two": "c"}}, 200, {"x-two": ["c"]}),
    ("8.2 remove", {"200": {"remove:header.x-two": "''"}}, 200, {"x-two": None, "x-one": ["1"]}),
    ("8.2 status code", {"200": {"overwrite:statuscode": "403"}}, 403, {"x-one": ["1"]}),
    ("8.2 exact match only", {"201": {"overwrite:statuscode": "403"}, "500": {"append:header.x-h": "1"}}, 200, {"x-h": None}),
    ("8.3 header", {"200": {"append:header.x-h": "$response.header.X-Two"}}, 200, {"x-h": ["a,b"]}),
    ("8.3 body", {"200": {"append:header.x-h": "$response.body"}}, 200, {"x-h": ['{"a": "x", "n": [1, 2]}']}),
    ("8.3 JSON path", {"200": {"append:header.x-h": "${response.body.a}${response.body.n[1]}"}}, 200, {"x-h": ["x2"]}),
    ("8.3 $context", {"200": {"append:header.x-h": "${context.stage} ${context.integrationStatus}"}}, 200,
     {"x-h": ["$default 200"]}),
    ("8.3 stage variable", {"200": {"append:header.x-h": "$stageVariables.tier"}}, 200, {"x-h": ["gold"]}),
    ("8.3 rename", {"200": {"append:header.x-h": "$response.header.x-one", "remove:header.x-one": "''"}}, 200,
     {"x-h": ["1"], "x-one": None}),
    ("8.3 nothing found: skipped", {"200": {"append:header.x-h": "$response.header.nope"}}, 200, {"x-h": None}),
    ("8.4 Set-Cookie may be written", {"200": {"append:header.set-cookie": "d=2"}}, 200, {"set-cookie": ["c=1", "d=2"]}),
]


@pytest.mark.parametrize("line,parameters,status,expected", RESPONSES, ids=[row[0] for row in RESPONSES])
def test_responses(api, echo, line, parameters, status, expected):
    prefix = api.define("/answers", ResponseParameters=parameters)
    echo.answers["/answers"] = ANSWER
    response, data = api.reach(f"{prefix}/7/a")
    assert (response.status, data) == (status, b'{"a": "x", "n": [1, 2]}')
    assert {name: response.headers.get_all(name) for name in expected} == expected


def test_a_status_with_a_body_made_of_one_without(api, echo):
    prefix = api.define("/unmodified", ResponseParameters={"304": {"overwrite:statuscode": "200"}})
    echo.answers["/unmodified"] = b"HTTP/1.1 304 Not Modified\r\ncontent-length: 999\r\netag: x\r\n\r\n"
    response, data = api.reach(f"{prefix}/7/a")
    assert (response.status, data, response.headers["etag"]) == (200, b"", "x")
    assert response.headers["content-length"] == "0"


def test_a_status_without_a_body_made_of_one_with(api, echo):
    prefix = api.define("/answers", ResponseParameters={"200": {"overwrite:statuscode": "204"}})
    echo.answers["/answers"] = ANSWER
    response, data = api.reach(f"{prefix}/7/a")
    assert (response.status, data) == (204, b"")


def test_what_the_gateway_answers_itself_is_not_mapped(api, echo):
    """8.2: only answers of the integration."""
    everything = {"append:header.x-h": "1", "overwrite:statuscode": "200"}
    prefix = api.define("/garbage", ResponseParameters={str(code): everything for code in (404, 500, 503)})
    echo.answers["/garbage"] = b"garbage\r\n\r\n"
    response, data = api.reach(f"{prefix}/7/a")
    assert (response.status, data) == (503, b'{"message":"Service Unavailable"}')
    assert response.headers["x-h"] is None


def test_a_method_that_leaves_the_body_out(api, echo):
    """5.1: the integration's method; the length is not that of what the client gets."""
    prefix = api.define("/head", IntegrationMethod="HEAD")
    echo.answers["/head"] = b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n"
    response, data = api.reach(f"{prefix}/7/a")
    assert (response.status, data, response.headers["content-length"]) == (200, b"", "0")


REFUSED = [
    # member, value, what the refusal says
    ("RequestParameters", {"append:header.via": "x"}, "Invalid Request Actioned Parameter destination specified: append:header.via"),
    ("RequestParameters", {"append:header.x": "$request.nope.x"}, 'append:header.x: "request.nope.x" is not a source'),
    ("RequestParameters", {"append:header.x": "$response.header.x"},
     'append:header.x: "response.header.x" is a source of the other direction'),
    ("RequestParameters", {"append:header.x": "${request.header.x"}, "append:header.x: a ${ that is not closed"),
    ("RequestParameters", {"append:header.x": "$request.body..a"}, "append:header.x: "),
    ("RequestParameters", {"append:header.x": "a\nb"}, "may not stand in a header"),
    ("ResponseParameters", {"200": {"overwrite:statuscode": "99"}},
     '200.overwrite:statuscode: "99" is not a status code from 200 to 599'),
    ("ResponseParameters", {"200": {"append:header.x": "$request.header.x"}},
     '200.append:header.x: "request.header.x" is a source of the other direction'),
]


@pytest.mark.parametrize("member,value,message", REFUSED)
def test_what_cannot_be_understood_is_refused_when_it_is_made(spec_gateway, api, member, value, message):
    """8.4 and publish time: nothing is stored that a data plane would have to ignore."""
    client = spec_gateway.client()
    with pytest.raises(client.exceptions.BadRequestException) as refusal:
        client.create_integration(
            ApiId=api.id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri="http://h",
            PayloadFormatVersion="1.0", **{member: value})
    text = refusal.value.response["Error"]["Message"]
    assert text.startswith("Invalid mapping expression specified: Validation Result: warnings : [], errors : [")
    assert message in text
