"""spec/http-api-runtime.md section 6, and 10.1 as functions see it, with a decoder that is not ours: AWS's own event types for
Rust, in functions run by `cargo lambda watch`. Their sources are in tests/lambda/rust."""

import base64
import concurrent.futures
import json
import subprocess

import pytest
import urllib3
from cargo_lambda import CargoLambda
from conftest import Traffic
from gatewright import Process, eventually
from oidc import Provider
from spec import exchange, get, rows

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
FAILED = (500, b'{"message":"Internal Server Error"}')
ENCODED = "/orders/a%20b%C3%A9?tag=x&tag=y&q=Hello%20World&empty"
#: What the types do not have, since they are those of REST APIs.
UNKNOWN_OF_FORMAT_1 = ["version", "extendedRequestId", "cognitoAmr", "principalOrgId"]


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    provider = Provider(tmp_path_factory.mktemp("oidc")).start()
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    functions = CargoLambda(tmp_path_factory.mktemp("cargo-lambda"))
    yield functions
    functions.stop()


@pytest.fixture(scope="module")
def gateway(functions, provider, tmp_path_factory):
    environment = {"GATEWRIGHT_LAMBDA_ENDPOINT": functions.url, "GATEWRIGHT_EGRESS_CA_FILES": str(provider.certificate)}
    process = Process("serve", tmp_path_factory.mktemp("serve"), environment).start()
    yield process
    process.stop()


def made(gateway, version, function, *keys, stage="$default", variables=None, issuer=None):
    """An API whose routes are the function's; with an issuer they ask for its tokens, the last one for a scope."""
    client = gateway.client()
    api_id = client.create_api(Name="rust", ProtocolType="HTTP")["ApiId"]
    integration = client.create_integration(
        ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=ARN + function, PayloadFormatVersion=version)["IntegrationId"]
    jwt = {}
    if issuer:
        authorizer = client.create_authorizer(
            ApiId=api_id, Name="jwt", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": issuer, "Audience": ["app"]})["AuthorizerId"]
        jwt = {"AuthorizationType": "JWT", "AuthorizerId": authorizer}
    for key in keys:
        scopes = {"AuthorizationScopes": ["orders.read"]} if issuer and key == keys[-1] else {}
        client.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{integration}", **jwt, **scopes)
    client.create_stage(ApiId=api_id, StageName=stage, AutoDeploy=True, StageVariables=variables or {})
    eventually(lambda: f'api="{api_id}"' in urllib3.request("GET", gateway.url("admin") + "/metrics").data.decode())
    return api_id


@pytest.fixture(scope="module")
def v2(gateway):
    return made(gateway, "2.0", "format-2", "ANY /{proxy+}", "GET /answers/{answer}")


@pytest.fixture(scope="module")
def v1(gateway):
    return made(gateway, "1.0", "format-1", "ANY /{proxy+}", "GET /answers/{answer}")


@pytest.fixture
def call(gateway):
    return Traffic(gateway)


def decoded(answer, unknown=()):
    """What the types made of an event, whose members they know but for these."""
    assert answer.status == 200, answer.data
    found = answer.json()
    assert found["unknown"] == list(unknown)
    return found["event"]


# 6.2 and 6.3 Events


def test_6_2_a_whole_event_of_format_2(gateway, call):
    api_id = made(gateway, "2.0", "format-${stageVariables.format}", "POST /orders/{id}", stage="dev",
                  variables={"format": "2", "table": "orders-dev"})
    headers = {"Cookie": "sid=1; theme=dark", "X-Tenant": "blue", "Content-Type": "application/json", "User-Agent": "urllib3"}
    event = decoded(call(api_id, "/dev" + ENCODED, "POST", headers=headers, body=b'{"a": [1, 2]}'))
    context, host = event["requestContext"], f"{api_id}.execute-api.us-east-1.localhost"
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "POST /orders/{id}", "/dev/orders/a bé")
    assert (event["rawQueryString"], event["cookies"]) == ("tag=x&tag=y&q=Hello%20World&empty", ["sid=1", "theme=dark"])
    assert event["queryStringParameters"] == {"tag": "x,y", "q": "Hello World", "empty": ""}
    assert event["pathParameters"] == {"id": "a bé"}
    assert event["stageVariables"] == {"format": "2", "table": "orders-dev"}
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": [1, 2]}', False)
    assert {name: event["headers"][name] for name in ("host", "x-tenant", "content-length", "x-forwarded-proto", "x-forwarded-for")} == {
        "host": host, "x-tenant": "blue", "content-length": "13", "x-forwarded-proto": "http", "x-forwarded-for": "127.0.0.1"}
    assert (context["accountId"], context["apiId"], context["stage"]) == ("000000000000", api_id, "dev")
    assert (context["domainName"], context["domainPrefix"], context["routeKey"]) == (host, api_id, "POST /orders/{id}")
    assert context["http"] == {
        "method": "POST", "path": "/dev/orders/a bé", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "urllib3"}
    assert context["timeEpoch"] > 1_700_000_000_000 and context["time"].endswith(" +0000") and context["requestId"]


def test_6_2_the_least_event_of_format_2(v2, call):
    event = decoded(call(v2, "/x", headers={"User-Agent": ""}))
    absent = {"cookies", "queryStringParameters", "body"}
    assert not absent & set(event) and "authorizer" not in event["requestContext"]
    assert (event["rawQueryString"], event["stageVariables"], event["isBase64Encoded"]) == ("", {}, False)


def test_6_3_a_whole_event_of_format_1(gateway, call):
    api_id = made(gateway, "1.0", "format-${stageVariables.format}", "POST /orders/{id}", stage="dev",
                  variables={"format": "1", "table": "orders-dev"})
    headers = urllib3.HTTPHeaderDict({"Cookie": "sid=1", "Content-Type": "application/json", "User-Agent": "urllib3"})
    headers.add("X-Tenant", "blue", combine=False)
    headers.add("X-Tenant", "green", combine=False)
    headers["Host"] = host = f"{api_id}.execute-api.us-east-1.localhost"
    answer = call.pool.request("POST", gateway.url("traffic") + "/dev" + ENCODED, headers=headers, body=b'{"a": [1, 2]}', retries=False)
    event = decoded(answer, UNKNOWN_OF_FORMAT_1)
    context, identity = event["requestContext"], event["requestContext"]["identity"]
    assert (event["version"], event["resource"], event["path"]) == ("1.0", "/orders/{id}", "/dev/orders/a%20b%C3%A9")
    assert (context["path"], context["resourceId"], context["resourcePath"]) == (
        "/dev/orders/a bé", "POST /orders/{id}", "/orders/{id}")
    assert event["multiValueQueryStringParameters"] == {"tag": ["x", "y"], "q": ["Hello World"], "empty": [""]}
    assert event["pathParameters"] == {"id": "a bé"}
    assert event["stageVariables"] == {"format": "1", "table": "orders-dev"}
    assert (event["headers"]["x-tenant"], event["multiValueHeaders"]["x-tenant"]) == ("green", ["blue", "green"])
    assert (event["headers"]["cookie"], event["headers"]["host"], event["headers"]["content-length"]) == ("sid=1", host, "13")
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": [1, 2]}', False)
    assert (context["accountId"], context["apiId"], context["stage"]) == ("000000000000", api_id, "dev")
    assert (context["domainName"], context["domainPrefix"], context["protocol"]) == (host, api_id, "HTTP/1.1")
    assert (identity["sourceIp"], identity["userAgent"], identity["user"]) == ("127.0.0.1", "urllib3", None)
    assert context["requestTimeEpoch"] > 1_700_000_000_000 and context["requestTime"].endswith(" +0000")
    assert context["requestId"] == context["extendedRequestId"]


def test_6_3_the_least_event_of_format_1(v1, call):
    """Nulls, which the types take for none."""
    event = decoded(call(v1, "/x"), UNKNOWN_OF_FORMAT_1)
    assert (event["body"], event["isBase64Encoded"], event["stageVariables"]) == (None, False, {})
    assert (event["queryStringParameters"], event["multiValueQueryStringParameters"]) == ({}, {})
    assert "authorizer" not in event["requestContext"]


@pytest.mark.parametrize("method", rows(*((f"6.2 {method}", method) for method in ("DELETE", "PATCH", "OPTIONS", "PUT"))))
def test_methods(v1, v2, call, method):
    assert decoded(call(v2, "/x", method))["requestContext"]["http"]["method"] == method
    assert decoded(call(v1, "/x", method), UNKNOWN_OF_FORMAT_1)["httpMethod"] == method


@pytest.mark.parametrize(("content_type", "body", "encoded"), rows(
    ("6.4 application/json", "application/json; charset=utf-8", '{"a":"é"}'.encode(), False),
    ("6.4 text/plain", "text/plain", b"a", False),
    ("6.4 a form", "application/x-www-form-urlencoded", b"a=b&c=d", True),
    ("6.4 application/octet-stream", "application/octet-stream", bytes(range(256)), True),
))
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_bodies(request, call, version, content_type, body, encoded):
    answer = call(request.getfixturevalue(version), "/x", "POST", headers={"Content-Type": content_type}, body=body)
    event = decoded(answer, UNKNOWN_OF_FORMAT_1 if version == "v1" else [])
    assert event["isBase64Encoded"] == encoded
    assert (base64.b64decode(event["body"]) if encoded else event["body"].encode()) == body


@pytest.mark.parametrize(("target", "header"), rows(
    ("6.2 a query that is no UTF-8", "/x?%ff=%fe&a=%", "X-A: 1"), ("6.2 empty names and pairs", "/x?=1&&=&a", "X-A: 1"),
    ("6.2 odd cookies", "/x", "Cookie: ;; a ; =b; c==; \u00e9=\u00e9"), ("6.2 letters beyond ASCII", "/x", "X-A: \u00e9\u00ff\t."),
    ("6.2 a name in both cases", "/x", "X-Twice: 1\r\nx-twice: 2"), ("6.2 every sign of a name", "/x", "!#$%&'*+-.^_`|~09aZ: 1"),
    ("6.2 an empty value", "/x", "X-A:"), ("6.2 signs in a path", "/a;b,c@d:e&f=g%23%22%7B", "X-A: 1"),
    ("6.2 an empty body with a type", "/x", "Content-Type: application/json"),
))
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_odd_requests_are_events(request, gateway, version, target, header):
    answer = exchange(gateway, get(request.getfixturevalue(version), target, header).decode().encode("latin-1"))
    assert (answer.status, json.loads(answer.body)["unknown"]) == (200, UNKNOWN_OF_FORMAT_1 if version == "v1" else [])


# 6.5 and 6.6 Answers, written by the types


@pytest.mark.parametrize(("version", "answer", "expected", "headers"), rows(
    ("6.5 a text", "v2", "text", (201, "grüezi".encode()), {"content-type": ["text/plain; charset=utf-8"]}),
    ("6.6 a text", "v1", "text", (201, "grüezi".encode()), {"content-type": ["text/plain; charset=utf-8"]}),
    ("6.5 base64", "v2", "binary", (200, b"\x89P\0\xff"), {"content-type": ["image/png"], "content-length": ["4"]}),
    ("6.6 base64", "v1", "binary", (200, b"\x89P\0\xff"), {"content-type": ["image/png"], "content-length": ["4"]}),
    ("6.5 cookies", "v2", "cookies", (200, b""), {"set-cookie": ["sid=1; Path=/; HttpOnly", "theme=dark"], "content-type": []}),
    ("6.6 cookies", "v1", "cookies", (200, b""), {"set-cookie": ["sid=1; Path=/; HttpOnly", "theme=dark"], "content-type": []}),
    ("6.5 multiValueHeaders", "v2", "many", (200, b""), {"x-many": ["one"]}),
    ("6.6 multiValueHeaders", "v1", "many", (200, b""), {"x-many": ["one", "two", "three"]}),
    ("6.5 no statusCode", "v2", "inferred", (200, b'{"name":"John Doe"}'), {"content-type": ["application/json"]}),
    ("6.6 no statusCode", "v1", "inferred", FAILED, {}),
    ("6.5 an error", "v2", "error", FAILED, {}), ("6.6 an error", "v1", "error", FAILED, {}),
    ("6.5 a panic", "v2", "panic", FAILED, {}), ("6.6 a panic", "v1", "panic", FAILED, {}),
))
def test_answers(request, call, version, answer, expected, headers):
    found = call(request.getfixturevalue(version), f"/answers/{answer}")
    assert (found.status, found.data) == expected
    assert {name: found.headers.getlist(name) for name in headers} == headers


@pytest.mark.parametrize(("version", "function"), rows(("6.5 after a failure", "v2", "format-2"), ("6.6 after a failure", "v1", "format-1")))
def test_a_function_that_failed_is_called_again(request, call, version, function):
    api_id = request.getfixturevalue(version)
    assert [call(api_id, f"/answers/{answer}").status for answer in ("error", "text", "panic", "text")] == [500, 201, 500, 201]


def test_6_1_no_such_function(gateway, call):
    api_id = made(gateway, "2.0", "nosuch", "GET /x")
    found = call(api_id, "/x")
    assert (found.status, found.data) == FAILED


# 10.1 What an authorizer found


@pytest.mark.parametrize(("path", "scopes"), rows(("10.1 scopes are null", "/open", None), ("10.1 all scopes", "/scoped", True)))
def test_claims_in_format_2(gateway, provider, call, path, scopes):
    api_id = made(gateway, "2.0", "format-2", "GET /open", "GET /scoped", issuer=provider.issuer)
    token = provider.token(scope="orders.read orders.write")
    event = decoded(call(api_id, path, headers={"Authorization": f"Bearer {token}"}))
    jwt = event["requestContext"]["authorizer"]["jwt"]
    check_claims(jwt["claims"], token)
    assert jwt.get("scopes") == (["orders.read", "orders.write"] if scopes else None)


@pytest.mark.parametrize(("path", "scopes"), rows(("10.1 scopes are null", "/open", None), ("10.1 all scopes", "/scoped", True)))
def test_claims_in_format_1(gateway, provider, call, path, scopes):
    api_id = made(gateway, "1.0", "format-1", "GET /open", "GET /scoped", issuer=provider.issuer)
    token = provider.token(scope="orders.read orders.write")
    event = decoded(call(api_id, path, headers={"Authorization": f"Bearer {token}"}), UNKNOWN_OF_FORMAT_1)
    authorizer = event["requestContext"]["authorizer"]
    check_claims(authorizer["claims"], token)
    assert authorizer["scopes"] == (["orders.read", "orders.write"] if scopes else None)


def check_claims(found, token):
    """All texts: the type has a map of texts, and takes nothing else."""
    sent = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert set(found) == {name for name, value in sent.items() if value is not None}
    assert (found["iss"], found["aud"], found["scope"], found["tenant"]) == (sent["iss"], "app", "orders.read orders.write", "blue")
    assert (found["exp"], found["level"], found["groups"]) == (str(sent["exp"]), "5", "[admin power user]")


# A server written with `lambda_http`, which makes an HTTP request of the event


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_an_http_server_in_a_function(gateway, call, version):
    api_id = made(gateway, version, "web", "PUT /orders/{id}", stage="dev", variables={"table": "orders"})
    headers = {"Cookie": "sid=1; theme=dark", "Content-Type": "application/octet-stream", "X-Tenant": "blue"}
    answer = call(api_id, "/dev/orders/a%20b?tag=x&tag=y&q=Hello%20World", "PUT", headers=headers, body=bytes(range(256)))
    found, host = answer.json(), f"{api_id}.execute-api.us-east-1.localhost"
    sent = dict(found["headers"])
    assert (found["format"], found["method"]) == (version, "PUT")
    assert found["uri"].startswith(f"http://{host}/dev/orders/a%20b?")
    assert sorted(found["query"]) == [["q", "Hello World"], ["tag", "x"], ["tag", "y"]]
    assert (found["path"], found["variables"]) == ([["id", "a b"]], [["table", "orders"]])
    assert (sent["cookie"], sent["x-tenant"], sent["host"]) == ("sid=1; theme=dark", "blue", host)
    assert found["body"] == list(range(256))
    assert (answer.status, answer.headers["content-type"]) == (202, "application/vnd.found+json")
    assert answer.headers.getlist("set-cookie") == ["a=b", "c=d"]


def test_an_http2_client(gateway, v2):
    """HTTP/2 is between the client and the gateway: functions are told of HTTP/1.1."""
    host, address = f"{v2}.execute-api.us-east-1.localhost", gateway.listeners["traffic"]
    command = ["curl", "-sS", "--http2-prior-knowledge", "--connect-to", f"::{address}", "-w", "\n%{http_version} %{http_code}",
               "-d", "a=b", "-H", "X-Tenant: blue", f"http://{host}/x?a=b"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    body, status = done.stdout.rsplit("\n", 1)
    event = json.loads(body)["event"]
    assert (status, json.loads(body)["unknown"]) == ("2 200", [])
    assert (event["requestContext"]["http"]["protocol"], event["headers"]["host"]) == ("HTTP/1.1", host)
    assert (event["headers"]["x-tenant"], base64.b64decode(event["body"])) == ("blue", b"a=b")


def test_each_client_gets_its_own_answer(v1, v2, call):
    """Many at once, of whom none is told what another was."""
    def asked(number):
        api_id, unknown = [(v2, ()), (v1, UNKNOWN_OF_FORMAT_1)][number % 2]
        headers = {"Content-Type": "text/plain", "X-Number": str(number)}
        event = decoded(call(api_id, f"/{number}", "POST", headers=headers, body=str(number)), unknown)
        return event["body"], event["headers"]["x-number"], event["pathParameters"]["proxy"]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert list(pool.map(asked, range(200))) == [(str(number),) * 3 for number in range(200)]
