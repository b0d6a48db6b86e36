"""spec/http-api-runtime.md section 12: what a deployment freezes, and what of a stage applies at once.

Variables in Lambda ARNs, credentials and identity sources come with those; in mappings they stand with section 8.
"""

import json

import pytest
from echo import answer
from gatewright import eventually
from spec import NOT_FOUND, exchange, get, rows

UNSET = (500, b'{"message":"Internal Server Error"}')


def outcome(apis, api_id, path, *headers):
    return exchange(apis.gateway, get(api_id, path, *headers)).outcome


def test_12_a_stage_without_a_deployment_serves_nothing(apis):
    api_id = apis.api("ANY /{proxy+}")
    apis.client.create_stage(ApiId=api_id, StageName="empty")
    # Made later and live: what was made before is, too.
    apis.stage(api_id, "later")
    path = f"/_aws/execute-api/{api_id}/empty/x"
    assert exchange(apis.gateway, get("", path, host="localhost")).outcome == NOT_FOUND
    deployment = apis.client.create_deployment(ApiId=api_id, StageName="empty")["DeploymentId"]
    assert apis.client.get_stage(ApiId=api_id, StageName="empty")["DeploymentId"] == deployment
    eventually(lambda: apis.taken(get("", path, host="localhost")) == ("ANY /{proxy+}", "x"))


@pytest.fixture
def manual(apis):
    """An API with a stage `manual` at a deployment of its own, and `auto` that deploys automatically."""
    api_id = apis.api("GET /before", stages=("auto",))
    apis.client.create_stage(ApiId=api_id, StageName="manual")
    publish(apis, api_id)
    eventually(lambda: outcome(apis, api_id, "/manual/before")[0] == 200)
    return api_id


def publish(apis, api_id):
    apis.client.create_deployment(ApiId=api_id, StageName="manual")


def test_12_routes_are_frozen(apis, manual):
    apis.route(manual, "GET /after")
    eventually(lambda: outcome(apis, manual, "/auto/after")[0] == 200)
    assert outcome(apis, manual, "/manual/after") == NOT_FOUND
    publish(apis, manual)
    eventually(lambda: outcome(apis, manual, "/manual/after")[0] == 200)


def test_12_integrations_are_frozen(apis, manual):
    apis.echo.answers["/changed"] = answer(b"changed", headers=())
    [integration] = apis.client.get_integrations(ApiId=manual)["Items"]
    apis.client.update_integration(
        ApiId=manual, IntegrationId=integration["IntegrationId"], IntegrationUri=apis.echo.url + "/changed")
    eventually(lambda: outcome(apis, manual, "/auto/before") == (200, b"changed"))
    assert outcome(apis, manual, "/manual/before") != (200, b"changed")
    publish(apis, manual)
    eventually(lambda: outcome(apis, manual, "/manual/before") == (200, b"changed"))


def test_12_cors_is_frozen(apis, manual):
    origin = "Origin: https://a.example"
    allowed = lambda stage: exchange(
        apis.gateway, get(manual, f"/{stage}/before", origin)).header("access-control-allow-origin")
    apis.client.update_api(ApiId=manual, CorsConfiguration={"AllowOrigins": ["*"]})
    eventually(lambda: allowed("auto") == ["*"])
    assert allowed("manual") == []
    publish(apis, manual)
    eventually(lambda: allowed("manual") == ["*"])


def test_12_throttles_apply_at_once(apis, manual):
    none = {"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0}
    apis.client.update_stage(ApiId=manual, StageName="manual", DefaultRouteSettings=none)
    eventually(lambda: outcome(apis, manual, "/manual/before") == (429, b'{"message":"Too Many Requests"}'))
    assert outcome(apis, manual, "/auto/before")[0] == 200


@pytest.fixture(scope="module")
def variables(apis):
    """Routes by where in their URI a variable stands, on a stage that has them and on one without."""
    api_id = apis.api(stages=())
    authority = apis.echo.authority
    for name, uri in (
        ("origin", "http://${stageVariables.authority}/o"), ("host", "http://127.0.0.${stageVariables.last}:%d/h" % apis.echo.port),
        ("path", f"http://{authority}/p/${{stageVariables.name}}/x"), ("query", f"http://{authority}/q?v=${{stageVariables.name}}"),
    ):
        apis.route(api_id, f"GET /{name}", IntegrationUri=uri)
    apis.stage(api_id, "with", StageVariables={"authority": authority, "last": "1", "name": "A-z.9_~"})
    apis.stage(api_id, "without")
    return api_id


@pytest.mark.parametrize("path,target", rows(
    ("12 variable: the origin", "/origin", "/o"),
    ("12 variable: a part of the host", "/host", "/h"),
    ("12 variable: the path", "/path", "/p/A-z.9_~/x"),
    ("12 variable: the query string", "/query", "/q?v=A-z.9_~"),
))
def test_variables_in_uris(apis, variables, path, target):
    status, body = outcome(apis, variables, "/with" + path)
    assert (status, json.loads(body).get("target")) == (200, target)
    # 12: missing variable in a URI: 500.
    assert outcome(apis, variables, "/without" + path) == UNSET


def test_12_a_variable_applies_at_once(apis, variables):
    apis.client.create_stage(ApiId=variables, StageName="manual", StageVariables={"name": "a"})
    apis.client.create_deployment(ApiId=variables, StageName="manual")
    seen = lambda: json.loads(outcome(apis, variables, "/manual/path")[1]).get("target")
    eventually(lambda: seen() == "/p/a/x")
    apis.client.update_stage(ApiId=variables, StageName="manual", StageVariables={"name": "b"})
    eventually(lambda: seen() == "/p/b/x")
