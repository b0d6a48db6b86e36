"""Usage plans of the v1 API, and the API keys in them."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from test_api import refused
from test_api_key import BAD, CONFLICT, MISSING, UNKNOWN, replace, v1  # noqa: F401, a fixture among them

NO_PLAN = "Invalid Usage Plan ID specified"


@pytest.fixture
def plans(v1):  # noqa: F811
    yield v1
    for plan in v1.get_usage_plans(limit=500)["items"]:
        for stage in plan["apiStages"]:
            change(v1, plan["id"], {"op": "remove", "path": "/apiStages", "value": f"{stage['apiId']}:{stage['stage']}"})
        v1.delete_usage_plan(usagePlanId=plan["id"])


@pytest.fixture
def chat(client):
    """A WebSocket API with stages `dev` and `prod`."""
    api_id = client.create_api(
        Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]
    for name in ("dev", "prod"):
        client.create_stage(ApiId=api_id, StageName=name)
    yield api_id
    client.delete_api(ApiId=api_id)


def change(v1, plan_id, *operations):  # noqa: F811
    answer = v1.update_usage_plan(usagePlanId=plan_id, patchOperations=list(operations))
    return without_metadata(answer)


def without_metadata(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_a_plan_is_made_read_changed_and_deleted(plans, chat):
    made = plans.create_usage_plan(
        name="gold", description="d", apiStages=[{"apiId": chat, "stage": "dev"}], tags={"a": "b"},
        throttle={"burstLimit": 2, "rateLimit": 0.5}, quota={"limit": 100, "offset": 6, "period": "WEEK"},
    )
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    made = without_metadata(made)
    plan_id = made.pop("id")
    assert re.fullmatch("[a-z][a-z0-9]{5}", plan_id)
    assert made == {
        "name": "gold", "description": "d", "apiStages": [{"apiId": chat, "stage": "dev"}], "tags": {"a": "b"},
        "throttle": {"burstLimit": 2, "rateLimit": 0.5}, "quota": {"limit": 100, "offset": 6, "period": "WEEK"},
    }
    assert without_metadata(plans.get_usage_plan(usagePlanId=plan_id)) == {"id": plan_id, **made}

    changed = change(
        plans, plan_id, replace("/name", "silver"), replace("/description", ""), replace("/throttle/burstLimit", "3"),
        replace("/quota/period", "MONTH"), replace("/quota/offset", "27"), replace("/quota/limit", "7"),
        {"op": "add", "path": "/productCode", "value": "code"},
        {"op": "remove", "path": "/apiStages", "value": f"{chat}:dev"},
        {"op": "add", "path": "/apiStages", "value": f"{chat}:prod"},
        replace(f"/apiStages/{chat}:prod/throttle/$connect/rateLimit", "5"),
    )
    assert changed == {
        "id": plan_id, "name": "silver", "productCode": "code", "tags": {"a": "b"},
        "apiStages": [{"apiId": chat, "stage": "prod", "throttle": {"$connect": {"burstLimit": 0, "rateLimit": 5.0}}}],
        "throttle": {"burstLimit": 3, "rateLimit": 0.5}, "quota": {"limit": 7, "offset": 27, "period": "MONTH"},
    }
    assert without_metadata(plans.get_usage_plan(usagePlanId=plan_id)) == changed
    less = change(plans, plan_id, {"op": "remove", "path": "/throttle"}, {"op": "remove", "path": "/quota"},
                  {"op": "remove", "path": "/productCode"},
                  {"op": "remove", "path": f"/apiStages/{chat}:prod/throttle/$connect"})
    assert not {"throttle", "quota", "productCode", "description"} & less.keys()

    refused(lambda: plans.delete_usage_plan(usagePlanId=plan_id), 400, BAD,
            f"Cannot delete Usage Plan {plan_id} because there are API Stages associated with it, including {chat}:prod")
    change(plans, plan_id, {"op": "remove", "path": "/apiStages", "value": f"{chat}:prod"})
    assert plans.delete_usage_plan(usagePlanId=plan_id)["ResponseMetadata"]["HTTPStatusCode"] == 202
    for call in (plans.get_usage_plan, plans.delete_usage_plan, plans.update_usage_plan, plans.get_usage_plan_keys):
        refused(lambda: call(usagePlanId=plan_id), 404, MISSING, NO_PLAN)


def test_stages_must_exist_and_leave_when_deleted(gateway, client, plans, chat, api_id):
    plan_id = plans.create_usage_plan(name="p")["id"]

    def both(api, stage, status, code, message):
        refused(lambda: plans.create_usage_plan(name="q", apiStages=[{"apiId": api, "stage": stage}]),
                status, code, message)
        add = {"op": "add", "path": "/apiStages", "value": f"{api}:{stage}"}
        refused(lambda: change(plans, plan_id, add), status, code, message)

    both("nope", "dev", 404, MISSING, "Invalid API identifier specified 000000000000:nope")
    both(chat, "nope", 404, MISSING, f"API Stage not found: {chat}:nope")
    both(api_id, "$default", 400, BAD, "apiStages is only supported for WEBSOCKET APIs")
    stages = [{"op": "add", "path": "/apiStages", "value": f"{chat}:{stage}"} for stage in ("dev", "prod")]
    change(plans, plan_id, *stages)
    refused(lambda: change(plans, plan_id, stages[0]), 409, CONFLICT,
            f"API Stage {chat}:dev is already associated with the usage plan")
    client.delete_stage(ApiId=chat, StageName="dev")
    assert plans.get_usage_plan(usagePlanId=plan_id)["apiStages"] == [{"apiId": chat, "stage": "prod"}]
    refused(lambda: change(plans, plan_id, {**stages[0], "op": "remove"}), 404, MISSING,
            f"Invalid API Stage {{api: {chat}, stage: dev}} specified for usageplan {plan_id}")
    other = client.create_api(Name="o", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.a")["ApiId"]
    client.create_stage(ApiId=other, StageName="s")
    change(plans, plan_id, {"op": "add", "path": "/apiStages", "value": f"{other}:s"})
    client.delete_api(ApiId=other)
    assert plans.get_usage_plan(usagePlanId=plan_id)["apiStages"] == [{"apiId": chat, "stage": "prod"}]


def test_bad_members_and_patches_are_refused_whole(plans):
    def create(message, **members):
        refused(lambda: plans.create_usage_plan(**{"name": "p", **members}), 400, BAD, message)

    create("Missing required member 'name'", name="")
    create("Usage Plan quota offset must be zero in the DAY period", quota={"limit": 1, "offset": 1, "period": "DAY"})
    create("Invalid value for 'quota': missing field `period`", quota={"limit": 1})
    create("Invalid value for 'throttle.rateLimit': must be between 0 and 2147483647", throttle={"rateLimit": -1})
    plan_id = plans.create_usage_plan(name="p")["id"]
    assert without_metadata(plans.get_usage_plan(usagePlanId=plan_id)) == {"id": plan_id, "name": "p", "apiStages": []}
    bad = {"op": "remove", "path": "/apiStages/a:dev"}
    refused(lambda: change(plans, plan_id, replace("/name", "q"), bad), 400, BAD,
            "Invalid patch path  '/apiStages/a:dev' specified for op 'remove'. Must be one of: [/apiStages, /quota, "
            "/throttle, /productCode, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, "
            "/apiStages/<apidId:stageName>/throttle]")
    assert plans.get_usage_plan(usagePlanId=plan_id)["name"] == "p"


def test_keys_are_added_listed_and_removed(plans):
    plan_id, other_id = (plans.create_usage_plan(name=name)["id"] for name in "pq")
    web, app = (plans.create_api_key(name=name) for name in ("web", "app"))
    made = plans.create_usage_plan_key(usagePlanId=plan_id, keyId=web["id"], keyType="API_KEY")
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    expected = {"id": web["id"], "type": "API_KEY", "name": "web", "value": web["value"]}
    assert without_metadata(made) == expected
    got = plans.get_usage_plan_key(usagePlanId=plan_id, keyId=web["id"])
    assert without_metadata(got) == expected
    refused(lambda: plans.create_usage_plan_key(usagePlanId=plan_id, keyId=web["id"], keyType="API_KEY"), 409, CONFLICT,
            f"Usage Plan {plan_id} already has API Key {web['id']}")
    plans.create_usage_plan_key(usagePlanId=plan_id, keyId=app["id"], keyType="API_KEY")
    plans.create_usage_plan_key(usagePlanId=other_id, keyId=app["id"], keyType="API_KEY")

    first = plans.get_usage_plan_keys(usagePlanId=plan_id, limit=1)
    assert first["items"] == [expected]
    second = plans.get_usage_plan_keys(usagePlanId=plan_id, limit=1, position=first["position"])
    assert [key["id"] for key in second["items"]] == [app["id"]] and "position" not in second
    named = plans.get_usage_plan_keys(usagePlanId=plan_id, nameQuery="we")["items"]
    assert [key["id"] for key in named] == [web["id"]]
    of_key = plans.get_usage_plans(keyId=app["id"], limit=1)
    rest = plans.get_usage_plans(keyId=app["id"], position=of_key["position"])
    assert [plan["id"] for plan in of_key["items"] + rest["items"]] == [plan_id, other_id]
    assert [plan["id"] for plan in plans.get_usage_plans(keyId=web["id"])["items"]] == [plan_id]

    removed = plans.delete_usage_plan_key(usagePlanId=plan_id, keyId=web["id"])
    assert removed["ResponseMetadata"]["HTTPStatusCode"] == 202
    for call in (plans.get_usage_plan_key, plans.delete_usage_plan_key):
        refused(lambda: call(usagePlanId=plan_id, keyId=web["id"]), 404, MISSING,
                "Invalid Usage Plan Key identifier specified")
    plans.delete_api_key(apiKey=app["id"])
    assert plans.get_usage_plan_keys(usagePlanId=plan_id)["items"] == []
    plans.create_usage_plan_key(usagePlanId=plan_id, keyId=web["id"], keyType="API_KEY")
    plans.delete_usage_plan(usagePlanId=plan_id)
    assert plans.get_api_key(apiKey=web["id"])["name"] == "web"


def test_bad_keys_of_plans_are_refused(plans):
    plan_id, key_id = plans.create_usage_plan(name="p")["id"], plans.create_api_key()["id"]

    def create(status, code, message, **members):
        call = {"usagePlanId": plan_id, "keyId": key_id, "keyType": "API_KEY", **members}
        refused(lambda: plans.create_usage_plan_key(**call), status, code, message)

    create(400, BAD, "Missing required member 'keyId'", keyId="")
    create(400, BAD, "Invalid value for 'keyType': 'OTHER' is not API_KEY", keyType="OTHER")
    create(404, MISSING, UNKNOWN, keyId="nope")
    create(404, MISSING, NO_PLAN, usagePlanId="nope")
    refused(lambda: plans.get_usage_plan_key(usagePlanId="nope", keyId=key_id), 404, MISSING, NO_PLAN)
    refused(lambda: plans.get_usage_plan_key(usagePlanId=plan_id, keyId="nope"), 404, MISSING, UNKNOWN)


def test_a_key_reaches_a_stage_by_one_plan(plans, chat):
    first, second = (
        plans.create_usage_plan(name=stage, apiStages=[{"apiId": chat, "stage": stage}])["id"] for stage in ("dev", "prod")
    )
    key_id = plans.create_api_key()["id"]
    for plan_id in (first, second):
        plans.create_usage_plan_key(usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")

    def message(plan_id):
        return (f"Usage Plan {plan_id} cannot be added because API Key cannot reference multiple Usage Plans with the "
                f"same API stage: {chat}:dev")

    add = {"op": "add", "path": "/apiStages", "value": f"{chat}:dev"}
    refused(lambda: change(plans, second, add), 409, CONFLICT, message(second))
    third = plans.create_usage_plan(name="third", apiStages=[{"apiId": chat, "stage": "dev"}])["id"]
    refused(lambda: plans.create_usage_plan_key(usagePlanId=third, keyId=key_id, keyType="API_KEY"), 409, CONFLICT,
            message(third))
    plans.delete_usage_plan_key(usagePlanId=first, keyId=key_id)
    change(plans, second, add)


def test_of_many_plans_at_once_a_key_gets_one(plans, chat):
    stages = [{"apiId": chat, "stage": "dev"}]
    ids = [plans.create_usage_plan(name=str(number), apiStages=stages)["id"] for number in range(8)]
    key_id = plans.create_api_key()["id"]

    def add(plan_id):
        try:
            plans.create_usage_plan_key(usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
            return "added"
        except ClientError as error:
            return error.response["Error"]["Code"]

    with ThreadPoolExecutor(len(ids)) as pool:
        assert sorted(pool.map(add, ids)) == [CONFLICT] * 7 + ["added"]


def test_plans_are_listed_in_parts_and_tagged(plans):
    ids = [plans.create_usage_plan(name=str(number))["id"] for number in range(3)]
    pages = plans.get_paginator("get_usage_plans").paginate(PaginationConfig={"PageSize": 2})
    assert [[plan["id"] for plan in page["items"]] for page in pages] == [ids[:2], ids[2:]]
    arn = f"arn:aws:apigateway:us-east-1::/usageplans/{ids[0]}"
    plans.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    plans.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert plans.get_usage_plan(usagePlanId=ids[0])["tags"] == plans.get_tags(resourceArn=arn)["tags"] == {"b": "2"}


def test_usage_is_not_there_yet(plans):
    refused(lambda: plans.get_usage(usagePlanId="p", startDate="2026-01-01", endDate="2026-01-02"), 501,
            "NotImplementedException", "GetUsage is not implemented by this version of Gatewright")


def test_the_cli(gateway, plans, chat):
    made = gateway.aws("apigateway", "create-usage-plan", "--name", "cli", "--api-stages", f"apiId={chat},stage=dev",
                       "--throttle", "burstLimit=2,rateLimit=1", "--quota", "limit=5,period=DAY")
    assert made["quota"] == {"limit": 5, "offset": 0, "period": "DAY"}
    key = gateway.aws("apigateway", "create-api-key", "--name", "cli", "--enabled")
    plan = ("--usage-plan-id", made["id"])
    gateway.aws("apigateway", "create-usage-plan-key", *plan, "--key-id", key["id"], "--key-type", "API_KEY")
    listed = gateway.aws("apigateway", "get-usage-plan-keys", *plan)
    assert [one["value"] for one in listed["items"]] == [key["value"]]
    changed = gateway.aws("apigateway", "update-usage-plan", *plan, "--patch-operations",
                          f"op=remove,path=/apiStages,value={chat}:dev", "op=remove,path=/throttle")
    assert changed["apiStages"] == [] and "throttle" not in changed
    gateway.aws("apigateway", "delete-usage-plan-key", *plan, "--key-id", key["id"])
    gateway.aws("apigateway", "delete-usage-plan", *plan)
