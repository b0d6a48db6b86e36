"""Route responses: spec/management-api.md sections 2.5 and 3.6."""

import re

import pytest
from lifecycle import ABSENT, ROUTE_RESPONSE, check_life, check_refused, check_update

FULL = {
    "RouteResponseKey": "$default", "ModelSelectionExpression": "$integration.response.body.a",
    "ResponseModels": {"a": "Pet", "b": "Dog"}, "ResponseParameters": {"route.response.header.a": {"Required": True}},
}


@pytest.fixture
def route(client, websocket_id):
    for name in ("Pet", "Dog"):
        client.create_model(ApiId=websocket_id, Name=name, Schema="{}")
    return {"ApiId": websocket_id, "RouteId": client.create_route(ApiId=websocket_id, RouteKey="a")["RouteId"]}


@pytest.fixture
def response(client, route):
    return {**route, "RouteResponseId": client.create_route_response(**route, **FULL)["RouteResponseId"]}


def test_a_route_responses_life(client, route):
    check_life(client, ROUTE_RESPONSE, route, [FULL], FULL)


def test_defaults(client, route):
    check_life(client, ROUTE_RESPONSE, route, [{"RouteResponseKey": "$default"}], {"RouteResponseKey": "$default"})


@pytest.mark.parametrize("members,changes", [
    ({}, {}),
    ({"RouteResponseKey": "$default"}, {}),
    ({"ModelSelectionExpression": ""}, {"ModelSelectionExpression": ABSENT}),
    ({"ModelSelectionExpression": "$integration.response.body.b"},
     {"ModelSelectionExpression": "$integration.response.body.b"}),
    # Maps are replaced whole; an empty one empties.
    ({"ResponseModels": {"c": "Pet"}}, {"ResponseModels": {"c": "Pet"}}),
    ({"ResponseModels": {}}, {"ResponseModels": ({}, ABSENT)}),
    ({"ResponseParameters": {"route.response.header.b": {"Required": False}}},
     {"ResponseParameters": {"route.response.header.b": {"Required": False}}}),
    ({"ResponseParameters": {}}, {"ResponseParameters": ({}, ABSENT)}),
])
def test_updates(client, response, members, changes):
    check_update(client, ROUTE_RESPONSE, response, members, changes)


KEY = ("Currently, only $default is supported as a RouteResponseKey. The creation of the RouteResponse with a key of $default "
       "will indicate to API Gateway that this Route is intended to handle two-way communication.")


@pytest.mark.parametrize("members,message", [
    ({"RouteResponseKey": "x"}, KEY),
    ({"RouteResponseKey": "/200/"}, KEY),
    ({"ModelSelectionExpression": "x" * 129}, re.compile("modelSelectionExpression")),
    ({"ResponseModels": {"a": "x" * 129}}, re.compile("responseModels")),
])
def test_bad_ones_are_refused(client, route, members, message):
    check_refused(lambda: client.create_route_response(**route, **{"RouteResponseKey": "$default", **members}), 400, message)
    assert client.get_route_responses(**route)["Items"] == []


def test_they_go_with_their_route(client, response, route):
    client.delete_route(**route)
    missing = f"Invalid Route identifier specified {route['RouteId']}"
    check_refused(lambda: client.get_route_response(**response), 404)
    check_refused(lambda: client.get_route_responses(**route), 404, missing)
    check_refused(lambda: client.create_route_response(**route, **FULL), 404, missing)


def test_http_apis_have_none(client, api_id):
    route = client.create_route(ApiId=api_id, RouteKey="GET /")["RouteId"]
    check_refused(
        lambda: client.create_route_response(ApiId=api_id, RouteId=route, RouteResponseKey="$default"), 400,
        "RouteResponses are currently not supported for this API protocol type. This is because the API may only be "
        "configured with proxy integration at this time.")
