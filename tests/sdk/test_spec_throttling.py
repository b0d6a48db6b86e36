"""spec/http-api-runtime.md section 11. Rates are so low that no bucket fills while a test runs; the account's bucket, which an
operator sets, is in test_operator_limits.py."""

import pytest
import urllib3
from gatewright import eventually
from spec import exchange, get, rows

REFUSED = (429, b'{"message":"Too Many Requests"}')
KEYS = ("GET /a", "GET /b", "ANY /pets/{id}", "$default")


def settings(rate=0.001, burst=None):
    members = {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}
    return {name: value for name, value in members.items() if value is not None}


def passed(apis, api_id, path, times=10):
    """How many of so many requests get through; the others are refused as AWS refuses."""
    answers = [exchange(apis.gateway, get(api_id, path)) for _ in range(times)]
    refused = [answer for answer in answers if answer.status != 200]
    assert {answer.outcome for answer in refused} <= {REFUSED}
    assert not any(answer.header("retry-after") for answer in refused)
    return times - len(refused)


@pytest.mark.parametrize(("stage", "expected"), rows(
    ("11 unset: only the account's limit", {}, {"/s/a": 10, "/s/pets/1": 10, "/s/other": 10}),
    ("11 each route its own bucket", {"DefaultRouteSettings": settings(burst=4)}, {"/s/a": 4, "/s/b": 4, "/s/other": 4}),
    ("11 a route's setting, else the stage's", {
        "DefaultRouteSettings": settings(burst=2), "RouteSettings": {"GET /a": settings(1000, 1000)}}, {"/s/a": 10, "/s/b": 2}),
    ("11 a route's setting may be the smaller one", {
        "DefaultRouteSettings": settings(1000, 1000), "RouteSettings": {"GET /a": settings(burst=3)}}, {"/s/a": 3, "/s/b": 10}),
    ("11 the key is the route key's text", {"RouteSettings": {"ANY /pets/{id}": settings(burst=3)}}, {"/s/pets/1": 3, "/s/a": 10}),
    ("11 $default is a key", {"RouteSettings": {"$default": settings(burst=3)}}, {"/s/other": 3, "/s/a": 10}),
    ("11 rate 0 and burst 0", {"RouteSettings": {"GET /a": settings(0, 0)}}, {"/s/a": 0, "/s/b": 10}),
    ("11 rate 0 and burst 0 of the stage", {"DefaultRouteSettings": settings(0, 0)}, {"/s/a": 0, "/s/other": 0}),
    ("11 a fast rate refills", {"DefaultRouteSettings": settings(100_000, 1)}, {"/s/a": 10}),
))
def test_buckets(apis, stage, expected):
    api_id = apis.api(*KEYS, stages=())
    apis.stage(api_id, "s", **stage)
    assert {path: passed(apis, api_id, path) for path in expected} == expected


def test_11_a_path_variable_makes_no_bucket(apis):
    api_id = apis.api(*KEYS, stages=())
    apis.stage(api_id, "s", DefaultRouteSettings=settings(burst=3))
    assert sum(passed(apis, api_id, f"/s/pets/{number}", times=1) for number in range(10)) == 3


def test_11_each_stage_its_own(apis):
    api_id = apis.api(*KEYS, stages=())
    for name in ("one", "two"):
        apis.stage(api_id, name, DefaultRouteSettings=settings(burst=3))
    assert [passed(apis, api_id, f"/{name}/a") for name in ("one", "two")] == [3, 3]


def test_11_refusals_are_counted(apis):
    api_id = apis.api(*KEYS, stages=())
    apis.stage(api_id, "s", DefaultRouteSettings=settings(burst=3))
    assert passed(apis, api_id, "/s/a") == 3

    def count(status_class):
        line = f'gatewright_requests_total{{api="{api_id}",class="{status_class}",stage="s"}} '
        text = urllib3.request("GET", apis.gateway.url("admin") + "/metrics").data.decode()
        return next((int(found.removeprefix(line)) for found in text.splitlines() if found.startswith(line)), None)

    assert (count("2xx"), count("4xx")) == (3, 7)


def test_11_a_refusal_comes_before_the_authorizer(apis):
    """It is cheaper: a request without a token is told to wait, not to sign in."""
    api_id = apis.api("GET /open", stages=())
    authorizer = apis.client.create_authorizer(
        ApiId=api_id, AuthorizerType="JWT", Name="jwt", IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Audience": ["a"], "Issuer": "https://127.0.0.1:1"})["AuthorizerId"]
    [route] = apis.client.get_routes(ApiId=api_id)["Items"]
    apis.client.update_route(ApiId=api_id, RouteId=route["RouteId"], AuthorizationType="JWT", AuthorizerId=authorizer)
    apis.stage(api_id, "s", DefaultRouteSettings=settings(burst=2))
    statuses = [exchange(apis.gateway, get(api_id, "/s/open")).status for _ in range(4)]
    assert statuses == [401, 401, 429, 429]


def test_11_a_bucket_outlives_a_deployment(apis):
    api_id = apis.api(*KEYS, stages=())
    apis.stage(api_id, "s", RouteSettings={"GET /a": settings(burst=5)})
    assert passed(apis, api_id, "/s/a") == 5
    before = apis.client.get_stage(ApiId=api_id, StageName="s")["DeploymentId"]
    apis.client.create_route(ApiId=api_id, RouteKey="GET /c")
    assert apis.client.get_stage(ApiId=api_id, StageName="s")["DeploymentId"] != before
    # A route without a target answers 500: the new deployment is served.
    eventually(lambda: exchange(apis.gateway, get(api_id, "/s/c")).status == 500)
    assert passed(apis, api_id, "/s/a") == 0
    apis.client.delete_route_settings(ApiId=api_id, StageName="s", RouteKey="GET /a")
    eventually(lambda: passed(apis, api_id, "/s/a") == 10)


def test_11_no_negative_rate(apis):
    api_id = apis.api(*KEYS, stages=())
    with pytest.raises(apis.client.exceptions.BadRequestException, match="(?i)throttling"):
        apis.client.create_stage(ApiId=api_id, StageName="s", DefaultRouteSettings=settings(-1, 5))
