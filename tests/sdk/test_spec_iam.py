"""spec/http-api-runtime.md section 10.3: routes with AWS_IAM, called by botocore's own signers, by curl, and by whoever tampers."""

import datetime
import hashlib
import json
import subprocess
from unittest import mock

import pytest
import urllib3
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from gatewright import BINARY, Process, eventually
from lambda_runtime import Lambda
from spec import Apis, exchange, rows

FORBIDDEN = (403, b'{"message":"Forbidden"}')
METHODS = "arn:aws:execute-api:us-east-1:000000000000:"
LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:echo"
ECHO = "import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n"


def allow(resource="*", effect="Allow", action="execute-api:Invoke", **members):
    return {"Effect": effect, "Action": action, "Resource": resource, **members}


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    functions = Lambda(tmp_path_factory.mktemp("functions"), {"echo": ECHO})
    yield functions
    functions.stop()


@pytest.fixture(scope="module")
def gateway(functions, tmp_path_factory):
    environment = {"GATEWRIGHT_LAMBDA_ENDPOINT": functions.url}
    process = Process("serve", tmp_path_factory.mktemp("serve") / "data", environment).start()
    yield process
    process.stop()


class Signing(Apis):
    """APIs whose routes want a signature, and requests that have one."""

    users = 0

    def guarded(self, *keys, stages=("$default",), log=None):
        api_id = self.api(*(keys or ("ANY /{proxy+}",)), stages=())
        for route in self.client.get_routes(ApiId=api_id)["Items"]:
            self.client.update_route(ApiId=api_id, RouteId=route["RouteId"], AuthorizationType="AWS_IAM")
        settings = {"AccessLogSettings": {"DestinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:iam", "Format": log}} if log else {}
        for stage in stages:
            self.stage(api_id, stage, **settings)
        return api_id

    def user(self, *statements):
        """Somebody with an access key of this policy, of which the data plane has heard."""
        Signing.users += 1
        name = f"user{self.users}"
        key = self.gateway.access_key(name, {"Version": "2012-10-17", "Statement": list(statements or [allow()])})
        return name, key

    def signed(self, api_id, key, path="/x", method="GET", headers=None, body=b"", presigned=None, **options):
        """A request's line, headers and body as botocore signs them."""
        host = f"{api_id}.execute-api.us-east-1.localhost"
        request = AWSRequest(method, f"http://{host}{path}", {**(headers or {})}, body or None)
        sign(request, key, presigned, **options)
        target = request.url.removeprefix(f"http://{host}")
        # botocore signs the host, and leaves it to the client to send.
        return Request(method, target, [["host", host], *([name, value] for name, value in request.headers.items() if name.lower() != "host")], body)

    def send(self, request):
        return exchange(self.gateway, request.wire(), body_expected=request.method != "HEAD")


def sign(request, key, presigned=None, service="execute-api", region="us-east-1", seconds=0, token=None):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    credentials = Credentials(*key, token)
    signer = SigV4Auth(credentials, service, region) if presigned is None else SigV4QueryAuth(credentials, service, region, expires=presigned)
    with mock.patch("botocore.auth.get_current_datetime", lambda: now):
        signer.add_auth(request)


class Request:
    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body

    def wire(self):
        length = [["content-length", str(len(self.body))]] if self.body else []
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers + length), "", ""]
        return "\r\n".join(lines).encode() + self.body

    def set(self, name, change):
        for header in self.headers:
            if header[0].lower() == name:
                header[1] = change(header[1])
        return self

    def replace(self, old, new):
        """In the target."""
        assert old in self.target, self.target
        self.target = self.target.replace(old, new)
        return self


@pytest.fixture(scope="module")
def apis(gateway, echo):
    return Signing(gateway, echo)


@pytest.fixture(scope="module")
def api_id(apis):
    return apis.guarded()


@pytest.fixture(scope="module")
def key(apis, api_id):
    """Of somebody who may call everything."""
    _, key = apis.user()
    eventually(lambda: apis.send(apis.signed(api_id, key)).status == 200)
    return key


@pytest.mark.parametrize(("options"), rows(
    ("10.3 header", {}),
    ("10.3 query string", {"presigned": 60}),
    ("10.3 query string, for a week", {"presigned": 604_800}),
    ("10.3 a body", {"method": "POST", "body": b'{"a":1}', "headers": {"content-type": "application/json"}}),
    ("10.3 a large body", {"method": "PUT", "body": b"x" * 3_000_000}),
    ("10.3 a body under a presigned URL", {"method": "POST", "presigned": 60, "body": b""}),
    ("10.3 a path with a space", {"path": "/a%20b/c"}),
    ("10.3 a path beyond ASCII", {"path": "/%C3%A9%E2%82%AC"}),
    ("10.3 a path with reserved characters", {"path": "/a:b@c,d;e=f+g"}),
    ("10.3 an encoded slash", {"path": "/a%2Fb"}),
    ("10.3 a slash at the end", {"path": "/a/"}),
    ("10.3 a query string", {"path": "/a?b=1&a=2&c"}),
    ("10.3 a query string with repeats", {"path": "/a?b=2&b=1"}),
    ("10.3 a query string, encoded", {"path": "/a?x=%20%2B%2F%3D&y=%C3%A9"}),
    ("10.3 headers of its own", {"headers": {"x-a": "  1   2 ", "X-B": "3"}}),
    ("10.3 x-amz headers", {"headers": {"x-amz-meta-a": "1"}}),
    ("10.3 4 minutes late", {"seconds": -240}),
    ("10.3 4 minutes early", {"seconds": 240}),
    ("10.3 presigned 10 minutes ago", {"presigned": 660, "seconds": -600}),
    ("10.3 HEAD", {"method": "HEAD"}),
    ("10.3 DELETE", {"method": "DELETE"}),
))
def test_what_signers_sign_passes(apis, api_id, key, options):
    answer = apis.send(apis.signed(api_id, key, **options))
    assert answer.status == 200, answer


def without(name):
    def change(request):
        request.headers = [header for header in request.headers if header[0].lower() != name]
    return change


def with_header(name, value):
    return lambda request: request.headers.append([name, value])


def header(name, change):
    return lambda request: request.set(name, change)


def target(old, new):
    return lambda request: request.replace(old, new)


def method(name):
    def change(request):
        request.method = name
    return change


def body(content):
    def change(request):
        request.body = content
    return change


def appended(text):
    def change(request):
        request.target += text
    return change


POST = {"method": "POST", "body": b"pay 1", "path": "/pets/7"}
QUERY = {"path": "/pets?a=1&b=2&b=3"}
PRESIGNED = {"path": "/pets?a=1", "presigned": 60}
NOT_PASSED = rows(
    ("security: nothing at all", {}, without("authorization")),
    ("security: a bearer token", {}, header("authorization", lambda _: "Bearer x")),
    ("security: basic credentials", {}, header("authorization", lambda _: "Basic dTpw")),
    ("security: the scheme alone", {}, header("authorization", lambda _: "AWS4-HMAC-SHA256")),
    ("security: another algorithm", {}, header("authorization", lambda value: value.replace("HMAC-SHA256", "HMAC-SHA1"))),
    ("security: SigV4A", {}, header("authorization", lambda value: value.replace("HMAC", "ECDSA-P256"))),
    ("security: no signature", {}, header("authorization", lambda value: value.split(", Signature")[0])),
    ("security: an empty signature", {}, header("authorization", lambda value: value.split("Signature=")[0] + "Signature=")),
    ("security: a signature cut short", {}, header("authorization", lambda value: value[:-1])),
    ("security: a signature and more", {}, header("authorization", lambda value: value + "0")),
    ("security: a signature in capitals", {}, header("authorization", lambda value: value[:-64] + value[-64:].upper())),
    ("security: another signature", {}, header("authorization", lambda value: value[:-64] + "0" * 64)),
    ("security: two Authorization headers", {}, with_header("authorization", "AWS4-HMAC-SHA256 x")),
    ("security: a key that nobody has", {}, header("authorization", lambda value: value.replace("Credential=AKIA", "Credential=AKIB"))),
    ("security: a key without a name", {}, header("authorization", lambda value: value.replace(value[28:48], ""))),
    ("security: another day's scope", {}, header("authorization", lambda value: value.replace("/20", "/19", 1))),
    ("security: another terminator", {}, header("authorization", lambda value: value.replace("aws4_request", "aws5_request"))),
    ("security: another service's scope", {"service": "apigateway"}, None),
    ("security: lambda's scope", {"service": "lambda"}, None),
    ("security: another region's scope", {"region": "eu-west-1"}, None),
    ("security: expired", {"seconds": -301}, None),
    ("security: a day old", {"seconds": -86_400}, None),
    ("security: not yet", {"seconds": 310}, None),
    ("security: no date", {}, without("x-amz-date")),
    ("security: a date that is none", {}, header("x-amz-date", lambda _: "yesterday")),
    ("security: replayed later with a new date", {"seconds": -600},
     header("x-amz-date", lambda _: datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ"))),
    ("security: two dates", {}, with_header("x-amz-date", "20200101T000000Z")),
    ("security: temporary credentials", {"token": "token"}, None),
    ("security: temporary credentials, presigned", {"token": "token", "presigned": 60}, None),
    ("security: another method", POST, method("PUT")),
    ("security: another path", POST, target("/pets/7", "/pets/8")),
    ("security: a path in capitals", POST, target("/pets/7", "/Pets/7")),
    ("security: a slash more", POST, target("/pets/7", "/pets/7/")),
    ("security: //", POST, target("/pets/7", "/pets//7")),
    ("security: // in front", POST, target("/pets/7", "//pets/7")),
    ("security: ..", POST, target("/pets/7", "/pets/x/../7")),
    ("security: .", POST, target("/pets/7", "/pets/./7")),
    ("security: .. encoded", POST, target("/pets/7", "/pets/x/%2e%2e/7")),
    ("security: / encoded", POST, target("/pets/7", "/pets%2F7")),
    ("security: a letter encoded", POST, target("/pets/7", "/pets/%37")),
    ("security: encoded twice", {"path": "/a%20b"}, target("%20", "%2520")),
    ("security: a query parameter more", QUERY, appended("&c=4")),
    ("security: a query parameter less", QUERY, target("a=1&", "")),
    ("security: a query parameter changed", QUERY, target("a=1", "a=2")),
    ("security: a query parameter doubled", QUERY, target("a=1", "a=1&a=1")),
    ("security: a query parameter's name in capitals", QUERY, target("a=1", "A=1")),
    ("security: a query parameter emptied", QUERY, target("a=1", "a")),
    ("security: a query parameter behind ;", QUERY, target("&b=2", ";b=2")),
    ("security: another host", {}, header("host", lambda value: value + ":80")),
    ("security: an x-amz header that is not signed", {}, with_header("x-amz-target", "x")),
    ("security: a signed header changed", {"headers": {"x-a": "1"}}, header("x-a", lambda _: "2")),
    ("security: a signed header doubled", {"headers": {"x-a": "1"}}, with_header("x-a", "2")),
    ("security: a signed header gone", {"headers": {"x-a": "1"}}, without("x-a")),
    ("security: another list of signed headers", {"headers": {"x-a": "1"}}, header("authorization", lambda value: value.replace(";x-a", ""))),
    ("security: the host not signed", {}, header("authorization", lambda value: value.replace("SignedHeaders=host;", "SignedHeaders="))),
    ("security: another body", POST, body(b"pay 9")),
    ("security: a longer body", POST, body(b"pay 10")),
    ("security: no body", POST, body(b"")),
    ("security: a body that nobody signed", {"method": "POST"}, body(b"x")),
    ("security: the hash of another body", {**POST, "headers": {"x-amz-content-sha256": "0" * 64}}, None),
    ("security: UNSIGNED-PAYLOAD", {**POST, "headers": {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}}, None),
    ("security: STREAMING", {**POST, "headers": {"x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}}, None),
    ("security: presigned, expired", {"presigned": 60, "seconds": -61}, None),
    ("security: presigned, not yet", {"presigned": 600, "seconds": 310}, None),
    ("security: presigned for more than a week", {"presigned": 604_801}, None),
    ("security: presigned for no time", {"presigned": 0}, None),
    ("security: presigned, made to last", PRESIGNED, target("Expires=60", "Expires=6000")),
    ("security: presigned, Expires twice", PRESIGNED, appended("&X-Amz-Expires=60")),
    ("security: presigned, Signature twice", PRESIGNED, appended("&X-Amz-Signature=0")),
    ("security: presigned, another parameter", PRESIGNED, appended("&b=1")),
    ("security: presigned, a parameter changed", PRESIGNED, target("a=1", "a=2")),
    ("security: presigned, another path", PRESIGNED, target("/pets", "/pet")),
    ("security: presigned, another method", PRESIGNED, method("POST")),
    ("security: presigned, a body", {**PRESIGNED, "method": "POST"}, body(b"x")),
    ("security: presigned, no signature", PRESIGNED, target("X-Amz-Signature", "X-Amz-Sig")),
    ("security: presigned, another host", PRESIGNED, header("host", lambda value: value + ":80")),
    ("security: presigned, and a header", PRESIGNED, with_header("authorization", "Bearer x")),
    ("security: presigned for another service", {**PRESIGNED, "service": "s3"}, None),
)


@pytest.mark.parametrize(("options", "change"), NOT_PASSED)
def test_what_is_not_signed_so_does_not_pass(apis, api_id, key, options, change):
    request = apis.signed(api_id, key, **options)
    if change:
        before = request.wire()
        change(request)
        assert request.wire() != before, "nothing was changed"
    asked = apis.echo.requests
    answer = apis.send(request)
    assert (answer.outcome, answer.header("www-authenticate")) == (FORBIDDEN, []), answer
    assert apis.echo.requests == asked, "the upstream was called"


@pytest.mark.parametrize(("options", "change"), rows(
    ("security: query parameters in another order", QUERY, target("a=1&b=2&b=3", "b=3&a=1&b=2")),
    ("security: a header that nobody signed", {}, with_header("x-other", "1")),
    ("security: a body's real hash", {**POST, "headers": {"x-amz-content-sha256": hashlib.sha256(b"pay 1").hexdigest()}}, None),
))
def test_what_a_signature_leaves_open(apis, api_id, key, options, change):
    request = apis.signed(api_id, key, **options)
    if change:
        change(request)
    assert apis.send(request).status == 200


# Policies


@pytest.mark.parametrize(("statements", "path", "method", "passes"), rows(
    ("10.3 everything", ["{all}"], "/dev/pets", "GET", True),
    ("10.3 the API", ["{api}/*"], "/dev/pets", "GET", True),
    ("10.3 another API", ["a1b2c3d4e5/*"], "/dev/pets", "GET", False),
    ("10.3 the stage", ["{api}/dev/*"], "/dev/pets", "GET", True),
    ("10.3 another stage", ["{api}/prod/*"], "/dev/pets", "GET", False),
    ("10.3 the method", ["{api}/dev/GET/pets"], "/dev/pets", "GET", True),
    ("10.3 another method", ["{api}/dev/GET/pets"], "/dev/pets", "POST", False),
    ("10.3 /*/*", ["{api}/*/*"], "/dev/pets/7/toys", "GET", True),
    ("10.3 a partial pattern", ["{api}/*/GET/pets/*"], "/dev/pets/7/toys", "GET", True),
    ("10.3 a partial pattern of another path", ["{api}/*/GET/pets/*"], "/dev/petsitters/7", "GET", False),
    ("10.3 a path is not its prefix", ["{api}/dev/GET/pets"], "/dev/pets/7", "GET", False),
    ("10.3 decoded, as routes see it", ["{api}/dev/GET/a b"], "/dev/a%20b", "GET", True),
))
def test_policies(apis, statements, path, method, passes):
    api_id = apis.guarded(stages=["dev"])
    resources = ["*" if one == "{all}" else METHODS + one.replace("{api}", api_id) for one in statements]
    # The second lets one path through, so that it is known when the key has arrived.
    _, key = apis.user(*(allow(resource) for resource in resources), allow(f"{METHODS}{api_id}/dev/PATCH/ready"))
    eventually(lambda: apis.send(apis.signed(api_id, key, "/dev/ready", "PATCH")).status == 200)
    answer = apis.send(apis.signed(api_id, key, path, method))
    assert answer.status == 200 if passes else answer.outcome == FORBIDDEN, answer


@pytest.mark.parametrize(("condition", "passes"), rows(
    ("10.3 a condition on the address", {"IpAddress": {"aws:SourceIp": "127.0.0.1"}}, True),
    ("10.3 a condition on another address", {"NotIpAddress": {"aws:SourceIp": "127.0.0.1"}}, False),
    ("10.3 a condition on who calls", {"StringLike": {"aws:username": "user*"}}, True),
    ("10.3 a condition on TLS", {"Bool": {"aws:SecureTransport": "true"}}, False),
    ("10.3 a condition on the time", {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, True),
))
def test_conditions(apis, condition, passes):
    api_id = apis.guarded()
    _, key = apis.user(allow(f"{METHODS}{api_id}/*/*/x", Condition=condition), allow(f"{METHODS}{api_id}/*/*/ready"))
    eventually(lambda: apis.send(apis.signed(api_id, key, "/ready")).status == 200)
    answer = apis.send(apis.signed(api_id, key))
    assert answer.status == 200 if passes else answer.outcome == FORBIDDEN, answer


def test_10_3_an_explicit_deny_wins(apis, api_id):
    _, key = apis.user(allow(), allow(f"{METHODS}{api_id}/*/DELETE/*", effect="Deny"))
    eventually(lambda: apis.send(apis.signed(api_id, key)).status == 200)
    assert apis.send(apis.signed(api_id, key, method="DELETE")).outcome == FORBIDDEN


def test_10_3_the_default_route_has_an_arn_of_its_own(apis):
    api_id = apis.guarded("$default")
    _, key = apis.user(allow(f"{METHODS}{api_id}/$default/$default"))
    eventually(lambda: apis.send(apis.signed(api_id, key, "/any/path")).status == 200)


# Who calls


def test_10_3_what_functions_are_told(apis, api_id, key):
    name, key = apis.user()
    for version in ("2.0", "1.0"):
        api_id = apis.guarded()
        made = apis.client.create_integration(ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=LAMBDA, PayloadFormatVersion=version)
        [route] = apis.client.get_routes(ApiId=api_id)["Items"]
        apis.client.update_route(ApiId=api_id, RouteId=route["RouteId"], Target=f"integrations/{made['IntegrationId']}")

        def told():
            event = json.loads(apis.send(apis.signed(api_id, key, headers={"x-amz-meta-a": "1"})).body)
            return event if event.get("version") == version else None
        event = eventually(told)
        context, user_id = event["requestContext"], "AIDA" + key[0].removeprefix("AKIA")
        arn = f"arn:aws:iam::000000000000:user/{name}"
        if version == "2.0":
            assert context["authorizer"] == {"iam": {
                "accessKey": key[0], "accountId": "000000000000", "callerId": user_id, "cognitoIdentity": None, "principalOrgId": None,
                "userArn": arn, "userId": user_id}}
        else:
            assert "authorizer" not in context
            identity = {name: value for name, value in context["identity"].items() if value is not None}
            assert identity == {"accessKey": key[0], "accountId": "000000000000", "caller": user_id, "user": user_id, "userArn": arn,
                                "sourceIp": "127.0.0.1", "userAgent": ""}
        # Functions see the signature.
        assert {"authorization", "x-amz-date", "x-amz-meta-a"} <= {name.lower() for name in event["headers"]}


def test_5_2_upstreams_do_not_see_the_signature(apis, api_id, key):
    for options in ({"headers": {"x-amz-meta-a": "1", "x-b": "2"}}, {"presigned": 60, "headers": {"x-b": "2"}}):
        answer = apis.send(apis.signed(api_id, key, "/x?a=1&c=%20", **options))
        seen = json.loads(answer.body)
        names = {name.lower() for name, _ in seen["headers"]}
        assert "authorization" not in names and not [name for name in names if name.startswith("x-amz-")] and "x-b" in names
        assert seen["target"].endswith("?a=1&c=%20")


def test_13_1_who_calls_in_logs(apis):
    line = "$context.requestId $context.identity.accountId $context.identity.caller $context.identity.user $context.identity.userArn " \
           "$context.identity.principalOrgId $context.authorizer.error"
    api_id = apis.guarded(log=line)
    name, key = apis.user()
    answer = eventually(lambda: (found := apis.send(apis.signed(api_id, key))).status == 200 and found)
    user_id = "AIDA" + key[0].removeprefix("AKIA")
    assert logged(apis, answer) == f"000000000000 {user_id} {user_id} arn:aws:iam::000000000000:user/{name} - -"
    unsigned = apis.send(Request("GET", "/x", [["host", f"{api_id}.execute-api.us-east-1.localhost"]], b""))
    assert logged(apis, unsigned) == "- - - - - The request for the IAM Authorizer doesn't match the format that API Gateway expects."


def logged(apis, answer):
    request_id = answer.header("apigw-requestid")[0]

    def line():
        lines = (apis.gateway.data_dir / "log").read_text().splitlines()
        return next((line.removeprefix(request_id + " ") for line in lines if line.startswith(request_id + " ")), None)
    return eventually(line)


def test_curl_signs(apis, api_id, key):
    command = [
        "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--aws-sigv4", "aws:amz:us-east-1:execute-api", "--user", ":".join(key),
        "-H", f"Host: {api_id}.execute-api.us-east-1.localhost", "-d", "a=1", f"{apis.gateway.url('traffic')}/pets"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "200"


def test_a_body_is_read_for_nobody_who_did_not_sign(apis, api_id, key):
    """A gateway that buffered first would wait for a body that never comes."""
    request = apis.signed(api_id, ("AKIAUNKNOWN", "secret"), method="POST", body=b"x" * 1_000_000)
    head = request.wire()[:-1_000_000]
    assert exchange(apis.gateway, head).outcome == FORBIDDEN


# Keys


def test_a_key_that_is_disabled_opens_nothing(apis, api_id):
    _, key = apis.user()
    eventually(lambda: apis.send(apis.signed(api_id, key)).status == 200)
    subprocess.run([BINARY, "keys", "disable", key[0], "--data-dir", str(apis.gateway.data_dir)], env=apis.gateway.environment, check=True)
    eventually(lambda: apis.send(apis.signed(api_id, key)).outcome == FORBIDDEN)
    subprocess.run([BINARY, "keys", "enable", key[0], "--data-dir", str(apis.gateway.data_dir)], env=apis.gateway.environment, check=True)
    eventually(lambda: apis.send(apis.signed(api_id, key)).status == 200)


def test_a_data_plane_keeps_the_keys_it_heard_of(echo, tmp_path):
    """It serves them after a restart while nobody can be asked, and nothing on its disk shows them."""
    token = tmp_path / "token"
    token.write_text("feed-token\n")
    control = Process("control-plane", tmp_path / "control", {"GATEWRIGHT_FEED_TOKEN_FILE": str(token)},
                      listeners=("management", "admin", "feed"))
    assert subprocess.run([BINARY, "migrate", "--data-dir", str(control.data_dir)], env=control.environment).returncode == 0
    control.start()
    data = None
    try:
        data = Process("data-plane", tmp_path / "data", {
            "GATEWRIGHT_FEED_URL": control.url("feed"), "GATEWRIGHT_FEED_TOKEN_FILE": str(token), "GATEWRIGHT_EGRESS_ALLOW": "127.0.0.0/8",
        }, listeners=("traffic", "admin")).start()
        apis = Signing(control, echo)
        apis.metrics = lambda: urllib3.request("GET", data.url("admin") + "/metrics").data.decode()
        api_id, key = apis.guarded(), control.credentials()

        def status():
            return exchange(data, apis.signed(api_id, key).wire()).status
        assert eventually(lambda: status() == 200)
        for plane in ("control", "data"):
            for path in (tmp_path / plane).iterdir():
                assert path.name == "credentials" or key[1].encode() not in path.read_bytes(), path
        control.kill()
        data.stop()
        data.start()
        assert status() == 200
    finally:
        control.stop()
        if data:
            data.stop()
