"""Throttling: spec/http-api-runtime.md section 11. Rates are so low that no bucket fills while a test runs."""

import pytest
from gatewright import eventually

REFUSED = (429, b'{"message":"Too Many Requests"}')


@pytest.fixture
def throttled(client, api_id, upstream):
    """Routes `GET /a` and `GET /b`; makes their stage, with settings."""
    target = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri=f"{upstream}/one",
        PayloadFormatVersion="1.0")["IntegrationId"]
    for key in ("GET /a", "GET /b"):
        client.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{target}")

    def make(**settings):
        client.create_stage(ApiId=api_id, StageName="s", AutoDeploy=True, **settings)
        return api_id

    return make


def settings(rate, burst):
    return {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}


def ask(call, api_id, path):
    answer = call(api_id, path)
    return (answer.status, answer.data)


def passed(call, api_id, path, times=10):
    """How many of so many requests get through; the others are refused as AWS refuses."""
    eventually(lambda: call(api_id, path).status != 404)
    answers = [ask(call, api_id, path) for _ in range(times)]
    assert set(answers) <= {(200, b"one"), REFUSED}
    return answers.count((200, b"one"))


def test_a_stages_default_is_each_routes_own(throttled, call):
    api_id = throttled(DefaultRouteSettings=settings(0.001, 5))
    # The request that found the stage live took a token.
    assert [passed(call, api_id, path) for path in ("/s/a", "/s/b")] == [4, 4]


def test_a_routes_settings_outweigh_the_stages(throttled, call):
    api_id = throttled(DefaultRouteSettings=settings(0.001, 2), RouteSettings={"GET /a": settings(1000, 1000)})
    assert (passed(call, api_id, "/s/a"), passed(call, api_id, "/s/b")) == (10, 1)


def test_zero_refuses_everything(throttled, call):
    api_id = throttled(RouteSettings={"GET /a": settings(0, 0)})
    assert (passed(call, api_id, "/s/a"), passed(call, api_id, "/s/b")) == (0, 10)


def test_a_bucket_outlives_a_deployment(throttled, client, call):
    api_id = throttled(RouteSettings={"GET /a": settings(0.001, 5)})
    assert passed(call, api_id, "/s/a") == 4
    before = client.get_stage(ApiId=api_id, StageName="s")["DeploymentId"]
    client.create_route(ApiId=api_id, RouteKey="GET /c")
    assert client.get_stage(ApiId=api_id, StageName="s")["DeploymentId"] != before
    # A route without a target answers 500: the new deployment is served.
    eventually(lambda: call(api_id, "/s/c").status == 500)
    assert ask(call, api_id, "/s/a") == REFUSED
    client.delete_route_settings(ApiId=api_id, StageName="s", RouteKey="GET /a")
    eventually(lambda: ask(call, api_id, "/s/a") == (200, b"one"))
