"""The published service model: what each of its 77 operations takes and gives, and what real traffic has shown of it."""

import json
import re
from urllib.parse import unquote, urlsplit

OPERATIONS = {
    "Api": "CreateApi DeleteApi DeleteCorsConfiguration ExportApi GetApi GetApis ImportApi ReimportApi UpdateApi",
    "ApiMapping": "CreateApiMapping DeleteApiMapping GetApiMapping GetApiMappings UpdateApiMapping",
    "Authorizer": "CreateAuthorizer DeleteAuthorizer GetAuthorizer GetAuthorizers ResetAuthorizersCache UpdateAuthorizer",
    "Deployment": "CreateDeployment DeleteDeployment GetDeployment GetDeployments UpdateDeployment",
    "DomainName": "CreateDomainName DeleteDomainName GetDomainName GetDomainNames UpdateDomainName",
    "Integration": "CreateIntegration DeleteIntegration GetIntegration GetIntegrations UpdateIntegration",
    "IntegrationResponse": "CreateIntegrationResponse DeleteIntegrationResponse GetIntegrationResponse "
                           "GetIntegrationResponses UpdateIntegrationResponse",
    "Model": "CreateModel DeleteModel GetModel GetModelTemplate GetModels UpdateModel",
    "Route": "CreateRoute DeleteRoute DeleteRouteRequestParameter GetRoute GetRoutes UpdateRoute",
    "RouteResponse": "CreateRouteResponse DeleteRouteResponse GetRouteResponse GetRouteResponses UpdateRouteResponse",
    "RoutingRule": "CreateRoutingRule DeleteRoutingRule GetRoutingRule ListRoutingRules PutRoutingRule",
    "Stage": "CreateStage DeleteAccessLogSettings DeleteRouteSettings DeleteStage GetStage GetStages UpdateStage",
    "Tags": "GetTags TagResource UntagResource",
    "VpcLink": "CreateVpcLink DeleteVpcLink GetVpcLink GetVpcLinks UpdateVpcLink",
}
NAMES = sorted(name for family in OPERATIONS.values() for name in family.split())

# What no scenario can show, by reason. `<` marks an input member, `>` an output member.
UNPROVEN = {
    "no API is managed by another service here": [
        f"{call}>{path}ApiGatewayManaged" for call, path in [
            ("CreateApi", ""), ("GetApi", ""), ("GetApis", "Items."), ("ImportApi", ""), ("ReimportApi", ""),
            ("UpdateApi", "")]],
    "only quick create makes managed resources": [
        f"{call}>ApiGatewayManaged" for call in ("CreateRoute", "CreateIntegration", "CreateStage")],
    "only the answers of an import have its findings": [
        f"{call}>{member}" for call in ("CreateApi", "GetApi", "GetApis", "UpdateApi")
        for member in (("Items.ImportInfo", "Items.Warnings") if call == "GetApis" else ("ImportInfo", "Warnings"))],
    "WebSocket APIs cannot be imported": [f"{call}>DisableSchemaValidation" for call in ("ImportApi", "ReimportApi")],
    "a domain name is AVAILABLE at once, of which there is nothing to say": [
        f"{call}>{path}DomainNameConfigurations.DomainNameStatusMessage" for call, path in [
            ("CreateDomainName", ""), ("GetDomainName", ""), ("GetDomainNames", "Items."), ("UpdateDomainName", "")]],
    "only a truststore that configuration has can be doubtful, which test_mutual_tls.py sees to": [
        f"{call}>{path}MutualTlsAuthentication.TruststoreWarnings" for call, path in [
            ("CreateDomainName", ""), ("GetDomainName", ""), ("GetDomainNames", "Items."), ("UpdateDomainName", "")]],
    "a route has one response, so there is no second page": [
        "GetRouteResponses>NextToken", "GetRouteResponses<NextToken"],
    "names a private domain name, of which there are none: refused": [
        f"{call}<DomainNameId" for call in (
            "CreateRoutingRule", "DeleteRoutingRule", "GetRoutingRule", "ListRoutingRules", "PutRoutingRule")],
}

# Input members that the answer to the same call does not repeat, by reason.
NOT_ECHOED = {
    "shown by the route and the integration that quick create made": [
        f"{call}<{member}" for call in ("CreateApi", "UpdateApi") for member in ("Target", "RouteKey", "CredentialsArn")],
    "moves the stage": ["CreateDeployment<StageName"],
    "read only: taken and dropped": [
        f"{call}<DomainNameConfigurations.{member}" for call in ("CreateDomainName", "UpdateDomainName")
        for member in ("ApiGatewayDomainName", "CertificateUploadDate", "DomainNameStatus", "DomainNameStatusMessage",
                       "HostedZoneId")],
    "GetTags shows them": ["TagResource<Tags"],
    "becomes resources": ["ImportApi<Body", "ReimportApi<Body"],
}


def flat(table):
    return {member for members in table.values() for member in members}


def declared(shape, path=""):
    """The paths of all members below a shape."""
    if shape is None:
        return
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield path + name
            yield from declared(member, f"{path}{name}.")
    elif shape.type_name in ("list", "map"):
        yield from declared(shape.member if shape.type_name == "list" else shape.value, path)


def all_members(model):
    """Every input (`<`) and output (`>`) member of the 77 operations."""
    for name in NAMES:
        operation = model.operation_model(name)
        for mark, shape in (("<", operation.input_shape), (">", operation.output_shape)):
            yield from (f"{name}{mark}{path}" for path in declared(shape))


TYPES = {"string": str, "integer": int, "long": int, "double": (int, float), "boolean": bool}


def shown(shape, value, path="", on_the_wire=False):
    """The paths that a value has; it must be of the shape's types, and hold nothing the shape does not."""
    kind = shape.type_name
    if kind == "structure":
        assert isinstance(value, dict), (path, value)
        names = {(member.serialization.get("name", name) if on_the_wire else name): name
                 for name, member in shape.members.items()}
        for key, item in value.items():
            assert key in names, f"{path}{key} is not a member of {shape.name}"
            yield path + names[key]
            yield from shown(shape.members[names[key]], item, f"{path}{names[key]}.", on_the_wire)
    elif kind == "list":
        assert isinstance(value, list), (path, value)
        for item in value:
            yield from shown(shape.member, item, path, on_the_wire)
    elif kind == "map":
        assert isinstance(value, dict), (path, value)
        for item in value.values():
            yield from shown(shape.value, item, path, on_the_wire)
    elif kind == "timestamp":
        assert not on_the_wire or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value), (path, value)
    elif kind in TYPES:
        assert isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool)), (path, value)
        assert not shape.metadata.get("enum") or value in shape.enum, (path, value)


def echoed(sent, got, path, exempt):
    """What was sent stands in the answer; maps may hold more, since updates merge."""
    if path in exempt:
        return
    if isinstance(sent, dict):
        separator = "" if path.endswith("<") else "."
        for key, item in sent.items():
            below = f"{path}{separator}{key}"
            assert below in exempt or key in got, f"{below} is not in the answer"
            echoed(item, got.get(key), below, exempt)
    elif isinstance(sent, list) and sent and isinstance(sent[0], dict):
        assert len(sent) == len(got), path
        for one, other in zip(sent, got, strict=True):
            echoed(one, other, path, exempt)
    else:
        assert sent == got, f"{path}: sent {sent!r}, got {got!r}"


class Recorder:
    """Listens to a client's traffic; every call that succeeds proves its operation and members."""

    def __init__(self, client):
        self.model = client.meta.service_model
        self.operations, self.members = set(), set()
        self.exempt = flat(NOT_ECHOED)
        self.sent = self.request = None
        for event, listener in [
            ("provide-client-params", self.parameters), ("before-send", self.before_send), ("after-call", self.after_call),
        ]:
            client.meta.events.register(f"{event}.apigatewayv2.*", listener)

    def parameters(self, params, **_):
        self.sent = params

    def before_send(self, request, **_):
        self.request = request

    def after_call(self, http_response, parsed, model, **_):
        if http_response.status_code >= 300:
            return
        name, answer = model.name, http_response
        self.check_request(model)
        assert answer.status_code == model.http["responseCode"], (name, answer.status_code)
        assert answer.headers["x-amzn-RequestId"], name
        self.members |= {f"{name}<{path}" for path in shown(model.input_shape, self.sent)}
        self.members |= {f"{name}>{path}" for path in self.check_answer(model, answer)}
        in_body = {
            key: value for key, value in self.sent.items()
            if not model.input_shape.members[key].serialization.get("location")
        }
        if model.output_shape is not None:
            echoed(in_body, parsed, f"{name}<", self.exempt)
        self.operations.add(name)

    def check_request(self, model):
        assert self.request.method == model.http["method"]
        pattern = re.sub(r"\\\{[^}]*\\\}", "([^/]+)", re.escape(model.http["requestUri"]))
        labels = re.fullmatch(pattern, urlsplit(self.request.url).path)
        assert labels, (model.name, self.request.url)
        in_path = [name for name, member in model.input_shape.members.items()
                   if member.serialization.get("location") == "uri"]
        assert sorted(map(unquote, labels.groups())) == sorted(self.sent[name] for name in in_path)

    def check_answer(self, model, answer):
        payload = model.output_shape is not None and model.output_shape.serialization.get("payload")
        if payload:  # a stream, which the scenario reads
            return [payload]
        if model.output_shape is None:
            assert answer.content == b"", model.name
            return []
        if answer.content == b"" and not model.output_shape.members:
            return []
        assert answer.headers["content-type"] == "application/json", model.name
        return shown(model.output_shape, json.loads(answer.content), on_the_wire=True)
