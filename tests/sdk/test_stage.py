"""Stages and deployments: spec/management-api.md sections 2.8, 2.9 and 3.5."""

import re

import pytest
from gatewright import eventually
from lifecycle import STAGE, check_life, check_refused, check_update
from test_api import refused
from test_integration import PROXY


@pytest.fixture
def served(client, api_id, upstream):
    """An API whose `GET /` answers `one`; the integration can be pointed elsewhere."""
    integration = client.create_integration(ApiId=api_id, **{**PROXY, "IntegrationUri": f"{upstream}/one"})
    integration_id = integration["IntegrationId"]
    client.create_route(ApiId=api_id, RouteKey="GET /", Target=f"integrations/{integration_id}")
    return integration_id


def test_a_stage_is_made_read_changed_and_deleted(client, api_id):
    made = client.create_stage(ApiId=api_id, StageName="dev", StageVariables={"a": "1", "b": "2"}, Description="d")
    assert made["DefaultRouteSettings"] == {"DetailedMetricsEnabled": False}
    assert (made["RouteSettings"], made["Tags"], made["AutoDeploy"]) == ({}, {}, False)
    assert made["CreatedDate"] == made["LastUpdatedDate"]
    changed = client.update_stage(ApiId=api_id, StageName="dev", StageVariables={"a": "", "c": "3"}, Description="")
    assert (changed["StageVariables"], changed["Description"]) == ({"b": "2", "c": "3"}, "d")
    assert client.get_stage(ApiId=api_id, StageName="dev")["StageVariables"] == {"b": "2", "c": "3"}
    client.create_stage(ApiId=api_id, StageName="$default")
    assert [stage["StageName"] for stage in client.get_stages(ApiId=api_id)["Items"]] == ["dev", "$default"]
    client.delete_stage(ApiId=api_id, StageName="$default")
    missing = "Invalid stage identifier specified"
    refused(lambda: client.get_stage(ApiId=api_id, StageName="$default"), 404, "NotFoundException", missing)


def test_route_settings_are_kept_until_deleted(client, api_id):
    client.create_route(ApiId=api_id, RouteKey="GET /pets/{id}")
    settings = {"GET /pets/{id}": {"DetailedMetricsEnabled": False}}
    stage = client.create_stage(ApiId=api_id, StageName="dev", RouteSettings=settings)
    assert stage["RouteSettings"] == settings
    client.delete_route_settings(ApiId=api_id, StageName="dev", RouteKey="GET /pets/{id}")
    unknown = "Unable to find Route by key GET /pets/{id} within the provided RouteSettings"
    refused(
        lambda: client.delete_route_settings(ApiId=api_id, StageName="dev", RouteKey="GET /pets/{id}"),
        404, "NotFoundException", unknown,
    )
    client.delete_access_log_settings(ApiId=api_id, StageName="dev")


def test_bad_stages_are_refused(client, api_id):
    def create(**members):
        return lambda: client.create_stage(ApiId=api_id, **{"StageName": "dev", **members})

    create()()
    bad = "BadRequestException"
    refused(create(), 409, "ConflictException", "Stage already exists")
    refused(create(StageName="a b"), 400, bad, "Stage name only allows a-zA-Z0-9_")
    refused(create(StageName="x", DeploymentId="nope"), 404, "NotFoundException",
            "Invalid Deployment identifier specified nope")
    refused(create(StageName="x", DefaultRouteSettings={"ThrottlingRateLimit": -1}), 400, bad,
            "Invalid value for 'defaultRouteSettings.throttlingRateLimit': must not be negative")
    refused(create(StageName="x", StageVariables={"a b": "1"}), 400, bad,
            "Invalid value for 'stageVariables': 'a b' is not a name of letters, digits and _")


def test_nothing_changes_before_it_is_deployed(client, call, api_id, served, upstream):
    client.create_stage(ApiId=api_id, StageName="$default")
    eventually(lambda: call(api_id).status == 404)
    first = client.create_deployment(ApiId=api_id, Description="first")
    assert (first["DeploymentStatus"], first["AutoDeployed"]) == ("DEPLOYED", False)
    client.update_stage(ApiId=api_id, StageName="$default", DeploymentId=first["DeploymentId"])
    eventually(lambda: call(api_id).data == b"one", seconds=1)

    client.update_integration(ApiId=api_id, IntegrationId=served, IntegrationUri=f"{upstream}/two")
    second = client.create_deployment(ApiId=api_id)["DeploymentId"]
    assert call(api_id).data == b"one"
    client.update_stage(ApiId=api_id, StageName="$default", DeploymentId=second)
    eventually(lambda: call(api_id).data == b"two", seconds=1)
    client.update_stage(ApiId=api_id, StageName="$default", DeploymentId=first["DeploymentId"])
    eventually(lambda: call(api_id).data == b"one", seconds=1)

    refused(
        lambda: client.delete_deployment(ApiId=api_id, DeploymentId=first["DeploymentId"]), 400, "BadRequestException",
        "Active stages pointing to this deployment must be moved or deleted",
    )
    client.delete_deployment(ApiId=api_id, DeploymentId=second)
    described = client.update_deployment(ApiId=api_id, DeploymentId=first["DeploymentId"], Description="")
    assert "Description" not in described
    assert client.get_deployment(ApiId=api_id, DeploymentId=first["DeploymentId"])["DeploymentStatus"] == "DEPLOYED"
    assert len(client.get_deployments(ApiId=api_id)["Items"]) == 1


def test_automatic_deployment_is_live_within_a_second(client, call, api_id, served, upstream):
    stage = client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    deployment = stage["DeploymentId"]
    assert stage["LastDeploymentStatusMessage"] == f"Successfully deployed stage with deployment ID '{deployment}'"
    eventually(lambda: call(api_id).data == b"one", seconds=1)
    for uri, body in [("two", b"two"), ("one", b"one"), ("two", b"two")]:
        client.update_integration(ApiId=api_id, IntegrationId=served, IntegrationUri=f"{upstream}/{uri}")
        eventually(lambda: call(api_id).data == body, seconds=1)
    refused(
        lambda: client.update_stage(ApiId=api_id, StageName="$default", DeploymentId=deployment), 400,
        "BadRequestException", "Deployment ID cannot be set on this stage because AutoDeploy is enabled",
    )
    for number in range(15):
        client.update_api(ApiId=api_id, Description=str(number))
    assert len(client.get_deployments(ApiId=api_id)["Items"]) == 10


def test_what_is_not_served_yet_is_answered_with_500(client, call):
    """docs/adr/0005: never with less than what was asked for."""
    api_id = client.create_api(Name="ws", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]
    client.create_route(ApiId=api_id, RouteKey="$connect")
    client.create_stage(ApiId=api_id, StageName="dev", AutoDeploy=True)
    eventually(lambda: call(api_id, "/dev").status == 500)
    [deployment] = client.get_deployments(ApiId=api_id)["Items"]
    assert deployment["DeploymentStatusMessage"] == (
        "Answered with 500, since this version of Gatewright does not serve it yet: route '$default': protocolType WEBSOCKET"
    )
    client.delete_api(ApiId=api_id)


def test_an_api_without_routes_has_nothing_to_deploy(client, api_id):
    refused(
        lambda: client.create_deployment(ApiId=api_id), 400, "BadRequestException",
        "Unable to deploy API because no routes exist in this API",
    )
    stage = client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    assert "DeploymentId" not in stage


LOGS = {"DestinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:/a/b-c.d_e", "Format": "$context.requestId"}
SETTINGS = {"DetailedMetricsEnabled": True, "ThrottlingBurstLimit": 5, "ThrottlingRateLimit": 2.5}


@pytest.fixture
def full(client, api_id):
    client.create_route(ApiId=api_id, RouteKey="GET /a")
    client.create_route(ApiId=api_id, RouteKey="GET /b")
    client.create_stage(
        ApiId=api_id, StageName="dev", Description="d", StageVariables={"a": "1", "b": "2"}, AccessLogSettings=LOGS,
        DefaultRouteSettings=SETTINGS, RouteSettings={"GET /a": SETTINGS}, Tags={"t": "u"})
    return {"ApiId": api_id, "StageName": "dev"}


def test_a_stages_pages(client, api_id):
    client.create_route(ApiId=api_id, RouteKey="GET /a")
    members = {
        "StageName": "dev-1_x", "Description": "d", "StageVariables": {"a": "b"}, "AccessLogSettings": LOGS, "Tags": {"t": "u"},
        "DefaultRouteSettings": SETTINGS, "RouteSettings": {"GET /a": SETTINGS}, "AutoDeploy": False}
    check_life(client, STAGE, {"ApiId": api_id}, [members, {"StageName": "$default"}, {"StageName": "x"}],
               {**members, "CreatedDate": re.compile(".+"), "LastUpdatedDate": re.compile(".+")})


@pytest.mark.parametrize("members,changes", [
    ({}, {}),
    ({"Description": ""}, {}),
    ({"Description": "e"}, {"Description": "e"}),
    ({"StageVariables": {}}, {}),
    ({"StageVariables": {"a": "", "c": "3"}}, {"StageVariables": {"b": "2", "c": "3"}}),
    ({"AccessLogSettings": {}}, {}),
    ({"AccessLogSettings": {**LOGS, "Format": "$context.extendedRequestId x"}},
     {"AccessLogSettings": {**LOGS, "Format": "$context.extendedRequestId x"}}),
    ({"AccessLogSettings": {**LOGS, "DestinationArn": LOGS["DestinationArn"] + ":*"}}, {}),
    ({"DefaultRouteSettings": {"ThrottlingBurstLimit": 0}}, {"DefaultRouteSettings": {**SETTINGS, "ThrottlingBurstLimit": 0}}),
    ({"DefaultRouteSettings": {}}, {}),
    ({"RouteSettings": {"GET /a": {"ThrottlingRateLimit": 0.0}}},
     {"RouteSettings": {"GET /a": {**SETTINGS, "ThrottlingRateLimit": 0.0}}}),
    ({"RouteSettings": {"GET /b": {"ThrottlingBurstLimit": 1, "DetailedMetricsEnabled": False}}},
     {"RouteSettings": {"GET /a": SETTINGS, "GET /b": {"ThrottlingBurstLimit": 1, "DetailedMetricsEnabled": False}}}),
    ({"RouteSettings": {}}, {}),
    ({"ClientCertificateId": ""}, {}),
])
def test_updates(client, full, members, changes):
    check_update(client, STAGE, full, members, changes, volatile=["LastUpdatedDate"])


def test_settings_go_by_their_own_operations(client, full):
    client.delete_access_log_settings(**full)
    client.delete_route_settings(**full, RouteKey="GET /a")
    found = client.get_stage(**full)
    assert "AccessLogSettings" not in found and found["RouteSettings"] == {}


def test_a_stale_route_setting_blocks_settings(client, full):
    (route,) = [one for one in client.get_routes(ApiId=full["ApiId"])["Items"] if one["RouteKey"] == "GET /a"]
    client.delete_route(ApiId=full["ApiId"], RouteId=route["RouteId"])
    assert client.get_stage(**full)["RouteSettings"] == {"GET /a": SETTINGS}
    refused(lambda: client.update_stage(**full, RouteSettings={"GET /b": SETTINGS}), 404, "NotFoundException",
            "Unable to find Route by key GET /a within the provided RouteSettings")
    client.update_stage(**full, Description="others may change")
    client.delete_route_settings(**full, RouteKey="GET /a")
    client.update_stage(**full, RouteSettings={"GET /b": SETTINGS})


MISSING_ID = ("The following errors are found in Access Log Format: Access Log format must include either $context.requestId or "
              "$context.extendedRequestId : '{}'")


@pytest.mark.parametrize("members,code,message", [
    ({"AccessLogSettings": {**LOGS, "Format": "$context.status"}}, 400, MISSING_ID.format("$context.status")),
    ({"AccessLogSettings": {**LOGS, "DestinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:a b"}}, 400,
     re.compile("^Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': '")),
    ({"DefaultRouteSettings": {"LoggingLevel": "INFO"}}, 400, "Execution logs are not supported on protocolType HTTP"),
    ({"RouteSettings": {"GET /nope": SETTINGS}}, 404,
     "Unable to find Route by key GET /nope within the provided RouteSettings"),
    ({"DeploymentId": "nope12"}, 404, "Invalid Deployment identifier specified nope12"),
    ({"StageVariables": {"a b": "1"}}, 400, re.compile("stageVariables")),
    ({"StageVariables": {"a": "{}"}}, 400, re.compile("stageVariables")),
    ({"StageVariables": {"a": "x" * 2049}}, 400, re.compile("stageVariables")),
    ({"StageVariables": {f"v{number}": "1" for number in range(101)}}, 400, re.compile("stageVariables")),
    ({"DefaultRouteSettings": {"ThrottlingBurstLimit": -1}}, 400, re.compile("throttlingBurstLimit")),
    ({"DefaultRouteSettings": {"ThrottlingRateLimit": -0.5}}, 400, re.compile("throttlingRateLimit")),
    ({"Description": "x" * 1025}, 400, re.compile("description")),
])
def test_bad_members_are_refused(client, full, members, code, message):
    check_refused(lambda: client.create_stage(ApiId=full["ApiId"], StageName="new", **members), code, message)
    check_refused(lambda: client.update_stage(**full, **members), code, message)
    check_update(client, STAGE, full, {}, {}, volatile=["LastUpdatedDate"])
    assert len(client.get_stages(ApiId=full["ApiId"])["Items"]) == 1


def test_an_access_log_format_of_three_kilobytes_is_taken(client, full):
    logs = {**LOGS, "Format": "$context.requestId " + "x" * (3072 - 19)}
    assert client.update_stage(**full, AccessLogSettings=logs)["AccessLogSettings"] == logs
