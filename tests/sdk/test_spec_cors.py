"""spec/http-api-runtime.md section 9, the lines that test_serving_cors.py has no row for: wildcards, an upstream's own headers,
and the gateway's errors."""

import pytest
from conftest import Traffic
from echo import Echo, answer
from gatewright import eventually

ORIGIN = "https://app.example"
ASKS = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "X-Token, content-type"}


@pytest.fixture(scope="module")
def echo():
    upstream = Echo()
    upstream.answers["/cors"] = answer(b"cors", headers=(
        "Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: X-Upstream", "Access-Control-Made-Up: 1",
        "Vary: accept-encoding", "Vary: Accept"))
    upstream.answers["/garbage"] = b"garbage\r\n\r\n"
    yield upstream
    upstream.stop()


@pytest.fixture
def cors(spec_gateway, echo):
    client, call, made = spec_gateway.client(), Traffic(spec_gateway), []

    def define(**configuration):
        api_id = client.create_api(Name="cors", ProtocolType="HTTP", CorsConfiguration=configuration)["ApiId"]
        made.append(api_id)
        for path in ("cors", "garbage", "limited"):
            integration = client.create_integration(
                ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=f"{echo.url}/{path}",
                PayloadFormatVersion="1.0")
            client.create_route(ApiId=api_id, RouteKey=f"GET /{path}", Target=f"integrations/{integration['IntegrationId']}")
        client.create_route(ApiId=api_id, RouteKey="GET /untargeted")
        client.create_stage(
            ApiId=api_id, StageName="$default", AutoDeploy=True,
            RouteSettings={"GET /limited": {"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0}})
        eventually(lambda: call(api_id, "/cors").status == 200)
        return lambda *arguments, **options: call(api_id, *arguments, **options)

    yield define
    for api_id in made:
        client.delete_api(ApiId=api_id)


def shown(response):
    """CORS headers and `Vary`, each value of its own."""
    names = {name.lower() for name in response.headers if name.lower().startswith(("access-control-", "vary"))}
    return {name: response.headers.getlist(name) for name in names}


LISTS = [
    # line of 9.3, configuration, what a preflight is told of methods and headers
    ("a list", {"AllowMethods": ["GET", "PUT"], "AllowHeaders": ["X-Token", "Content-Type"]},
     ["GET,PUT"], ["x-token,content-type"]),
    ("no lists", {}, None, None),
    ("* without credentials, literally", {"AllowMethods": ["*"], "AllowHeaders": ["*"]}, ["*"], ["*"]),
    ("* with credentials, what was asked for", {"AllowMethods": ["*"], "AllowHeaders": ["*"], "AllowCredentials": True},
     ["PUT"], ["X-Token, content-type"]),
]


@pytest.mark.parametrize("line,configuration,methods,headers", LISTS, ids=[row[0] for row in LISTS])
def test_lists_of_a_preflight(cors, line, configuration, methods, headers):
    found = shown(cors(AllowOrigins=[ORIGIN], **configuration)("/cors", method="OPTIONS", headers=ASKS))
    assert (found.get("access-control-allow-methods"), found.get("access-control-allow-headers")) == (methods, headers)


def test_an_origin_that_is_any_needs_no_vary(cors):
    """9.2's capture."""
    ask = cors(AllowOrigins=["*"], AllowMethods=["POST", "OPTIONS"], AllowHeaders=["content-type"], MaxAge=300)
    response = ask("/cors", method="OPTIONS", headers=ASKS)
    assert response.status == 204 and shown(response) == {
        "access-control-allow-origin": ["*"], "access-control-allow-methods": ["POST,OPTIONS"],
        "access-control-allow-headers": ["content-type"], "access-control-max-age": ["300"]}


UPSTREAMS = [
    # line of 9.1, the request's origin, what is left of the upstream's headers
    ("an origin that matches", ORIGIN, {"access-control-allow-origin": [ORIGIN], "vary": {"accept-encoding", "Accept", "origin"}}),
    ("an origin that does not", "https://other.example", {"vary": {"accept-encoding", "Accept"}}),
    ("no origin", None, {"vary": {"accept-encoding", "Accept"}}),
]


@pytest.mark.parametrize("line,origin,expected", UPSTREAMS, ids=[row[0] for row in UPSTREAMS])
def test_what_an_upstream_says_of_cors_is_dropped(cors, line, origin, expected):
    found = shown(cors(AllowOrigins=[ORIGIN])("/cors", headers={"Origin": origin} if origin else {}))
    vary = {part.strip() for value in found.pop("vary") for part in value.split(",")}
    assert {**found, "vary": vary} == expected


ERRORS = [("429", "/limited", 429), ("500", "/untargeted", 500), ("503", "/garbage", 503), ("404", "/nowhere", 404)]


@pytest.mark.parametrize("line,path,status", ERRORS, ids=[row[0] for row in ERRORS])
def test_browsers_may_read_the_gateways_errors(cors, line, path, status):
    """9.3, our choice."""
    response = cors(AllowOrigins=[ORIGIN], ExposeHeaders=["X-Foo"])(path, headers={"Origin": ORIGIN})
    assert response.status == status and shown(response) == {
        "access-control-allow-origin": [ORIGIN], "access-control-expose-headers": ["x-foo"], "vary": ["origin"]}
