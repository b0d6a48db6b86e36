"""The real Terraform with the real AWS provider, in a folder of its own."""

import json
import os
import pathlib
import re
import shutil
import subprocess

CONFIGURATIONS = pathlib.Path(__file__).parent.parent / "terraform"
TARGET = pathlib.Path(os.environ["BINARY_UNDER_TEST"]).absolute().parent.parent
MIRRORS = ["/opt/tf-plugins", "~/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"]
SERVICES = "apigateway,apigatewayv2,sts"
RC = """
disable_checkpoint = true
provider_installation {{
  filesystem_mirror {{
    path    = "{}"
    include = ["registry.terraform.io/hashicorp/aws"]
  }}
}}
"""


def provider_settings(work):
    """A terraformrc that names a mirror with the provider; where the machine has none, one is built (2 minutes)."""
    for mirror in map(pathlib.Path, map(os.path.expanduser, MIRRORS)):
        if any(mirror.glob("registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*")):
            (work / "terraformrc").write_text(RC.format(mirror))
            return work / "terraformrc"
    built = TARGET / "terraform" / SERVICES
    if not (built / "terraformrc").exists():
        subprocess.run([CONFIGURATIONS / "build-provider", built, "--services", SERVICES], check=True)
    return built / "terraformrc"


SUMMARY = re.compile(r"(Apply complete|Destroy complete|No changes|Plan:|Terraform has been successfully initialized)")


class Terraform:
    def __init__(self, settings, gateway, work, source):
        self.work = work
        shutil.copytree(source, work, dirs_exist_ok=True)
        key, secret = gateway.credentials()
        self.environment = {
            **os.environ, "TF_CLI_CONFIG_FILE": str(settings), "TF_IN_AUTOMATION": "1", "TF_INPUT": "0",
            "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "TF_VAR_endpoint": gateway.url("management"),
        }
        self.run("init")

    def run(self, *arguments, codes=(0,)):
        command = ["terraform", *arguments, *(["-no-color"] if arguments[0] not in ("show", "state", "providers") else [])]
        done = subprocess.run(command, cwd=self.work, env=self.environment, capture_output=True, text=True, timeout=300)
        assert done.returncode in codes, f"{' '.join(command)}\n{done.stdout[-8000:]}\n{done.stderr[-8000:]}"
        # Seen with `pytest -s`: what Terraform itself says of each step.
        for line in filter(SUMMARY.match, done.stdout.splitlines()):
            print(f"terraform {arguments[0]}: {line}")
        return done.stdout

    def step(self, number):
        self.environment["TF_VAR_step"] = str(number)

    def apply(self, *arguments):
        return self.run("apply", "-auto-approve", "-parallelism=10", *arguments)

    def plan(self):
        """The plan as JSON."""
        self.run("plan", "-out=planned")
        return json.loads(self.run("show", "-json", "planned"))

    def check_nothing_to_do(self):
        self.run("plan", "-detailed-exitcode")

    def resources(self):
        """What the state holds: address to values."""
        found = json.loads(self.run("show", "-json"))["values"]["root_module"]["resources"]
        return {one["address"]: one for one in found}


def provider_schemas(settings, work):
    """Each kind's settable attributes, as paths, by `resource_schemas` and `data_source_schemas`."""
    shutil.copy(CONFIGURATIONS / "seed" / "main.tf", work)
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(settings)}
    subprocess.run(["terraform", "init", "-no-color"], cwd=work, env=environment, capture_output=True, check=True)
    done = subprocess.run(["terraform", "providers", "schema", "-json"], cwd=work, env=environment, capture_output=True,
                          check=True)
    (provider,) = json.loads(done.stdout)["provider_schemas"].values()
    return {
        part: {kind: set(settable(schema["block"])) for kind, schema in provider[part].items()
               if kind.startswith("aws_apigatewayv2_")}
        for part in ("resource_schemas", "data_source_schemas")
    }


# `region` came with the provider's version 6: a wish of the provider's, never sent.
LOCAL = {"id", "tags_all", "timeouts", "region"}


def settable(block, path=""):
    for name, attribute in block.get("attributes", {}).items():
        if (attribute.get("required") or attribute.get("optional")) and not (path == "" and name in LOCAL):
            yield path + name
    for name, nested in block.get("block_types", {}).items():
        if name not in LOCAL:
            yield from settable(nested["block"], f"{path}{name}.")


def leaves(values, path=""):
    """Values by path; blocks are looked into, lists and maps of texts are not."""
    for name, value in (values or {}).items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for one in value:
                for below, leaf in leaves(one, f"{path}{name}."):
                    yield below, leaf
        elif value is not None:
            yield path + name, value


def gathered(values):
    found = {}
    for path, leaf in leaves(values):
        found.setdefault(path, []).append(json.dumps(leaf, sort_keys=True))
    return {path: sorted(several) for path, several in found.items()}
