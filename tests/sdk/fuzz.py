"""Calls of every operation with something wrong in them, made from AWS's service model and a seed."""

import dataclasses
import json
import random
import re
from urllib.parse import quote

import contract

ROLE = "arn:aws:iam::000000000000:role/r"
# What a member may well hold; the others get a text, a number, or what their shape says.
PLAUSIBLE = {
    "name": "fuzz", "routeKey": "GET /fuzz", "stageName": "fuzzed", "domainName": "fuzz.example.com", "schema": "{}",
    "routeSelectionExpression": "$request.method $request.path", "authorizerPayloadFormatVersion": "2.0",
    "apiKeySelectionExpression": "$request.header.x-api-key", "payloadFormatVersion": "1.0", "integrationMethod": "GET",
    "integrationUri": "http://127.0.0.1:9/", "authorizerUri": ROLE, "credentialsArn": ROLE, "issuer": "https://issuer.example",
    "integrationResponseKey": "$default", "routeResponseKey": "$default", "contentType": "application/json",
    "certificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000",
    "certificateUploadDate": "2020-01-01T00:00:00Z", "truststoreUri": "s3://bucket/key", "endpointType": "REGIONAL",
    "integrationType": "HTTP_PROXY", "connectionType": "INTERNET", "protocolType": "HTTP", "authorizerType": "REQUEST",
    "authorizationType": "NONE", "priority": 7, "authorizerResultTtlInSeconds": 60, "timeoutInMillis": 1000, "maxAge": 5,
    "target": "", "deploymentId": "", "connectionId": "", "authorizerId": "", "format": "$context.requestId",
    "destinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:g", "stage": "fuzz",
    "body": json.dumps({"openapi": "3.0.1", "info": {"title": "fuzz", "version": "1"}, "paths": {}}),
}
STRANGE = ["", "\x00", "\x1f\x7f", "é∑😀", "\u202e", "../..", "%2e%2e", "' or 1=1 --", "${jndi:ldap://x}", "\ud800", "$default",
           "a" * 300, "\r\nx: y", "{{7*7}}", "null"]
NUMBERS = [-1, 0, 2**31, 2**63, 2**64, -2**63 - 1, 10**30, 1.5, -0.1, 1e308]
LABELS = ["..", ".", "%2F", "%2E%2E%2F", "%00", "%FF", "a" * 300, "%F0%9F%98%80", "%24default", "*", "a%0Ab", "%25", "nope12"]
CONTENT_TYPES = ["text/plain", "application/x-amz-json-1.1", "multipart/form-data; boundary=x", "application/xml", "\u00ff", ""]


@dataclasses.dataclass
class Call:
    operation: str
    method: str
    path: str
    query: str = ""
    body: bytes = b""
    content_type: str = "application/json"
    # What was done to it, the member it was done to, and whether it must be refused.
    mutation: str = "none"
    member: str | None = None
    refused: bool = False


class Generator:
    def __init__(self, model, world, seed):
        self.model, self.world, self.seed = model, world, seed

    def call(self, index):
        """The same seed and index give the same call, but for ids."""
        self.random = random.Random(f"{self.seed}/{index}")
        name = contract.NAMES[index % len(contract.NAMES)]
        operation = self.model.operation_model(name)
        shape = operation.input_shape
        inside = self.members(shape, None)
        labels = dict(self.world.labels(name))
        query = {member.serialization["name"]: self.plausible(member, member.serialization["name"])
                 for member in shape.members.values() if member.serialization.get("location") == "querystring"
                 if self.random.random() < 0.5}
        call = Call(name, operation.http["method"], "", body=b"")
        mutations = [self.wrong_label, self.wrong_query]
        if inside and not name.startswith("Delete"):
            mutations += [self.wrong_type] * 4 + [self.wrong_text] * 3 + [self.wrong_enum, self.wrong_number, self.null] + [
                self.wrong_body, self.wrong_content_type, self.duplicate_key]
        body = self.structure(shape) if inside else None
        self.random.choice(mutations)(call, shape, body, labels, query)
        if name.startswith("Delete") and call.mutation != "label":  # the world must stay
            last = list(labels)[-1]
            labels[last] = "nope12"
        call.path = re.sub(r"\{([^}]*)\}", lambda match: labels.get(match[1], "nope12"), operation.http["requestUri"])
        if not call.query:
            call.query = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in query.items())
        if not call.body and body is not None:
            call.body = json.dumps(body).encode("utf-8", "surrogatepass")
        return call

    def members(self, shape, _):
        return [member for member in shape.members.values() if not member.serialization.get("location")]

    def structure(self, shape):
        return {
            member.serialization.get("name", name): self.plausible(member, member.serialization.get("name", name))
            for name, member in shape.members.items()
            if not member.serialization.get("location") and (name in shape.required_members or self.random.random() < 0.4)}

    def plausible(self, shape, name):
        if name in PLAUSIBLE:
            return PLAUSIBLE[name]
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape)
        if kind == "list":
            return [self.plausible(shape.member, name)]
        if kind == "map":
            return {"a": self.plausible(shape.value, name)}
        if kind == "string":
            return self.random.choice(shape.enum) if shape.metadata.get("enum") else "$request.header.a"
        return {"boolean": True, "timestamp": "2020-01-01T00:00:00Z"}.get(kind, 5)

    def places(self, shape, body, path=()):
        """Everywhere in a body: where it hangs, its shape, the names of the members that lead there."""
        kind = shape.type_name
        if kind == "structure":
            for name, member in shape.members.items():
                wire = member.serialization.get("name", name)
                if not member.serialization.get("location") and wire in body:
                    yield body, wire, member, (*path, wire)
                    yield from self.places(member, body[wire], (*path, wire))
        elif kind in ("list", "map"):
            below = shape.member if kind == "list" else shape.value
            for key in range(len(body)) if kind == "list" else list(body):
                yield body, key, below, path
                yield from self.places(below, body[key], path)

    def place(self, shape, body, *kinds):
        found = [one for one in self.places(shape, body) if not kinds or one[2].type_name in kinds]
        return self.random.choice(found) if found else None

    def wrong_label(self, call, shape, body, labels, query):
        if not labels:
            return self.wrong_query(call, shape, body, labels, query)
        call.mutation = "label"
        labels[self.random.choice(list(labels)[-1:] if call.operation.startswith("Delete") else list(labels))] = (
            self.random.choice(LABELS))

    def wrong_query(self, call, shape, body, labels, query):
        call.mutation = "query"
        call.query = self.random.choice([
            "maxResults=-1", "maxResults=0", "maxResults=x", "maxResults=1e9", "maxResults=1&maxResults=2", "maxResults=%FF",
            "nextToken=x", "nextToken=", "nextToken=%00", "nextToken=" + "a" * 5000, "nope=1", "&&&", "=", "%", "a=%ZZ",
            "maxResults=99999999999999999999", "tagKeys", "tagKeys=", "basepath=nope", "failOnWarnings=maybe",
            "includeExtensions=x&outputType=", "domainNameId=x"])

    def wrong_type(self, call, shape, body, labels, query):
        place = self.place(shape, body, "structure", "list", "map", "string", "integer", "double", "boolean")
        if not place:
            return self.wrong_body(call, shape, body, labels, query)
        container, key, member, path = place
        call.mutation, call.member, call.refused = f"wrong type at {'.'.join(path)}", path, True
        kind = member.type_name
        # A text, a number or a Boolean where the other is wanted; objects and lists where they are not.
        wrong = {"string": [5, True, [], {}], "integer": ["x", True, [], {}], "double": ["x", True, [], {}],
                 "boolean": ["true", 1, [], {}], "list": ["x", 5, {"a": 1}, True], "map": ["x", 5, [1], True],
                 "structure": ["x", 5, [1], True]}[kind]
        container[key] = self.random.choice(wrong)

    def wrong_text(self, call, shape, body, labels, query):
        place = self.place(shape, body, "string")
        if not place:
            return self.wrong_body(call, shape, body, labels, query)
        container, key, member, path = place
        bound = re.search(r"Between\d+And(\d+)", member.name)
        call.mutation = f"text at {'.'.join(path)}"
        choice = self.random.randrange(3)
        if choice == 0 and bound:
            container[key] = "a" * (int(bound[1]) + 1)
        elif choice == 1:
            container[key] = "a" * 100_000
            call.refused = bool(bound)
        else:
            container[key] = self.random.choice(STRANGE)

    def wrong_enum(self, call, shape, body, labels, query):
        found = [one for one in self.places(shape, body) if one[2].type_name == "string" and one[2].metadata.get("enum")]
        if not found:
            return self.wrong_text(call, shape, body, labels, query)
        container, key, member, path = self.random.choice(found)
        call.mutation, call.refused = f"enum at {'.'.join(path)}", True
        container[key] = self.random.choice(["NOPE", member.enum[0].swapcase(), member.enum[0] + " "])

    def wrong_number(self, call, shape, body, labels, query):
        place = self.place(shape, body, "integer", "double")
        if not place:
            return self.wrong_type(call, shape, body, labels, query)
        container, key, member, path = place
        call.mutation = f"number at {'.'.join(path)}"
        container[key] = self.random.choice(NUMBERS)
        call.refused = member.type_name == "integer" and container[key] not in (0, -1)

    def null(self, call, shape, body, labels, query):
        place = self.place(shape, body)
        if place:
            call.mutation = f"null at {'.'.join(place[3])}"
            place[0][place[1]] = self.random.choice([None, {}, []])

    def wrong_body(self, call, shape, body, labels, query):
        text = json.dumps(body).encode("utf-8", "surrogatepass")
        call.mutation, call.body = self.random.choice([
            ("half a body", text[:-1]), ("twice", text + text), ("bad UTF-8", b'{"name": "\xff\xfe"}'),
            ("a list", b"[]"), ("a text", b'"x"'), ("null", b"null"), ("a number", b"1e999"), ("words", b"not json"),
            ("deep lists", b'{"name": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
            ("deep objects", b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
            ("half a surrogate", b'{"name": "\\ud800"}'), ("NaN", b'{"priority": NaN, "name": NaN}'),
            ("10 MB", b'{"description": "' + b"a" * (10 * 1024 * 1024) + b'"}'),
        ] if self.random.random() < 0.9 else [("10 MB of spaces", b" " * (10 * 1024 * 1024))])
        call.refused = not call.mutation.startswith(("deep", "half a surrogate", "NaN"))

    def wrong_content_type(self, call, shape, body, labels, query):
        call.mutation, call.content_type = "content type", self.random.choice(CONTENT_TYPES)

    def duplicate_key(self, call, shape, body, labels, query):
        if body:
            key = self.random.choice(list(body))
            call.mutation = f"twice {key}"
            pair = f"{json.dumps(key)}: {json.dumps(body[key])}"
            call.body = f"{{{pair}, {pair}}}".encode("utf-8", "surrogatepass")
