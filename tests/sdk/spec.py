"""What the tables of spec/http-api-runtime.md are held with: requests to the byte, and APIs that say which route took them."""

import json
import re
import socket
from dataclasses import dataclass
from urllib.parse import unquote

import pytest
import urllib3
from gatewright import eventually

NOT_FOUND = (404, b'{"message":"Not Found"}')
BAD_REQUEST = (400, b'{"message":"Bad Request"}')


def rows(*table):
    """A table's rows as parameters; the first column names the spec's line."""
    return [pytest.param(*columns, id=line) for line, *columns in table]


@dataclass
class Answer:
    status: int
    headers: list  # pairs in the order and letter case of the wire
    body: bytes

    @property
    def outcome(self):
        return self.status, self.body

    def header(self, name):
        return [value for found, value in self.headers if found.lower() == name]


def exchange(gateway, request, body_expected=True):
    """Sends bytes on a connection of their own, and reads one answer."""
    host, port = gateway.listeners["traffic"].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request)
        with connection.makefile("rb") as stream:
            status = int(stream.readline().split(b" ")[1])
            headers = []
            while (line := stream.readline().rstrip(b"\r\n")):
                name, value = line.decode("latin-1").split(":", 1)
                headers.append((name, value.strip()))
            length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
            return Answer(status, headers, stream.read(length) if body_expected else b"")


def get(api_id, path, *headers, method="GET", host=None):
    """A request's bytes, its path as it is given."""
    host = host or f"{api_id}.execute-api.us-east-1.localhost"
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]
    return "\r\n".join(lines).encode()


class Apis:
    """Makes APIs whose routes are answered by an echo."""

    def __init__(self, gateway, echo):
        self.gateway, self.echo, self.client = gateway, echo, gateway.client()
        self.made, self.keys = [], []

    def api(self, *keys, stages=("$default",), **members):
        """An API of these routes, live; each stage deploys automatically."""
        api_id = self.client.create_api(Name="spec", ProtocolType="HTTP", **members)["ApiId"]
        self.made.append(api_id)
        for key in keys:
            self.route(api_id, key)
        for stage in stages:
            self.stage(api_id, stage)
        return api_id

    def route(self, api_id, key, **members):
        """The echo is called under the route's number, then the values of its variables."""
        variables = "".join("/{%s}" % name for name in re.findall(r"{(\w+)\+?}", key))
        uri = members.pop("IntegrationUri", f"{self.echo.url}/{len(self.keys)}{variables}")
        self.keys.append(key)
        integration = self.client.create_integration(
            ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=uri,
            PayloadFormatVersion="1.0", **members)["IntegrationId"]
        self.client.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{integration}")

    def stage(self, api_id, name, **members):
        self.client.create_stage(ApiId=api_id, StageName=name, AutoDeploy=True, **members)
        eventually(lambda: f'api="{api_id}",stage="{name}"' in self.metrics())

    def metrics(self):
        return urllib3.request("GET", self.gateway.url("admin") + "/metrics").data.decode()

    def taken(self, request):
        """The key of the route that takes a request with the values of its variables, or the gateway's own answer."""
        answer = exchange(self.gateway, request, body_expected=not request.startswith(b"HEAD"))
        if request.startswith(b"HEAD"):
            return answer.status
        if answer.status != 200:
            return answer.outcome
        number, *values = json.loads(answer.body)["target"].split("?")[0][1:].split("/", 1)
        return self.keys[int(number)], unquote("".join(values))

    def delete(self):
        for api_id in self.made:
            self.client.delete_api(ApiId=api_id)
