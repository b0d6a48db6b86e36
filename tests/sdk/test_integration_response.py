"""Integration responses: spec/management-api.md sections 2.4 and 3.6."""

import re

import pytest
from lifecycle import ABSENT, INTEGRATION_RESPONSE, check_life, check_refused, check_update

FULL = {
    "IntegrationResponseKey": r"/2\d\d/", "ContentHandlingStrategy": "CONVERT_TO_TEXT",
    "ResponseParameters": {"method.response.header.a": "'b'"}, "ResponseTemplates": {"a": "{}", "b": ""},
    "TemplateSelectionExpression": "$integration.response.body.a",
}


@pytest.fixture
def integration(client, websocket_id):
    made = client.create_integration(ApiId=websocket_id, IntegrationType="MOCK")
    return {"ApiId": websocket_id, "IntegrationId": made["IntegrationId"]}


@pytest.fixture
def response(client, integration):
    made = client.create_integration_response(**integration, **FULL)
    return {**integration, "IntegrationResponseId": made["IntegrationResponseId"]}


def test_an_integration_responses_life(client, integration):
    creates = [FULL, {"IntegrationResponseKey": "$default"}, {"IntegrationResponseKey": "/x/"}]
    check_life(client, INTEGRATION_RESPONSE, integration, creates, FULL)


def test_defaults(client, integration):
    least = {"IntegrationResponseKey": "$default"}
    check_life(client, INTEGRATION_RESPONSE, integration, [least, {"IntegrationResponseKey": "/x/"}], least)


@pytest.mark.parametrize("members,changes", [
    ({}, {}),
    ({"IntegrationResponseKey": "$default"}, {"IntegrationResponseKey": "$default"}),
    ({"ContentHandlingStrategy": "CONVERT_TO_BINARY"}, {"ContentHandlingStrategy": "CONVERT_TO_BINARY"}),
    ({"TemplateSelectionExpression": ""}, {"TemplateSelectionExpression": ABSENT}),
    ({"TemplateSelectionExpression": "$integration.response.body.b"},
     {"TemplateSelectionExpression": "$integration.response.body.b"}),
    # Maps are replaced whole; an empty one empties.
    ({"ResponseTemplates": {"c": "x"}}, {"ResponseTemplates": {"c": "x"}}),
    ({"ResponseTemplates": {}}, {"ResponseTemplates": ({}, ABSENT)}),
    ({"ResponseParameters": {"method.response.header.c": "'d'"}}, {"ResponseParameters": {"method.response.header.c": "'d'"}}),
    ({"ResponseParameters": {}}, {"ResponseParameters": ({}, ABSENT)}),
])
def test_updates(client, response, members, changes):
    check_update(client, INTEGRATION_RESPONSE, response, members, changes)


@pytest.mark.parametrize("members,message", [
    ({"IntegrationResponseKey": "200"}, None),
    ({"IntegrationResponseKey": ""}, None),
    ({"ContentHandlingStrategy": "X"}, re.compile("contentHandlingStrategy")),
    ({"TemplateSelectionExpression": "x" * 129}, re.compile("templateSelectionExpression")),
    ({"ResponseTemplates": {"a": "x" * 32769}}, re.compile("responseTemplates")),
])
def test_bad_ones_are_refused(client, integration, members, message):
    bad = {"IntegrationResponseKey": "/x/", **members}
    check_refused(lambda: client.create_integration_response(**integration, **bad), 400, message)
    assert client.get_integration_responses(**integration)["Items"] == []


def test_keys_are_unique_in_an_integration(client, response, integration):
    check_refused(lambda: client.create_integration_response(**integration, **FULL), 409)


def test_they_go_with_their_integration(client, response, integration):
    client.delete_integration(**integration)
    missing = f"Invalid Integration identifier specified {integration['IntegrationId']}"
    check_refused(lambda: client.get_integration_response(**response), 404)
    check_refused(lambda: client.get_integration_responses(**integration), 404, missing)
    check_refused(lambda: client.create_integration_response(**integration, **FULL), 404, missing)


def test_http_apis_have_none(client, api_id):
    made = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri="http://127.0.0.1:9/",
        PayloadFormatVersion="1.0")
    check_refused(
        lambda: client.create_integration_response(
            ApiId=api_id, IntegrationId=made["IntegrationId"], IntegrationResponseKey="$default"), 400,
        "IntegrationResponses are currently not supported for this API protocol type. This is because the API may only be "
        "configured with proxy integration at this time.")
