"""The real Terraform and the real AWS provider: made, unchanged, changed, imported, destroyed.

The configurations are in tests/terraform: the seed's route, and every attribute of every resource and data source.
"""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ELSEWHERE
from gatewright import Process
from terraform import CONFIGURATIONS, TARGET, Terraform, gathered, leaves, provider_schemas

# What cannot change in place, by kind.
FIXED = {
    "api": {"protocol_type", "target", "route_key", "credentials_arn"},
    "api_mapping": {"api_id", "domain_name"},
    "authorizer": {"api_id", "authorizer_type"},
    "deployment": {"api_id", "triggers"},
    "domain_name": {"domain_name", "domain_name_configuration.endpoint_type", "domain_name_configuration.security_policy"},
    "integration": {"api_id", "integration_type", "integration_subtype", "connection_type"},
    "integration_response": {"api_id", "integration_id"},
    "model": {"api_id"},
    "route": {"api_id"},
    "route_response": {"api_id", "route_id", "route_response_key"},
    "stage": {"api_id", "name"},
    "vpc_link": {"subnet_ids", "security_group_ids"},
}

# Attributes that only the configuration knows: an import cannot bring them.
UNIMPORTABLE = {
    "aws_apigatewayv2_api.quick": "target, route_key, credentials_arn",
    "aws_apigatewayv2_api.imported": "body, fail_on_warnings",
    "aws_apigatewayv2_deployment.websocket": "triggers",
}

IMPORT_ID = {
    "api": "{id}", "api_mapping": "{id}/{domain_name}", "authorizer": "{api_id}/{id}", "deployment": "{api_id}/{id}",
    "domain_name": "{id}", "integration": "{api_id}/{id}", "integration_response": "{api_id}/{integration_id}/{id}",
    "model": "{api_id}/{id}", "route": "{api_id}/{id}", "route_response": "{api_id}/{route_id}/{id}",
    "stage": "{api_id}/{name}", "vpc_link": "{id}",
}


@pytest.fixture(scope="session")
def schemas(terraform_settings, tmp_path_factory):
    return provider_schemas(terraform_settings, tmp_path_factory.mktemp("schemas"))


def short(kind):
    return kind.removeprefix("aws_apigatewayv2_")


def everything_there_is(client):
    names = [api["Name"] for api in client.get_apis()["Items"]]
    domains = [domain["DomainName"] for domain in client.get_domain_names()["Items"]]
    return sorted(names + domains + [link["Name"] for link in client.get_vpc_links()["Items"]])


KEYS = {"websocket": "$default", "http": "ANY /example/{proxy+}"}


def test_the_seeds_route(own_gateway, terraform_settings, tmp_path):
    terraform = Terraform(terraform_settings, own_gateway, tmp_path / "seed", CONFIGURATIONS / "seed")
    client = own_gateway.client()
    terraform.apply()
    terraform.check_nothing_to_do()
    assert route_keys(client) == sorted(KEYS.values())
    terraform.run("destroy", "-auto-approve", "-refresh=false")
    assert client.get_apis()["Items"] == []


def route_keys(client):
    apis = client.get_apis()["Items"]
    return sorted(route["RouteKey"] for api in apis for route in client.get_routes(ApiId=api["ApiId"])["Items"])


def test_the_seeds_route_by_cdktf(terraform_settings, tmp_path):
    """The page's own Python, synthesised; what the database is makes no difference to it."""
    python = TARGET / "cdktf" / "bin" / "python"
    made = [python, CONFIGURATIONS / "cdktf" / "main.py", tmp_path / "out"]
    done = subprocess.run(made, cwd=tmp_path, env={**os.environ, "CHECKPOINT_DISABLE": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    gateway = Process("serve", tmp_path / "data", ELSEWHERE).start()

    def use(name):
        terraform = Terraform(terraform_settings, gateway, tmp_path / name, tmp_path / "out" / "stacks" / name)
        terraform.apply()
        terraform.check_nothing_to_do()

    with ThreadPoolExecutor(len(KEYS)) as pool:
        assert list(pool.map(use, KEYS)) == [None] * len(KEYS)
    assert route_keys(gateway.client()) == sorted(KEYS.values())
    gateway.stop()


def test_every_attribute_of_every_resource(own_gateway, terraform_settings, schemas, tmp_path):
    terraform = Terraform(terraform_settings, own_gateway, tmp_path / "everything", CONFIGURATIONS / "everything")
    terraform.step(1)
    terraform.apply()
    terraform.check_nothing_to_do()
    check_all_set(terraform.resources().values(), schemas)
    terraform.step(2)
    check_all_change(terraform.plan()["resource_changes"], schemas["resource_schemas"])
    terraform.apply("planned")
    terraform.check_nothing_to_do()
    check_import(terraform)
    terraform.check_nothing_to_do()
    terraform.run("destroy", "-auto-approve", "-refresh=false")
    assert everything_there_is(own_gateway.client()) == []


def check_all_set(resources, schemas):
    """Each settable attribute of each kind has a value in some resource of that kind."""
    for part, mode in (("resource_schemas", "managed"), ("data_source_schemas", "data")):
        for kind, attributes in schemas[part].items():
            values = [one["values"] for one in resources if (one["type"], one["mode"]) == (kind, mode)]
            found = {path for each in values for path, _ in leaves(each)}
            computed = {"tags"} if mode == "data" else set()
            assert sorted(attributes - found - computed) == [], (part, kind)


def check_all_change(changes, schemas):
    """Each attribute that can change changes in some resource of its kind, in place."""
    for kind, attributes in schemas.items():
        changed = set()
        for one in changes:
            if one["type"] == kind and one["mode"] == "managed" and one["change"]["actions"] == ["update"]:
                before, after = gathered(one["change"]["before"]), gathered(one["change"]["after"])
                unknown = {path for path, _ in leaves(one["change"]["after_unknown"])}
                changed |= {path for path in {*before, *after, *unknown}
                            if path in unknown or before.get(path) != after.get(path)}
        assert sorted(attributes - changed - FIXED[short(kind)]) == [], kind


def check_import(terraform):
    """All resources leave the state and come back by import, each without a difference."""
    resources = {address: one for address, one in terraform.resources().items()
                 if one["mode"] == "managed" and address not in UNIMPORTABLE}
    assert {short(one["type"]) for one in resources.values()} == set(IMPORT_ID)
    terraform.run("state", "rm", *resources)
    blocks = [
        f'import {{\n  to = {address}\n  id = "{IMPORT_ID[short(one["type"])].format(**one["values"])}"\n}}\n'
        for address, one in resources.items()]
    (terraform.work / "imports.tf").write_text("\n".join(blocks))
    planned = {one["address"]: one["change"] for one in terraform.plan()["resource_changes"] if one["mode"] == "managed"}
    imported = {address for address, change in planned.items() if "importing" in change}
    assert imported == set(resources)
    assert {address: change["actions"] for address, change in planned.items() if change["actions"] != ["no-op"]} == {}
    terraform.apply("planned")
    (terraform.work / "imports.tf").unlink()
