"""Domain names: spec/management-api.md sections 2.10, 3.3, 3.6."""

import re
import uuid

import pytest
from lifecycle import ABSENT, DOMAIN_NAME, check_life, check_members, check_refused, check_update, plain

CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000"
OTHER = CERTIFICATE[:-1] + "1"
CONFIGURATION = {
    "CertificateArn": CERTIFICATE, "CertificateName": "c", "EndpointType": "REGIONAL", "IpAddressType": "dualstack",
    "OwnershipVerificationCertificateArn": OTHER, "SecurityPolicy": "TLS_1_2",
}
MUTUAL = {"TruststoreUri": "s3://bucket/a.pem", "TruststoreVersion": "1"}
FULL = {"MutualTlsAuthentication": MUTUAL, "RoutingMode": "ROUTING_RULE_THEN_API_MAPPING", "Tags": {"a": "b"},
        "DomainNameConfigurations": [CONFIGURATION]}


def name(prefix="d"):
    return f"{prefix}{uuid.uuid4().hex[:12]}.example.com"


def check_configuration(found, sent):
    """What was sent and what is computed."""
    check_members(found, {
        **sent, "ApiGatewayDomainName": re.compile(r"d-[a-z0-9]{10}\.execute-api\.us-east-1\..+"),
        "HostedZoneId": re.compile(".+"), "DomainNameStatus": "AVAILABLE",
        "CertificateUploadDate": (found.get("CertificateUploadDate", ABSENT),)})


@pytest.mark.parametrize("prefix", ["d", "*."], ids=["plain", "wildcard"])
def test_a_domain_names_life(client, prefix):
    names = [name(prefix), name(), name()]
    configurations = []

    def expected(domain):
        made = client.create_domain_name(DomainName=name(), **FULL)
        configurations.extend(made["DomainNameConfigurations"])
        client.delete_domain_name(DomainName=made["DomainName"])
        return {
            **FULL, "DomainName": domain, "ApiMappingSelectionExpression": "$request.basepath",
            "DomainNameArn": f"arn:aws:apigateway:us-east-1::/domainnames/{domain}"}

    check_life(client, DOMAIN_NAME, {}, [{**FULL, "DomainName": one} for one in names],
               {**expected(names[0]), "DomainNameConfigurations": re.compile(".*")})
    check_configuration(configurations[0], CONFIGURATION)


def test_defaults(client):
    domain = name()
    made = plain(client.create_domain_name(
        DomainName=domain, DomainNameConfigurations=[{"CertificateArn": CERTIFICATE, "EndpointType": "REGIONAL"}]))
    (configuration,) = made.pop("DomainNameConfigurations")
    check_members(made, {
        "DomainName": domain, "ApiMappingSelectionExpression": "$request.basepath", "RoutingMode": "API_MAPPING_ONLY",
        "Tags": {}, "DomainNameArn": f"arn:aws:apigateway:us-east-1::/domainnames/{domain}"})
    check_configuration(configuration, {
        "CertificateArn": CERTIFICATE, "EndpointType": "REGIONAL", "IpAddressType": "ipv4", "SecurityPolicy": ("TLS_1_2", ABSENT)})
    client.delete_domain_name(DomainName=domain)


@pytest.mark.parametrize("members,changes", [
    ({}, {}),
    ({"RoutingMode": "ROUTING_RULE_ONLY"}, {"RoutingMode": "ROUTING_RULE_ONLY"}),
    ({"RoutingMode": "API_MAPPING_ONLY"}, {"RoutingMode": "API_MAPPING_ONLY"}),
    ({"MutualTlsAuthentication": {"TruststoreUri": ""}}, {"MutualTlsAuthentication": ABSENT}),
    ({"MutualTlsAuthentication": {"TruststoreVersion": "2"}},
     {"MutualTlsAuthentication": {**MUTUAL, "TruststoreVersion": "2"}}),
    ({"MutualTlsAuthentication": {"TruststoreUri": "s3://bucket/b.pem", "TruststoreVersion": "3"}},
     {"MutualTlsAuthentication": {"TruststoreUri": "s3://bucket/b.pem", "TruststoreVersion": "3"}}),
])
def test_updates(client, members, changes):
    domain = {"DomainName": client.create_domain_name(DomainName=name(), **FULL)["DomainName"]}
    check_update(client, DOMAIN_NAME, domain, members, changes)
    client.delete_domain_name(**domain)


def test_the_list_of_configurations_is_replaced(client):
    domain = {"DomainName": client.create_domain_name(DomainName=name(), **FULL)["DomainName"]}
    (before,) = client.get_domain_name(**domain)["DomainNameConfigurations"]
    new = {"CertificateArn": OTHER, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}
    for found in (client.update_domain_name(**domain, DomainNameConfigurations=[new]), client.get_domain_name(**domain)):
        (configuration,) = found["DomainNameConfigurations"]
        check_configuration(configuration, {**new, "IpAddressType": "ipv4"})
        assert configuration["ApiGatewayDomainName"] == before["ApiGatewayDomainName"]
        assert found["MutualTlsAuthentication"] == MUTUAL
    client.delete_domain_name(**domain)


@pytest.mark.parametrize("domain,members,message", [
    ("a_b.example.com", {}, "Domain names cannot contain an underscore character"),
    (None, {"DomainNameConfigurations": [{**CONFIGURATION, "EndpointType": "EDGE"}]},
     "EDGE endpoint type is not supported for APIGatewayV2 domainName"),
    (None, {"DomainNameConfigurations": [{**CONFIGURATION, "CertificateArn": CERTIFICATE.replace("us-east-1", "eu-west-1")}]},
     "Invalid certificate ARN: " + CERTIFICATE.replace("us-east-1", "eu-west-1") + ". Certificate must be in 'us-east-1'."),
    (None, {"DomainNameConfigurations": [CONFIGURATION, CONFIGURATION]}, None),
    (None, {"RoutingMode": "X"}, re.compile("routingMode")),
    (None, {"DomainNameConfigurations": [{**CONFIGURATION, "SecurityPolicy": "TLS_9"}]}, re.compile("securityPolicy")),
    ("x" * 513, {}, re.compile("domainName")),
    ("", {}, None),
    ("a b.example.com", {}, None),
    ("a.*.example.com", {}, None),
])
def test_bad_domain_names_are_refused(client, domain, members, message):
    sent = name() if domain is None else domain
    check_refused(lambda: client.create_domain_name(DomainName=sent, **{**FULL, **members}), 400, message)
    assert sent not in [one["DomainName"] for one in client.get_domain_names()["Items"]]


def test_a_name_is_taken_once(client, domain):
    check_refused(lambda: client.create_domain_name(DomainName=domain, **FULL), 409,
                  "The domain name you provided already exists")


def test_mappings_and_rules_go_with_it(client, api_id):
    client.create_stage(ApiId=api_id, StageName="s")
    domain = {"DomainName": client.create_domain_name(DomainName=name(), **FULL)["DomainName"]}
    mapping = client.create_api_mapping(**domain, ApiId=api_id, Stage="s")["ApiMappingId"]
    rule = client.create_routing_rule(
        **domain, Priority=1, Conditions=[], Actions=[{"InvokeApi": {"ApiId": api_id, "Stage": "s"}}])["RoutingRuleId"]
    client.delete_domain_name(**domain)
    for call in (
        lambda: client.get_api_mapping(**domain, ApiMappingId=mapping), lambda: client.get_api_mappings(**domain),
        lambda: client.get_routing_rule(**domain, RoutingRuleId=rule), lambda: client.list_routing_rules(**domain),
    ):
        check_refused(call, 404)
    client.delete_stage(ApiId=api_id, StageName="s")
