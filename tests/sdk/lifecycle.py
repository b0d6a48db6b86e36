"""What the tests of every resource share: one life, pages, one row for each updated field, refusals."""

import dataclasses
import re

import pytest
from botocore.exceptions import ClientError

ABSENT = object()
CODES = {400: "BadRequestException", 404: "NotFoundException", 409: "ConflictException"}


def plain(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def status(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def check_refused(call, code, message=None):
    """A refusal with this status; its text letter for letter, or matching a pattern, where it is known."""
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    error = answer["Error"]
    assert (status(answer), error["Code"]) == (code, CODES[code]), error
    if isinstance(message, re.Pattern):
        assert message.search(error["Message"]), error["Message"]
    elif message is not None:
        assert error["Message"] == message
    else:
        assert error["Message"]


@dataclasses.dataclass
class Kind:
    """The calls of one kind of resource. `missing` is the text of its 404, where it is known."""

    noun: str
    id_member: str
    form: str
    missing: str | None = None
    listing: str | None = None
    items: str = "Items"
    update: str | None = None

    def ids(self, parents, made):
        return {**parents, self.id_member: made[self.id_member]}

    def call(self, client, verb, **members):
        return getattr(client, verb if "_" in verb else f"{verb}_{self.noun}")(**members)

    def not_found(self, ids):
        return self.missing and self.missing.format(ids[self.id_member])


AUTHORIZER = Kind("authorizer", "AuthorizerId", "[a-z0-9]{6}", "Invalid Authorizer identifier specified {}")
MODEL = Kind("model", "ModelId", "[a-z0-9]{6}")
INTEGRATION = Kind("integration", "IntegrationId", "[a-z0-9]{7}", "Invalid Integration identifier specified {}")
INTEGRATION_RESPONSE = Kind("integration_response", "IntegrationResponseId", "[a-z0-9]{7}",
                            "Invalid IntegrationResponse identifier specified {}")
ROUTE = Kind("route", "RouteId", "[a-z0-9]{7}", "Invalid Route identifier specified {}")
ROUTE_RESPONSE = Kind("route_response", "RouteResponseId", "[a-z0-9]{6}")
DOMAIN_NAME = Kind("domain_name", "DomainName", ".*", "Invalid domain name identifier specified")
API_MAPPING = Kind("api_mapping", "ApiMappingId", "[a-z0-9]{6}")
ROUTING_RULE = Kind("routing_rule", "RoutingRuleId", "[a-z0-9]{6}", None, "list_routing_rules", "RoutingRules",
                    "put_routing_rule")
VPC_LINK = Kind("vpc_link", "VpcLinkId", "[a-z0-9]{6}", "Invalid VpcLink identifier specified {}")
API = Kind("api", "ApiId", "[a-z][a-z0-9]{9}", "Invalid API identifier specified 000000000000:{}")
STAGE = Kind("stage", "StageName", ".*", "Invalid stage identifier specified")
DEPLOYMENT = Kind("deployment", "DeploymentId", "[a-z0-9]{6}", "Invalid Deployment identifier specified {}")


def check_life(client, kind, parents, creates, expected, deleted=204):
    """Create, get, list page by page, delete. `expected` is the first one's answer but for its id."""
    answers = [kind.call(client, "create", **parents, **members) for members in creates]
    made = plain(answers[0])
    assert status(answers[0]) == 201
    assert re.fullmatch(kind.form, made[kind.id_member])
    check_members(made, {**expected, kind.id_member: made[kind.id_member]})
    ids = kind.ids(parents, made)
    assert plain(kind.call(client, "get", **ids)) == made
    check_pages(client, kind, parents, [plain(answer) for answer in answers])
    for answer in answers:
        assert status(kind.call(client, "delete", **kind.ids(parents, answer))) == deleted
    for verb in ("get", "delete"):
        check_refused(lambda: kind.call(client, verb, **ids), 404, kind.not_found(ids))
    return made


def check_pages(client, kind, parents, wanted):
    """Every page but the last is full and has a token; together they hold each resource once, as get shows it."""
    size, seen, token = len(wanted) - 1 or 1, [], {}
    while True:
        page = kind.call(client, kind.listing or f"get_{kind.noun}s", **parents, **token,
                         MaxResults=size if kind.items == "RoutingRules" else str(size))
        seen += page[kind.items]
        if "NextToken" not in page:
            break
        assert len(page[kind.items]) == size
        token = {"NextToken": page["NextToken"]}
    ids = [one[kind.id_member] for one in seen]
    assert len(ids) == len(set(ids))
    for one in wanted:
        assert one in seen, (one, seen)


def check_members(found, expected):
    """Exactly these members. A tuple lists what is equally right; a pattern has to match."""
    for key in sorted(set(found) | set(expected)):
        want, got = expected.get(key, ABSENT), found.get(key, ABSENT)
        if isinstance(want, re.Pattern):
            assert got is not ABSENT and want.fullmatch(str(got)), (key, got)
        elif isinstance(want, tuple):
            assert got in want, (key, got)
        else:
            assert got is want or got == want, f"{key}: {shown(got)}, expected {shown(want)}"


def shown(value):
    return "absent" if value is ABSENT else repr(value)


def check_update(client, kind, ids, members, changes, volatile=()):
    """An update changes what it says and nothing else, in its answer and afterwards."""
    before = plain(kind.call(client, "get", **ids))
    answer = kind.call(client, kind.update or f"update_{kind.noun}", **ids, **members)
    assert status(answer) == 200
    expected = {**before, **changes}
    for found in (plain(answer), plain(kind.call(client, "get", **ids))):
        check_members({key: value for key, value in found.items() if key not in volatile},
                      {key: value for key, value in expected.items() if key not in volatile and value is not ABSENT})
