"""Spans and access logs by OTLP/HTTP, and W3C trace context: what a collector gets and what an upstream is told.

What arrives is read by the collector's own message definitions (opentelemetry-proto), so a name that is wrong is an error.
"""

import http.server
import json
import threading

import pytest
import urllib3
from certificates import Authority
from conftest import Traffic
from gatewright import Process, eventually
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ARN = "arn:aws:logs:us-east-1:000000000000:log-group:otlp"
MESSAGES = {"/v1/traces": ExportTraceServiceRequest, "/v1/logs": ExportLogsServiceRequest}


class Collector(http.server.ThreadingHTTPServer):
    """Takes what it knows; refuses the first requests when it is told to."""

    def __init__(self):
        self.spans, self.records, self.refusals, self.seen = [], [], 0, 0
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        collector, body = self.server, self.rfile.read(int(self.headers["content-length"]))
        collector.seen += 1
        if collector.refusals > 0:
            collector.refusals -= 1
            return self.answer(503)
        assert self.headers["content-type"] == "application/json" and self.headers["x-api-key"] == "secret"
        json_format.Parse(body, MESSAGES[self.path]())
        for resource in json.loads(body).get("resourceSpans", []):
            collector.spans += [span for scope in resource["scopeSpans"] for span in scope["spans"]]
        for resource in json.loads(body).get("resourceLogs", []):
            assert {"key": "service.name", "value": {"stringValue": "gatewright"}} in resource["resource"]["attributes"]
            collector.records += [record for scope in resource["scopeLogs"] for record in scope["logRecords"]]
        self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def collector():
    server = Collector()
    yield server
    server.shutdown()


@pytest.fixture(scope="module")
def gateway(collector, tmp_path_factory):
    work = tmp_path_factory.mktemp("otlp")
    (work / "headers").write_text("x-api-key: secret\n")
    files = Authority(work).issue("*.execute-api.us-east-1.localhost")
    certificate = "arn:aws:acm:us-east-1:000000000000:certificate/a"
    (work / "config.toml").write_text(
        f'[traffic]\ntls_default_certificate = "{certificate}"\n'
        f'[certificates."{certificate}"]\ncert_file = "{files}/cert.pem"\nkey_file = "{files}/key.pem"\n'
        f'[telemetry]\notlp_endpoint = "http://127.0.0.1:{collector.server_port}"\notlp_headers_file = "{work / "headers"}"\n'
        f'[access_logs."{ARN}"]\nkind = "otlp"\n')
    process = Process("serve", work / "data", {"GATEWRIGHT_CONFIG": str(work / "config.toml")}, ("traffic", "traffic_tls", "management", "admin")).start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def api_id(gateway, echo):
    client = gateway.client()
    api_id = client.create_api(Name="otlp", ProtocolType="HTTP")["ApiId"]
    integration = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=echo.url + "/up",
        PayloadFormatVersion="1.0")
    client.create_route(ApiId=api_id, RouteKey="GET /pets/{id}", Target=f"integrations/{integration['IntegrationId']}")
    client.create_stage(
        ApiId=api_id, StageName="dev", AutoDeploy=True,
        AccessLogSettings={"DestinationArn": ARN, "Format": "$context.requestId $context.status"})
    call = Traffic(gateway)
    eventually(lambda: call(api_id, "/dev/pets/1").status == 200)
    return api_id


def attributes(record):
    return {entry["key"]: next(iter(entry["value"].values())) for entry in record["attributes"]}


def span_of(collector, answer):
    """The span of one answer."""
    request_id = answer.headers["apigw-requestid"]

    def found():
        return next((span for span in collector.spans if request_id in attributes(span).values()), None)

    return eventually(found)


def told(answer, name):
    return [value for found, value in answer.json()["headers"] if found == name]


PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_span_continues_its_parents_trace(gateway, collector, api_id):
    headers = {"traceparent": PARENT, "tracestate": "vendor=1", "user-agent": "tests"}
    answer = Traffic(gateway)(api_id, "/dev/pets/7?secret=1", headers=headers)
    span = span_of(collector, answer)
    assert (span["traceId"], span["parentSpanId"]) == ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
    assert told(answer, "traceparent") == [f"00-{span['traceId']}-{span['spanId']}-01"] and told(answer, "tracestate") == ["vendor=1"]
    assert (span["name"], span["kind"]) == ("GET /pets/{id}", 2)
    found = attributes(span)
    expected = {
        "http.request.method": "GET", "http.route": "/pets/{id}", "url.path": "/dev/pets/7", "url.scheme": "http",
        "client.address": "127.0.0.1", "user_agent.original": "tests"}
    assert {name: found[name] for name in expected} == expected
    assert int(found["http.response.status_code"]) == 200
    assert "secret" not in json.dumps(span)
    assert int(span["endTimeUnixNano"]) >= int(span["startTimeUnixNano"])


def test_a_span_says_https_where_the_client_does(gateway, collector, api_id):
    host = f"{api_id}.execute-api.us-east-1.localhost"
    pool = urllib3.PoolManager(ca_certs=str(gateway.data_dir.parent / "ca.pem"), server_hostname=host)
    answer = pool.request("GET", f"https://{gateway.listeners['traffic_tls']}/dev/pets/7", headers={"Host": host})
    assert answer.status == 200 and attributes(span_of(collector, answer))["url.scheme"] == "https"


def test_a_trace_begins_where_there_is_none(gateway, collector, api_id):
    for headers in ({}, {"traceparent": "00-nonsense", "tracestate": "vendor=1"}):
        answer = Traffic(gateway)(api_id, "/dev/pets/7", headers=headers)
        span = span_of(collector, answer)
        assert "parentSpanId" not in span and "tracestate" not in answer.json()["headers"]
        assert told(answer, "traceparent") == [f"00-{span['traceId']}-{span['spanId']}-01"]


def test_a_trace_that_is_not_sampled_goes_on(gateway, collector, api_id):
    answer = Traffic(gateway)(api_id, "/dev/pets/7", headers={"traceparent": PARENT[:-1] + "0"})
    (passed,) = told(answer, "traceparent")
    assert passed.startswith("00-4bf92f3577b34da6a3ce929d0e0e4736-") and passed.endswith("-00") and passed != PARENT[:-1] + "0"
    later = span_of(collector, Traffic(gateway)(api_id, "/dev/pets/8"))
    assert later and not any(answer.headers["apigw-requestid"] in attributes(span).values() for span in collector.spans)


def test_what_finds_no_stage_has_a_span(gateway, collector, api_id):
    answer = Traffic(gateway)("nosuchapi0", "/x")
    span = span_of(collector, answer)
    assert int(attributes(span)["http.response.status_code"]) == 404 and span["name"] == "GET"


def test_access_logs_are_log_records(gateway, collector, api_id):
    answer = Traffic(gateway)(api_id, "/dev/pets/7")
    line = f"{answer.headers['apigw-requestid']} 200"
    record = eventually(lambda: next((r for r in collector.records if r["body"]["stringValue"] == line), None))
    found = attributes(record)
    assert (found["gatewright.api.id"], found["gatewright.stage"]) == (api_id, "dev")


def test_what_the_collector_refuses_for_a_while_is_sent_again(gateway, collector, api_id):
    collector.refusals = 2
    answer = Traffic(gateway)(api_id, "/dev/pets/7")
    assert span_of(collector, answer)
    line = f"{answer.headers['apigw-requestid']} 200"
    eventually(lambda: any(record["body"]["stringValue"] == line for record in collector.records))
    assert collector.refusals == 0
