"""The AWS CLI, unmodified: one life of each family of resources.

Its entry point is called in this process: starting it anew costs a second a call. test_cli.py starts it as users do.
"""

import contextlib
import io
import json

import pytest
from awscli.clidriver import create_clidriver
from test_contract import CERTIFICATE, INVOKE

CONFIGURATION = f"CertificateArn={CERTIFICATE}0,EndpointType=REGIONAL,SecurityPolicy=TLS_1_2"


@pytest.fixture
def aws(gateway, monkeypatch):
    for name, value in gateway.cli_environment().items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    driver = create_clidriver()

    def run(*arguments):
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            code = driver.main(["apigatewayv2", *arguments])
        assert code == 0, (arguments, errors.getvalue())
        return json.loads(out.getvalue()) if out.getvalue().strip() else None

    return run


@pytest.fixture
def websocket(client):
    api_id = client.create_api(
        Name="cli", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]
    yield ("--api-id", api_id)
    client.delete_api(ApiId=api_id)


def life(aws, noun, parents, create, update, id_member, listing=None, items="Items"):
    """Create, get, list, update, delete. The id is an argument of its member's name."""
    made = aws(f"create-{noun}", *parents, *create)
    ids = [*parents, "--" + "".join("-" + c.lower() if c.isupper() else c for c in id_member).lstrip("-"), made[id_member]]
    assert aws(f"get-{noun}", *ids) == made
    assert made in aws(listing or f"get-{noun}s", *parents)[items]
    changed = aws(*update[:1], *ids, *update[1:]) if update[0].startswith("put-") else aws(f"update-{noun}", *ids, *update)
    assert changed != made and aws(f"get-{noun}", *ids) == changed
    aws(f"delete-{noun}", *ids)
    assert made[id_member] not in json.dumps(aws(listing or f"get-{noun}s", *parents)[items])


def test_authorizers(aws, api_id):
    life(aws, "authorizer", ("--api-id", api_id), (
        "--name", "jwt", "--authorizer-type", "JWT", "--identity-source", "$request.header.Authorization",
        "--jwt-configuration", "Audience=a,b,Issuer=https://issuer.example"), ("--name", "new"), "AuthorizerId")


def test_models(aws, websocket):
    life(aws, "model", websocket, ("--name", "Pet", "--schema", '{"type": "object"}'), ("--description", "d"), "ModelId")


def test_integrations_and_their_responses(aws, websocket):
    made = aws("create-integration", *websocket, "--integration-type", "MOCK", "--request-templates", '{"200": "{}"}')
    parents = (*websocket, "--integration-id", made["IntegrationId"])
    life(aws, "integration-response", parents, ("--integration-response-key", "$default"),
         ("--response-templates", "a=b"), "IntegrationResponseId")
    aws("delete-integration", *parents)


def test_routes_and_their_responses(aws, websocket):
    made = aws("create-route", *websocket, "--route-key", "$connect",
               "--request-parameters", "route.request.header.a={Required=true}")
    parents = (*websocket, "--route-id", made["RouteId"])
    aws("delete-route-request-parameter", *parents, "--request-parameter-key", "route.request.header.a")
    assert not aws("get-route", *parents).get("RequestParameters")
    life(aws, "route-response", parents, ("--route-response-key", "$default"),
         ("--model-selection-expression", "$integration.response.body.a"), "RouteResponseId")
    aws("delete-route", *parents)


def test_domain_names_mappings_and_rules(aws, client, api_id):
    client.create_stage(ApiId=api_id, StageName="$default")
    name = ("--domain-name", "cli.example.com")
    aws("create-domain-name", *name, "--domain-name-configurations", CONFIGURATION)
    life(aws, "api-mapping", name, ("--api-id", api_id, "--stage", "$default", "--api-mapping-key", "a"),
         ("--api-id", api_id, "--api-mapping-key", "b"), "ApiMappingId")
    action = json.dumps([{"InvokeApi": {"ApiId": api_id, "Stage": "$default"}}])
    life(aws, "routing-rule", name, ("--priority", "1", "--actions", action, "--conditions", "[]"),
         ("put-routing-rule", "--priority", "2", "--actions", action, "--conditions", "[]"), "RoutingRuleId",
         "list-routing-rules", "RoutingRules")
    changed = aws("update-domain-name", *name, "--mutual-tls-authentication", "TruststoreUri=s3://bucket/a.pem")
    assert aws("get-domain-name", *name) == changed and changed in aws("get-domain-names")["Items"]
    aws("delete-domain-name", *name)


def test_vpc_links(aws):
    life(aws, "vpc-link", (), ("--name", "l", "--subnet-ids", "subnet-1"), ("--name", "m"), "VpcLinkId")


def test_stages_and_deployments(aws, api_id, client):
    client.create_route(ApiId=api_id, RouteKey="GET /pets/{id}")
    api = ("--api-id", api_id)
    stage = (*api, "--stage-name", "$default")
    life(aws, "deployment", api, ("--description", "d"), ("--description", "e"), "DeploymentId")
    aws("create-stage", *stage, "--route-settings", '{"GET /pets/{id}": {"ThrottlingBurstLimit": 1}}',
        "--access-log-settings", "DestinationArn=arn:aws:logs:us-east-1:000000000000:log-group:g,Format=$context.requestId")
    aws("delete-route-settings", *stage, "--route-key", "GET /pets/{id}")
    aws("delete-access-log-settings", *stage)
    aws("reset-authorizers-cache", *stage)
    found = aws("get-stage", *stage)
    assert found["RouteSettings"] == {} and "AccessLogSettings" not in found


def test_tags(aws, api_id):
    arn = ("--resource-arn", f"arn:aws:apigateway:us-east-1::/apis/{api_id}")
    aws("tag-resource", *arn, "--tags", "a=b,c=d")
    aws("untag-resource", *arn, "--tag-keys", "a", "b")
    assert aws("get-tags", *arn)["Tags"] == {"c": "d"}


def test_import_and_export(aws, tmp_path):
    document = {"openapi": "3.0.1", "info": {"title": "cli", "version": "1"}, "paths": {"/a": {"get": {
        "x-amazon-apigateway-integration": {"type": "AWS_PROXY", "httpMethod": "POST", "uri": INVOKE,
                                            "payloadFormatVersion": "2.0"}}}}}
    api = ("--api-id", aws("import-api", "--body", json.dumps(document), "--basepath", "ignore")["ApiId"])
    aws("reimport-api", *api, "--body", json.dumps(document), "--no-fail-on-warnings")
    out = tmp_path / "exported.json"
    aws("export-api", *api, "--specification", "OAS30", "--output-type", "JSON", str(out))
    assert list(json.loads(out.read_text())["paths"]) == ["/a"]
    aws("delete-api", *api)
