"""spec/http-api-runtime.md sections 13.1 and 13.2: a line for each request, in the stage's format."""

import re
import time

import pytest
from conftest import Traffic
from echo import answer
from gatewright import Process, eventually

LOG = "arn:aws:logs:us-east-1:000000000000:log-group:"
CLF = (
    '$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.routeKey $context.protocol" '
    "$context.status $context.responseLength $context.requestId"
)
JSON = (
    '{ "requestId":"$context.requestId", "ip": "$context.identity.sourceIp", "requestTime":"$context.requestTime", '
    '"httpMethod":"$context.httpMethod","routeKey":"$context.routeKey", "status":"$context.status",'
    '"protocol":"$context.protocol", "responseLength":"$context.responseLength" }'
)
XML = (
    '<request id="$context.requestId"> <ip>$context.identity.sourceIp</ip> <requestTime>$context.requestTime</requestTime> '
    "<httpMethod>$context.httpMethod</httpMethod> <routeKey>$context.routeKey</routeKey> <status>$context.status</status> "
    "<protocol>$context.protocol</protocol> <responseLength>$context.responseLength</responseLength> </request>"
)
CSV = (
    "$context.identity.sourceIp,$context.requestTime,$context.httpMethod,$context.routeKey,$context.protocol,$context.status,"
    "$context.responseLength,$context.requestId"
)
TIME = r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000"
ID = r"[A-Za-z0-9_-]{15}="


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return tmp_path_factory.mktemp("access-logs")


@pytest.fixture(scope="module")
def gateway(files):
    """Each ARN's lines go to a file of its name, but for those that configuration does not know."""
    config = files / "config.toml"
    tables = [f'[access_logs."{LOG}{name}"]\nkind = "file"\npath = "{files / name}"\n' for name in ("one", "two")]
    config.write_text("\n".join(tables))
    process = Process("serve", files / "data", {"GATEWRIGHT_CONFIG": str(config)}).start()
    yield process
    process.stop()


@pytest.fixture
def logged(gateway, echo, files):
    """An API that logs in a format; `lines` waits for as many lines as there were calls."""
    client, made = gateway.client(), []

    def define(log_format, name="one", stage="dev", **members):
        api_id = client.create_api(Name="logged", ProtocolType="HTTP", **members)["ApiId"]
        made.append(api_id)
        integration = client.create_integration(
            ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=echo.url + "/{proxy}",
            PayloadFormatVersion="1.0", TimeoutInMillis=500)
        client.create_route(ApiId=api_id, RouteKey="ANY /up/{proxy+}", Target=f"integrations/{integration['IntegrationId']}")
        client.create_stage(
            ApiId=api_id, StageName=stage, AutoDeploy=True, AccessLogSettings={"DestinationArn": LOG + name, "Format": log_format})
        call = Traffic(gateway)
        eventually(lambda: call(api_id, f"/{stage}/up/ready").status == 200)
        before = len(lines(files / name))

        def ask(*arguments, **options):
            answered = call(api_id, *arguments, **options)
            return answered, eventually(lambda: lines(files / name)[before:])[-1]

        # The line of the call that was ready first comes before anything that is asked.
        eventually(lambda: len(lines(files / name)) > 0)
        before = settled(files / name)
        ask.api_id = api_id
        return ask

    yield define
    for api_id in made:
        client.delete_api(ApiId=api_id)


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def settled(path):
    """How many lines there are once no more come: what is held back is written every 200 ms."""
    count, since = -1, time.monotonic()
    while time.monotonic() - since < 0.6:
        if len(lines(path)) != count:
            count, since = len(lines(path)), time.monotonic()
    return count


FORMATS = [
    ("CLF", CLF, rf'127\.0\.0\.1 - - \[{TIME}\] "GET ANY /up/\{{proxy\+\}} HTTP/1\.1" 200 (\d+) {ID}'),
    ("JSON", JSON, rf'\{{ "requestId":"{ID}", "ip": "127\.0\.0\.1", "requestTime":"{TIME}", "httpMethod":"GET",'
                   rf'"routeKey":"ANY /up/\{{proxy\+\}}", "status":"200","protocol":"HTTP/1\.1", "responseLength":"(\d+)" \}}'),
    ("XML", XML, rf'<request id="{ID}"> <ip>127\.0\.0\.1</ip> <requestTime>{TIME}</requestTime> <httpMethod>GET</httpMethod> '
                 rf'<routeKey>ANY /up/\{{proxy\+\}}</routeKey> <status>200</status> <protocol>HTTP/1\.1</protocol> '
                 rf'<responseLength>(\d+)</responseLength> </request>'),
    ("CSV", CSV, rf"127\.0\.0\.1,{TIME},GET,ANY /up/\{{proxy\+\}},HTTP/1\.1,200,(\d+),{ID}"),
]


@pytest.mark.parametrize("name,log_format,expected", FORMATS, ids=[row[0] for row in FORMATS])
def test_the_documented_formats(logged, name, log_format, expected):
    """13.2: the strings that tools parse."""
    answered, line = logged(log_format)("/dev/up/x")
    found = re.fullmatch(expected, line)
    assert found, line
    assert int(found[1]) == len(answered.data)


def test_every_variable_of_a_request(logged, gateway):
    """13.1, those that an HTTP integration and an open route have."""
    names = (
        "accountId apiId stage routeKey httpMethod requestId extendedRequestId domainName domainPrefix path protocol "
        "requestTimeEpoch status responseLength dataProcessed responseLatency integrationLatency integration.latency "
        "integrationStatus integration.integrationStatus integration.status integrationErrorMessage integration.error "
        "integration.requestId awsEndpointRequestId awsEndpointRequestId2 error.message error.messageString error.responseType "
        "authorizer.error authorizer.x authorizer.claims.sub authorizer.claims authorizer.principalId "
        "customDomain.basePathMatched identity.sourceIp identity.userAgent identity.accountId identity.caller identity.user "
        "identity.userArn identity.principalOrgId identity.cognitoIdentityId identity.clientCert.subjectDN nosuchvariable"
    ).split()
    ask = logged("\t".join(f"$context.{name}" for name in names))
    answered, line = ask("/dev/up/a%20b?q=1", method="POST", body=b"12345", headers={"user-agent": "tests"})
    values = dict(zip(names, line.split("\t"), strict=True))
    request_id, length = answered.headers["apigw-requestid"], len(answered.data)
    expected = {
        "accountId": "000000000000", "apiId": ask.api_id, "stage": "dev", "routeKey": "ANY /up/{proxy+}", "httpMethod": "POST",
        "requestId": request_id, "extendedRequestId": request_id, "domainName": f"{ask.api_id}.execute-api.us-east-1.localhost",
        "domainPrefix": ask.api_id, "path": "/dev/up/a b", "protocol": "HTTP/1.1", "status": "200", "responseLength": str(length),
        "dataProcessed": str(length + 5), "integrationStatus": "200", "integration.integrationStatus": "200",
        "integration.status": "200", "identity.sourceIp": "127.0.0.1", "identity.userAgent": "tests",
    }
    numbers = {"requestTimeEpoch", "responseLatency", "integrationLatency", "integration.latency"}
    assert {name: values[name] for name in expected} == expected
    assert all(values[name].isdigit() for name in numbers)
    assert len(values["requestTimeEpoch"]) == 10, "in seconds, though events have milliseconds"
    assert {values[name] for name in names if name not in expected and name not in numbers} == {"-"}


ERRORS = [
    # what happens, path, status, error.message, error.messageString, error.responseType, integration.error
    ("no route", "/dev/nothing", 404, "Not Found", "-", None),
    ("a backend that does not answer", "/dev/up/silent", 503, "Service Unavailable", "INTEGRATION_TIMEOUT",
     "the upstream did not answer in time"),
    ("a backend that speaks garbage", "/dev/up/garbage", 503, "Service Unavailable", "INTEGRATION_NETWORK_FAILURE",
     "the upstream cannot be reached"),
    ("a backend's own error", "/dev/up/teapot", 418, "-", "-", None),
]


@pytest.mark.parametrize("case,path,status,message,response_type,cause", ERRORS, ids=[row[0] for row in ERRORS])
def test_errors(logged, echo, case, path, status, message, response_type, cause):
    """3.3"""
    echo.answers["/garbage"] = b"garbage\r\n\r\n"
    echo.answers["/silent"] = b"HTTP/1.1 "  # and no more
    echo.answers["/teapot"] = answer(b"short", "418 I'm a teapot")
    names = "requestId status routeKey error.message error.messageString error.responseType integration.error".split()
    answered, line = logged("|".join(f"$context.{name}" for name in names))(path)
    assert answered.status == status
    quoted = "-" if message == "-" else f'"{message}"'
    key = "-" if case == "no route" else "ANY /up/{proxy+}"
    request_id = answered.headers["apigw-requestid"]
    assert line.split("|") == [request_id, str(status), key, message, quoted, response_type, cause or "-"]


def test_what_finds_no_stage_is_not_logged(logged, gateway, files):
    """1.2"""
    ask = logged("$context.requestId $context.path")
    assert Traffic(gateway)(ask.api_id, "/nothing").status == 404
    _, line = ask("/dev/up/x")
    assert line.endswith(" /dev/up/x") and not any("/nothing" in earlier for earlier in lines(files / "one"))


def test_no_value_forges_a_line(logged):
    """13.2, and injection: what could end a line is a space."""
    ask = logged("$context.requestId $context.path $context.identity.userAgent")
    answered, line = ask("/dev/up/a%0Ab%0D%1B[31m", headers={"user-agent": 'x" y'})
    assert line == f'{answered.headers["apigw-requestid"]} /dev/up/a b  [31m x" y'


def test_settings_apply_at_once(logged, gateway, files):
    """12: a stage's own settings need no deployment."""
    ask = logged("one $context.requestId")
    client = gateway.client()
    client.update_stage(
        ApiId=ask.api_id, StageName="dev",
        AccessLogSettings={"DestinationArn": LOG + "two", "Format": "other $context.requestId"})
    call = Traffic(gateway)

    def moved():
        request_id = call(ask.api_id, "/dev/up/x").headers["apigw-requestid"]
        return eventually(lambda: f"other {request_id}" in lines(files / "two"), seconds=1)

    eventually(moved)
    client.delete_access_log_settings(ApiId=ask.api_id, StageName="dev")
    eventually(lambda: "AccessLogSettings" not in client.get_stage(ApiId=ask.api_id, StageName="dev"))


def test_an_arn_that_is_not_mapped_is_standard_output(tmp_path, echo):
    process = Process("serve", tmp_path / "data").start()
    client = process.client()
    api_id = client.create_api(Name="stdout", ProtocolType="HTTP", Target=echo.url)["ApiId"]
    client.update_stage(
        ApiId=api_id, StageName="$default",
        AccessLogSettings={"DestinationArn": LOG + "unmapped", "Format": "logged $context.requestId"})
    call = Traffic(process)
    output = tmp_path / "data" / "log"

    def written():
        request_id = call(api_id).headers["apigw-requestid"]
        return eventually(lambda: f"logged {request_id}" in lines(output), seconds=1)

    eventually(written)
    # What was logged before the end is written at the end.
    last = call(api_id).headers["apigw-requestid"]
    process.stop()
    assert f"logged {last}" in lines(output)
