"""spec/http-api-runtime.md section 10.2: authorizers in a real runtime, decision by decision."""

import base64
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from gatewright import Process, eventually
from lambda_runtime import Lambda
from spec import Apis, exchange, get, rows

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
METHODS = "arn:aws:execute-api:us-east-1:000000000000:"
LOG = "arn:aws:logs:us-east-1:000000000000:log-group:"
FUNCTIONS = {
    # Answers what the header `x-decision` says, or fails as `x-raise` says, or lets everybody pass.
    "authorizer": """
import base64, json
def handler(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    if "x-raise" in headers:
        raise Exception(headers["x-raise"])
    if "x-decision" in headers:
        return json.loads(base64.b64decode(headers["x-decision"]))
    return {"isAuthorized": True}
""",
    "echo": "import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n",
    "stuck": "import threading\ndef handler(event, context):\n    threading.Event().wait()\n",
}
UNAUTHORIZED = (401, b'{"message":"Unauthorized"}')
FORBIDDEN = (403, b'{"message":"Forbidden"}')
FAILED = (500, b'{"message":"Internal Server Error"}')
TOKEN = "$request.header.Authorization"


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    functions = Lambda(tmp_path_factory.mktemp("functions"), FUNCTIONS)
    yield functions
    functions.stop()


@pytest.fixture(scope="module")
def gateway(functions, tmp_path_factory):
    environment = {"GATEWRIGHT_LAMBDA_ENDPOINT": functions.url, "GATEWRIGHT_TRAFFIC_THREADS": "2"}
    process = Process("serve", tmp_path_factory.mktemp("serve") / "data", environment).start()
    yield process
    process.stop()


class Authorized(Apis):
    """APIs whose routes ask an authorizer."""

    def __init__(self, gateway, functions, echo):
        super().__init__(gateway, echo)
        self.functions = functions

    def authorizer(self, api_id, sources=(), version="2.0", simple=True, ttl=0, function="authorizer", **members):
        members = {"AuthorizerUri": ARN + function, **members}
        if version == "2.0":
            members["EnableSimpleResponses"] = simple
        return self.client.create_authorizer(
            ApiId=api_id, AuthorizerType="REQUEST", Name=f"a{len(self.keys)}", IdentitySource=list(sources),
            AuthorizerPayloadFormatVersion=version, AuthorizerResultTtlInSeconds=ttl, **members)["AuthorizerId"]

    def guard(self, api_id, authorizer):
        for route in self.client.get_routes(ApiId=api_id)["Items"]:
            self.client.update_route(ApiId=api_id, RouteId=route["RouteId"], AuthorizationType="CUSTOM", AuthorizerId=authorizer)

    def guarded(self, *keys, stages=("$default",), variables=None, log=None, cors=None, **authorizer):
        api_id = self.api(*(keys or ("ANY /{proxy+}",)), stages=(), **({"CorsConfiguration": cors} if cors else {}))
        self.guard(api_id, self.authorizer(api_id, **authorizer))
        settings = {"AccessLogSettings": {"DestinationArn": LOG + "authorizers", "Format": log}} if log else {}
        for stage in stages:
            self.stage(api_id, stage, StageVariables=variables or {}, **settings)
        self.functions.calls.clear()
        return api_id

    def integration(self, api_id, version):
        """An integration that answers with its event."""
        made = self.client.create_integration(
            ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=ARN + "echo", PayloadFormatVersion=version)
        for route in self.client.get_routes(ApiId=api_id)["Items"]:
            self.client.update_route(ApiId=api_id, RouteId=route["RouteId"], Target=f"integrations/{made['IntegrationId']}")

    def ask(self, api_id, path="/x", *headers, decision=None, **options):
        if decision is not None:
            headers = (*headers, "X-Decision: " + base64.b64encode(json.dumps(decision).encode()).decode())
        return exchange(self.gateway, get(api_id, path, *headers, **options))

    def calls(self):
        """How often the authorizer was asked since the last time."""
        return len([name for name in self.taken_calls() if name != "echo"])

    def taken_calls(self):
        calls, self.functions.calls = self.functions.calls, []
        return [name for name, *_ in calls]


@pytest.fixture(scope="module")
def apis(gateway, functions, echo):
    return Authorized(gateway, functions, echo)


def policy(*statements, **members):
    return {"principalId": "ada", "policyDocument": {"Version": "2012-10-17", "Statement": list(statements)}, **members}


def statement(resource="*", effect="Allow", action="execute-api:Invoke", **members):
    return {"Effect": effect, "Action": action, "Resource": resource, **members}


# Identity sources


@pytest.mark.parametrize(("sources", "request_line", "headers", "passes"), rows(
    ("10.2 a header", [TOKEN], "/x", ["authorization: t"], True),
    ("10.2 a header that is missing", [TOKEN], "/x", [], False),
    ("10.2 a header that is empty", [TOKEN], "/x", ["authorization:"], False),
    ("10.2 a query parameter", ["$request.querystring.tenant"], "/x?tenant=1", [], True),
    ("10.2 a query parameter that is missing", ["$request.querystring.tenant"], "/x?Tenant=1", [], False),
    ("10.2 a query parameter that is empty", ["$request.querystring.tenant"], "/x?tenant=", [], False),
    ("10.2 $context", ["$context.identity.sourceIp", "$context.routeKey", "$context.path"], "/x", [], True),
    ("10.2 $context without a value", ["$context.identity.userAgent"], "/x", [], False),
    ("10.2 $stageVariables", ["$stageVariables.tenant"], "/x", [], True),
    ("10.2 $stageVariables without one", ["$stageVariables.absent"], "/x", [], False),
    ("10.2 all of several", [TOKEN, "$request.querystring.tenant"], "/x?tenant=1", ["authorization: t"], True),
    ("10.2 one of several is missing", [TOKEN, "$request.querystring.tenant"], "/x", ["authorization: t"], False),
    ("10.2 none at all", [], "/x", [], True),
))
def test_identity_sources(apis, sources, request_line, headers, passes):
    api_id = apis.guarded(sources=sources, variables={"tenant": "t1"})
    answer = apis.ask(api_id, request_line, *headers)
    if passes:
        assert (answer.status, apis.calls()) == (200, 1)
    else:
        assert (answer.outcome, answer.header("www-authenticate"), apis.calls()) == (UNAUTHORIZED, [], 0)


# The function's event


def test_10_2_event_2_0(apis, functions):
    api_id = apis.guarded("GET /orders/{id}", sources=[TOKEN, "$request.querystring.tenant"], stages=["dev"], variables={"k": "v"})
    answer = apis.ask(api_id, "/dev/orders/a%20b?tenant=42", "Authorization: Bearer abc", "Cookie: a=1; b=2", "Connection: X-Hop", "X-Hop: 1")
    assert answer.status == 200
    [event] = functions.events()
    context, host = event["requestContext"], f"{api_id}.execute-api.us-east-1.localhost"
    assert event["headers"].pop("x-amzn-trace-id").startswith("Root=1-")
    time, epoch = context.pop("time"), context.pop("timeEpoch")
    assert time.endswith(" +0000") and epoch > 1_700_000_000_000
    assert event == {
        "version": "2.0", "type": "REQUEST", "routeArn": f"{METHODS}{api_id}/dev/GET/orders/a b", "identitySource": ["Bearer abc", "42"],
        "routeKey": "GET /orders/{id}", "rawPath": "/dev/orders/a b", "rawQueryString": "tenant=42", "cookies": ["a=1", "b=2"],
        "headers": {"authorization": "Bearer abc", "host": host, "x-forwarded-for": "127.0.0.1", "x-forwarded-port": "80",
                    "x-forwarded-proto": "http"},
        "queryStringParameters": {"tenant": "42"},
        "requestContext": {
            "accountId": "000000000000", "apiId": api_id, "domainName": host, "domainPrefix": api_id,
            "http": {"method": "GET", "path": "/dev/orders/a b", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""},
            "requestId": answer.header("apigw-requestid")[0], "routeKey": "GET /orders/{id}", "stage": "dev"},
        "pathParameters": {"id": "a b"}, "stageVariables": {"k": "v"}}


def test_10_2_event_1_0(apis, functions):
    api_id = apis.guarded("GET /orders/{id}", sources=[TOKEN, "$request.querystring.tenant"], version="1.0")
    assert apis.ask(api_id, "/orders/7?tenant=42", "Authorization: abc", decision=policy(statement())).status == 200
    [event] = functions.events()
    arn = f"{METHODS}{api_id}/$default/GET/orders/7"
    assert {name: event[name] for name in ("version", "type", "methodArn", "identitySource", "authorizationToken", "resource", "path",
                                           "httpMethod", "queryStringParameters", "pathParameters", "stageVariables")} == {
        "version": "1.0", "type": "REQUEST", "methodArn": arn, "identitySource": "abc,42", "authorizationToken": "abc,42",
        "resource": "/orders/{id}", "path": "/orders/7", "httpMethod": "GET", "queryStringParameters": {"tenant": "42"},
        "pathParameters": {"id": "7"}, "stageVariables": None}
    assert event["requestContext"]["resourceId"] == "GET /orders/{id}" and "body" not in event and "isBase64Encoded" not in event
    assert event["headers"]["Host"] == f"{api_id}.execute-api.us-east-1.localhost"


def test_10_2_what_is_empty_in_events(apis, functions):
    for version in ("2.0", "1.0"):
        api_id = apis.guarded("$default", version=version)
        assert apis.ask(api_id, "/a/b", decision=policy(statement()) if version == "1.0" else None).status == 200
        [event] = functions.events()
        assert "identitySource" not in event and "authorizationToken" not in event
        assert event["routeArn" if version == "2.0" else "methodArn"] == f"{METHODS}{api_id}/$default/$default"
        assert event.get("pathParameters") == ({} if version == "1.0" else None)


def test_10_2_a_body_stays_here(apis, functions):
    api_id = apis.guarded()
    body = b"x" * 5000
    request = get(api_id, "/x", f"Content-Length: {len(body)}", method="POST") + body
    answer = exchange(apis.gateway, request)
    assert (answer.status, len(json.loads(answer.body)["body"])) == (200, 5000)
    [event] = functions.events()
    assert "body" not in event and event["headers"]["content-length"] == "5000"


# The function's answer


@pytest.mark.parametrize(("settings", "decision", "expected"), rows(
    ("10.2 simple: true", {}, {"isAuthorized": True}, 200),
    ("10.2 simple: false", {}, {"isAuthorized": False}, FORBIDDEN),
    ("10.2 simple: missing", {}, {"context": {}}, FAILED),
    ("10.2 simple: no bool", {}, {"isAuthorized": "true"}, FAILED),
    ("10.2 simple: a policy", {}, policy(statement()), FAILED),
    ("10.2 simple: a text", {}, "yes", FAILED),
    ("10.2 policy: Allow", {"simple": False}, policy(statement()), 200),
    ("10.2 policy: Allow of 1.0", {"version": "1.0"}, policy(statement()), 200),
    ("10.2 policy: Deny", {"simple": False}, policy(statement(effect="Deny")), FORBIDDEN),
    ("10.2 policy: Deny wins", {"simple": False}, policy(statement(), statement(f"{METHODS}*/*/GET/x", "Deny")), FORBIDDEN),
    ("10.2 policy: Deny of another", {"simple": False}, policy(statement(), statement(f"{METHODS}*/*/POST/x", "Deny")), 200),
    ("10.2 policy: nothing said", {"simple": False}, policy(statement(f"{METHODS}*/*/GET/y")), FORBIDDEN),
    ("10.2 policy: another action", {"simple": False}, policy(statement(action="execute-api:ManageConnections")), FORBIDDEN),
    ("10.2 policy: lists", {"simple": False}, policy(statement([f"{METHODS}*/*/GET/y", f"{METHODS}*/*/GET/?"], action=["s3:*", "execute-api:*"])), 200),
    ("10.2 policy: * crosses /", {"simple": False}, policy(statement(f"{METHODS}*/x")), 200),
    ("10.2 policy: a condition holds", {"simple": False},
     policy(statement(Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}})), 200),
    ("10.2 policy: a condition does not", {"simple": False},
     policy(statement(Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})), FORBIDDEN),
    ("10.2 policy: a condition nobody knows", {"simple": False},
     policy(statement(), statement(effect="Deny", Condition={"StringEquals": {"aws:PrincipalTag/a": "b"}})), FAILED),
    ("10.2 policy: a simple answer", {"simple": False}, {"isAuthorized": True}, FAILED),
    ("10.2 policy: none", {"version": "1.0"}, {"principalId": "ada"}, FAILED),
    ("10.2 policy: one that is none", {"version": "1.0"}, {"principalId": "ada", "policyDocument": {"Statement": "x"}}, FAILED),
    ("10.2 policy: wrong effect", {"version": "1.0"}, policy(statement(effect="allow")), FAILED),
))
def test_answers(apis, settings, decision, expected):
    answer = apis.ask(apis.guarded(**settings), decision=decision)
    assert answer.status == expected if isinstance(expected, int) else answer.outcome == expected
    assert answer.header("www-authenticate") == []


@pytest.mark.parametrize(("raised", "expected"), rows(
    ("10.2 throws Unauthorized", "Unauthorized", UNAUTHORIZED),
    ("10.2 throws another word", "unauthorized", FAILED),
    ("10.2 throws more", "Unauthorized user", FAILED),
))
def test_functions_that_throw(apis, raised, expected):
    answer = apis.ask(apis.guarded(sources=[TOKEN], ttl=60), "/x", "Authorization: a", f"X-Raise: {raised}")
    assert answer.outcome == expected


def test_10_2_cannot_be_invoked(apis):
    assert apis.ask(apis.guarded(function="missing")).outcome == FAILED


def test_10_2_timeout(apis, gateway):
    """Ten seconds, as AWS has it; the integration is not called."""
    api_id = apis.guarded(function="stuck", log="$context.requestId $context.responseLatency $context.authorizer.error")
    asked = apis.echo.requests
    answer = apis.ask(api_id)
    assert (answer.outcome, apis.echo.requests) == (FAILED, asked)
    latency, error = logged(gateway, answer.header("apigw-requestid")[0]).split(" ", 1)
    assert error == "the function did not answer in time" and 10_000 <= int(latency) < 15_000


def test_10_2_stage_variables_in_the_uri(apis, functions):
    api_id = apis.guarded(AuthorizerUri=ARN + "${stageVariables.function}", variables={"function": "authorizer"})
    assert apis.ask(api_id).status == 200
    assert apis.calls() == 1


# What others hear of it


def test_10_2_context_reaches_functions(apis, functions):
    context = {"tenant": "t1", "n": 1, "flag": True, "list": [1, "a"], "map": {"a": None}}
    expected = {
        ("2.0", True): {"lambda": context}, ("1.0", True): {"claims": None, "scopes": None, **context},
        ("2.0", False): {"lambda": None}, ("1.0", False): {"claims": None, "scopes": None}}
    for (version, given), authorizer in expected.items():
        api_id = apis.guarded()
        apis.integration(api_id, version)
        decision = {"isAuthorized": True, **({"context": context} if given else {})}

        def told():
            return json.loads(apis.ask(api_id, decision=decision).body)["requestContext"]["authorizer"]
        assert eventually(told) == authorizer


def test_10_2_context_in_mappings_and_logs(apis, gateway):
    line = "$context.requestId $context.authorizer.tenant $context.authorizer.n $context.authorizer.list " \
           "$context.authorizer.principalId $context.authorizer.absent $context.authorizer.error"
    api_id = apis.guarded(version="1.0", log=line)
    [integration] = apis.client.get_integrations(ApiId=api_id)["Items"]
    apis.client.update_integration(ApiId=api_id, IntegrationId=integration["IntegrationId"], RequestParameters={
        "append:header.x-tenant": "$context.authorizer.tenant", "append:header.x-principal": "${context.authorizer.principalId}!"})
    decision = policy(statement(), context={"tenant": "t1", "n": 2, "list": [1, "a"]})

    def mapped():
        answer = apis.ask(api_id, decision=decision)
        headers = {name: value for name, value in json.loads(answer.body)["headers"]}
        assert (headers["x-tenant"], headers["x-principal"]) == ("t1", "ada!")
        return answer
    request_id = eventually(mapped).header("apigw-requestid")[0]
    assert logged(gateway, request_id) == 't1 2 [1,"a"] ada - -'


@pytest.mark.parametrize(("headers", "decision", "expected"), rows(
    ("10.2 reason: denied", ["authorization: t"], {"isAuthorized": False}, "403 Forbidden ACCESS_DENIED Forbidden"),
    ("10.2 reason: missing", [], None, "401 Unauthorized UNAUTHORIZED an identity source is missing or empty"),
    ("10.2 reason: thrown", ["authorization: t", "x-raise: no database"], None,
     "500 Internal Server Error AUTHORIZER_FAILURE the function failed (Unhandled): no database"),
    ("10.2 reason: wrong shape", ["authorization: t"], {"isAuthorized": 1},
     "500 Internal Server Error AUTHORIZER_CONFIGURATION_ERROR the authorizer's answer: invalid type: integer `1`, expected a boolean"),
))
def test_10_2_reasons(apis, gateway, headers, decision, expected):
    line = "$context.requestId $context.status $context.error.message $context.error.responseType $context.authorizer.error"
    api_id = apis.guarded(sources=[TOKEN], log=line)
    answer = apis.ask(api_id, "/x", *headers, decision=decision)
    assert logged(gateway, answer.header("apigw-requestid")[0]).startswith(expected)


def logged(gateway, request_id):
    """The access log's line of a request, without its id."""
    def line():
        lines = (gateway.data_dir / "log").read_text().splitlines()
        return next((line.removeprefix(request_id + " ") for line in lines if line.startswith(request_id + " ")), None)
    return eventually(line)


# Caching


def test_10_2_without_a_ttl_each_request_asks(apis):
    api_id = apis.guarded(sources=[TOKEN])
    assert [apis.ask(api_id, "/x", "Authorization: a").status for _ in range(3)] == [200] * 3
    assert apis.calls() == 3


def test_10_2_one_answer_serves_all_routes_and_stages(apis):
    api_id = apis.guarded("GET /a", "POST /b", sources=[TOKEN], ttl=60, stages=["one", "two"])
    for path, method in [("/one/a", "GET"), ("/one/b", "POST"), ("/two/a", "GET"), ("/two/b", "POST")] * 2:
        assert apis.ask(api_id, path, "Authorization: a", method=method).status == 200
    assert apis.calls() == 1


def test_10_2_identities_are_told_apart(apis):
    api_id = apis.guarded(sources=[TOKEN, "$request.querystring.tenant"], ttl=60)
    identities = [("a", "1"), ("a", "2"), ("b", "1"), ("a1", "1"), ("a,1", "1"), ("a", "1,1"), ("A", "1")]
    for token, tenant in identities * 2:
        assert apis.ask(api_id, f"/x?tenant={tenant}", f"Authorization: {token}").status == 200
    assert apis.calls() == len(identities)


def test_10_2_the_route_key_may_tell_routes_apart(apis):
    api_id = apis.guarded("GET /a", "GET /b", sources=[TOKEN, "$context.routeKey"], ttl=60)
    for path in ("/a", "/b", "/a", "/b"):
        assert apis.ask(api_id, path, "Authorization: a").status == 200
    assert apis.calls() == 2


def test_10_2_a_policy_is_kept_and_evaluated_for_each_route(apis):
    api_id = apis.guarded("GET /{proxy+}", sources=[TOKEN], ttl=60, simple=False)
    only = policy(statement(f"{METHODS}{api_id}/$default/GET/a"))
    for path, status in [("/a", 200), ("/b", 403), ("/a", 200)]:
        assert apis.ask(api_id, path, "Authorization: a", decision=only).status == status
    assert apis.calls() == 1


def test_10_2_denials_are_kept_and_failures_are_not(apis):
    api_id = apis.guarded(sources=[TOKEN], ttl=60)
    for _ in range(2):
        assert apis.ask(api_id, "/x", "Authorization: denied", decision={"isAuthorized": False}).outcome == FORBIDDEN
    assert apis.calls() == 1
    for _ in range(2):
        assert apis.ask(api_id, "/x", "Authorization: failed", decision={}).outcome == FAILED
        assert apis.ask(api_id, "/x", "Authorization: failed", "X-Raise: Unauthorized").outcome == UNAUTHORIZED
    assert apis.calls() == 4


def test_10_2_an_answer_is_kept_no_longer_than_its_ttl(apis):
    api_id = apis.guarded(sources=[TOKEN], ttl=1)

    def asked_again():
        apis.ask(api_id, "/x", "Authorization: a")
        return len(apis.functions.calls) == 2
    eventually(asked_again)


def test_10_2_reset_authorizers_cache(apis):
    api_id = apis.guarded(sources=[TOKEN], ttl=3600, stages=["one", "two"])
    answers = [apis.ask(api_id, "/one/x", "Authorization: a").status for _ in range(2)]
    assert (answers, apis.calls()) == ([200, 200], 1)
    apis.client.reset_authorizers_cache(ApiId=api_id, StageName="one")

    def asked_again():
        apis.ask(api_id, "/one/x", "Authorization: a")
        return apis.functions.calls
    eventually(asked_again)
    assert apis.ask(api_id, "/one/x", "Authorization: a").status == 200
    assert apis.calls() == 1


def test_10_2_answers_outlive_a_deployment(apis):
    api_id = apis.guarded("GET /a", sources=[TOKEN], ttl=3600)
    assert (apis.ask(api_id, "/a", "Authorization: a").status, apis.calls()) == (200, 1)
    apis.client.create_route(ApiId=api_id, RouteKey="GET /b")
    # A route without a target answers 500: the new deployment is served.
    eventually(lambda: apis.ask(api_id, "/b").status == 500)
    assert (apis.ask(api_id, "/a", "Authorization: a").status, apis.calls()) == (200, 0)
    # With other settings it is another authorizer.
    [authorizer] = apis.client.get_authorizers(ApiId=api_id)["Items"]
    apis.client.update_authorizer(ApiId=api_id, AuthorizerId=authorizer["AuthorizerId"], AuthorizerResultTtlInSeconds=3599)
    eventually(lambda: apis.ask(api_id, "/a", "Authorization: a").status == 200 and apis.functions.calls)


def test_10_2_requests_of_one_identity_ask_once(apis, functions):
    """20 at once, on two threads."""
    api_id = apis.guarded(sources=[TOKEN], ttl=60)
    gate = functions.gates["authorizer"] = threading.Event()
    try:
        with ThreadPoolExecutor(20) as pool:
            answers = [pool.submit(apis.ask, api_id, "/x", "Authorization: a") for _ in range(20)]
            eventually(lambda: functions.calls)
            gate.set()
            assert [answer.result().status for answer in answers] == [200] * 20
    finally:
        gate.set()
        del functions.gates["authorizer"]
    assert apis.calls() == 1


def test_10_2_who_goes_away_leaves_the_others_an_answer(apis, functions):
    api_id = apis.guarded(sources=[TOKEN], ttl=60)
    gate = functions.gates["authorizer"] = threading.Event()
    host, port = apis.gateway.listeners["traffic"].rsplit(":", 1)
    try:
        with ThreadPoolExecutor(1) as pool:
            with socket.create_connection((host, int(port))) as first:
                first.sendall(get(api_id, "/x", "Authorization: a"))
                eventually(lambda: functions.calls)
                second = pool.submit(apis.ask, api_id, "/x", "Authorization: a")
            gate.set()
            assert second.result().status == 200
    finally:
        gate.set()
        del functions.gates["authorizer"]


def test_10_2_a_failure_is_shared_by_those_who_waited(apis, functions):
    api_id = apis.guarded(sources=[TOKEN], ttl=60)
    gate = functions.gates["authorizer"] = threading.Event()
    functions.answers["authorizer"] = (500, b"{}")
    try:
        with ThreadPoolExecutor(4) as pool:
            answers = [pool.submit(apis.ask, api_id, "/x", "Authorization: a") for _ in range(4)]
            eventually(lambda: functions.calls)
            gate.set()
            assert {answer.result().outcome for answer in answers} == {FAILED}
    finally:
        gate.set()
        del functions.gates["authorizer"], functions.answers["authorizer"]
    # One for each of them, had they not waited for the same.
    assert apis.calls() < 4
    assert apis.ask(api_id, "/x", "Authorization: a").status == 200


def test_decisions_live_on_when_the_function_is_down_and_new_ones_fail_closed(apis, functions):
    api_id = apis.guarded(sources=[TOKEN], ttl=3600)
    assert apis.ask(api_id, "/x", "Authorization: known").status == 200
    functions.answers["authorizer"] = (503, b"{}")
    try:
        assert apis.ask(api_id, "/x", "Authorization: known").status == 200
        assert apis.ask(api_id, "/x", "Authorization: new").outcome == FAILED
    finally:
        del functions.answers["authorizer"]
    assert apis.ask(api_id, "/x", "Authorization: new").status == 200


# Others


def test_4_a_methods_arn_has_a_limit(apis):
    api_id = apis.guarded("GET /{proxy+}")
    longest = 1600 - len(f"{METHODS}{api_id}/$default/GET/")
    assert apis.ask(api_id, "/" + "a" * longest).status == 200
    answer = apis.ask(api_id, "/" + "a" * (longest + 1))
    assert answer.outcome == (414, b'{"message":"Request URI too long"}')


def test_9_preflights_ask_nobody(apis):
    api_id = apis.guarded("GET /a", sources=[TOKEN], cors={"AllowOrigins": ["*"], "AllowMethods": ["GET"]})
    answer = apis.ask(api_id, "/a", "Origin: https://a.example", "Access-Control-Request-Method: GET", method="OPTIONS")
    assert (answer.status, apis.calls()) == (204, 0)
    refusal = apis.ask(api_id, "/a", "Origin: https://a.example")
    assert (refusal.status, refusal.header("access-control-allow-origin")) == (401, ["*"])


def test_a_function_that_configuration_does_not_know_is_refused(echo, tmp_path):
    process = Process("serve", tmp_path / "data").start()
    try:
        apis = Authorized(process, None, echo)
        api_id = apis.api("GET /a", stages=("$default",))
        authorizer = apis.authorizer(api_id)
        with pytest.raises(apis.client.exceptions.BadRequestException, match=r'authorizerUri of authorizer \w+: neither lambda\.endpoint nor lambda'):
            apis.guard(api_id, authorizer)
    finally:
        process.stop()
