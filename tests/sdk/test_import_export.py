"""ImportApi, ReimportApi, ExportApi: spec/management-api.md section 4."""

import copy
import json
import re

import pytest
import yaml
from documents import EVERYTHING, INVOKE, proxy
from gatewright import eventually
from lifecycle import ABSENT, check_members, check_refused, plain, status


def document(paths=None, **members):
    return {"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": paths or {"/a": {"get": proxy()}}, **members}


@pytest.fixture
def imported(client):
    """Imports documents; what was made goes at the end."""
    made = []

    def import_api(body, **members):
        answer = client.import_api(Body=body if isinstance(body, str) else json.dumps(body), **members)
        made.append(answer["ApiId"])
        return answer

    yield import_api
    for api_id in made:
        client.delete_api(ApiId=api_id)


def resources(client, api_id):
    """All that an import makes, without ids: routes by key with their integration and authorizer in place."""
    authorizers = {one["AuthorizerId"]: one for one in client.get_authorizers(ApiId=api_id)["Items"]}
    integrations = {one["IntegrationId"]: one for one in client.get_integrations(ApiId=api_id)["Items"]}
    routes = {}
    for route in client.get_routes(ApiId=api_id)["Items"]:
        target = integrations.get(route.pop("Target", "").removeprefix("integrations/"))
        authorizer = authorizers.get(route.pop("AuthorizerId", None))
        route.pop("RouteId")
        routes[route["RouteKey"]] = {
            **{key: value for key, value in route.items() if value not in ([], {})},
            "integration": target and {key: value for key, value in target.items() if key != "IntegrationId"},
            "authorizer": authorizer and authorizer["Name"],
        }
    named = {one["Name"]: {key: value for key, value in one.items() if key != "AuthorizerId"} for one in authorizers.values()}
    return routes, named


def integration(**members):
    return {
        "ConnectionType": "INTERNET", "Description": "AutoCreate from OpenAPI Import", "IntegrationMethod": "ANY",
        "IntegrationType": "HTTP_PROXY", "IntegrationUri": "http://127.0.0.1:9/", "PayloadFormatVersion": "1.0",
        "TimeoutInMillis": 30000, **members}


def route(key, target, authorization="NONE", authorizer=None, **members):
    return {"RouteKey": key, "ApiKeyRequired": False, "AuthorizationType": authorization, "integration": target,
            "authorizer": authorizer, **members}


ROUTES = {
    "GET /dogs/{id}": route(
        "GET /dogs/{id}", integration(
            IntegrationUri="http://127.0.0.1:9/dogs/{id}", TimeoutInMillis=1000, RequestParameters={"append:header.a": "b"},
            ResponseParameters={"200": {"overwrite:header.x": "v"}}),
        "JWT", "tokens", AuthorizationScopes=["dogs/read"], OperationName="dog"),
    "ANY /dogs/{id}": route("ANY /dogs/{id}", integration(), "CUSTOM", "function"),
    "POST /lambda": route("POST /lambda", integration(
        IntegrationType="AWS_PROXY", IntegrationMethod="POST", IntegrationUri=INVOKE, PayloadFormatVersion="2.0")),
    "$default": route("$default", integration(IntegrationUri="http://127.0.0.1:9/rest")),
}


def test_everything_is_imported(client, imported):
    answer = imported(EVERYTHING)
    assert status(answer) == 201
    api_id = answer["ApiId"]
    assert answer["ImportInfo"] and answer["Warnings"]
    expected = {
        "ApiId": api_id, "Name": "imported", "Version": "7", "Description": "by a document", "Tags": {"team": "pets"},
        "ProtocolType": "HTTP", "RouteSelectionExpression": "$request.method $request.path", "IpAddressType": "ipv4",
        "ApiKeySelectionExpression": "$request.header.x-api-key", "DisableExecuteApiEndpoint": False,
        "CreatedDate": re.compile(".+"), "ApiEndpoint": re.compile(".+"), "CorsConfiguration": {
            "AllowOrigins": ["https://a.example"], "AllowCredentials": True, "ExposeHeaders": ["x-b"], "MaxAge": 5,
            "AllowMethods": ["GET"], "AllowHeaders": ["x-a"]}}
    check_members({key: value for key, value in plain(answer).items() if key not in ("ImportInfo", "Warnings")}, expected)
    check_members(plain(client.get_api(ApiId=api_id)), expected)
    routes, authorizers = resources(client, api_id)
    assert (routes.pop("GET /mock", {"integration": None}))["integration"] is None
    check_members(routes, ROUTES)
    check_members(authorizers, {
        "tokens": {
            "AuthorizerType": "JWT", "Name": "tokens", "IdentitySource": ["$request.header.Authorization"],
            "JwtConfiguration": {"Issuer": "https://issuer.example", "Audience": ["a", "b"]}},
        "function": {
            "AuthorizerType": "REQUEST", "Name": "function", "AuthorizerUri": INVOKE, "EnableSimpleResponses": True,
            "IdentitySource": ["$request.header.a", "$request.querystring.b"], "AuthorizerPayloadFormatVersion": "2.0",
            "AuthorizerResultTtlInSeconds": 60}})
    for made_by_no_import in (client.get_stages, client.get_deployments):
        assert made_by_no_import(ApiId=api_id)["Items"] == []


@pytest.mark.parametrize("basepath,prefix", [(None, ""), ("ignore", ""), ("prepend", "/v1/pets"), ("split", "/pets")])
def test_the_base_path(client, imported, basepath, prefix):
    api_id = imported(EVERYTHING, **({"Basepath": basepath} if basepath else {}))["ApiId"]
    keys = {one["RouteKey"] for one in client.get_routes(ApiId=api_id)["Items"]}
    assert {f"GET {prefix}/dogs/{{id}}", f"POST {prefix}/lambda", "$default"} <= keys


@pytest.mark.parametrize("server,prefix", [
    ({"url": "https://x.example/base"}, "/base"), ({"url": "/base/two"}, "/base/two"), ({"url": "https://x.example/"}, ""),
])
def test_the_base_path_of_a_plain_url(client, imported, server, prefix):
    api_id = imported(document(servers=[server]), Basepath="prepend")["ApiId"]
    assert [one["RouteKey"] for one in client.get_routes(ApiId=api_id)["Items"]] == [f"GET {prefix}/a"]


def test_yaml_is_read_as_text(client, imported):
    text = yaml.safe_dump(document()).replace("version: '1'", "version: 2.0")
    assert "version: 2.0" in text
    assert imported(text)["Version"] == "2.0"
    assert imported(text.replace("version: 2.0", "version: 2017-04-21T04:08:08Z"))["Version"] == "2017-04-21T04:08:08Z"


def test_variables_of_aws(client, imported):
    uri = INVOKE.replace("us-east-1", "${AWS::Region}").replace("000000000000", "${AWS::AccountId}").replace(
        "arn:aws:", "arn:${AWS::Partition}:")
    api_id = imported(document({"/a": {"get": proxy(uri, type="aws_proxy", httpMethod="POST")}}))["ApiId"]
    (made,) = client.get_integrations(ApiId=api_id)["Items"]
    assert made["IntegrationUri"] == INVOKE


SCHEMES = {
    "tokens": EVERYTHING["components"]["securitySchemes"]["tokens"],
    "iam": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"},
}


@pytest.mark.parametrize("top,operation,wanted", [
    ([{"tokens": ["a"]}], {}, ("JWT", ["a"])),
    ([{"tokens": ["a"]}], {"security": []}, ("NONE", ABSENT)),
    ([{"tokens": ["a"]}], {"security": [{"tokens": ["b"]}]}, ("JWT", ["b"])),
    (None, {"security": [{"iam": []}]}, ("AWS_IAM", ABSENT)),
    (None, {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}, ("AWS_IAM", ABSENT)),
])
def test_security(client, imported, top, operation, wanted):
    members = {"components": {"securitySchemes": SCHEMES}, **({"security": top} if top else {})}
    api_id = imported(document({"/a": {"get": {**operation, **proxy()}}}, **members))["ApiId"]
    (made,) = client.get_routes(ApiId=api_id)["Items"]
    assert (made["AuthorizationType"], made.get("AuthorizationScopes") or ABSENT) == wanted


def test_a_component_is_shared(client, imported):
    reference = {"x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/One"}}
    components = {"x-amazon-apigateway-integrations": {"One": proxy()["x-amazon-apigateway-integration"]}}
    api_id = imported(document({"/a": {"get": reference}, "/b": {"get": reference}}, components=components))["ApiId"]
    (made,) = client.get_integrations(ApiId=api_id)["Items"]
    routes = client.get_routes(ApiId=api_id)["Items"]
    assert [one["Target"] for one in routes] == [f"integrations/{made['IntegrationId']}"] * 2


@pytest.mark.parametrize("members,shown", [
    ({"servers": [{"url": "/", "x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True}}]},
     {"DisableExecuteApiEndpoint": True}),
    ({"x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True}}, {"DisableExecuteApiEndpoint": True}),
    ({"x-amazon-apigateway-cors": {"allow_origins": ["*"]}}, {"CorsConfiguration": ({}, ABSENT)}),
    ({"x-amazon-apigateway-cors": {"allowHeaders": ["X-A"]}}, {"CorsConfiguration": {"AllowHeaders": ["x-a"]}}),
])
def test_settings_of_the_api(client, imported, members, shown):
    found = plain(client.get_api(ApiId=imported(document(**members))["ApiId"]))
    check_members({key: found[key] for key in shown if key in found}, shown)


MISSING = {"200": {"description": "d", "content": {"application/json": {
    "schema": {"$ref": "#/components/schemas/ModelThatDoesNotExist"}}}}}
FINDING = ("Parse issue: attribute paths.'/update'(get).responses.200.content.schema."
           "#/components/schemas/ModelThatDoesNotExist is missing")


def test_warnings_fail_where_asked_to(client, imported):
    body = json.dumps(document({"/update": {"get": {"responses": MISSING, **proxy()}}}))
    before = client.get_apis()["Items"]
    check_refused(lambda: client.import_api(Body=body, FailOnWarnings=True), 400, "Warnings found during import:\n\t" + FINDING)
    assert client.get_apis()["Items"] == before
    made = imported(body)
    assert made["Warnings"] == [FINDING]
    assert [one["RouteKey"] for one in client.get_routes(ApiId=made["ApiId"])["Items"]] == ["GET /update"]


@pytest.mark.parametrize("paths,member,finding", [
    ({"$default": {"x-amazon-apigateway-any-method": proxy()}}, "Warnings",
     re.compile(r"^Parse issue: attribute paths\. Resource \$default should start with /$")),
    ({"/a": {"get": proxy(type="aws")}}, "Warnings", re.compile("/a", re.IGNORECASE)),
    ({"/a": {"get": {"requestBody": {"content": {}}, **proxy()}}}, "ImportInfo", re.compile(".")),
])
def test_findings(client, imported, paths, member, finding):
    found = imported(document({"/b": {"get": proxy()}, **paths}))[member]
    assert any(finding.search(text) for text in found), found


#: What exactly is wrong follows; AWS leaves it at this.
MALFORMED = re.compile(r"^Invalid OpenAPI input\.")
TWO = {"security": [{"tokens": []}, {"iam": []}], **proxy()}


@pytest.mark.parametrize("body,message", [
    ("", None),
    ("{", MALFORMED),
    ("[]", MALFORMED),
    ("just text", MALFORMED),
    (json.dumps({**document(), "openapi": "2.0"}), None),
    (json.dumps({"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {}}), None),
    (json.dumps(document({"/a": {"get": TWO}}, components={"securitySchemes": SCHEMES})), None),
    (json.dumps(document({"/a": {"get": proxy()}, "/a/{x+}/b": {"get": proxy()}})), None),
], ids=["empty", "broken", "a list", "text", "OpenAPI 2.0", "Swagger", "two requirements", "bad path"])
def test_what_is_no_document_is_refused(client, api_id, body, message):
    before = client.get_apis()["Items"]
    check_refused(lambda: client.import_api(Body=body), 400, message)
    check_refused(lambda: client.reimport_api(ApiId=api_id, Body=body), 400, message)
    assert client.get_apis()["Items"] == before
    assert client.get_routes(ApiId=api_id)["Items"] == []


def test_a_reimport_replaces_and_deploys(client, imported, call, upstream):
    api_id = imported(document({"/a": {"get": proxy(f"{upstream}/one")}, "/old": {"get": proxy()}}))["ApiId"]
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True, StageVariables={"a": "b"})
    eventually(lambda: call(api_id, "/a").data == b"one")
    new = copy.deepcopy(EVERYTHING)
    new["paths"]["/a"] = {"get": proxy(f"{upstream}/two")}
    answer = client.reimport_api(ApiId=api_id, Body=json.dumps(new))
    assert (status(answer), answer["Name"], answer["Tags"]) == (201, "imported", {"team": "pets"})
    routes, authorizers = resources(client, api_id)
    assert "GET /old" not in routes and "GET /a" in routes and sorted(authorizers) == ["function", "tokens"]
    assert [one["StageName"] for one in client.get_stages(ApiId=api_id)["Items"]] == ["$default"]
    assert client.get_stage(ApiId=api_id, StageName="$default")["StageVariables"] == {"a": "b"}
    eventually(lambda: call(api_id, "/a").data == b"two", seconds=1)
    assert "CorsConfiguration" not in client.reimport_api(ApiId=api_id, Body=json.dumps(document()))
    routes, authorizers = resources(client, api_id)
    assert (list(routes), authorizers) == (["GET /a"], {})


def test_unknown_apis_and_websocket_apis(client, websocket_id):
    body = json.dumps(document())
    check_refused(lambda: client.reimport_api(ApiId="nope", Body=body), 404, "Invalid API identifier specified 000000000000:nope")
    check_refused(lambda: client.reimport_api(ApiId=websocket_id, Body=body), 400)
    check_refused(lambda: client.export_api(ApiId=websocket_id, Specification="OAS30", OutputType="JSON"), 400)


def export(client, api_id, **members):
    answer = client.export_api(ApiId=api_id, Specification="OAS30", **{"OutputType": "JSON", **members})
    return answer["body"].read().decode()


@pytest.fixture
def exported(client, upstream):
    """An API with one of each kind of route."""
    api_id = client.create_api(Name="pets", ProtocolType="HTTP", Version="3", Tags={"team": "x"},
                               CorsConfiguration={"AllowOrigins": ["*"], "AllowMethods": ["GET"]})["ApiId"]

    def add(key, **members):
        target = client.create_integration(ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="GET",
                                           IntegrationUri=f"{upstream}/one", PayloadFormatVersion="1.0", **members)
        client.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{target['IntegrationId']}")

    add("GET /pets/{id}", TimeoutInMillis=1000, RequestParameters={"append:header.a": "b"},
        ResponseParameters={"200": {"append:header.c": "d"}})
    add("ANY /all/{proxy+}")
    add("$default")
    yield api_id
    client.delete_api(ApiId=api_id)


def shown_integration(upstream, **members):
    return {"payloadFormatVersion": "1.0", "type": "http_proxy", "httpMethod": "GET", "uri": f"{upstream}/one",
            "connectionType": "INTERNET", **members}


def parameter(name):
    return {"name": name, "in": "path", "description": f"Generated path parameter for {name}", "required": True,
            "schema": {"type": "string"}}


def responses(key):
    return {"default": {"description": f"Default response for {key}"}}


def test_the_form_of_an_export(client, exported, upstream):
    endpoint = client.get_api(ApiId=exported)["ApiEndpoint"]
    expected = {
        "openapi": "3.0.1", "info": {"title": "pets", "version": "3"},
        "servers": [{"url": endpoint + "/{basePath}", "variables": {"basePath": {"default": ""}}}],
        "tags": [{"name": "team", "x-amazon-apigateway-tag-value": "x"}],
        "paths": {
            "/pets/{id}": {
                "get": {"responses": responses("GET /pets/{id}"), "x-amazon-apigateway-integration": shown_integration(
                    upstream, timeoutInMillis=1000, requestParameters={"append:header.a": "b"},
                    responseParameters={"200": {"append:header.c": "d"}})},
                "parameters": [parameter("id")]},
            "/all/{proxy+}": {
                "x-amazon-apigateway-any-method": {
                    "responses": responses("ANY /all/{proxy+}"), "x-amazon-apigateway-integration": shown_integration(upstream)},
                "parameters": [parameter("proxy+")]},
            "/$default": {"x-amazon-apigateway-any-method": {
                "isDefaultRoute": True, "responses": responses("$default"),
                "x-amazon-apigateway-integration": shown_integration(upstream)}},
        },
        "x-amazon-apigateway-cors": {"allowMethods": ["GET"], "allowOrigins": ["*"]},
        "x-amazon-apigateway-importexport-version": "1.0",
    }
    text = export(client, exported)
    found = json.loads(text)
    if found.get("components") in ({}, {"securitySchemes": {}}):
        del found["components"]
    check_members(found, expected)
    assert list(found["paths"]["/pets/{id}"]["get"]["x-amazon-apigateway-integration"]) == [
        "responseParameters", "requestParameters", "payloadFormatVersion", "type", "httpMethod", "uri", "connectionType",
        "timeoutInMillis"]
    assert yaml.safe_load(export(client, exported, OutputType="YAML")) == json.loads(text)
    assert json.loads(export(client, exported, ExportVersion="1.0", IncludeExtensions=True)) == json.loads(text)


def test_an_export_without_extensions(client, exported):
    """Nothing is left of the default route and of methods that OpenAPI does not have."""
    text = export(client, exported, IncludeExtensions=False)
    assert "x-amazon" not in text and "isDefaultRoute" not in text
    paths = json.loads(text)["paths"]
    assert list(paths["/pets/{id}"]["get"]) == ["responses"] and "/$default" not in paths


def test_the_version_of_an_api_without_one(client, imported, api_id):
    client.create_route(ApiId=api_id, RouteKey="GET /")
    created = client.get_api(ApiId=api_id)["CreatedDate"].strftime("%Y-%m-%d %H:%M:%SUTC")
    assert json.loads(export(client, api_id))["info"]["version"] == created


def test_a_stages_export_is_what_it_serves(client, exported):
    client.create_stage(ApiId=exported, StageName="prod")
    check_refused(lambda: export(client, exported, StageName="prod"), 404)
    check_refused(lambda: export(client, exported, StageName="nope"), 404)
    client.create_deployment(ApiId=exported, StageName="prod")
    client.create_route(ApiId=exported, RouteKey="GET /later")
    assert "/later" in json.loads(export(client, exported))["paths"]
    deployed = json.loads(export(client, exported, StageName="prod"))
    assert "/later" not in deployed["paths"] and "/pets/{id}" in deployed["paths"]
    assert deployed["servers"][0]["variables"]["basePath"]["default"] == "prod"


@pytest.mark.parametrize("members", [{"Specification": "OAS20"}, {"OutputType": "XML"}, {"ExportVersion": "2.0"}])
def test_bad_exports_are_refused(client, exported, members):
    check_refused(lambda: client.export_api(
        ApiId=exported, **{"Specification": "OAS30", "OutputType": "JSON", **members}), 400)


@pytest.mark.parametrize("output", ["JSON", "YAML"])
def test_an_export_imports_as_the_same_api(client, imported, exported, output):
    for source in (exported, imported(EVERYTHING)["ApiId"]):
        copied = imported(export(client, source, OutputType=output), FailOnWarnings=True)["ApiId"]
        (routes, authorizers), (routes2, authorizers2) = resources(client, source), resources(client, copied)
        for one in (*routes.values(), *routes2.values()):
            if one["integration"]:
                one["integration"].pop("Description", None)
            one.pop("OperationName", None)
        routes.pop("GET /mock", None), routes2.pop("GET /mock", None)
        assert (routes, authorizers) == (routes2, authorizers2)
        before, after = client.get_api(ApiId=source), client.get_api(ApiId=copied)
        for member in ("Name", "Version", "Tags", "CorsConfiguration", "DisableExecuteApiEndpoint"):
            assert before.get(member) == after.get(member), member
