"""Health, metrics, and the promises about crashes and reloads."""

import socket
import subprocess
import threading

import pytest
import urllib3
from conftest import Traffic
from gatewright import BINARY, Process, eventually


def test_health_and_metrics(gateway, client, call, upstream):
    admin = gateway.url("admin")
    assert urllib3.request("GET", admin + "/livez").status == 200
    assert urllib3.request("GET", admin + "/readyz").status == 200
    api_id = client.create_api(Name="metrics", ProtocolType="HTTP", Target=upstream)["ApiId"]
    eventually(lambda: call(api_id, "/teapot").status == 418)
    text = urllib3.request("GET", admin + "/metrics").data.decode()
    line = f'gatewright_requests_total{{api="{api_id}",class="4xx",stage="$default"}} '
    assert line in text and "gatewright_catalogue_revision " in text
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    client.delete_api(ApiId=api_id)
    eventually(lambda: api_id not in urllib3.request("GET", admin + "/metrics").data.decode())


@pytest.fixture
def call_slowly():
    """Begins a request whose upstream answers when it is told to."""

    def begin(gateway):
        listener, asked, told = socket.create_server(("127.0.0.1", 0)), threading.Event(), threading.Event()

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                asked.set()
                told.wait(30)
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate")

        target = "http://127.0.0.1:%d" % listener.getsockname()[1]
        api_id = gateway.client().create_api(Name="slow", ProtocolType="HTTP", Target=target)["ApiId"]
        call, answers = Traffic(gateway), []
        eventually(lambda: f'api="{api_id}"' in urllib3.request("GET", gateway.url("admin") + "/metrics").data.decode())

        def ask():
            answer = call(api_id)
            answers.append((answer.status, answer.data))

        threads = [threading.Thread(target=run) for run in (serve, ask)]
        for thread in threads:
            thread.start()
        assert asked.wait(10)

        def answer():
            for thread in threads:
                thread.join(20)
            return answers[0]

        return answer, told.set

    return begin


def test_stopping_lets_requests_end(own_gateway, call_slowly):
    """SIGTERM: no new connection, and the answer that is under way comes whole."""
    answer, release = call_slowly(own_gateway)
    own_gateway.process.terminate()
    host, port = own_gateway.listeners["traffic"].split(":")

    def refused():
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            return True

    eventually(refused)
    assert own_gateway.process.poll() is None
    release()
    assert answer() == (200, b"late")
    assert own_gateway.process.wait(timeout=20) == 0


def test_mistakes_in_the_configuration_are_named(tmp_path):
    def run(*arguments, **environment):
        done = subprocess.run([BINARY, *arguments], env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    config = tmp_path / "config.toml"
    config.write_text("[traffic]\nlisten = \"127.0.0.1:0\"\n")
    assert run("check", "--config", config) == (0, "The configuration is valid.\n")
    config.write_text("[traffic]\nlisten = \"here\"\n")
    code, text = run("check", "--config", config)
    assert code == 1 and text.startswith("gatewright: traffic.listen is not valid: ")
    code, text = run("check", GATEWRIGHT_NOPE="1")
    assert (code, text) == (1, "gatewright: unknown environment variable GATEWRIGHT_NOPE; docs/CONFIG.md lists all\n")
    code, text = run("data-plane", "--data-dir", str(tmp_path / "d"), "--traffic-listen", "127.0.0.1:0",
                     "--admin-listen", "127.0.0.1:0")
    assert code == 1 and "gatewright: feed.url must be set" in text


def test_kill_nine_loses_nothing_that_was_answered(own_gateway, upstream):
    answered = []
    for _ in range(3):
        client = own_gateway.client()
        stop = threading.Event()

        def create():
            while not stop.is_set():
                try:
                    answered.append(client.create_api(Name="n", ProtocolType="HTTP", Target=upstream)["ApiId"])
                except Exception:  # the process is gone: what was not answered may be lost
                    return

        writer = threading.Thread(target=create)
        before = len(answered)
        writer.start()
        eventually(lambda: len(answered) > before + 10)
        own_gateway.kill()
        stop.set()
        writer.join()
        own_gateway.start()
    pages = own_gateway.client().get_paginator("get_apis").paginate()
    kept = {api["ApiId"] for page in pages for api in page["Items"]}
    assert set(answered) <= kept
    call = Traffic(own_gateway)
    for api_id in answered:
        assert eventually(lambda: call(api_id, "/one").status == 200)


def test_a_thousand_changes_fail_no_request(gateway, client, upstream):
    """Each change swaps two routes' upstreams in one update of one variable: a request that saw half would mix them."""
    api_id = client.create_api(Name="busy", ProtocolType="HTTP", Target=upstream + "/one")["ApiId"]
    (integration,) = client.get_integrations(ApiId=api_id)["Items"]
    integration_id = integration["IntegrationId"]
    client.create_route(ApiId=api_id, RouteKey="GET /x", Target=f"integrations/{integration_id}")
    stop, failures, counts = threading.Event(), [], [0, 0, 0]

    def load(index):
        call = Traffic(gateway)
        while not stop.is_set():
            answer = call(api_id, "/x")
            counts[index] += 1
            if answer.status != 200 or answer.data not in (b"one", b"two"):
                failures.append((answer.status, answer.data))

    # Until then the default route takes it, and its path with it.
    eventually(lambda: Traffic(gateway)(api_id, "/x").data == b"one")
    loaders = [threading.Thread(target=load, args=[index]) for index in range(3)]
    for loader in loaders:
        loader.start()
    for number in range(1000):
        uri = upstream + ("/one", "/two")[number % 2]
        client.update_integration(ApiId=api_id, IntegrationId=integration_id, IntegrationUri=uri)
    stop.set()
    for loader in loaders:
        loader.join()
    assert failures == [] and min(counts) > 100
    client.delete_api(ApiId=api_id)


def test_the_planes_apart(postgres, tmp_path, upstream):
    """The data plane serves with control plane and database gone, from a cold start, and catches up."""
    database = {"GATEWRIGHT_DATABASE_URL": postgres.database()}
    tokens = tmp_path / "tokens"
    tokens.write_text("old-token\nnew-token\n")
    token_file = {"GATEWRIGHT_FEED_TOKEN_FILE": str(tokens)}
    listeners = ("management", "admin", "feed")
    control = Process("control-plane", tmp_path / "control", {**database, **token_file}, listeners)
    migrate = [BINARY, "migrate", "--data-dir", str(tmp_path / "control")]
    assert subprocess.run(migrate, env=control.environment).returncode == 0
    control.start()
    feed = {"GATEWRIGHT_FEED_URL": control.url("feed"), "GATEWRIGHT_EGRESS_ALLOW": "127.0.0.0/8", **token_file}
    data = Process("data-plane", tmp_path / "data", feed, ("traffic", "admin")).start()
    call = Traffic(data)
    api_id = control.client().create_api(Name="apart", ProtocolType="HTTP", Target=upstream + "/one")["ApiId"]
    eventually(lambda: call(api_id).status == 200, seconds=2)

    control.stop()
    assert call(api_id).status == 200
    data.kill()
    data.start()
    eventually(lambda: call(api_id).status == 200)
    assert urllib3.request("GET", data.url("admin") + "/readyz").status == 200

    control.start()
    second = control.client().create_api(Name="later", ProtocolType="HTTP", Target=upstream + "/two")["ApiId"]
    eventually(lambda: call(second).status == 200)
    refused = urllib3.request("GET", control.url("feed") + "/feed", headers={"Authorization": "Bearer wrong"})
    assert refused.status == 401
    data.stop()
    control.stop()
