"""Addresses that must not be called (`egress.deny` and what is denied anyway), however they are spelled: nothing is dialled."""

import json
import threading

import pytest
from botocore.exceptions import ClientError
from conftest import Traffic
from echo import Echo, answer
from gatewright import Process, eventually

#: Hosts that lead to 127.0.0.1, or would where one reader or another takes them for an address.
LOOPBACK = [
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.0.0.01",
    "localhost", "LOCALHOST", "localhost.", "foo.localhost",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::FFFF:7f00:1]", "[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]",
]
#: Denied to everybody: unspecified (this machine), link-local, the metadata services, multicast, broadcast.
ALWAYS = [
    "0.0.0.0", "0", "[::]", "[::ffff:0.0.0.0]", "169.254.169.254", "0xa9fea9fe", "2852039166", "169.254.42518", "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[fe80::1]", "[fd00:ec2::254]", "224.0.0.1", "[ff02::1]", "255.255.255.255",
]
#: No host, or none that every reader of the URL would agree on.
DISPUTED = ["u:p@127.0.0.1", "u@169.254.169.254", "%31%32%37.0.0.1", "１２７.0.0.1", "127。0。0。1", "127.0.0.1\\@example.com", "127.0.0.1#@example.com"]


class Counting(Echo):
    """An upstream that must not be called."""

    def __init__(self):
        self.called, self.lock = 0, threading.Lock()
        super().__init__()

    def serve(self, connection):
        with self.lock:
            self.called += 1
        super().serve(connection)


@pytest.fixture(scope="module")
def secret():
    upstream = Counting()
    yield upstream
    upstream.stop()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    denied = {"GATEWRIGHT_EGRESS_DENY": "127.0.0.0/8,::1/128"}
    process = Process("serve", tmp_path_factory.mktemp("serve"), denied).start()
    yield process
    process.stop()


def served(process, uris, **stage):
    """An API with a route `/<number>` to each URI; its id."""
    client = process.client()
    api_id = client.create_api(Name="ssrf", ProtocolType="HTTP")["ApiId"]
    for number, uri in enumerate(uris):
        integration = client.create_integration(
            ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", PayloadFormatVersion="1.0", IntegrationUri=uri,
            TimeoutInMillis=5000)["IntegrationId"]
        client.create_route(ApiId=api_id, RouteKey=f"GET /{number}", Target=f"integrations/{integration}")
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True, **stage)
    call = Traffic(process)
    eventually(lambda: json.loads(call(api_id, "/none").data) == {"message": "Not Found"} and call(api_id, "/0").status != 404)
    return api_id


def test_whatever_its_spelling(guarded, secret):
    hosts = LOOPBACK + ALWAYS + DISPUTED
    api_id = served(guarded, [f"http://{host}:{secret.port}/secret" for host in hosts])
    call = Traffic(guarded)
    answers = {host: call(api_id, f"/{number}").status for number, host in enumerate(hosts)}
    # 500: the configuration's fault, since the address is denied. 503: no such name.
    assert {host: status for host, status in answers.items() if status not in (500, 503)} == {}
    denied = [host for host, status in answers.items() if status == 500]
    assert {"127.0.0.1", "localhost", "[::FFFF:7f00:1]", "169.254.169.254", "[64:ff9b::a9fe:a9fe]", "[::]"} <= set(denied)
    assert secret.called == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_by_a_stage_variable(guarded, secret, host):
    """Chosen when the stage is made."""
    try:
        api_id = served(guarded, ["http://${stageVariables.host}:%d/secret" % secret.port], StageVariables={"host": host})
    except ClientError as error:
        # AWS allows no brackets in a variable's value.
        assert (error.response["Error"]["Code"], host) == ("BadRequestException", "[::1]")
    else:
        assert Traffic(guarded)(api_id, "/0").status == 500
    assert secret.called == 0


def test_a_redirect_is_the_clients_to_follow(serving, secret):
    elsewhere = Echo()
    elsewhere.answers["/go"] = answer(b"", "302 Found", [f"location: http://127.0.0.1:{secret.port}/secret"])
    api_id = served(serving, [f"{elsewhere.url}/go"])
    response = Traffic(serving)(api_id, "/0", redirect=False)
    assert (response.status, response.headers["location"]) == (302, f"http://127.0.0.1:{secret.port}/secret")
    assert secret.called == 0
    elsewhere.stop()


def test_an_exception_for_one_address(tmp_path, secret):
    """The longest match decides, so that one address of a denied network may be called."""
    settings = {"GATEWRIGHT_EGRESS_DENY": "127.0.0.0/8,::1/128", "GATEWRIGHT_EGRESS_ALLOW": "127.0.0.1/32"}
    process = Process("serve", tmp_path, settings).start()
    try:
        api_id = served(process, [f"http://{host}:{secret.port}/secret" for host in ("127.0.0.1", "localhost", "127.0.0.2", "[::1]")])
        assert [Traffic(process)(api_id, f"/{number}").status for number in range(4)] == [200, 200, 500, 500]
        assert secret.called > 0
    finally:
        process.stop()
