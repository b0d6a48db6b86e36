"""Limits that an operator may move (docs/CONFIG.md, `limits.*`): AWS's are the defaults."""

import os
import subprocess

import pytest
from conftest import Traffic
from gatewright import BINARY, Process, eventually
from test_api import refused

MEBIBYTE = 1024 * 1024


@pytest.fixture
def serve(tmp_path):
    started = []

    def start(**limits):
        environment = {f"GATEWRIGHT_LIMITS_{name.upper()}": str(value) for name, value in limits.items()}
        started.append(Process("serve", tmp_path / "data", environment).start())
        return started[0]

    yield start
    for process in started:
        process.stop()


def api(gateway, echo, **members):
    client = gateway.client()
    api_id = client.create_api(Name="limits", ProtocolType="HTTP")["ApiId"]
    integration = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=echo.url,
        PayloadFormatVersion="1.0", **members)
    for key in ("$default", "GET /limited"):
        client.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{integration['IntegrationId']}")
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    return api_id, integration


def test_a_longer_timeout_may_be_asked_for(serve, echo):
    gateway = serve(integration_timeout_ms=900_000)
    api_id, integration = api(gateway, echo)
    assert integration["TimeoutInMillis"] == 30_000, "without one it is AWS's"
    client, of = gateway.client(), dict(ApiId=api_id, IntegrationId=integration["IntegrationId"])
    assert client.update_integration(**of, TimeoutInMillis=900_000)["TimeoutInMillis"] == 900_000
    refused(
        lambda: client.update_integration(**of, TimeoutInMillis=900_001), 400, "BadRequestException",
        "Timeout should be between 50 ms and 900000 ms")


def test_bodies_have_the_operators_limit(serve, echo):
    gateway = serve(payload_bytes=12 * MEBIBYTE)
    api_id, _ = api(gateway, echo)
    call = Traffic(gateway)
    eventually(lambda: call(api_id).status == 200)
    assert call(api_id, method="POST", body=b"x" * (11 * MEBIBYTE)).status == 200
    refusal = call(api_id, method="POST", body=b"x" * (12 * MEBIBYTE + 1))
    assert (refusal.status, refusal.data) == (413, b'{"message":"Request Entity Too Large"}')


def test_a_smaller_limit_holds_both_ways(serve, echo):
    gateway = serve(payload_bytes=1000)
    api_id, _ = api(gateway, echo)
    call = Traffic(gateway)
    eventually(lambda: call(api_id).status == 200)
    assert call(api_id, method="POST", body=b"x" * 1001).status == 413
    # What the upstream answers is longer by its description of the request.
    refusal = call(api_id, method="POST", body=b"x" * 1000)
    assert (refusal.status, refusal.data) == (500, b'{"message":"Internal Server Error"}')


def test_the_account_is_one_bucket_for_all_routes(serve, echo):
    """Section 11: checked after the route's; 429 as for a route."""
    gateway = serve(account_rate=0.001, account_burst=5)
    (first, _), (second, _) = api(gateway, echo), api(gateway, echo)
    call = Traffic(gateway)
    # The one made last is served last. The first call that was answered has taken one; those before found no API.
    eventually(lambda: call(second).status == 200)
    statuses = [call(api_id, path).status for api_id in (first, second) for path in ("/", "/limited", "/")]
    assert sorted(statuses) == [200] * 4 + [429] * 2
    assert call(second).data == b'{"message":"Too Many Requests"}'


def test_limits_that_are_none_are_refused(tmp_path):
    for name, value, text in [
        ("ACCOUNT_RATE", "-1", "limits.account_rate: must not be negative"),
        ("INTEGRATION_TIMEOUT_MS", "49", "limits.integration_timeout_ms: at least 50"),
        ("PAYLOAD_BYTES", "-1", "payload_bytes"),
    ]:
        environment = {**os.environ, f"GATEWRIGHT_LIMITS_{name}": value}
        checked = subprocess.run([BINARY, "check"], env=environment, cwd=tmp_path, capture_output=True, text=True)
        assert checked.returncode != 0 and text in checked.stderr
