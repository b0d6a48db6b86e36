"""Routing rules: spec/management-api.md section 2.13."""

import re

import pytest
from lifecycle import ROUTING_RULE, check_life, check_refused, check_update, plain


@pytest.fixture
def api(client, api_id):
    for stage in ("$default", "dev"):
        client.create_stage(ApiId=api_id, StageName=stage)
    return api_id


@pytest.fixture
def on(api, domain):
    return {"DomainName": domain}


def headers(*pairs):
    return {"MatchHeaders": {"AnyOf": [{"Header": header, "ValueGlob": glob} for header, glob in pairs]}}


def paths(*any_of):
    return {"MatchBasePaths": {"AnyOf": list(any_of)}}


def rule(api, priority=1, conditions=(headers(("a", "b*"), ("c", "d")), paths("one", "two")), stage="dev", **invoke):
    return {
        "Priority": priority, "Conditions": list(conditions),
        "Actions": [{"InvokeApi": {"ApiId": api, "Stage": stage, **invoke}}],
    }


def test_a_rules_life(client, api, on):
    creates = [rule(api, number, StripBasePath=True) for number in (10, 5, 20)]
    arn = re.compile(rf"arn:aws:apigateway:us-east-1:000000000000:/domainnames/{on['DomainName']}/routingrules/[a-z0-9]{{6}}")
    made = check_life(client, ROUTING_RULE, on, creates, {**creates[0], "RoutingRuleArn": arn})
    assert made["RoutingRuleArn"].endswith(made["RoutingRuleId"])


def test_defaults(client, api, on):
    made = plain(client.create_routing_rule(**on, **rule(api, conditions=[])))
    assert made["Conditions"] == []
    assert made["Actions"] == [{"InvokeApi": {"ApiId": api, "Stage": "dev", "StripBasePath": False}}]


def test_put_replaces_all(client, api, on):
    made = client.create_routing_rule(**on, **rule(api, 7, StripBasePath=True))
    ids = {**on, "RoutingRuleId": made["RoutingRuleId"]}
    new = rule(api, 8, [paths("three")], "$default", StripBasePath=False)
    check_update(client, ROUTING_RULE, ids, new, new)
    for missing in ("Priority", "Actions", "Conditions"):
        less = {name: value for name, value in new.items() if name != missing}
        check_refused(lambda: client.put_routing_rule(**ids, **less), 400, re.compile(missing, re.IGNORECASE))
    check_update(client, ROUTING_RULE, ids, new, {})


@pytest.mark.parametrize("change,member", [
    ({"priority": 0}, "priority"),
    ({"priority": 1000001}, "priority"),
    ({"conditions": [headers(("a", "b")), headers(("a", "b")), headers(("a", "b"))]}, "onditions"),
    ({"conditions": [paths("a"), paths("b")]}, "onditions"),
    ({"conditions": [{**paths("a"), **headers(("a", "b"))}]}, "onditions"),
    ({"conditions": [{}]}, "onditions"),
    ({"conditions": [headers(("x" * 40, "b"))]}, "header"),
    ({"conditions": [headers(("a b", "b"))]}, "header"),
    ({"conditions": [headers(("a", "x" * 128))]}, "valueGlob"),
    ({"conditions": [headers(("a", "x*y"))]}, "valueGlob"),
])
def test_bad_rules_are_refused(client, api, on, change, member):
    check_refused(lambda: client.create_routing_rule(**on, **rule(api, **change)), 400, re.compile(member))
    assert client.list_routing_rules(**on)["RoutingRules"] == []


@pytest.mark.parametrize("actions", [[], [0, 0]], ids=["none", "two"])
def test_a_rule_has_one_action(client, api, on, actions):
    action = {"InvokeApi": {"ApiId": api, "Stage": "dev"}}
    members = {**rule(api), "Actions": [action for _ in actions]}
    check_refused(lambda: client.create_routing_rule(**on, **members), 400, re.compile("actions"))


@pytest.mark.parametrize("conditions", [
    [headers(("x" * 39, "x" * 127)), headers(("a!#$%&'.^_`|~-", "*b*")), paths("a")],
    [headers(("a", "*b"), ("a", "b*"), ("a", "*"))],
    [paths("a/b")],
])
def test_conditions_at_their_limits(client, api, on, conditions):
    assert client.create_routing_rule(**on, **rule(api, 1000000, conditions))["Conditions"] == conditions


def test_a_priority_is_taken_once(client, api, on):
    client.create_routing_rule(**on, **rule(api, 1))
    check_refused(lambda: client.create_routing_rule(**on, **rule(api, 1)), 409)
    other = client.create_routing_rule(**on, **rule(api, 2))["RoutingRuleId"]
    check_refused(lambda: client.put_routing_rule(**on, RoutingRuleId=other, **rule(api, 1)), 409)


def test_references(client, api, on):
    for bad, code in ((rule("nope"), 404), (rule(api, stage="nope"), 400)):
        check_refused(lambda: client.create_routing_rule(**on, **bad), code)
    check_refused(lambda: client.create_routing_rule(DomainName="nope.example", **rule(api)), 404,
                  "Invalid domain name identifier specified")
    check_refused(lambda: client.list_routing_rules(DomainName="nope.example"), 404)


@pytest.mark.parametrize("size", [0, 101])
def test_pages_hold_one_to_a_hundred(client, on, size):
    check_refused(lambda: client.list_routing_rules(**on, MaxResults=size), 400, re.compile("maxResults"))


def test_there_are_no_private_domain_names(client, on):
    check_refused(lambda: client.list_routing_rules(**on, DomainNameId="abc123"), 400,
                  "Invalid value for 'domainNameId': there are no private domain names")
