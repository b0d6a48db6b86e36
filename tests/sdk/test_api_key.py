"""API keys of the v1 API, as WebSocket routes with `apiKeyRequired` need them."""

import datetime
import json
import re

import pytest
from test_api import refused
from test_authentication import signed

BAD, CONFLICT, MISSING = "BadRequestException", "ConflictException", "NotFoundException"
UNKNOWN = "Invalid API Key identifier specified"


@pytest.fixture
def v1(gateway):
    client = gateway.v1_client()
    yield client
    for key in client.get_api_keys(limit=500)["items"]:
        client.delete_api_key(apiKey=key["id"])


def replace(path, value):
    return {"op": "replace", "path": path, "value": value}


def test_a_key_is_made_read_changed_and_deleted(v1):
    made = v1.create_api_key(name="web", description="d", enabled=True, customerId="c", tags={"a": "b"})
    assert made.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    assert re.fullmatch("[a-z][a-z0-9]{9}", made["id"])
    value = made.pop("value")
    assert re.fullmatch("[A-Za-z0-9]{40}", value)
    assert (made["name"], made["description"], made["enabled"], made["customerId"]) == ("web", "d", True, "c")
    assert (made["stageKeys"], made["tags"]) == ([], {"a": "b"})
    age = datetime.datetime.now(datetime.timezone.utc) - made["createdDate"]
    assert abs(age.total_seconds()) < 60 and made["createdDate"] == made["lastUpdatedDate"]

    got = v1.get_api_key(apiKey=made["id"])
    del got["ResponseMetadata"]
    assert got == made
    assert v1.get_api_key(apiKey=made["id"], includeValue=True)["value"] == value

    changed = v1.update_api_key(apiKey=made["id"], patchOperations=[
        replace("/name", "app"), replace("/description", ""), replace("/enabled", "false"), replace("/customerId", "e"),
    ])
    assert (changed["name"], changed["enabled"], changed["customerId"]) == ("app", False, "e")
    assert "description" not in changed and "value" not in changed
    assert v1.get_api_key(apiKey=made["id"], includeValue=True)["value"] == value

    deleted = v1.delete_api_key(apiKey=made["id"])
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 202
    for call in (v1.get_api_key, v1.delete_api_key, v1.update_api_key):
        refused(lambda: call(apiKey=made["id"]), 404, MISSING, UNKNOWN)


def test_times_are_numbers_on_the_wire(gateway, v1):
    made = signed(gateway, "/apikeys", method="POST", body=b"").json()
    assert isinstance(made["createdDate"], int) and isinstance(made["lastUpdatedDate"], int)
    assert set(made) == {"createdDate", "enabled", "id", "lastUpdatedDate", "stageKeys", "value"}
    assert made["enabled"] is False
    listed = signed(gateway, "/apikeys").json()
    assert [key["id"] for key in listed["item"]] == [made["id"]] and set(listed) == {"item"}


def test_values_may_be_given_once(v1):
    value = "given-value-" + "x" * 8
    key_id = v1.create_api_key(value=value)["id"]
    refused(lambda: v1.create_api_key(name="other", value=value), 409, CONFLICT, "API Key already exists")
    v1.delete_api_key(apiKey=key_id)
    assert v1.create_api_key(value=value)["value"] == value
    assert len(v1.create_api_key(value="")["value"]) == 40
    refused(lambda: v1.create_api_key(value="x" * 19), 400, BAD, "API Key value should be at least 20 characters")
    refused(lambda: v1.create_api_key(value="x" * 129), 400, BAD,
            "API Key value exceeds maximum size of 128 characters")


def test_values_are_in_no_file(gateway, v1):
    value = "a-value-that-would-be-seen-in-a-file"
    key_id = v1.create_api_key(value=value)["id"]
    refused(lambda: v1.create_api_key(value=value), 409, CONFLICT, "API Key already exists")
    v1.get_api_key(apiKey=key_id, includeValue=True)
    files = [path for path in gateway.data_dir.rglob("*") if path.is_file()]
    assert files and not [path for path in files if value.encode() in path.read_bytes()]


def test_keys_are_listed_in_parts(v1):
    keys = {name: v1.create_api_key(name=name, customerId=customer)
            for name, customer in [("web-1", "c1"), ("web-2", "c2"), ("app-1", "c1")]}
    first = v1.get_api_keys(limit=2)
    assert [key["name"] for key in first["items"]] == ["web-1", "web-2"]
    second = v1.get_api_keys(limit=2, position=first["position"])
    assert [key["name"] for key in second["items"]] == ["app-1"] and "position" not in second
    pages = v1.get_paginator("get_api_keys").paginate(PaginationConfig={"PageSize": 1})
    assert [key["name"] for page in pages for key in page["items"]] == list(keys)

    def found(**query):
        return [key["name"] for key in v1.get_api_keys(**query)["items"]]

    assert found(nameQuery="web") == ["web-1", "web-2"]
    assert found(customerId="c1") == ["web-1", "app-1"]
    assert found(nameQuery="web", customerId="c1") == ["web-1"]
    assert found(nameQuery="eb") == []
    assert not [key for key in v1.get_api_keys()["items"] if "value" in key]
    values = {key["name"]: key["value"] for key in v1.get_api_keys(includeValues=True)["items"]}
    assert values == {name: key["value"] for name, key in keys.items()}
    refused(lambda: v1.get_api_keys(position="nope"), 400, BAD, "Invalid token")
    refused(lambda: v1.get_api_keys(limit=501), 400, BAD, "Invalid value for 'limit': '501' is more than 500")
    refused(lambda: v1.get_api_keys(limit=0), 400, BAD, "Invalid value for 'limit': '0' is not a positive number")
    for number in range(23):
        v1.create_api_key(name=f"more-{number}")
    assert len(v1.get_api_keys()["items"]) == 25


def test_bad_members_and_patches_are_refused(v1):
    def create(message, **members):
        refused(lambda: v1.create_api_key(**members), 400, BAD, message)

    create("Invalid value for 'name': must have at most 1024 characters", name="n" * 1025)
    create("Invalid value for 'stageKeys': not supported: a usage plan connects API keys with stages",
           stageKeys=[{"restApiId": "a", "stageName": "s"}])
    create("Invalid value for 'generateDistinctId': ids and values always differ", generateDistinctId=False)
    create("Invalid value for 'tags': 'aws:x' is not a tag key", tags={"aws:x": "y"})
    v1.create_api_key(name="n" * 1024, stageKeys=[], generateDistinctId=True)
    key_id = v1.create_api_key()["id"]

    def patch(message, **operation):
        refused(lambda: v1.update_api_key(apiKey=key_id, patchOperations=[operation]), 400, BAD, message)

    paths = "[/customerId, /description, /enabled, /name]"
    patch(f"Invalid patch path  '/value' specified for op 'replace'. Must be one of: {paths}",
          op="replace", path="/value", value="x" * 20)
    patch("Invalid patch path  '/stages' specified for op 'add'. Must be one of: []",
          op="add", path="/stages", value="a/s")
    patch("Invalid value for '/enabled': 'yes'", op="replace", path="/enabled", value="yes")
    patch("Invalid value for '/enabled': a value is needed", op="replace", path="/enabled")
    many = [replace("/name", str(number)) for number in range(10001)]
    refused(lambda: v1.update_api_key(apiKey=key_id, patchOperations=many), 400, BAD,
            "Invalid value for 'patchOperations': at most 10000 operations")
    assert v1.update_api_key(apiKey=key_id, patchOperations=many[1:])["name"] == "10000"


def test_import_is_not_there_yet(v1):
    refused(lambda: v1.import_api_keys(body=b"Name,Key\n", format="csv"), 501, "NotImplementedException",
            "ImportApiKeys is not implemented by this version of Gatewright")


def test_keys_are_tagged_by_both_apis(gateway, client, v1):
    arn = "arn:aws:apigateway:us-east-1::/apikeys/" + v1.create_api_key(tags={"a": "1"})["id"]
    tagged = v1.tag_resource(resourceArn=arn, tags={"b": "2"})
    assert tagged["ResponseMetadata"]["HTTPStatusCode"] == 204
    v1.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert v1.get_tags(resourceArn=arn)["tags"] == {"b": "2"}
    client.tag_resource(ResourceArn=arn, Tags={"c": "3"})
    assert v1.get_api_key(apiKey=arn.rsplit("/", 1)[1])["tags"] == {"b": "2", "c": "3"}
    refused(lambda: v1.get_tags(resourceArn=arn + "x"), 404, MISSING, UNKNOWN)


def test_policies_name_them(gateway, v1):
    key_id = v1.create_api_key()["id"]
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "apigateway:GET", "Resource": "arn:aws:apigateway:us-east-1::/apikeys*"},
    ]}
    reader = gateway.v1_client(*gateway.access_key("reader", policy))
    assert reader.get_api_key(apiKey=key_id)["id"] == key_id
    for call, action, path in [
        (lambda: reader.create_api_key(), "POST", "/apikeys"),
        (lambda: reader.delete_api_key(apiKey=key_id), "DELETE", f"/apikeys/{key_id}"),
        (lambda: reader.get_usage_plans(), "GET", "/usageplans"),
    ]:
        refused(call, 403, "AccessDeniedException",
                f"User: arn:aws:iam::000000000000:user/reader is not authorized to perform: apigateway:{action} on "
                f"resource: arn:aws:apigateway:us-east-1::{path} because no identity-based policy allows the "
                f"apigateway:{action} action")


def test_changes_are_audited(gateway, v1):
    key_id = v1.create_api_key()["id"]
    v1.delete_api_key(apiKey=key_id)
    log = (gateway.data_dir / "log").read_text()
    lines = [line for line in log.splitlines() if "DeleteApiKey" in line and f"/apikeys/{key_id}" in line]
    assert len(lines) == 1, log[-2000:]


def test_the_cli(gateway, v1):
    made = gateway.aws("apigateway", "create-api-key", "--name", "cli", "--enabled", "--tags", json.dumps({"a": "b"}))
    shown = gateway.aws("apigateway", "get-api-key", "--api-key", made["id"], "--include-value")
    assert (shown["value"], shown["enabled"], shown["tags"]) == (made["value"], True, {"a": "b"})
    changed = gateway.aws("apigateway", "update-api-key", "--api-key", made["id"],
                          "--patch-operations", "op=replace,path=/name,value=other")
    assert changed["name"] == "other"
    listed = gateway.aws("apigateway", "get-api-keys", "--name-query", "oth", "--no-include-values")
    assert [key["id"] for key in listed["items"]] == [made["id"]]
    gateway.aws("apigateway", "delete-api-key", "--api-key", made["id"])
