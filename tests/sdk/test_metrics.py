"""spec/http-api-runtime.md section 13.3: what is counted, and under which names."""

import pathlib
import re
import subprocess

import pytest
import urllib3
from conftest import Traffic
from gatewright import eventually

PROMETHEUS = pathlib.Path(__file__).parents[2] / "deploy" / "prometheus"


def samples(spec_gateway, api_id):
    """Series of an API to their values."""
    text = urllib3.request("GET", spec_gateway.url("admin") + "/metrics").data.decode()
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if f'api="{api_id}"' in line)
    return {series: float(value) for series, value in lines}


@pytest.fixture
def api_id(spec_gateway, echo):
    client = spec_gateway.client()
    api_id = client.create_api(Name="metrics", ProtocolType="HTTP")["ApiId"]
    integration = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=echo.url + "/up",
        PayloadFormatVersion="1.0")["IntegrationId"]
    client.create_route(ApiId=api_id, RouteKey="POST /counted", Target=f"integrations/{integration}")
    client.create_stage(ApiId=api_id, StageName="dev", AutoDeploy=True)
    call = Traffic(spec_gateway)
    eventually(lambda: call(api_id, "/dev/counted", "POST").status == 200)
    yield api_id
    client.delete_api(ApiId=api_id)


def test_count_latency_and_data_processed(spec_gateway, echo, api_id):
    call, before = Traffic(spec_gateway), samples(spec_gateway, api_id)
    answer = call(api_id, "/dev/counted", "POST", body=b"x" * 1000)
    assert call(api_id, "/dev/nothing").status == 404
    labels = f'api="{api_id}",stage="dev"'
    changes = {
        f'gatewright_requests_total{{api="{api_id}",class="2xx",stage="dev"}}': 1,
        f'gatewright_requests_total{{api="{api_id}",class="4xx",stage="dev"}}': 1,
        f"gatewright_request_duration_seconds_count{{{labels}}}": 2,
        f"gatewright_integration_duration_seconds_count{{{labels}}}": 1,
        f"gatewright_data_processed_bytes_total{{{labels}}}": 1000 + len(answer.data) + len(b'{"message":"Not Found"}'),
    }

    def changed():
        after = samples(spec_gateway, api_id)
        return {series: after[series] - before[series] for series in changes} == changes

    eventually(changed)  # an answer's bytes are counted once they are sent


def test_a_chunked_body_is_counted_as_it_comes(spec_gateway, api_id):
    before = samples(spec_gateway, api_id)
    answer = Traffic(spec_gateway)(api_id, "/dev/counted", "POST", body=(b"x" * 100 for _ in range(10)), chunked=True)
    series = f'gatewright_data_processed_bytes_total{{api="{api_id}",stage="dev"}}'
    eventually(lambda: samples(spec_gateway, api_id)[series] - before[series] == 1000 + len(answer.data))


def test_detailed_metrics_are_those_of_routes(spec_gateway, api_id):
    client, call = spec_gateway.client(), Traffic(spec_gateway)
    of_routes = lambda: {series for series in samples(spec_gateway, api_id) if "gatewright_route_" in series}
    assert of_routes() == set()
    client.update_stage(ApiId=api_id, StageName="dev", DefaultRouteSettings={"DetailedMetricsEnabled": True})
    eventually(lambda: of_routes() != set())
    call(api_id, "/dev/counted", "POST")
    series = f'gatewright_route_requests_total{{api="{api_id}",class="2xx",route="POST /counted",stage="dev"}}'
    assert samples(spec_gateway, api_id)[series] == 1
    # A route's own setting outweighs the stage's.
    client.update_stage(ApiId=api_id, StageName="dev", RouteSettings={"POST /counted": {"DetailedMetricsEnabled": False}})
    eventually(lambda: of_routes() == set())


def test_cloudwatchs_names_are_those_of_metrics_that_exist(spec_gateway, api_id):
    client = spec_gateway.client()
    client.update_stage(ApiId=api_id, StageName="dev", DefaultRouteSettings={"DetailedMetricsEnabled": True})
    rules = (PROMETHEUS / "aws-api-gateway.rules.yml").read_text()
    used = set(re.findall(r"gatewright_\w+", rules))
    existing = lambda: {series.split("{")[0] for series in samples(spec_gateway, api_id)}
    eventually(lambda: used <= existing())
    for check in (["check", "rules", "aws-api-gateway.rules.yml"], ["test", "rules", "aws-api-gateway.test.yml"]):
        done = subprocess.run(["promtool", *check], cwd=PROMETHEUS, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
