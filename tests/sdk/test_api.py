"""Apis: spec/management-api.md sections 2.1 and 3.1."""

import re

import pytest
from botocore.exceptions import ClientError
from lifecycle import ABSENT, API, check_life, check_members, check_refused, check_update


def refused(call, status, code, message):
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    found = (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"])
    assert found == (status, code, message)


def test_an_api_is_made_read_changed_and_deleted(client):
    made = client.create_api(
        Name="pets", ProtocolType="HTTP", Description="d", Version="1", Tags={"a": "b"},
        CorsConfiguration={"AllowOrigins": ["https://x.example"], "AllowHeaders": ["X-A"], "MaxAge": 5},
    )
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    api_id = made["ApiId"]
    assert re.fullmatch("[a-z][a-z0-9]{9}", api_id)
    assert made["ApiEndpoint"].startswith(f"http://{api_id}.execute-api.us-east-1.localhost:")
    assert made["CorsConfiguration"] == {"AllowOrigins": ["https://x.example"], "AllowHeaders": ["x-a"], "MaxAge": 5}
    assert made["RouteSelectionExpression"] == "$request.method $request.path"
    assert (made["Tags"], made["DisableExecuteApiEndpoint"], made["IpAddressType"]) == ({"a": "b"}, False, "ipv4")

    got = client.get_api(ApiId=api_id)
    assert {**got, "ResponseMetadata": 0} == {**made, "ResponseMetadata": 0}
    changed = client.update_api(ApiId=api_id, Name="dogs", Description="", Version="")
    assert changed["Name"] == "dogs" and "Description" not in changed and "Version" not in changed
    assert client.delete_cors_configuration(ApiId=api_id)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert "CorsConfiguration" not in client.get_api(ApiId=api_id)

    assert client.delete_api(ApiId=api_id)["ResponseMetadata"]["HTTPStatusCode"] == 204
    missing = f"Invalid API identifier specified 000000000000:{api_id}"
    refused(lambda: client.get_api(ApiId=api_id), 404, "NotFoundException", missing)
    refused(lambda: client.delete_api(ApiId=api_id), 404, "NotFoundException", missing)


def test_quick_create_serves_at_once(client, call, upstream):
    api_id = client.create_api(Name="quick", ProtocolType="HTTP", Target=upstream)["ApiId"]
    (stage,) = client.get_stages(ApiId=api_id)["Items"]
    (route,) = client.get_routes(ApiId=api_id)["Items"]
    (integration,) = client.get_integrations(ApiId=api_id)["Items"]
    assert (stage["StageName"], stage["AutoDeploy"], stage["ApiGatewayManaged"]) == ("$default", True, True)
    assert (route["RouteKey"], route["Target"]) == ("$default", f"integrations/{integration['IntegrationId']}")
    assert (integration["IntegrationMethod"], integration["PayloadFormatVersion"]) == ("ANY", "1.0")
    assert call(api_id, "/store/checkout?a=1").data.startswith(b"GET /store/checkout?a=1 ")
    client.delete_api(ApiId=api_id)


def test_lists_come_in_pages(client):
    made = {client.create_api(Name=f"page-{n}", ProtocolType="HTTP")["ApiId"] for n in range(5)}
    pages = client.get_paginator("get_apis").paginate(PaginationConfig={"PageSize": 2})
    seen = [api["ApiId"] for page in pages for api in page["Items"]]
    assert len(seen) == len(set(seen)) and made <= set(seen)
    first = client.get_apis(MaxResults="2")
    assert len(first["Items"]) == 2
    refused(lambda: client.get_apis(NextToken="made-up"), 400, "BadRequestException", "Invalid token")
    refused(
        lambda: client.get_apis(MaxResults="x"), 400, "BadRequestException",
        "Invalid value for 'maxResults': 'x' is not a positive number",
    )
    for api_id in made:
        client.delete_api(ApiId=api_id)


def test_bad_input_names_the_member(client):
    def create(**members):
        return lambda: client.create_api(**{"Name": "x", "ProtocolType": "HTTP", **members})

    bad = "BadRequestException"
    refused(create(Name=""), 400, bad, "Invalid API name specified")
    refused(create(ProtocolType="SOAP"), 400, bad, "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]")
    refused(create(Name="x" * 129), 400, bad, "Invalid value for 'name': must have at most 128 characters")
    refused(
        create(CorsConfiguration={"AllowOrigins": ["*"], "AllowCredentials": True}), 400, bad,
        "allow-credentials is not supported if 'allow-origin' is *",
    )


def test_operations_that_are_not_built_say_so(client):
    refused(
        lambda: client.list_portals(), 501, "NotImplementedException",
        "ListPortals is not implemented by this version of Gatewright",
    )



def test_an_apis_defaults_and_pages(client):
    members = {"Name": "least", "ProtocolType": "HTTP"}
    check_life(client, API, {}, [members, members, members], {
        **members, "Tags": {}, "DisableExecuteApiEndpoint": False, "IpAddressType": "ipv4", "ApiEndpoint": re.compile(".+"),
        "CreatedDate": re.compile(".+"), "RouteSelectionExpression": "$request.method $request.path",
        "ApiKeySelectionExpression": "$request.header.x-api-key"})


@pytest.mark.parametrize("members,changes", [
    ({}, {}),
    ({"Description": ""}, {"Description": ABSENT}),
    ({"Version": ""}, {"Version": ABSENT}),
    ({"DisableExecuteApiEndpoint": False}, {"DisableExecuteApiEndpoint": False}),
    ({"IpAddressType": "ipv4"}, {"IpAddressType": "ipv4"}),
    ({"ApiKeySelectionExpression": "$request.header.x-api-key"}, {"ApiKeySelectionExpression": "$request.header.x-api-key"}),
    ({"RouteSelectionExpression": "${request.method} ${request.path}"}, {}),
])
def test_updates(client, api_id, members, changes):
    ids = {"ApiId": api_id}
    client.update_api(**ids, Description="d", Version="1", DisableExecuteApiEndpoint=True, IpAddressType="dualstack",
                      ApiKeySelectionExpression="$context.authorizer.usageIdentifierKey")
    check_update(client, API, ids, members, changes)


@pytest.mark.parametrize("members,message", [
    ({"RouteSelectionExpression": "$request.body.x"},
     'Route selection expression is currently limited to "${request.method} ${request.path}"'),
    ({"Name": ""}, "Invalid API name specified"),
    ({"Description": "x" * 1025}, re.compile("description")),
    ({"Version": "x" * 65}, re.compile("version")),
    ({"IpAddressType": "ipv6"}, re.compile("ipAddressType")),
])
def test_bad_members_are_refused(client, api_id, members, message):
    check_refused(lambda: client.create_api(**{"Name": "x", "ProtocolType": "HTTP", **members}), 400, message)
    check_refused(lambda: client.update_api(ApiId=api_id, **members), 400, message)
    check_update(client, API, {"ApiId": api_id}, {}, {})


def test_what_quick_create_made_is_managed(client):
    api_id = client.create_api(Name="quick", ProtocolType="HTTP", Target="http://127.0.0.1:9/")["ApiId"]
    api = {"ApiId": api_id}
    (route,) = client.get_routes(**api)["Items"]
    (integration,) = client.get_integrations(**api)["Items"]
    assert route["ApiGatewayManaged"] and integration["ApiGatewayManaged"]
    managed = "Cannot modify a managed resource"
    route_ids = {**api, "RouteId": route["RouteId"]}
    for call in (
        lambda: client.delete_stage(**api, StageName="$default"),
        lambda: client.update_stage(**api, StageName="$default", AutoDeploy=False),
        lambda: client.update_route(**route_ids, RouteKey="GET /x"),
        lambda: client.delete_route(**route_ids),
    ):
        check_refused(call, 400, managed)
    check_refused(
        lambda: client.delete_integration(**api, IntegrationId=integration["IntegrationId"]), 409,
        f"Cannot delete Integration because it is referenced by the following Routes with Ids: [{route['RouteId']}]")
    assert client.update_integration(**api, IntegrationId=integration["IntegrationId"], Description="d")["Description"] == "d"
    client.delete_api(**api)


def test_quick_create_of_a_function(client):
    function = "arn:aws:lambda:us-east-1:000000000000:function:f"
    api = {"ApiId": client.create_api(
        Name="quick", ProtocolType="HTTP", Target=function, RouteKey="GET /f", CredentialsArn="arn:aws:iam::000000000000:role/r",
    )["ApiId"]}
    (route,) = client.get_routes(**api)["Items"]
    (integration,) = client.get_integrations(**api)["Items"]
    assert route["RouteKey"] == "GET /f"
    check_members(integration, {
        "IntegrationId": integration["IntegrationId"], "IntegrationType": "AWS_PROXY", "IntegrationUri": function,
        "IntegrationMethod": "POST", "PayloadFormatVersion": "2.0", "ConnectionType": "INTERNET", "TimeoutInMillis": 30000,
        "CredentialsArn": "arn:aws:iam::000000000000:role/r", "ApiGatewayManaged": True})
    client.delete_api(**api)
