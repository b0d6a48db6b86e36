"""Routes: spec/management-api.md section 2.2."""

import re

import pytest
from lifecycle import ABSENT, ROUTE, check_life, check_refused, check_update
from test_api import refused


def test_a_route_is_made_read_changed_and_deleted(client, api_id):
    integration = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY",
        IntegrationUri="http://127.0.0.1:9/", PayloadFormatVersion="1.0",
    )["IntegrationId"]
    target = f"integrations/{integration}"
    made = client.create_route(ApiId=api_id, RouteKey="GET /pets/{id}", Target=target, OperationName="op")
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    route_id = made["RouteId"]
    assert (made["ApiKeyRequired"], made["AuthorizationType"], made["Target"]) == (False, "NONE", target)
    assert client.get_route(ApiId=api_id, RouteId=route_id)["RouteKey"] == "GET /pets/{id}"
    assert [route["RouteId"] for route in client.get_routes(ApiId=api_id)["Items"]] == [route_id]
    changed = client.update_route(ApiId=api_id, RouteId=route_id, RouteKey="GET /dogs", OperationName="")
    assert changed["RouteKey"] == "GET /dogs" and "OperationName" not in changed and changed["Target"] == target
    client.delete_route(ApiId=api_id, RouteId=route_id)
    missing = f"Invalid Route identifier specified {route_id}"
    refused(lambda: client.get_route(ApiId=api_id, RouteId=route_id), 404, "NotFoundException", missing)
    refused(lambda: client.delete_route(ApiId=api_id, RouteId=route_id), 404, "NotFoundException", missing)


def test_bad_routes_are_refused(client, api_id):
    def create(**members):
        return lambda: client.create_route(ApiId=api_id, **{"RouteKey": "GET /a", **members})

    create()()
    bad = "BadRequestException"
    refused(create(), 409, "ConflictException", "Route with key GET /a already exists for this API")
    refused(create(RouteKey="GET /b", Target="integrations/nope"), 404, "NotFoundException",
            "Invalid Integration identifier specified nope")
    refused(create(RouteKey="GET /b", Target="nope"), 400, bad,
            "Unexpected or malformed target in route null. Correct format should be integrations/<integration_id>.")
    form = ("The provided route key is not formatted properly for HTTP protocol. "
            'Format should be "[HTTP METHOD] /[RESOURCE PATH]" or "$default"')
    for key in ("TRACE /a", "GET /a/", "GET a", "/a", "GET /{a+}/b"):
        refused(create(RouteKey=key), 400, bad, form)
    refused(create(RouteKey="GET /b", ApiKeyRequired=True), 400, bad,
            "ApiKeyRequired is not currently supported for HTTP APIs. Please set ApiKeyRequired to false for route null")
    refused(create(RouteKey="GET /b", AuthorizationType="JWT"), 400, bad,
            "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.")


@pytest.fixture
def route(client, api_id):
    made = client.create_route(ApiId=api_id, RouteKey="GET /a", OperationName="op")
    return {"ApiId": api_id, "RouteId": made["RouteId"]}


def test_a_routes_pages(client, api_id):
    members = {"RouteKey": "GET /x/{proxy+}", "OperationName": "o"}
    check_life(client, ROUTE, {"ApiId": api_id}, [members, {"RouteKey": "$default"}, {"RouteKey": "ANY /"}],
               {**members, "ApiKeyRequired": False, "AuthorizationType": "NONE"})


@pytest.mark.parametrize("members,changes", [
    ({}, {}),
    ({"RouteKey": "$default"}, {"RouteKey": "$default"}),
    ({"OperationName": ""}, {"OperationName": ABSENT}),
    ({"OperationName": "new"}, {"OperationName": "new"}),
    ({"ApiKeyRequired": False}, {}),
    ({"AuthorizationType": "AWS_IAM"}, {"AuthorizationType": "AWS_IAM"}),
    ({"AuthorizationScopes": []}, {}),
    ({"AuthorizerId": ""}, {}),
    ({"Target": ""}, {}),
])
def test_updates(client, route, members, changes):
    check_update(client, ROUTE, route, members, changes)


def test_a_target_is_set_and_cleared(client, route):
    made = client.create_integration(
        ApiId=route["ApiId"], IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri="http://127.0.0.1:9/",
        PayloadFormatVersion="1.0")
    target = f"integrations/{made['IntegrationId']}"
    check_update(client, ROUTE, route, {"Target": target}, {"Target": target})
    check_update(client, ROUTE, route, {"Target": ""}, {"Target": ABSENT})


@pytest.mark.parametrize("members,code,message", [
    ({"RouteKey": "GET /b"}, 409, "Route with key GET /b already exists for this API"),
    ({"RouteKey": "nope"}, 400, 'The provided route key is not formatted properly for HTTP protocol. '
                                'Format should be "[HTTP METHOD] /[RESOURCE PATH]" or "$default"'),
    ({"Target": "integrations/nope123"}, 404, "Invalid Integration identifier specified nope123"),
    ({"Target": "nope"}, 400, "Unexpected or malformed target in route {}. Correct format should be integrations/<integration_id>."),
    ({"ApiKeyRequired": True}, 400,
     "ApiKeyRequired is not currently supported for HTTP APIs. Please set ApiKeyRequired to false for route {}"),
    ({"OperationName": "x" * 65}, 400, re.compile("operationName")),
    ({"AuthorizationType": "X"}, 400, re.compile("authorizationType")),
])
def test_bad_updates_are_refused(client, route, members, code, message):
    client.create_route(ApiId=route["ApiId"], RouteKey="GET /b")
    wanted = message.format(route["RouteId"]) if isinstance(message, str) else message
    check_refused(lambda: client.update_route(**route, **members), code, wanted)
    check_update(client, ROUTE, route, {}, {})
