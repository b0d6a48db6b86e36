"""Many writers at once, and a crash among them: nothing that was answered is lost, nothing is half there."""

import json
import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import BotoCoreError, ClientError
from conftest import Traffic
from documents import proxy
from gatewright import eventually
from lifecycle import plain
from test_contract import CERTIFICATE, INVOKE

DEPLOYMENTS_KEPT = 10


def in_parallel(count, work):
    """Runs `work(0)` to `work(count - 1)` at once; the first error is the test's."""
    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(work, number) for number in range(count)]]


def test_fifty_writers_on_one_api(gateway, upstream):
    """Each makes an integration and a route, changes both, and sets a stage variable; the stage deploys automatically."""
    client = gateway.client(max_pool_connections=60)
    api = {"ApiId": client.create_api(Name="busy", ProtocolType="HTTP")["ApiId"]}
    client.create_stage(**api, StageName="$default", AutoDeploy=True)

    def write(number):
        made = client.create_integration(
            **api, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", PayloadFormatVersion="1.0",
            IntegrationUri=f"{upstream}/one")
        integration = {**api, "IntegrationId": made["IntegrationId"]}
        route = {**api, "RouteId": client.create_route(
            **api, RouteKey=f"GET /r{number}", Target=f"integrations/{made['IntegrationId']}")["RouteId"]}
        client.update_stage(**api, StageName="$default", StageVariables={f"v{number}": str(number)})
        client.update_route(**route, OperationName=f"o{number}")
        uri = upstream + ("/one", "/two")[number % 2]
        client.update_integration(**integration, IntegrationUri=uri, Description=str(number))
        return route, integration, uri

    written = in_parallel(50, write)
    stage = client.get_stage(**api, StageName="$default")
    assert stage["StageVariables"] == {f"v{number}": str(number) for number in range(50)}
    for number, (route, integration, uri) in enumerate(written):
        found = client.get_route(**route)
        assert (found["RouteKey"], found["OperationName"]) == (f"GET /r{number}", f"o{number}")
        found = client.get_integration(**integration)
        assert (found["IntegrationUri"], found["Description"]) == (uri, str(number))
    deployments = client.get_deployments(**api)["Items"]
    assert len(deployments) <= DEPLOYMENTS_KEPT + 1
    assert stage["DeploymentId"] in [one["DeploymentId"] for one in deployments]
    call = Traffic(gateway)
    for number in range(50):
        wanted = (b"one", b"two")[number % 2]
        eventually(lambda: call(api["ApiId"], f"/r{number}").data == wanted, seconds=2)
    client.delete_api(**api)


def test_many_writers_of_one_field(gateway):
    """The last of the answered updates stands: what is read is what some writer wrote last."""
    client = gateway.client(max_pool_connections=60)
    api = {"ApiId": client.create_api(Name="field", ProtocolType="HTTP")["ApiId"]}
    answers = in_parallel(50, lambda number: client.update_api(**api, Description=f"d{number}", Version=f"d{number}"))
    for found in [*answers, client.get_api(**api)]:
        assert found["Description"] == found["Version"]
    client.delete_api(**api)


def test_one_of_many_equal_creates_wins(gateway):
    client = gateway.client(max_pool_connections=60)
    api = {"ApiId": client.create_api(Name="once", ProtocolType="HTTP")["ApiId"]}

    def create(_):
        try:
            return client.create_route(**api, RouteKey="GET /once")["RouteId"]
        except client.exceptions.ConflictException as refused:
            assert refused.response["Error"]["Message"] == "Route with key GET /once already exists for this API"

    made = [route for route in in_parallel(20, create) if route]
    assert [one["RouteId"] for one in client.get_routes(**api)["Items"]] == made and len(made) == 1
    client.delete_api(**api)


def test_ten_mixed_writers_over_many_apis(gateway, upstream):
    """Each works on its own APIs and on one that all share."""
    client = gateway.client(max_pool_connections=20)
    shared = {"ApiId": client.create_api(Name="shared", ProtocolType="HTTP")["ApiId"]}

    def write(number):
        left = []
        for turn in range(5):
            api = {"ApiId": client.create_api(Name=f"m{number}-{turn}", ProtocolType="HTTP", Target=f"{upstream}/one")["ApiId"]}
            client.update_api(**api, Description=str(turn), Version=str(number))
            client.create_stage(**api, StageName="s", StageVariables={"a": str(number)})
            client.create_deployment(**api, StageName="s", Description=str(turn))
            client.create_route(**shared, RouteKey=f"GET /{number}/{turn}")
            if turn % 2:
                client.delete_api(**api)
            else:
                left.append(api)
        return left

    written = in_parallel(10, write)
    keys = {one["RouteKey"] for one in client.get_routes(**shared)["Items"]}
    assert keys == {f"GET /{number}/{turn}" for number in range(10) for turn in range(5)}
    call = Traffic(gateway)
    for number, apis in enumerate(written):
        for api in apis:
            assert client.get_api(**api)["Version"] == str(number)
            stage = client.get_stage(**api, StageName="s")
            assert stage["StageVariables"] == {"a": str(number)} and stage["DeploymentId"]
            assert eventually(lambda: call(api["ApiId"]).data.startswith(b"GET /one/ "), seconds=2)
            client.delete_api(**api)
    client.delete_api(**shared)


class Writer:
    """Makes mixed calls one after another and remembers what each answer promised."""

    def __init__(self, client, number, upstream):
        self.client, self.number, self.upstream = client, number, upstream
        self.random, self.answered = random.Random(number), 0
        # What must be there afterwards: a call that reads it, and what it must show; None: gone.
        self.promises = {}
        # What was asked but not answered may or may not have happened.
        self.doubtful = set()
        self.apis = []

    def one(self):
        kinds = [self.create, self.create, self.bring, self.change, self.tag, self.route, self.remove, self.domain]
        self.random.choice(kinds)()
        self.answered += 1

    def do(self, key, call, *promised):
        """A call whose answer, once it is there, is a promise about `key`."""
        self.doubtful.add(key)
        answer = call()
        self.doubtful.discard(key)
        self.promises[key] = promised[0] if promised else plain(answer)
        return answer

    def create(self):
        answer = self.client.create_api(Name=f"w{self.number}", ProtocolType="HTTP", Target=f"{self.upstream}/one")
        self.promises["api", answer["ApiId"]] = plain(answer)
        self.apis.append(answer["ApiId"])

    def bring(self):
        body = json.dumps({"openapi": "3.0.1", "info": {"title": f"w{self.number}", "version": "1"}, "paths": {
            f"/{n}": {"get": proxy(f"{self.upstream}/one")} for n in range(5)}})
        answer = self.client.import_api(Body=body)
        self.promises["imported", answer["ApiId"]] = {f"GET /{n}" for n in range(5)}

    def some(self):
        if not self.apis:
            self.create()
        return self.random.choice(self.apis)

    def change(self):
        api_id = self.some()
        text = str(self.random.random())
        self.do(("api", api_id), lambda: self.client.update_api(ApiId=api_id, Description=text))

    def tag(self):
        api_id, value = self.some(), str(self.random.random())
        self.do(("tags", api_id), lambda: self.client.tag_resource(
            ResourceArn=f"arn:aws:apigateway:us-east-1::/apis/{api_id}", Tags={"a": value}), value)

    def route(self):
        api_id = self.some()
        made = self.client.create_integration(
            ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri=f"{self.upstream}/two",
            PayloadFormatVersion="1.0")
        self.promises["integration", api_id, made["IntegrationId"]] = plain(made)
        route = self.client.create_route(
            ApiId=api_id, RouteKey=f"GET /{made['IntegrationId']}", Target=f"integrations/{made['IntegrationId']}")
        self.promises["route", api_id, route["RouteId"]] = plain(route)

    def remove(self):
        api_id = self.some()
        self.apis.remove(api_id)
        for key in [key for key in self.promises if key[1] == api_id]:
            del self.promises[key]
            self.doubtful.add(key)
        self.do(("api", api_id), lambda: self.client.delete_api(ApiId=api_id), None)

    def domain(self):
        # Never the same again: one that was not answered may have been made.
        name = f"w{self.number}-{uuid.uuid4().hex}.example.com"
        answer = self.client.create_domain_name(
            DomainName=name, DomainNameConfigurations=[{"CertificateArn": CERTIFICATE + "0", "EndpointType": "REGIONAL"}])
        self.promises["domain", name] = plain(answer)

    def run(self, stop):
        while not stop.is_set():
            try:
                self.one()
            except (BotoCoreError, OSError):  # the process is gone: what was not answered may be lost
                return


def check_kept(client, writer):
    reads = {
        "api": lambda api_id: plain(client.get_api(ApiId=api_id)),
        "imported": lambda api_id: {one["RouteKey"] for one in client.get_routes(ApiId=api_id)["Items"]},
        "tags": lambda api_id: client.get_tags(ResourceArn=f"arn:aws:apigateway:us-east-1::/apis/{api_id}")["Tags"]["a"],
        "integration": lambda api_id, one: plain(client.get_integration(ApiId=api_id, IntegrationId=one)),
        "route": lambda api_id, one: plain(client.get_route(ApiId=api_id, RouteId=one)),
        "domain": lambda name: plain(client.get_domain_name(DomainName=name)),
    }
    for (kind, *ids), promised in writer.promises.items():
        if (kind, *ids) in writer.doubtful:
            continue
        try:
            found = reads[kind](*ids)
        except client.exceptions.NotFoundException:
            found = None
        if kind == "api" and found and promised:  # tags have a promise of their own
            found, promised = {**found, "Tags": 0}, {**promised, "Tags": 0}
        assert found == promised, (kind, ids)


def check_whole(client):
    """Whatever there is can be read, and what it names is there."""
    for page in client.get_paginator("get_apis").paginate():
        for api in page["Items"]:
            ids = {"ApiId": api["ApiId"]}
            assert plain(client.get_api(**ids)) == api
            integrations = {one["IntegrationId"] for one in client.get_integrations(**ids)["Items"]}
            deployments = {one["DeploymentId"] for one in client.get_deployments(**ids)["Items"]}
            routes = client.get_routes(**ids)["Items"]
            for route in routes:
                assert route.get("Target", "").removeprefix("integrations/") in {*integrations, ""}
            stages = client.get_stages(**ids)["Items"]
            assert all(stage.get("DeploymentId") in {*deployments, None} for stage in stages)
            if any(route.get("ApiGatewayManaged") for route in routes):  # quick create is one change
                assert [stage["StageName"] for stage in stages] == ["$default"] and stages[0]["DeploymentId"]


def test_kill_nine_during_mixed_calls(own_gateway, upstream):
    writers = [Writer(own_gateway.client(), number, upstream) for number in range(5)]
    for _ in range(3):
        stop = threading.Event()
        before = sum(writer.answered for writer in writers)
        errors = []

        def run(writer):
            try:
                writer.run(stop)
            except ClientError as refused:
                errors.append(refused)

        threads = [threading.Thread(target=run, args=[writer]) for writer in writers]
        for thread in threads:
            thread.start()
        eventually(lambda: errors or sum(writer.answered for writer in writers) >= before + 170, seconds=60)
        own_gateway.kill()
        stop.set()
        for thread in threads:
            thread.join()
        assert errors == []
        own_gateway.start()
        client = own_gateway.client()
        for writer in writers:
            writer.client = client
            check_kept(client, writer)
            writer.apis = [api_id for api_id in writer.apis if ("api", api_id) not in writer.doubtful]
        check_whole(client)
    assert sum(writer.answered for writer in writers) >= 500



def test_parallel_writers_of_a_websocket_api(gateway):
    client = gateway.client(max_pool_connections=40)
    api = {"ApiId": client.create_api(
        Name="ws", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]}

    def write(number):
        integration = {**api, "IntegrationId": client.create_integration(**api, IntegrationType="MOCK")["IntegrationId"]}
        client.create_integration_response(**integration, IntegrationResponseKey="$default")
        client.create_model(**api, Name=f"M{number}", Schema="{}")
        client.create_authorizer(
            **api, Name=f"a{number}", AuthorizerType="REQUEST", AuthorizerUri=INVOKE, IdentitySource=[])
        client.create_route(**api, RouteKey=f"r{number}", Target=f"integrations/{integration['IntegrationId']}")

    in_parallel(30, write)
    for listed in (client.get_integrations, client.get_models, client.get_authorizers, client.get_routes):
        assert len(listed(**api)["Items"]) == 30
    client.delete_api(**api)
