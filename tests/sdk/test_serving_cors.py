"""CORS as browsers see it: spec/http-api-runtime.md section 9."""

import pytest
from gatewright import eventually

ORIGIN = "https://a.example"
ASKS = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"}


@pytest.fixture(scope="module")
def shared(gateway, upstream):
    """An API whose configuration lists one origin; `GET /a` is its only route but for `ANY /any`."""
    client = gateway.client()
    api_id = client.create_api(Name="cors", ProtocolType="HTTP", CorsConfiguration={
        "AllowOrigins": [ORIGIN, "http://*"], "AllowMethods": ["GET", "PUT"], "AllowHeaders": ["X-A"],
        "ExposeHeaders": ["X-Foo"], "AllowCredentials": True, "MaxAge": 300})["ApiId"]
    target = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri=f"{upstream}/one",
        PayloadFormatVersion="1.0")["IntegrationId"]
    for key in ("GET /a", "ANY /any"):
        client.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{target}")
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    yield api_id
    client.delete_api(ApiId=api_id)


@pytest.fixture(autouse=True)
def live(shared, call):
    eventually(lambda: call(shared, "/a").status == 200)


def shown(answer):
    return {name.lower(): value for name, value in answer.headers.items() if name.lower().startswith(("access-", "vary"))}


PREFLIGHT = {
    "access-control-allow-origin": ORIGIN, "access-control-allow-credentials": "true", "access-control-max-age": "300",
    "access-control-allow-methods": "GET,PUT", "access-control-allow-headers": "x-a", "vary": "origin"}
ORDINARY = {
    "access-control-allow-origin": ORIGIN, "access-control-allow-credentials": "true",
    "access-control-expose-headers": "x-foo", "vary": "origin"}


@pytest.mark.parametrize("method,path,headers,status,expected", [
    # 9.2: a question that no route takes is the gateway's to answer.
    ("OPTIONS", "/a", ASKS, 204, PREFLIGHT),
    ("OPTIONS", "/nowhere", ASKS, 204, PREFLIGHT),
    ("OPTIONS", "/a", {**ASKS, "Origin": "https://b.example"}, 204, {}),
    ("OPTIONS", "/a", {"Origin": ORIGIN}, 404, ORDINARY),
    ("OPTIONS", "/a", {"Access-Control-Request-Method": "PUT"}, 404, {}),
    # 9.2: where a route takes it, the route wins.
    ("OPTIONS", "/any", ASKS, 200, PREFLIGHT),
    # 9.1 and 9.3: ordinary requests, the gateway's own errors among them.
    ("GET", "/a", {"Origin": ORIGIN}, 200, ORDINARY),
    ("GET", "/a", {}, 200, {}),
    ("GET", "/a", {"Origin": "https://b.example"}, 200, {}),
    ("GET", "/a", {"Origin": "HTTP://c.example"}, 200, {**ORDINARY, "access-control-allow-origin": "HTTP://c.example"}),
    ("GET", "/nowhere", {"Origin": ORIGIN}, 404, ORDINARY),
])
def test_answers_have_the_configurations_headers(shared, call, method, path, headers, status, expected):
    answer = call(shared, path, method=method, headers=headers)
    assert (answer.status, shown(answer)) == (status, expected)
    assert answer.headers["apigw-requestid"]
    assert status != 204 or "content-length" not in answer.headers


def test_without_a_configuration_the_upstream_speaks(client, api_id, call, upstream):
    target = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=f"{upstream}/cors",
        PayloadFormatVersion="1.0")["IntegrationId"]
    client.create_route(ApiId=api_id, RouteKey="GET /", Target=f"integrations/{target}")
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    origin = {"Origin": ORIGIN}
    eventually(lambda: shown(call(api_id, headers=origin)) == {"access-control-allow-origin": "https://upstream.example"})
    assert call(api_id, method="OPTIONS", headers=ASKS).status == 404
    client.update_api(ApiId=api_id, CorsConfiguration={"AllowOrigins": ["*"]})
    eventually(lambda: shown(call(api_id, headers=origin)) == {"access-control-allow-origin": "*"})
    client.delete_cors_configuration(ApiId=api_id)
    eventually(lambda: shown(call(api_id, headers=origin)) == {"access-control-allow-origin": "https://upstream.example"})
