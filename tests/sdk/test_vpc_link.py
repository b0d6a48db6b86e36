"""VPC links: spec/management-api.md sections 2.12 and 3.3."""

import datetime
import re

import pytest
from lifecycle import VPC_LINK, check_life, check_refused, check_update, plain

FULL = {"Name": "l", "SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"], "Tags": {"a": "b"}}
COMPUTED = {
    "CreatedDate": re.compile(r"\d{4}-.*"), "VpcLinkStatus": "AVAILABLE", "VpcLinkVersion": "V2",
    "VpcLinkStatusMessage": "VPC link is ready to route traffic",
}


@pytest.fixture
def link(client):
    link_id = client.create_vpc_link(**FULL)["VpcLinkId"]
    yield {"VpcLinkId": link_id}
    client.delete_vpc_link(VpcLinkId=link_id)


def test_a_links_life(client):
    check_life(client, VPC_LINK, {}, [FULL, FULL, {**FULL, "Name": "m"}], {**FULL, **COMPUTED}, deleted=202)


def test_defaults(client):
    made = plain(client.create_vpc_link(Name="l", SubnetIds=["subnet-1"]))
    assert (made["SecurityGroupIds"], made["Tags"]) == ([], {})
    age = datetime.datetime.now(datetime.timezone.utc) - made["CreatedDate"]
    assert abs(age.total_seconds()) < 5
    client.delete_vpc_link(VpcLinkId=made["VpcLinkId"])


@pytest.mark.parametrize("members,changes", [({}, {}), ({"Name": "new"}, {"Name": "new"})])
def test_updates(client, link, members, changes):
    check_update(client, VPC_LINK, link, members, changes)


@pytest.mark.parametrize("members,message", [
    ({"SubnetIds": []}, "SubnetIds for a vpc link cannot be empty"),
    ({"Name": ""}, re.compile("name", re.IGNORECASE)),
    ({"Name": "x" * 129}, re.compile("name", re.IGNORECASE)),
])
def test_bad_links_are_refused(client, members, message):
    before = len(client.get_vpc_links()["Items"])
    check_refused(lambda: client.create_vpc_link(**{**FULL, **members}), 400, message)
    assert len(client.get_vpc_links()["Items"]) == before


@pytest.mark.parametrize("missing", ["Name", "SubnetIds"])
def test_required_members(client, missing):
    check_refused(lambda: client.create_vpc_link(**{name: value for name, value in FULL.items() if name != missing}), 400)


def test_a_link_in_use_stays(client, api_id):
    link = client.create_vpc_link(**FULL)["VpcLinkId"]
    integration = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", ConnectionType="VPC_LINK", ConnectionId=link,
        PayloadFormatVersion="1.0",
        IntegrationUri="arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/a/50dc6c495c0c9188/f2f7dc8efc522ab2",
    )["IntegrationId"]
    check_refused(lambda: client.delete_vpc_link(VpcLinkId=link), 409)
    client.delete_integration(ApiId=api_id, IntegrationId=integration)
    client.delete_vpc_link(VpcLinkId=link)
    check_refused(lambda: client.get_vpc_link(VpcLinkId=link), 404, f"Invalid VpcLink identifier specified {link}")
