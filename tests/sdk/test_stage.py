"""Stages and deployments: spec/management-api.md sections 2.8, 2.9 and 3.5."""

import pytest
from gatewright import eventually
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
    refused(create(StageName="x", DefaultRouteSettings={"ThrottlingBurstLimit": 1}), 400, bad,
            "defaultRouteSettings.throttlingBurstLimit is not supported yet by this version of Gatewright")
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


def test_what_cannot_be_served_is_refused_whole(client, api_id, served):
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    refused(
        lambda: client.update_integration(
            ApiId=api_id, IntegrationId=served, RequestParameters={"overwrite:path": "/x"}
        ),
        400, "BadRequestException",
        f"route 'GET /': requestParameters of integration {served} is not supported yet by this version of Gatewright",
    )
    assert "RequestParameters" not in client.get_integration(ApiId=api_id, IntegrationId=served)


def test_an_api_without_routes_has_nothing_to_deploy(client, api_id):
    refused(
        lambda: client.create_deployment(ApiId=api_id), 400, "BadRequestException",
        "Unable to deploy API because no routes exist in this API",
    )
    stage = client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    assert "DeploymentId" not in stage
