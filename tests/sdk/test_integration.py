"""Integrations: spec/management-api.md section 2.3."""

from test_api import refused

PROXY = {
    "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET",
    "IntegrationUri": "http://127.0.0.1:9/x", "PayloadFormatVersion": "1.0",
}


def test_an_integration_is_made_read_changed_and_deleted(client, api_id):
    made = client.create_integration(ApiId=api_id, **PROXY, PassthroughBehavior="WHEN_NO_MATCH")
    integration_id = made["IntegrationId"]
    assert (made["ConnectionType"], made["TimeoutInMillis"]) == ("INTERNET", 30000)
    assert "PassthroughBehavior" not in made
    got = client.get_integration(ApiId=api_id, IntegrationId=integration_id)
    assert got["IntegrationUri"] == PROXY["IntegrationUri"]
    changed = client.update_integration(
        ApiId=api_id, IntegrationId=integration_id, TimeoutInMillis=50, Description="d",
        RequestParameters={"overwrite:path": "/y", "append:header.a": "b"},
    )
    assert (changed["TimeoutInMillis"], changed["Description"]) == (50, "d")
    merged = client.update_integration(
        ApiId=api_id, IntegrationId=integration_id, Description="", RequestParameters={"append:header.a": ""},
    )
    assert "Description" not in merged and merged["RequestParameters"] == {"overwrite:path": "/y"}
    assert len(client.get_integrations(ApiId=api_id)["Items"]) == 1

    route = client.create_route(ApiId=api_id, RouteKey="GET /", Target=f"integrations/{integration_id}")["RouteId"]
    refused(
        lambda: client.delete_integration(ApiId=api_id, IntegrationId=integration_id), 409, "ConflictException",
        f"Cannot delete Integration because it is referenced by the following Routes with Ids: [{route}]",
    )
    client.delete_route(ApiId=api_id, RouteId=route)
    client.delete_integration(ApiId=api_id, IntegrationId=integration_id)
    refused(
        lambda: client.get_integration(ApiId=api_id, IntegrationId=integration_id), 404, "NotFoundException",
        f"Invalid Integration identifier specified {integration_id}",
    )


def test_bad_integrations_are_refused(client, api_id):
    def create(without=(), **members):
        merged = {**PROXY, **members}
        return lambda: client.create_integration(
            ApiId=api_id, **{name: value for name, value in merged.items() if name not in without}
        )

    bad = "BadRequestException"
    refused(create(IntegrationType="MOCK"), 400, bad,
            "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)")
    refused(create(without=["PayloadFormatVersion"]), 400, bad, "PayloadFormatVersion is a required parameter for integration")
    refused(create(PayloadFormatVersion="2.0"), 400, bad,
            "PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY")
    refused(create(PayloadFormatVersion="3.0"), 400, bad, "Unsupported PayloadFormatVersion: 3.0")
    refused(create(without=["IntegrationMethod"]), 400, bad,
            "HttpMethod parameter method must be specified for integrationType HTTPPROXY")
    refused(create(ConnectionType="VPC_LINK"), 400, bad, "ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK")
    for timeout in (49, 30001):
        refused(create(TimeoutInMillis=timeout), 400, bad, "Timeout should be between 50 ms and 30000 ms")
