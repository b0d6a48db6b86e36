"""DeleteRouteRequestParameter: spec/management-api.md sections 1.3, 2.2, 3.6."""

import pytest
from lifecycle import ABSENT, ROUTE, check_refused, check_update, status

KEYS = ["route.request.querystring.authToken", "route.request.header.X-A", "route.request.multivalueheader.b"]


@pytest.fixture
def route(client, websocket_id):
    made = client.create_route(
        ApiId=websocket_id, RouteKey="$connect", RequestParameters={key: {"Required": True} for key in KEYS})
    return {"ApiId": websocket_id, "RouteId": made["RouteId"]}


def test_one_key_goes_at_a_time(client, route):
    left = {key: {"Required": True} for key in KEYS}
    for key in KEYS:
        answer = client.delete_route_request_parameter(**route, RequestParameterKey=key)
        assert status(answer) == 204
        del left[key]
        assert client.get_route(**route).get("RequestParameters", {}) == left
        check_refused(lambda: client.delete_route_request_parameter(**route, RequestParameterKey=key), 404)


def test_an_update_removes_none(client, route):
    every = {key: {"Required": True} for key in KEYS}
    check_update(client, ROUTE, route, {"RequestParameters": {KEYS[0]: {"Required": False}}},
                 {"RequestParameters": {**every, KEYS[0]: {"Required": False}}})
    client.delete_route_request_parameter(**route, RequestParameterKey=KEYS[0])
    check_update(client, ROUTE, route, {"RequestParameters": {KEYS[0]: {"Required": True}}}, {"RequestParameters": every})


def test_unknown_owners(client, route):
    check_refused(
        lambda: client.delete_route_request_parameter(ApiId=route["ApiId"], RouteId="nope123", RequestParameterKey=KEYS[0]), 404,
        "Invalid Route identifier specified nope123")
    check_refused(
        lambda: client.delete_route_request_parameter(ApiId="nope", RouteId="nope123", RequestParameterKey=KEYS[0]), 404,
        "Invalid API identifier specified 000000000000:nope")
    assert client.get_route(**route).get("RequestParameters", ABSENT) is not ABSENT
