"""Tags and ARNs: spec/management-api.md section 5."""

import re
import uuid

import pytest
from lifecycle import check_refused, status
from test_authentication import signed

ARN = "arn:aws:apigateway:us-east-1::"
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000"


class Tagged:
    """A resource with tags: its ARN, how its get and its list show it, how it goes."""

    def __init__(self, client, kind, api_id, tags):
        name = f"{uuid.uuid4().hex[:12]}.example.com"
        if kind == "api":
            made = client.create_api(Name="a", ProtocolType="HTTP", Tags=tags)["ApiId"]
            self.path, self.get = f"/apis/{made}", lambda: client.get_api(ApiId=made)
            self.list, self.delete = client.get_apis, lambda: client.delete_api(ApiId=made)
        elif kind == "stage":
            client.create_stage(ApiId=api_id, StageName="$default", Tags=tags)
            stage = {"ApiId": api_id, "StageName": "$default"}
            self.path, self.get = f"/apis/{api_id}/stages/$default", lambda: client.get_stage(**stage)
            self.list, self.delete = lambda: client.get_stages(ApiId=api_id), lambda: client.delete_stage(**stage)
        elif kind == "domain_name":
            configuration = [{"CertificateArn": CERTIFICATE, "EndpointType": "REGIONAL"}]
            client.create_domain_name(DomainName=name, Tags=tags, DomainNameConfigurations=configuration)
            self.path, self.get = f"/domainnames/{name}", lambda: client.get_domain_name(DomainName=name)
            self.list, self.delete = client.get_domain_names, lambda: client.delete_domain_name(DomainName=name)
        else:
            made = client.create_vpc_link(Name="l", SubnetIds=["subnet-1"], Tags=tags)["VpcLinkId"]
            self.path, self.get = f"/vpclinks/{made}", lambda: client.get_vpc_link(VpcLinkId=made)
            self.list, self.delete = client.get_vpc_links, lambda: client.delete_vpc_link(VpcLinkId=made)
        self.client, self.arn = client, ARN + self.path

    def check(self, tags):
        assert self.client.get_tags(ResourceArn=self.arn)["Tags"] == tags
        assert self.get()["Tags"] == tags
        assert tags in [item["Tags"] for item in self.list()["Items"]]


@pytest.mark.parametrize("kind", ["api", "stage", "domain_name", "vpc_link"])
def test_tags_are_merged_and_removed(client, api_id, kind):
    tagged = Tagged(client, kind, api_id, {"a": "1", "b": "2"})
    tagged.check({"a": "1", "b": "2"})
    assert status(client.tag_resource(ResourceArn=tagged.arn, Tags={"b": "3", "c": "", "sp ace.:+=@_/-": "sp ace.:+=@_/-"})) == 201
    tagged.check({"a": "1", "b": "3", "c": "", "sp ace.:+=@_/-": "sp ace.:+=@_/-"})
    assert status(client.untag_resource(ResourceArn=tagged.arn, TagKeys=["a", "sp ace.:+=@_/-", "not there"])) == 204
    tagged.check({"b": "3", "c": ""})
    client.tag_resource(ResourceArn=tagged.arn, Tags={})
    tagged.check({"b": "3", "c": ""})
    tagged.delete()
    for call in (
        lambda: client.get_tags(ResourceArn=tagged.arn), lambda: client.tag_resource(ResourceArn=tagged.arn, Tags={"a": "b"}),
        lambda: client.untag_resource(ResourceArn=tagged.arn, TagKeys=["a"]),
    ):
        check_refused(call, 404)


def test_a_stages_tags_are_its_own(client, api_id):
    stage = Tagged(client, "stage", api_id, {"a": "1"})
    api = f"{ARN}/apis/{api_id}"
    client.tag_resource(ResourceArn=api, Tags={"b": "2"})
    stage.check({"a": "1"})
    assert client.get_tags(ResourceArn=api)["Tags"] == {"b": "2"}


@pytest.mark.parametrize("tags", [
    {"": "x"}, {"x" * 129: "x"}, {"x": "x" * 257}, {"aws:x": "x"}, {"a!": "x"}, {"x": "a\x00"},
    {str(number): "" for number in range(51)},
], ids=["no key", "long key", "long value", "reserved", "key's letters", "value's letters", "51"])
def test_bad_tags_are_refused(client, api_id, tags):
    arn = f"{ARN}/apis/{api_id}"
    check_refused(lambda: client.tag_resource(ResourceArn=arn, Tags=tags), 400, re.compile("tag"))
    check_refused(lambda: client.create_api(Name="x", ProtocolType="HTTP", Tags=tags), 400, re.compile("tag"))
    assert client.get_tags(ResourceArn=arn)["Tags"] == {}


def test_tags_at_their_limits(client, api_id):
    arn = f"{ARN}/apis/{api_id}"
    tags = {"k" * 128: "v" * 256, **{str(number): "" for number in range(49)}}
    client.tag_resource(ResourceArn=arn, Tags=tags)
    assert client.get_tags(ResourceArn=arn)["Tags"] == tags
    check_refused(lambda: client.tag_resource(ResourceArn=arn, Tags={"one more": ""}), 400, re.compile("tag"))
    client.tag_resource(ResourceArn=arn, Tags={"0": "changed"})


def test_removing_needs_a_key(client, api_id):
    check_refused(lambda: client.untag_resource(ResourceArn=f"{ARN}/apis/{api_id}", TagKeys=[]), 400)


@pytest.mark.parametrize("arn", [
    "x", "arn:aws:apigateway:us-east-1::/nope/x", "arn:aws:s3:::bucket", "arn:aws:apigateway:us-east-1::/apis",
    "arn:aws:apigateway:us-east-1:000000000000:/domainnames/d/routingrules/abc123",
])
def test_bad_arns_are_refused(client, arn):
    check_refused(lambda: client.get_tags(ResourceArn=arn), 400)


@pytest.mark.parametrize("path", ["/apis/nope", "/apis/nope/stages/x", "/domainnames/nope.example", "/vpclinks/nope12"])
def test_unknown_resources_have_no_tags(client, path):
    check_refused(lambda: client.get_tags(ResourceArn=ARN + path), 404)


def test_an_arn_may_come_undecoded(gateway, client, api_id):
    """Some proxies and hand-made clients send the ARN's colons and slashes as they are."""
    client.tag_resource(ResourceArn=f"{ARN}/apis/{api_id}", Tags={"a": "b"})
    answer = signed(gateway, f"/v2/tags/{ARN}/apis/{api_id}")
    assert (answer.status, answer.json()) == (200, {"tags": {"a": "b"}})
