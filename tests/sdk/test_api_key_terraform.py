"""The real Terraform and AWS provider over tests/terraform/api_keys: made, unchanged, changed, destroyed."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest
from gatewright import Process

SOURCE = pathlib.Path(__file__).parent.parent / "terraform" / "api_keys"
MIRRORS = ["/opt/tf-plugins", "~/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"]
SETTINGS = """
disable_checkpoint = true
provider_installation {{ filesystem_mirror {{ path = "{}" }} }}
"""


def mirror():
    """A folder with the provider; it has all services, while one that is built here would lack v1's."""
    for folder in map(pathlib.Path, map(os.path.expanduser, MIRRORS)):
        if any(folder.glob("registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*")):
            return folder
    return None


needs_terraform = pytest.mark.skipif(
    not (shutil.which("terraform") and mirror()), reason="Terraform and its AWS provider are not on this machine"
)


@pytest.fixture
def serving(tmp_path):
    process = Process("serve", tmp_path / "data").start()
    yield process
    process.stop()


@pytest.fixture
def terraform(serving, tmp_path):
    work, settings = tmp_path / "terraform", tmp_path / "terraformrc"
    shutil.copytree(SOURCE, work)
    settings.write_text(SETTINGS.format(mirror()))
    key, secret = serving.credentials()
    environment = {
        **os.environ, "TF_CLI_CONFIG_FILE": str(settings), "TF_IN_AUTOMATION": "1", "TF_INPUT": "0",
        "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "TF_VAR_endpoint": serving.url("management"),
    }

    def run(*arguments, step=1):
        done = subprocess.run(
            ["terraform", *arguments], cwd=work, env={**environment, "TF_VAR_step": str(step)}, capture_output=True,
            text=True, timeout=300,
        )
        assert done.returncode == 0, f"{arguments}\n{done.stdout[-8000:]}\n{done.stderr[-8000:]}"
        return done.stdout

    run("init", "-no-color")
    return run


def state(terraform):
    resources = json.loads(terraform("show", "-json"))["values"]["root_module"]["resources"]
    return {one["address"].removeprefix("aws_api_gateway_"): one["values"] for one in resources}


@needs_terraform
def test_made_unchanged_changed_and_destroyed(serving, terraform):
    v1 = serving.v1_client()
    terraform("apply", "-auto-approve", "-no-color")
    terraform("plan", "-detailed-exitcode", "-no-color")
    made = state(terraform)
    assert len(made["api_key.generated"]["value"]) == 40
    assert made["usage_plan_key.key"]["value"] == made["api_key.generated"]["value"]
    assert made["api_key.given"]["value"] == "a-given-value-of-an-api-key"

    terraform("apply", "-auto-approve", "-no-color", step=2)
    terraform("plan", "-detailed-exitcode", "-no-color", step=2)
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

    terraform("destroy", "-auto-approve", "-no-color", step=2)
    assert v1.get_api_keys()["items"] == v1.get_usage_plans()["items"] == []
