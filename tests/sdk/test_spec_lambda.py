"""spec/http-api-runtime.md section 6: functions in real runtimes, events and answers field by field."""

import base64
import json
import socket

import pytest
import urllib3
from botocore.exceptions import ClientError
from gatewright import Process, eventually
from lambda_runtime import Lambda
from spec import exchange, get, rows

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
GATEWAY = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"
FUNCTIONS = {
    # Answers what the request's header `x-answer` says, whatever that is, else the event.
    "echo": """
import base64, json
def handler(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    if "x-answer" in headers:
        return json.loads(base64.b64decode(headers["x-answer"]))
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}
""",
    "raises": "def handler(event, context):\n    raise RuntimeError('broken')\n",
    "stuck": "import threading\ndef handler(event, context):\n    threading.Event().wait()\n",
}
FAILED = (500, b'{"message":"Internal Server Error"}')
UNAVAILABLE = (503, b'{"message":"Service Unavailable"}')


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    functions = Lambda(tmp_path_factory.mktemp("functions"), FUNCTIONS)
    yield functions
    functions.stop()


@pytest.fixture(scope="module")
def gateway(functions, tmp_path_factory):
    work = tmp_path_factory.mktemp("serve")
    config = work / "gatewright.toml"
    config.write_text(f'[lambda]\nendpoint = "{functions.url}"\n[lambda.functions]\n"elsewhere" = {{ url = "{functions.url}" }}\n')
    process = Process("serve", work / "data", {"GATEWRIGHT_CONFIG": str(config), "GATEWRIGHT_TRAFFIC_THREADS": "1"}).start()
    yield process
    process.stop()


class Made:
    """APIs with functions behind them."""

    def __init__(self, gateway):
        self.gateway, self.client = gateway, gateway.client()

    def api(self, key="ANY /{proxy+}", uri=ARN + "echo", version="2.0", stage="$default", variables=None, **members):
        api_id = self.client.create_api(Name="lambda", ProtocolType="HTTP")["ApiId"]
        integration = self.client.create_integration(
            ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=uri, PayloadFormatVersion=version, **members)["IntegrationId"]
        self.client.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{integration}")
        self.client.create_stage(ApiId=api_id, StageName=stage, AutoDeploy=True, StageVariables=variables or {})
        eventually(lambda: f'api="{api_id}"' in urllib3.request("GET", self.gateway.url("admin") + "/metrics").data.decode())
        return api_id


@pytest.fixture(scope="module")
def made(gateway):
    return Made(gateway)


@pytest.fixture(scope="module")
def v2(made):
    return made.api()


@pytest.fixture(scope="module")
def v1(made):
    return made.api(version="1.0")


def ask(gateway, api_id, path="/x", *headers, method="GET", body=b""):
    length = [f"Content-Length: {len(body)}"] if body else []
    return exchange(gateway, get(api_id, path, *headers, *length, method=method) + body, body_expected=method != "HEAD")


def event(gateway, api_id, *arguments, **options):
    answer = ask(gateway, api_id, *arguments, **options)
    assert answer.status == 200, answer
    return json.loads(answer.body)


def answering(gateway, api_id, value, **options):
    """What a client gets when the function returns this."""
    return ask(gateway, api_id, "/x", "X-Answer: " + base64.b64encode(json.dumps(value).encode()).decode(), **options)


# 6.1 Invocation


@pytest.mark.parametrize(("uri", "variables", "expected"), rows(
    ("6.1 a function's ARN", ARN + "echo", {}, ("echo", None)),
    ("6.1 with an alias", ARN + "echo:live", {}, ("echo", "live")),
    ("6.1 with a version", ARN + "echo:12", {}, ("echo", "12")),
    ("6.1 API Gateway's own form", GATEWAY.format(ARN + "echo:live"), {}, ("echo", "live")),
    ("6.1 a stage variable for the name", ARN + "${stageVariables.name}", {"name": "echo"}, ("echo", None)),
    ("6.1 a stage variable for the alias", ARN + "echo:${stageVariables.alias}", {"alias": "test"}, ("echo", "test")),
    ("6.1 an emulator of its own", ARN + "elsewhere", {}, ("function", None)),
))
def test_which_function(gateway, made, functions, uri, variables, expected):
    functions.answers["function"] = (200, b'{"statusCode":200}')
    api_id = made.api(uri=uri, variables=variables)
    functions.calls = []
    assert ask(gateway, api_id, method="DELETE").status == 200
    [(name, qualifier, headers, _)] = functions.calls
    assert (name, qualifier, headers["content-type"]) == (*expected, "application/json")


@pytest.mark.parametrize(("name", "expected"), rows(
    ("6.1 no such function", "missing", FAILED),
    ("6.5 an exception", "raises", FAILED),
    ("6.1 throttled", "throttled", UNAVAILABLE),
    ("6.1 not permitted", "forbidden", FAILED),
    ("3 the function takes too long", "stuck", UNAVAILABLE),
))
def test_failures(gateway, made, functions, name, expected):
    functions.answers.update(throttled=(429, b"{}"), forbidden=(403, b"{}"))
    api_id = made.api(uri=ARN + name, TimeoutInMillis=500)
    answer = ask(gateway, api_id)
    assert answer.outcome == expected and answer.header("apigw-requestid")


def test_6_1_nobody_at_the_endpoint(made, tmp_path):
    # Taken, so that nobody gets it meanwhile, and not listened on.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        process = Process("serve", tmp_path, {"GATEWRIGHT_LAMBDA_ENDPOINT": endpoint}).start()
        try:
            assert ask(process, Made(process).api()).outcome == UNAVAILABLE
        finally:
            process.stop()


def test_6_1_connections_are_used_again(gateway, v2, functions):
    before = set(functions.connections)
    for _ in range(10):
        assert ask(gateway, v2).status == 200
    assert len(set(functions.connections) - before) <= 1


def test_6_1_what_configuration_does_not_know_is_not_published(tmp_path):
    process = Process("serve", tmp_path).start()
    try:
        with pytest.raises(ClientError, match="neither lambda.endpoint nor lambda.functions.*echo.* is in the configuration"):
            client = process.client()
            api_id = client.create_api(Name="x", ProtocolType="HTTP", Target=ARN + "echo")["ApiId"]
            client.create_deployment(ApiId=api_id)
    finally:
        process.stop()


@pytest.mark.parametrize("size,status", rows(
    ("4 an event below 6 MB", 4_500_000, 200), ("4 an event above 6 MB", 4_800_000, 413)))
def test_payload(gateway, made, functions, size, status):
    functions.answers["sink"] = (200, b'{"statusCode":200}')
    api_id = made.api(uri=ARN + "sink")
    # In base64, since nothing says that it is text.
    answer = ask(gateway, api_id, method="POST", body=b"x" * size)
    assert answer.status == status
    assert status == 200 or answer.body == b'{"message":"Request Entity Too Large"}'


# 6.2 and 6.3 Events: crates/lambda has them whole; here is what the gateway puts in


def test_6_2_format_2(gateway, made):
    api_id = made.api(key="POST /orders/{id}", stage="dev", variables={"table": "orders-dev"})
    host = f"{api_id}.execute-api.us-east-1.localhost"
    found = event(
        gateway, api_id, "/dev/orders/a%20b?tag=x&tag=y&q=Hello%20World", "Cookie: sid=1; theme=dark", "X-Tenant: a", "x-tenant: b",
        "Content-Type: application/json", "User-Agent: curl/8.5.0", "Connection: x-hop", "X-Hop: 1", "TE: trailers", method="POST", body=b'{"a": 1}')
    context, headers = found["requestContext"], found["headers"]
    assert (found["version"], found["routeKey"], found["rawPath"]) == ("2.0", "POST /orders/{id}", "/dev/orders/a b")
    assert (found["rawQueryString"], found["cookies"]) == ("tag=x&tag=y&q=Hello%20World", ["sid=1", "theme=dark"])
    assert found["queryStringParameters"] == {"tag": "x,y", "q": "Hello World"}
    assert (found["pathParameters"], found["stageVariables"]) == ({"id": "a b"}, {"table": "orders-dev"})
    assert (found["body"], found["isBase64Encoded"]) == ('{"a": 1}', False)
    assert (headers["host"], headers["x-tenant"], headers["content-length"]) == (host, "a,b", "8")
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert headers["x-amzn-trace-id"].startswith("Root=1-") and not {"cookie", "connection", "x-hop", "te"} & set(headers)
    assert (context["accountId"], context["apiId"], context["stage"]) == ("000000000000", api_id, "dev")
    assert (context["domainName"], context["domainPrefix"]) == (host, api_id)
    assert context["http"] == {
        "method": "POST", "path": "/dev/orders/a b", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "curl/8.5.0"}
    assert context["timeEpoch"] > 1_700_000_000_000 and context["requestId"] and "authorizer" not in context


def test_6_3_format_1(gateway, made):
    api_id = made.api(key="GET /orders/{id}", version="1.0", stage="dev")
    found = event(gateway, api_id, "/dev/orders/a%20b?tag=x&tag=y", "Cookie: a=b", "X-Tenant: a", "X-Tenant: b")
    context = found["requestContext"]
    assert (found["version"], found["resource"], found["path"]) == ("1.0", "/orders/{id}", "/dev/orders/a%20b")
    assert (context["path"], context["resourceId"], context["resourcePath"]) == ("/dev/orders/a b", "GET /orders/{id}", "/orders/{id}")
    assert (found["queryStringParameters"], found["multiValueQueryStringParameters"]) == ({"tag": "y"}, {"tag": ["x", "y"]})
    assert (found["headers"]["x-tenant"], found["multiValueHeaders"]["x-tenant"]) == ("b", ["a", "b"])
    assert found["headers"]["cookie"] == "a=b" and found["headers"]["Host"].startswith(api_id)
    assert (found["body"], found["isBase64Encoded"], found["stageVariables"]) == (None, False, None)
    assert context["identity"]["sourceIp"] == "127.0.0.1" and context["identity"]["user"] is None and "authorizer" not in context


@pytest.mark.parametrize(("content_type", "encoded"), rows(
    ("6.4 text/plain", "text/plain", False), ("6.4 application/json", "application/json; charset=utf-8", False),
    ("6.4 another charset", "text/plain; charset=iso-8859-1", True), ("6.4 a form", "application/x-www-form-urlencoded", True),
    ("6.4 no Content-Type", None, True), ("6.4 application/octet-stream", "application/octet-stream", True),
))
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_base64(gateway, request, version, content_type, encoded):
    headers = [f"Content-Type: {content_type}"] if content_type else []
    found = event(gateway, request.getfixturevalue(version), "/x", *headers, method="POST", body=b"a=b")
    expected = "YT1i" if encoded else "a=b"
    assert (found["body"], found["isBase64Encoded"]) == (expected, encoded)


def test_8_1_mapped_parameters_reach_the_function(gateway, made):
    api_id = made.api(RequestParameters={
        "append:header.x-a": "$context.stage", "overwrite:querystring.q": "1", "remove:header.x-b": "''"})
    found = event(gateway, api_id, "/x?q=0&r=2", "X-A: client", "X-B: gone")
    assert found["headers"]["x-a"] == "client,$default" and "x-b" not in found["headers"]
    assert found["queryStringParameters"] == {"q": "1", "r": "2"}


# 6.5 and 6.6 Answers


@pytest.mark.parametrize(("returned", "expected", "headers"), rows(
    ("6.5 an object without statusCode", {"name": "John Doe"}, (200, b'{"name": "John Doe"}'), {"content-type": "application/json"}),
    ("6.5 a text", "Hello", (200, b"Hello"), {"content-type": "application/json"}),
    ("6.5 nothing", None, (200, b"null"), {"content-type": "application/json"}),
    ("6.5 structured", {"statusCode": 201, "body": "x"}, (201, b"x"), {"content-type": "text/plain; charset=utf-8"}),
    ("6.5 without a body", {"statusCode": 302, "headers": {"Location": "/y"}}, (302, b""), {"location": "/y", "content-length": "0"}),
    ("6.5 base64", {"statusCode": 200, "body": "AAH/", "isBase64Encoded": True, "headers": {"content-type": "a/b"}},
     (200, b"\x00\x01\xff"), {"content-type": "a/b"}),
    ("6.5 statusCode 0", {"statusCode": 0}, FAILED, {}),
    ("6.5 statusCode with a fraction", {"statusCode": 200.5}, FAILED, {}),
    ("6.5 a header that would end its line", {"statusCode": 200, "headers": {"a": "b\r\nc: d"}}, FAILED, {}),
    ("6.5 hop-by-hop headers", {"statusCode": 200, "headers": {"Connection": "close", "Transfer-Encoding": "chunked"}, "body": "x"},
     (200, b"x"), {"content-length": "1"}),
))
def test_answers_of_format_2(gateway, v2, returned, expected, headers):
    answer = answering(gateway, v2, returned)
    assert answer.outcome == expected
    assert {name: answer.header(name) for name in headers} == {name: [value] for name, value in headers.items()}
    assert "location" in headers or not answer.header("connection")


def test_6_5_cookies(gateway, v2):
    answer = answering(gateway, v2, {"statusCode": 200, "cookies": ["a=b", "c=d"], "headers": {"set-cookie": "e=f"}})
    assert answer.header("set-cookie") == ["a=b", "c=d", "e=f"] and not answer.header("content-type")


def test_6_5_names_are_canonical(gateway, v2):
    answer = answering(gateway, v2, {"statusCode": 200, "headers": {"myheader": "1"}})
    assert ("Myheader", "1") in answer.headers


def test_6_6_answers_of_format_1(gateway, v1):
    combined = {"statusCode": 200, "headers": {"Combined-Header": "single-value"},
                "multiValueHeaders": {"combined-header": ["multi-value1", "multi-value2"]}, "body": "x"}
    answer = answering(gateway, v1, combined)
    assert answer.header("combined-header") == ["single-value", "multi-value1", "multi-value2"]
    assert answer.header("content-type") == ["text/plain; charset=utf-8"]
    for returned in ({"name": "John Doe"}, "Hello", None, {"statusCode": 0}):
        assert answering(gateway, v1, returned).outcome == FAILED


def test_8_2_answers_are_mapped_by_the_functions_status(gateway, made):
    api_id = made.api(ResponseParameters={"404": {"overwrite:statuscode": "410", "append:header.x-a": "$response.body.why"}})
    answer = answering(gateway, api_id, {"statusCode": 404, "body": '{"why":"gone"}'})
    assert (answer.status, answer.header("x-a")) == (410, ["gone"])


def test_head(gateway, v2):
    answer = answering(gateway, v2, {"statusCode": 200, "body": "12345"}, method="HEAD")
    assert (answer.status, answer.header("content-length")) == (200, ["5"])


def test_13_what_an_access_log_says_of_a_function(gateway, functions, made):
    """The call's own status beside the function's, and what a function that failed said."""
    line = "$context.requestId $context.awsEndpointRequestId $context.integrationStatus $context.integration.status $context.status $context.integrationErrorMessage"

    def logged(uri, returned):
        api_id = made.api(uri=uri)
        made.client.update_stage(ApiId=api_id, StageName="$default", AccessLogSettings={
            "DestinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:functions", "Format": line})

        requests = set()  # an entry is written after its answer, and none before the format is deployed

        def entry():
            requests.add(answering(gateway, api_id, returned).header("apigw-requestid")[0])
            lines = (gateway.data_dir / "log").read_text().splitlines()
            return next((rest for request_id, _, rest in (found.partition(" ") for found in lines) if request_id in requests), None)
        request_id, _, rest = eventually(entry).partition(" ")
        assert request_id in functions.request_ids, "by which the function's own log is found"
        return rest

    assert logged(ARN + "echo", {"statusCode": 404}) == "200 404 404 -"
    assert logged(ARN + "raises", None) == "200 - 500 the function failed (Unhandled): broken"
    assert logged(ARN + "nobody", None) == "404 - 500 the Invoke API answered 404 Not Found"
    assert logged(ARN + "echo", {"statusCode": 1000}).startswith("200 - 500 the function's answer")
