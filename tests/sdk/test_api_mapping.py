"""API mappings: spec/management-api.md sections 2.11, 3.3, 3.4."""

import pytest
from lifecycle import ABSENT, API_MAPPING, check_life, check_refused, check_update


@pytest.fixture
def api(client, api_id):
    for stage in ("$default", "dev"):
        client.create_stage(ApiId=api_id, StageName=stage)
    return api_id


@pytest.fixture
def on(api, domain):
    """The domain name; set up after the API, so that it goes first."""
    return {"DomainName": domain}


@pytest.fixture
def mapping(client, api, on):
    made = client.create_api_mapping(**on, ApiId=api, Stage="dev", ApiMappingKey="pets")
    return {**on, "ApiMappingId": made["ApiMappingId"]}


def test_a_mappings_life(client, api, on):
    creates = [{"ApiId": api, "Stage": "dev", "ApiMappingKey": key} for key in ("pets", "dogs", "cats/v1")]
    check_life(client, API_MAPPING, on, creates, creates[0])


@pytest.mark.parametrize("key", [{}, {"ApiMappingKey": ""}], ids=["absent", "empty"])
def test_the_root(client, api, on, key):
    members = {"ApiId": api, "Stage": "$default"}
    check_life(client, API_MAPPING, on, [{**members, **key}], {**members, "ApiMappingKey": ("", ABSENT)})


@pytest.mark.parametrize("members,changes", [
    ({}, {}),
    ({"Stage": "$default"}, {"Stage": "$default"}),
    ({"ApiMappingKey": "new/key"}, {"ApiMappingKey": "new/key"}),
    ({"ApiMappingKey": ""}, {"ApiMappingKey": ("", ABSENT)}),
    ({"ApiMappingKey": "pets"}, {}),
])
def test_updates(client, api, mapping, members, changes):
    check_update(client, API_MAPPING, mapping, {"ApiId": api, **members}, changes)


def test_an_update_names_its_api(client, mapping):
    check_refused(lambda: client.update_api_mapping(**mapping, Stage="$default"), 400)


SLASHES = "API mapping key should not start with a '/' or have consecutive '/'s."
LETTERS = "An ApiMapping key may contain only letters, numbers and one of $-_.+!*'(),"


@pytest.mark.parametrize("key,message", [
    ("/a", SLASHES),
    ("a//b", SLASHES),
    ("a/", "API mapping key should not end with a '/'."),
    ("a b", LETTERS),
    ("a?b", LETTERS),
    ("é", LETTERS),
    ("x" * 301, None),
])
def test_bad_keys_are_refused(client, api, on, key, message):
    check_refused(lambda: client.create_api_mapping(**on, ApiId=api, Stage="dev", ApiMappingKey=key), 400, message)
    assert client.get_api_mappings(**on)["Items"] == []


@pytest.mark.parametrize("key", ["a/b/c", "$-_.+!*'()", "$context.domainName", "x" * 300])
def test_keys_that_are_taken(client, api, on, key):
    assert client.create_api_mapping(**on, ApiId=api, Stage="dev", ApiMappingKey=key)["ApiMappingKey"] == key


def test_a_key_is_taken_once(client, api, on, mapping):
    message = "ApiMapping key already exists for this domain name"
    check_refused(lambda: client.create_api_mapping(**on, ApiId=api, Stage="dev", ApiMappingKey="pets"), 409, message)
    other = client.create_api_mapping(**on, ApiId=api, Stage="dev")["ApiMappingId"]
    check_refused(lambda: client.create_api_mapping(**on, ApiId=api, Stage="dev", ApiMappingKey=""), 409, message)
    check_refused(
        lambda: client.update_api_mapping(**on, ApiMappingId=other, ApiId=api, ApiMappingKey="pets"), 409, message)


def test_references(client, api, on, mapping):
    stage = "Invalid stage identifier specified"
    check_refused(lambda: client.create_api_mapping(**on, ApiId=api, Stage="nope"), 400, stage)
    check_refused(lambda: client.update_api_mapping(**mapping, ApiId=api, Stage="nope"), 400, stage)
    check_refused(lambda: client.create_api_mapping(**on, ApiId="nope", Stage="dev"), 404)
    unknown = "Invalid domain name identifier specified"
    check_refused(lambda: client.create_api_mapping(DomainName="nope.example", ApiId=api, Stage="dev"), 404, unknown)
    check_refused(lambda: client.get_api_mappings(DomainName="nope.example"), 404, unknown)


def test_what_is_mapped_stays(client, api, on, mapping):
    check_refused(
        lambda: client.delete_api(ApiId=api), 400,
        f"Deleting API {api} failed. Please remove all API mappings for the API from your custom domain names.")
    check_refused(
        lambda: client.delete_stage(ApiId=api, StageName="dev"), 400,
        "Deleting stage dev failed. Please remove all base path mappings related to the stage in your domains: "
        f"{on['DomainName']}")
    client.delete_stage(ApiId=api, StageName="$default")
    client.delete_api_mapping(**mapping)
    client.delete_stage(ApiId=api, StageName="dev")


def test_a_domain_name_is_of_one_protocol(client, api, on, mapping, websocket_id):
    client.create_stage(ApiId=websocket_id, StageName="dev")
    check_refused(lambda: client.create_api_mapping(**on, ApiId=websocket_id, Stage="dev", ApiMappingKey="ws"), 400)
