"""Models of WebSocket APIs: spec/management-api.md section 2.6."""

import json
import re

import pytest
from lifecycle import ABSENT, MODEL, check_life, check_refused, check_update

SCHEMA = '{ "$schema": "http://json-schema.org/draft-04/schema#",\n "type": "object", "properties": {"a": {"type": "string"}}}'
FULL = {"Name": "Pet1", "Schema": SCHEMA, "ContentType": "application/x", "Description": "d"}


@pytest.fixture
def model(client, websocket_id):
    return {"ApiId": websocket_id, "ModelId": client.create_model(ApiId=websocket_id, **FULL)["ModelId"]}


def test_a_models_life(client, websocket_id):
    creates = [FULL, {**FULL, "Name": "Two"}, {**FULL, "Name": "Three"}]
    check_life(client, MODEL, {"ApiId": websocket_id}, creates, FULL)


def test_a_schema_comes_back_byte_for_byte(client, model):
    assert client.get_model(**model)["Schema"] == SCHEMA


def test_defaults(client, websocket_id):
    creates = [{"Name": "A", "Schema": "{}"}, {"Name": "B", "Schema": "{}"}]
    check_life(client, MODEL, {"ApiId": websocket_id}, creates, {**creates[0], "ContentType": "application/json"})


@pytest.mark.parametrize("members,changes", [
    ({}, {}),
    ({"Description": ""}, {"Description": ABSENT}),
    ({"Description": "e"}, {"Description": "e"}),
    ({"Name": "Other"}, {"Name": "Other"}),
    ({"Schema": "{ }"}, {"Schema": "{ }"}),
    ({"ContentType": "text/x"}, {"ContentType": "text/x"}),
])
def test_updates(client, model, members, changes):
    check_update(client, MODEL, model, members, changes)


@pytest.mark.parametrize("members,message", [
    ({"Name": "a-b"}, "Model name must be alphanumeric: a-b"),
    ({"Name": "é"}, "Model name must be alphanumeric: é"),
    ({"Name": "x" * 129}, re.compile("name")),
    ({"Schema": json.dumps({"title": "x" * 32768})}, re.compile("schema")),
    ({"ContentType": "x" * 257}, re.compile("contentType")),
    ({"Description": "x" * 1025}, re.compile("description")),
])
def test_bad_models_are_refused(client, model, members, message):
    api = model["ApiId"]
    check_refused(lambda: client.create_model(ApiId=api, **{**FULL, "Name": "New", **members}), 400, message)
    check_refused(lambda: client.update_model(**model, **members), 400, message)
    assert len(client.get_models(ApiId=api)["Items"]) == 1


@pytest.mark.parametrize("missing", ["Name", "Schema"])
def test_required_members(client, websocket_id, missing):
    members = {name: value for name, value in FULL.items() if name != missing}
    check_refused(lambda: client.create_model(ApiId=websocket_id, **members), 400)


def test_the_longest_schema_is_taken(client, websocket_id):
    schema = '{"title":"' + "x" * (32768 - 12) + '"}'
    assert len(schema) == 32768
    assert client.create_model(ApiId=websocket_id, Name="Long", Schema=schema)["Schema"] == schema


def test_names_are_unique_in_an_api(client, model):
    check_refused(lambda: client.create_model(ApiId=model["ApiId"], **FULL), 409)
    other = client.create_model(ApiId=model["ApiId"], **{**FULL, "Name": "Other"})["ModelId"]
    check_refused(lambda: client.update_model(ApiId=model["ApiId"], ModelId=other, Name="Pet1"), 409)


def test_a_model_in_use_stays(client, model):
    api = model["ApiId"]
    route = {"ApiId": api, "RouteId": client.create_route(ApiId=api, RouteKey="a", RequestModels={"x": "Pet1"})["RouteId"]}
    check_refused(lambda: client.delete_model(**model), 409, re.compile("Pet1"))
    client.update_route(**route, RequestModels={"x": ""})
    response = client.create_route_response(**route, RouteResponseKey="$default", ResponseModels={"x": "Pet1"})
    check_refused(lambda: client.delete_model(**model), 409, re.compile("Pet1"))
    client.delete_route_response(**route, RouteResponseId=response["RouteResponseId"])
    client.delete_model(**model)


def test_the_template_follows_the_schema(client, model):
    template = client.get_model_template(**model)["Value"]
    assert template.startswith("#set($inputRoot = $input.path('$'))\n") and '"a" : "foo"' in template
    check_refused(lambda: client.get_model_template(ApiId=model["ApiId"], ModelId="nope12"), 404)


def test_http_apis_have_none(client, api_id):
    check_refused(lambda: client.create_model(ApiId=api_id, **FULL), 400,
                  "Currently, Models are not permitted for APIs with a protocol type of HTTP")
    assert client.get_models(ApiId=api_id)["Items"] == []
