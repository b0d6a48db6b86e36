"""Calls with something wrong in them: always an answer, never a 5xx, always a reason, and nothing half-written.

FUZZ_SEED and FUZZ_CALLS choose others; a failure prints its seed and index, to be kept in fuzz_regressions.txt.
"""

import collections
import http.client
import json
import os
import pathlib

import contract
import pytest
from botocore.exceptions import ClientError
from fuzz import Generator
from gatewright import Process
from raw import Raw
from test_contract import CERTIFICATE, INVOKE

SEED = int(os.environ.get("FUZZ_SEED", "1"))
CALLS = int(os.environ.get("FUZZ_CALLS", "1540"))
REGRESSIONS = [
    tuple(map(int, line.split())) for line in (pathlib.Path(__file__).parent / "fuzz_regressions.txt").read_text().splitlines()
    if line and not line.startswith("#")]
ID = {
    "Api": "apiId", "ApiMapping": "apiMappingId", "Authorizer": "authorizerId", "Deployment": "deploymentId",
    "DomainName": "domainName", "Integration": "integrationId", "IntegrationResponse": "integrationResponseId",
    "Model": "modelId", "Route": "routeId", "RouteResponse": "routeResponseId", "RoutingRule": "routingRuleId",
    "Stage": "stageName", "VpcLink": "vpcLinkId",
}
FAMILY = {name: family for family, names in contract.OPERATIONS.items() for name in names.split()}
WEBSOCKET = {"Model", "IntegrationResponse", "RouteResponse"}


class World:
    """One resource of each kind, as far as they can be made."""

    def __init__(self, client):
        self.ids, self.client = collections.defaultdict(lambda: "nope12"), client
        http = self.make("http", lambda: client.create_api(Name="fuzz", ProtocolType="HTTP")["ApiId"])
        socket = self.make("websocket", lambda: client.create_api(
            Name="fuzz", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"])
        self.make("scratch", lambda: client.create_api(Name="scratch", ProtocolType="HTTP")["ApiId"])
        for api in {http, socket}:
            kind = "MOCK" if api == socket else "HTTP_PROXY"
            more = {} if api == socket else {
                "IntegrationMethod": "GET", "IntegrationUri": "http://127.0.0.1:9/", "PayloadFormatVersion": "1.0"}
            integration = self.make((api, "integrationId"), lambda: client.create_integration(
                ApiId=api, IntegrationType=kind, **more)["IntegrationId"])
            route = self.make((api, "routeId"), lambda: client.create_route(
                ApiId=api, RouteKey="GET /world" if api == http else "$connect")["RouteId"])
            self.make((api, "authorizerId"), lambda: client.create_authorizer(
                ApiId=api, Name="world", AuthorizerType="REQUEST", AuthorizerUri=INVOKE, IdentitySource=[],
                **({} if api == socket else {"AuthorizerPayloadFormatVersion": "2.0"}))["AuthorizerId"])
            self.make((api, "deploymentId"), lambda: client.create_deployment(ApiId=api)["DeploymentId"])
            self.make((api, "stageName"), lambda: client.create_stage(ApiId=api, StageName="fuzz")["StageName"])
            if api == socket:
                self.make((api, "modelId"), lambda: client.create_model(ApiId=api, Name="World", Schema="{}")["ModelId"])
                self.make((api, "integrationResponseId"), lambda: client.create_integration_response(
                    ApiId=api, IntegrationId=integration, IntegrationResponseKey="/world/")["IntegrationResponseId"])
                self.make((api, "routeResponseId"), lambda: client.create_route_response(
                    ApiId=api, RouteId=route, RouteResponseKey="$default")["RouteResponseId"])
        self.make("vpcLinkId", lambda: client.create_vpc_link(Name="world", SubnetIds=["subnet-1"])["VpcLinkId"])
        domain = self.make("domainName", lambda: client.create_domain_name(
            DomainName="world.example.com",
            DomainNameConfigurations=[{"CertificateArn": CERTIFICATE + "0", "EndpointType": "REGIONAL"}])["DomainName"])
        self.make("apiMappingId", lambda: client.create_api_mapping(
            DomainName=domain, ApiId=http, Stage="fuzz", ApiMappingKey="world")["ApiMappingId"])
        self.make("routingRuleId", lambda: client.create_routing_rule(
            DomainName=domain, Priority=1, Conditions=[], Actions=[{"InvokeApi": {"ApiId": http, "Stage": "fuzz"}}],
        )["RoutingRuleId"])

    def make(self, name, create):
        try:
            self.ids[name] = create()
        except ClientError:  # not built yet: calls name something that is not there
            pass
        return self.ids[name]

    def labels(self, operation):
        """A value for each label of an operation's path, in order."""
        family = FAMILY[operation]
        api = self.ids["websocket" if family in WEBSOCKET else "scratch" if operation == "ReimportApi" else "http"]
        path = self.client.meta.service_model.operation_model(operation).http["requestUri"]
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        fixed = {
            "apiId": api, "specification": "OAS30", "requestParameterKey": "route.request.header.a", "routeKey": "GET%20%2F",
            "resource-arn": f"arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F{api}"}
        return {name: fixed.get(name) or self.ids[(api, name)] if (api, name) in self.ids or name in fixed else self.ids[name]
                for name in names}


def listing(raw, call, world):
    """All of the call's family below its parents, to see whether it left something."""
    family = FAMILY[call.operation]
    lists = [name for name in contract.OPERATIONS[family].split() if name.startswith("List") or name.endswith("s")
             and name.startswith("Get") and name != "GetTags"]
    if not lists:
        return None
    labels = world.labels(lists[0])
    path = world.client.meta.service_model.operation_model(lists[0]).http["requestUri"]
    for name, value in labels.items():
        path = path.replace("{" + name + "}", value)
    status, _, content = raw("GET", path)
    return content if status == 200 else None


def problem_with(call, answer):
    """Why an answer is not acceptable, if it is not."""
    status, headers, content = answer
    if status >= 500:
        return f"answered {status}"
    if status >= 400:
        if not headers.get("x-amzn-errortype"):
            return "no x-amzn-ErrorType"
        try:
            message = json.loads(content)["message"]
        except (ValueError, KeyError, TypeError):
            return f"no JSON message: {content[:100]}"
        if call.member and status == 400 and not any(name.lower() in message.lower() for name in call.member):
            return f"the message names no {'.'.join(call.member)}: {message}"
    elif call.refused:
        return f"was accepted with {status}"
    return None


def run(gateway, world, calls):
    raw, known, generators = Raw(gateway), {}, {}
    problems = {}

    def blame(one, problem):
        seed, index, call = one
        key = (call.operation, problem.split(":")[0], "501" not in problem and call.mutation.split(" at ")[0])
        problems.setdefault(key, f"seed {seed} index {index}: {call.operation} ({call.mutation}) {problem}")

    last = None
    for seed, index in calls:
        generator = generators.setdefault(seed, Generator(world.client.meta.service_model, world, seed))
        call = generator.call(index)
        changes = call.method != "GET"
        family = (FAMILY[call.operation], world.labels(call.operation).get("apiId"))
        if changes and family not in known:
            known[family] = listing(raw, call, world)
        unannounced = raw.unannounced
        try:
            answer = raw(call.method, call.path, call.query, call.body, call.content_type)
        except (OSError, http.client.HTTPException) as error:
            blame((seed, index, call), f"no answer: {type(error).__name__} {error}")
            continue
        if raw.unannounced > unannounced:
            blame(last, "its connection was closed without an announcement")
            unannounced = raw.unannounced
        last = (seed, index, call)
        if problem := problem_with(call, answer):
            blame(last, problem)
        if changes and answer[0] < 400:
            tidy(raw, call, answer)
            known.clear()
        elif changes and listing(raw, call, world) != known[family]:
            blame(last, f"was refused with {answer[0]}, but the list changed")
            known.clear()
        if raw.unannounced > unannounced:
            blame(last, "its connection was closed without an announcement")
    return list(problems.values())


def tidy(raw, call, answer):
    """What a call made goes again."""
    made = json.loads(answer[2]) if answer[2][:1] == b"{" else {}
    member = ID.get(FAMILY[call.operation])
    if call.operation.startswith(("Create", "Import")) and member in made:
        raw("DELETE", f"{call.path}/{made[member].replace('$', '%24').replace('*', '%2A')}")


@pytest.fixture(scope="module")
def world(database, tmp_path_factory):
    gateway = Process("serve", tmp_path_factory.mktemp("fuzz") / "data", database()).start()
    yield gateway, World(gateway.client())
    gateway.stop()


def test_regressions(world):
    problems = run(*world, REGRESSIONS)
    assert not problems, "\n".join(problems)


def test_every_operation(world):
    problems = run(*world, [(SEED, index) for index in range(CALLS)])
    assert not problems, f"{len(problems)} kinds of problem with seed {SEED}\n" + "\n".join(problems)
