"""`corsConfiguration` of an API: spec/management-api.md sections 2.1 and 3.6."""

import re

import pytest
from lifecycle import ABSENT, API, check_refused, check_update, status

FULL = {
    "AllowOrigins": ["https://a.example", "http://b.example:8080"], "AllowMethods": ["GET", "put"], "MaxAge": 5,
    "AllowHeaders": ["x-a", "x-b"], "ExposeHeaders": ["x-c"], "AllowCredentials": True,
}


def cors(**members):
    return {"CorsConfiguration": members}


@pytest.mark.parametrize("sent,shown", [
    (FULL, FULL),
    ({"AllowOrigins": ["*"]}, {"AllowOrigins": ["*"]}),
    ({"AllowHeaders": ["Content-Type", "X-A"], "ExposeHeaders": ["X-B"]},
     {"AllowHeaders": ["content-type", "x-a"], "ExposeHeaders": ["x-b"]}),
    ({"AllowOrigins": ["HTTP://WWW.EXAMPLE.ORG"], "AllowMethods": ["put", "*"], "AllowCredentials": True},
     {"AllowOrigins": ["HTTP://WWW.EXAMPLE.ORG"], "AllowMethods": ["put", "*"], "AllowCredentials": True}),
    ({"AllowOrigins": ["https://b.example", "https://a.example"], "AllowMethods": []},
     {"AllowOrigins": ["https://b.example", "https://a.example"]}),
    ({"AllowOrigins": ["*"], "MaxAge": -1}, {"AllowOrigins": ["*"], "MaxAge": -1}),
    ({"AllowOrigins": ["*"], "MaxAge": 86400}, {"AllowOrigins": ["*"], "MaxAge": 86400}),
    ({"AllowOrigins": ["*"], "AllowCredentials": False}, {"AllowOrigins": ["*"], "AllowCredentials": False}),
])
def test_what_is_kept(client, sent, shown):
    made = client.create_api(Name="cors", ProtocolType="HTTP", **cors(**sent))
    assert made["CorsConfiguration"] == shown
    assert client.get_api(ApiId=made["ApiId"])["CorsConfiguration"] == shown
    client.delete_api(ApiId=made["ApiId"])


@pytest.fixture
def api(client, api_id):
    client.update_api(ApiId=api_id, **cors(**FULL))
    return {"ApiId": api_id}


@pytest.mark.parametrize("members,changes", [
    ({"Name": "n"}, {"Name": "n"}),
    (cors(), {}),
    # The object is replaced whole: what is absent or empty goes.
    (cors(AllowOrigins=["*"]), cors(AllowOrigins=["*"])),
    (cors(AllowOrigins=["*"], AllowHeaders=[]), cors(AllowOrigins=["*"])),
    (cors(**{**FULL, "MaxAge": 0}), cors(**{**FULL, "MaxAge": 0})),
])
def test_updates(client, api, members, changes):
    check_update(client, API, api, members, changes)


def test_only_its_own_operation_removes_it(client, api):
    assert status(client.delete_cors_configuration(**api)) == 204
    assert "CorsConfiguration" not in client.get_api(**api)
    assert status(client.delete_cors_configuration(**api)) == 204
    check_update(client, API, api, cors(AllowOrigins=["*"]), cors(AllowOrigins=["*"]))
    check_refused(lambda: client.delete_cors_configuration(ApiId="nope"), 404,
                  "Invalid API identifier specified 000000000000:nope")


@pytest.mark.parametrize("members,message", [
    ({"AllowOrigins": ["*"], "AllowCredentials": True}, "allow-credentials is not supported if 'allow-origin' is *"),
    ({"AllowOrigins": ["a.example"]}, re.compile("allowOrigins")),
    ({"AllowOrigins": ["*"], "MaxAge": -2}, re.compile("maxAge")),
    ({"AllowOrigins": ["*"], "MaxAge": 86401}, re.compile("maxAge")),
])
def test_bad_configurations_are_refused(client, api, members, message):
    check_refused(lambda: client.create_api(Name="x", ProtocolType="HTTP", **cors(**members)), 400, message)
    check_refused(lambda: client.update_api(**api, **cors(**members)), 400, message)
    assert client.get_api(**api)["CorsConfiguration"] == FULL


def test_websocket_apis_have_none(client, websocket_id):
    check_refused(
        lambda: client.create_api(
            Name="x", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action", **cors(AllowOrigins=["*"])),
        400, "Cors is not supported for WEBSOCKET protocolType")
    check_refused(lambda: client.update_api(ApiId=websocket_id, **cors(AllowOrigins=["*"])), 400,
                  "CORS configuration is only supported for HTTP APIs")


def test_an_update_moves_nothing_else(client, api):
    check_update(client, API, api, {"Description": "d", "Version": "1"}, {"Description": "d", "Version": "1"})
    check_update(client, API, api, {"Description": "", "Version": ""}, {"Description": ABSENT, "Version": ABSENT})
