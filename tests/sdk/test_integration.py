"""Integrations: spec/management-api.md section 2.3."""

import re

import pytest
from botocore.exceptions import ClientError
from lifecycle import ABSENT, INTEGRATION, check_life, check_refused, check_update
from test_api import refused

PROXY = {
    "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET",
    "IntegrationUri": "http://127.0.0.1:9/x", "PayloadFormatVersion": "1.0",
}


def test_an_integration_is_made_read_changed_and_deleted(client, api_id):
    made = client.create_integration(ApiId=api_id, **PROXY, PassthroughBehavior="WHEN_NO_MATCH")
    integration_id = made["IntegrationId"]
    assert (made["ConnectionType"], made["TimeoutInMillis"]) == ("INTERNET", 30000)
    assert "PassthroughBehavior" not in made
    got = client.get_integration(ApiId=api_id, IntegrationId=integration_id)
    assert got["IntegrationUri"] == PROXY["IntegrationUri"]
    changed = client.update_integration(
        ApiId=api_id, IntegrationId=integration_id, TimeoutInMillis=50, Description="d",
        RequestParameters={"overwrite:path": "/y", "append:header.a": "b"},
    )
    assert (changed["TimeoutInMillis"], changed["Description"]) == (50, "d")
    merged = client.update_integration(
        ApiId=api_id, IntegrationId=integration_id, Description="", RequestParameters={"append:header.a": ""},
    )
    assert "Description" not in merged and merged["RequestParameters"] == {"overwrite:path": "/y"}
    assert len(client.get_integrations(ApiId=api_id)["Items"]) == 1

    route = client.create_route(ApiId=api_id, RouteKey="GET /", Target=f"integrations/{integration_id}")["RouteId"]
    refused(
        lambda: client.delete_integration(ApiId=api_id, IntegrationId=integration_id), 409, "ConflictException",
        f"Cannot delete Integration because it is referenced by the following Routes with Ids: [{route}]",
    )
    client.delete_route(ApiId=api_id, RouteId=route)
    client.delete_integration(ApiId=api_id, IntegrationId=integration_id)
    refused(
        lambda: client.get_integration(ApiId=api_id, IntegrationId=integration_id), 404, "NotFoundException",
        f"Invalid Integration identifier specified {integration_id}",
    )


def test_bad_integrations_are_refused(client, api_id):
    def create(without=(), **members):
        merged = {**PROXY, **members}
        return lambda: client.create_integration(
            ApiId=api_id, **{name: value for name, value in merged.items() if name not in without}
        )

    bad = "BadRequestException"
    refused(create(IntegrationType="MOCK"), 400, bad,
            "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)")
    refused(create(without=["PayloadFormatVersion"]), 400, bad, "PayloadFormatVersion is a required parameter for integration")
    refused(create(PayloadFormatVersion="2.0"), 400, bad,
            "PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY")
    refused(create(PayloadFormatVersion="3.0"), 400, bad, "Unsupported PayloadFormatVersion: 3.0")
    refused(create(without=["IntegrationMethod"]), 400, bad,
            "HttpMethod parameter method must be specified for integrationType HTTPPROXY")
    refused(create(ConnectionType="VPC_LINK"), 400, bad, "ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK")
    for timeout in (49, 30001):
        refused(create(TimeoutInMillis=timeout), 400, bad, "Timeout should be between 50 ms and 30000 ms")


ROLE = "arn:aws:iam::000000000000:role/r"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
LISTENER = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/a/50dc6c495c0c9188/f2f7dc8efc522ab2"
SUBTYPES = {
    "EventBridge-PutEvents": ["Detail", "DetailType", "Source"],
    "SQS-SendMessage": ["QueueUrl", "MessageBody"],
    "SQS-ReceiveMessage": ["QueueUrl"],
    "SQS-DeleteMessage": ["ReceiptHandle", "QueueUrl"],
    "SQS-PurgeQueue": ["QueueUrl"],
    "AppConfig-GetConfiguration": ["Application", "Environment", "Configuration", "ClientId"],
    "Kinesis-PutRecord": ["StreamName", "Data", "PartitionKey"],
    "StepFunctions-StartExecution": ["StateMachineArn"],
    "StepFunctions-StartSyncExecution": ["StateMachineArn"],
    "StepFunctions-StopExecution": ["ExecutionArn"],
}


def subtype(name, **members):
    return {
        "IntegrationType": "AWS_PROXY", "IntegrationSubtype": name, "CredentialsArn": ROLE, "PayloadFormatVersion": "1.0",
        "RequestParameters": {key: "$request.body.x" for key in SUBTYPES.get(name, [])}, **members}


@pytest.mark.parametrize("name", SUBTYPES)
def test_a_subtypes_life(client, api_id, name):
    members = subtype(name)
    check_life(client, INTEGRATION, {"ApiId": api_id}, [members, members],
               {**members, "ConnectionType": "INTERNET", "TimeoutInMillis": 30000})
    check_refused(lambda: client.create_integration(ApiId=api_id, **{**members, "RequestParameters": {}}), 400,
                  f"Operation: {name} requires enabling passthrough, or defining all of the following parameters in the "
                  f"parameter mapping: [{', '.join(SUBTYPES[name])}]")


@pytest.mark.parametrize("members,message", [
    (subtype("SQS-SendMessage", CredentialsArn=""),
     "Role ARN must be specified for AWS integration configuration with Subtype: SQS-SendMessage"),
    (subtype("SQS-SendMessage", PayloadFormatVersion="2.0"), "Operation: SQS-SendMessage is not supported."),
    (subtype("S3-GetObject"), "Operation: S3-GetObject is not supported."),
    (subtype("SQS-SendMessage", IntegrationUri=FUNCTION), None),
    (subtype("SQS-SendMessage", IntegrationMethod="POST"), None),
])
def test_bad_subtypes_are_refused(client, api_id, members, message):
    check_refused(lambda: client.create_integration(ApiId=api_id, **members), 400, message)


def test_an_update_of_a_subtype_repeats_it(client, api_id):
    made = client.create_integration(ApiId=api_id, **subtype("SQS-SendMessage"))
    ids = {"ApiId": api_id, "IntegrationId": made["IntegrationId"]}
    check_refused(lambda: client.update_integration(**ids, Description="d"), 400, "Invalid integration URI specified")
    same = {"IntegrationType": "AWS_PROXY", "IntegrationSubtype": "SQS-SendMessage"}
    check_update(client, INTEGRATION, ids, {**same, "Description": "d"}, {"Description": "d"})
    check_refused(
        lambda: client.update_integration(**ids, **same, RequestParameters={"MessageBody": ""}), 400,
        "Invalid selection expression specified: Validation Result: warnings : [], errors : [Mapping expression missing source "
        "or destination]")


@pytest.mark.parametrize("uri", [FUNCTION, f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_function_is_kept_as_given(client, api_id, uri, version):
    members = {"IntegrationType": "AWS_PROXY", "IntegrationUri": uri, "PayloadFormatVersion": version}
    check_life(client, INTEGRATION, {"ApiId": api_id}, [members],
               {**members, "IntegrationMethod": "POST", "ConnectionType": "INTERNET", "TimeoutInMillis": 30000})


@pytest.fixture
def link(client):
    link_id = client.create_vpc_link(Name="l", SubnetIds=["subnet-1"])["VpcLinkId"]
    yield link_id
    client.delete_vpc_link(VpcLinkId=link_id)


def private(link, **members):
    return {**PROXY, "IntegrationUri": LISTENER, "ConnectionType": "VPC_LINK", "ConnectionId": link, **members}


@pytest.mark.parametrize("uri", [LISTENER, "arn:aws:servicediscovery:us-east-1:000000000000:service/srv-abc"])
def test_a_private_integrations_life(client, link, api_id, uri):
    members = private(link, IntegrationUri=uri, TlsConfig={"ServerNameToVerify": "a.example"})
    check_life(client, INTEGRATION, {"ApiId": api_id}, [members, members], {**members, "TimeoutInMillis": 30000})


def test_a_private_integration_is_checked(client, link, api_id):
    check_refused(
        lambda: client.create_integration(ApiId=api_id, **private(link, IntegrationUri="ftp://127.0.0.1:9/")), 400,
        "For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN.")
    with pytest.raises(ClientError) as caught:
        client.create_integration(ApiId=api_id, **private("nope12"))
    assert caught.value.response["Error"]["Code"] in ("BadRequestException", "NotFoundException")
    made = client.create_integration(ApiId=api_id, **private("${stageVariables.link}"))
    assert made["ConnectionId"] == "${stageVariables.link}"
    client.delete_integration(ApiId=api_id, IntegrationId=made["IntegrationId"])


@pytest.fixture
def full(client, api_id):
    made = client.create_integration(
        ApiId=api_id, **PROXY, Description="d", CredentialsArn=ROLE,
        RequestParameters={"overwrite:path": "/x", "append:header.a": "b", "remove:header.c": "''"},
        ResponseParameters={"200": {"overwrite:header.a": "b"}, "404": {"overwrite:statuscode": "200"}})
    return {"ApiId": api_id, "IntegrationId": made["IntegrationId"]}


@pytest.mark.parametrize("members,changes", [
    ({}, {}),
    ({"Description": ""}, {"Description": ABSENT}),
    ({"CredentialsArn": ""}, {"CredentialsArn": ABSENT}),
    ({"IntegrationMethod": "ANY"}, {"IntegrationMethod": "ANY"}),
    ({"IntegrationUri": "https://x.example/{proxy}"}, {"IntegrationUri": "https://x.example/{proxy}"}),
    ({"TimeoutInMillis": 30000}, {"TimeoutInMillis": 30000}),
    ({"PassthroughBehavior": "NEVER"}, {}),
    ({"TlsConfig": {"ServerNameToVerify": "a.example"}}, {}),
    ({"TlsConfig": {}}, {}),
    ({"RequestParameters": {}}, {}),
    ({"RequestParameters": {"overwrite:path": ""}},
     {"RequestParameters": {"append:header.a": "b", "remove:header.c": "''"}}),
    ({"RequestParameters": {"append:querystring.q": "$request.path"}},
     {"RequestParameters": {"overwrite:path": "/x", "append:header.a": "b", "remove:header.c": "''",
                            "append:querystring.q": "$request.path"}}),
    ({"RequestParameters": {"overwrite:path": "", "append:header.a": "", "remove:header.c": ""}},
     {"RequestParameters": ({}, ABSENT)}),
    ({"ResponseParameters": {}}, {}),
    ({"ResponseParameters": {"404": {}}}, {"ResponseParameters": {"200": {"overwrite:header.a": "b"}}}),
    ({"ResponseParameters": {"500": {"remove:header.x": "''"}}},
     {"ResponseParameters": {"200": {"overwrite:header.a": "b"}, "404": {"overwrite:statuscode": "200"},
                             "500": {"remove:header.x": "''"}}}),
])
def test_updates(client, full, members, changes):
    check_update(client, INTEGRATION, full, members, changes)


@pytest.mark.parametrize("member", ["IntegrationUri", "IntegrationMethod", "PayloadFormatVersion"])
def test_what_cannot_be_emptied(client, full, member):
    check_refused(lambda: client.update_integration(**full, **{member: ""}), 400)
    check_update(client, INTEGRATION, full, {}, {})


def test_a_private_integrations_updates(client, link, api_id):
    other = client.create_vpc_link(Name="m", SubnetIds=["subnet-1"])["VpcLinkId"]
    made = client.create_integration(ApiId=api_id, **private(link, TlsConfig={"ServerNameToVerify": "a.example"}))
    ids = {"ApiId": api_id, "IntegrationId": made["IntegrationId"]}
    check_update(client, INTEGRATION, ids, {"ConnectionId": other}, {"ConnectionId": other})
    check_update(client, INTEGRATION, ids, {"TlsConfig": {}}, {"TlsConfig": ABSENT})
    check_refused(lambda: client.update_integration(**ids, ConnectionId=""), 400,
                  "ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK")
    check_update(
        client, INTEGRATION, ids,
        {"ConnectionType": "INTERNET", "ConnectionId": "", "IntegrationUri": "http://127.0.0.1:9/"},
        {"ConnectionType": "INTERNET", "ConnectionId": ABSENT, "IntegrationUri": "http://127.0.0.1:9/"})
    client.delete_integration(**ids)
    client.delete_vpc_link(VpcLinkId=other)


FRAME = "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{}]"


@pytest.mark.parametrize("members,message", [
    ({"RequestParameters": {"nope": "a"}}, FRAME.format("Invalid Request Actioned Parameter destination specified: nope")),
    ({"RequestParameters": {"append:path": "a"}},
     FRAME.format("Invalid Request Actioned Parameter destination specified: append:path")),
    ({"ResponseParameters": {"200": {"overwrite:path": "a"}}},
     FRAME.format("Invalid Response Actioned Parameter destination specified: overwrite:path")),
    ({"ResponseParameters": {"199": {"append:header.a": "b"}}}, FRAME.format("Status Code 199 is not valid.")),
    ({"ResponseParameters": {"600": {"append:header.a": "b"}}}, FRAME.format("Status Code 600 is not valid.")),
    ({"RequestParameters": {"append:header.Authorization": "a"}}, re.compile("^Invalid mapping expression specified: ")),
    ({"RequestParameters": {"overwrite:header.x-amz-a": "a"}}, re.compile("^Invalid mapping expression specified: ")),
    ({"RequestParameters": {"append:header.a": "x" * 513}}, re.compile("requestParameters")),
    ({"IntegrationUri": "x" * 2049}, re.compile("integrationUri")),
    ({"Description": "x" * 1025}, re.compile("description")),
    ({"IntegrationUri": "ftp://x.example/"}, None),
])
def test_bad_members_are_refused(client, api_id, full, members, message):
    check_refused(lambda: client.create_integration(ApiId=api_id, **{**PROXY, **members}), 400, message)
    check_refused(lambda: client.update_integration(**full, **members), 400, message)
    check_update(client, INTEGRATION, full, {}, {})
    assert len(client.get_integrations(ApiId=api_id)["Items"]) == 1
