"""The real Terraform and AWS provider over tests/terraform/api_keys: made, unchanged, changed, destroyed."""

from terraform import CONFIGURATIONS, Terraform


def state(terraform):
    return {address.removeprefix("aws_api_gateway_"): one["values"] for address, one in terraform.resources().items()}


def test_made_unchanged_changed_and_destroyed(own_gateway, terraform_settings, tmp_path):
    terraform = Terraform(terraform_settings, own_gateway, tmp_path / "api_keys", CONFIGURATIONS / "api_keys")
    v1 = own_gateway.v1_client()
    terraform.apply()
    terraform.check_nothing_to_do()
    made = state(terraform)
    assert len(made["api_key.generated"]["value"]) == 40
    assert made["usage_plan_key.key"]["value"] == made["api_key.generated"]["value"]
    assert made["api_key.given"]["value"] == "a-given-value-of-an-api-key"

    terraform.step(2)
    terraform.apply()
    terraform.check_nothing_to_do()
    changed = state(terraform)
    # Changed in place, not made anew.
    assert {name: one["id"] for name, one in changed.items()} == {name: one["id"] for name, one in made.items()}
    key = v1.get_api_key(apiKey=made["api_key.generated"]["id"], includeValue=True)
    assert (key["description"], key["enabled"], key["tags"]) == ("changed", False, {"step": "2"})
    assert key["value"] == made["api_key.generated"]["value"]
    plan = v1.get_usage_plan(usagePlanId=made["usage_plan.plan"]["id"])
    assert (plan["name"], plan["productCode"], plan["tags"]) == ("silver", "code", {"step": "2"})
    assert plan["quota"] == {"limit": 200, "offset": 20, "period": "MONTH"} and "throttle" not in plan
    assert {stage["stage"]: stage.get("throttle") for stage in plan["apiStages"]} == {
        "dev": {"$connect": {"burstLimit": 5, "rateLimit": 0.5}}, "prod": None,
    }

    terraform.run("destroy", "-auto-approve", "-refresh=false")
    assert v1.get_api_keys()["items"] == v1.get_usage_plans()["items"] == []
