"""Certificates by ACME, from a real pebble. Gateways share its two ports, each on an address of its own."""

import json
import pathlib
import re
import socket
import ssl
import stat
import subprocess
import threading
import time

import pytest
import urllib3
from gatewright import BINARY, Process, eventually
from pebble import EXTERNAL_ACCOUNT, Pebble
from spec import Apis, exchange, get

ARN = "arn:aws:acm:us-east-1:000000000000:certificate/acme"
SECONDS = 60  # an order waits until all replicas show its challenge
UNRECOGNIZED_NAME = "SSL alert number 112"


@pytest.fixture(scope="module")
def pebble(tmp_path_factory):
    authority = Pebble(tmp_path_factory.mktemp("pebble"))
    yield authority
    authority.stop()


class Gateway(Process):
    """A role at an address, with certificates from the authority."""

    def __init__(self, work, pebble, address, role="serve", environment=None, **acme):
        options = {
            "directory_url": pebble.url, "certificate_arn": ARN, "terms_of_service_agreed": True, "contact": ["mailto:ops@example.com"],
            "ca_files": [str(pebble.ca_file)], "profile": "long", **acme,
        }
        work.mkdir(exist_ok=True)
        (work / "config.toml").write_text("[acme]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in options.items()))
        listeners = ("traffic", "traffic_tls", "admin") + (("management",) if role == "serve" else ())
        super().__init__(role, work / "data", {"GATEWRIGHT_CONFIG": str(work / "config.toml"), **(environment or {})}, listeners)
        self.pebble, self.address = pebble, address
        self.listeners["traffic"] = f"{address}:{pebble.http_port}"
        self.listeners["traffic_tls"] = f"{address}:{pebble.tls_port}"
        self.store = pathlib.Path(options.get("store") or self.data_dir / "acme")

    def named(self, *names, arn=ARN, elsewhere=None):
        """Domain names that lead here, or elsewhere."""
        for name in names:
            self.pebble.resolve(name, elsewhere or self.address)
            self.client().create_domain_name(DomainName=name, DomainNameConfigurations=[
                {"CertificateArn": arn, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}])

    def certificate(self, name):
        """What a client gets who trusts the authority and nobody else, and checks the name."""
        with socket.create_connection((self.address, self.pebble.tls_port), timeout=20) as plain:
            with self.pebble.trusting().wrap_socket(plain, server_hostname=name) as connection:
                return connection.getpeercert()

    def issued(self, name):
        return eventually(lambda: self.certificate(name), SECONDS)

    def refusal(self, name):
        command = ["openssl", "s_client", "-connect", self.listeners["traffic_tls"], "-servername", name]
        return subprocess.run(command, input="", capture_output=True, text=True, timeout=30).stderr

    def metrics(self):
        return urllib3.request("GET", self.url("admin") + "/metrics").data.decode()

    def log(self):
        return re.sub(r"\x1b\[\d*m", "", (self.data_dir / "log").read_text())

    def kept(self, *parts):
        """A file of the store."""
        return next(self.store.iterdir()).joinpath(*parts)

    def attempt(self, name):
        return json.loads(self.kept("attempts", f"{name}.json").read_text())


@pytest.fixture(scope="module")
def gateway(pebble, tmp_path_factory):
    process = Gateway(tmp_path_factory.mktemp("acme") / "http", pebble, "127.0.0.1").start()
    process.named("*.wild.example", "http.example")
    yield process
    process.stop()


@pytest.fixture(scope="module")
def short(pebble, tmp_path_factory):
    """Renews while other tests run."""
    process = Gateway(tmp_path_factory.mktemp("acme") / "short", pebble, "127.0.0.2", profile="short", challenge="tls-alpn-01").start()
    try:
        process.named("short.example")
        process.issued("short.example")
        yield process
    finally:
        process.stop()


class Visitor(threading.Thread):
    """Makes one handshake after another; remembers which certificates it saw, and what failed."""

    def __init__(self, gateway, name):
        super().__init__()
        self.gateway, self.name, self.seen, self.failed, self.over = gateway, name, [], [], threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.05):
            try:
                serial = self.gateway.certificate(self.name)["serialNumber"]
                if serial not in self.seen:
                    self.seen.append(serial)
            except OSError as error:
                self.failed.append(error)


@pytest.fixture(scope="module")
def visitor(short):
    visitor = Visitor(short, "short.example")
    yield visitor
    visitor.over.set()
    visitor.join()


def test_http_01(gateway, pebble, visitor):
    gateway.named("second.example")
    assert UNRECOGNIZED_NAME in gateway.refusal("second.example"), "before there is a certificate"
    for name in ("http.example", "second.example"):
        assert [("DNS", name)] == list(gateway.issued(name)["subjectAltName"])
    assert 'gatewright_acme_orders_total{outcome="issued"} 2' in gateway.metrics()
    expiry = re.search(r'gatewright_certificate_expiry_timestamp_seconds{certificate="[^"]*#http.example"} (\d+)', gateway.metrics())
    assert int(expiry[1]) == ssl.cert_time_to_seconds(gateway.certificate("http.example")["notAfter"])
    for path in gateway.store.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert not list(gateway.kept("challenges").iterdir()) and not list(gateway.kept("attempts").iterdir())


def test_wildcards_are_refused(gateway):
    """Neither challenge brings one. It is said once, others get theirs, and nothing is ordered."""
    gateway.issued("http.example")
    line, = (line for line in gateway.log().splitlines() if "*.wild.example" in line and "wildcards" in line)
    assert "WARN" in line
    assert UNRECOGNIZED_NAME in gateway.refusal("a.wild.example")
    assert not any("wild" in path.name for path in gateway.store.rglob("*"))


def test_tls_alpn_01(short):
    """Its authority made handshakes that are counted as such; nobody else's are."""
    assert int(re.search(r'handshakes_total{outcome="challenge"} (\d+)', short.metrics())[1]) >= 1
    command = ["openssl", "s_client", "-connect", short.listeners["traffic_tls"], "-servername", "short.example", "-alpn", "acme-tls/1"]
    said = subprocess.run(command, input="", capture_output=True, text=True, timeout=30).stderr
    assert "alert no application protocol" in said


def test_challenge_paths_are_the_apis_own(gateway, pebble, echo):
    """An authority's request is answered before routing; every other of the same path is an API's, while an order is pending too."""
    apis = Apis(gateway, echo)
    api_id = apis.api("ANY /{proxy+}")
    gateway.named("paths.example")
    gateway.client().create_api_mapping(DomainName="paths.example", ApiId=api_id, Stage="$default")

    def ask(token):
        head = f"GET /.well-known/acme-challenge/{token} HTTP/1.1\r\nHost: paths.example\r\n\r\n"
        return exchange(gateway, head.encode())
    eventually(lambda: ask("token").status == 200)
    challenge = eventually(lambda: json.loads(gateway.kept("challenges", "paths.example.json").read_text()), SECONDS)
    shown = eventually(lambda: (answer := ask(challenge["token"])).body == challenge["key_authorization"].encode() and answer)
    assert shown.header("content-type") == ["application/octet-stream"]
    assert json.loads(ask("token").body)["target"].endswith("/.well-known/acme-challenge/token")
    assert exchange(gateway, get(api_id, f"/.well-known/acme-challenge/{challenge['token']}")).body != shown.body
    gateway.issued("paths.example")
    eventually(lambda: ask(challenge["token"]).body != shown.body)
    apis.client.delete_domain_name(DomainName="paths.example")
    eventually(lambda: 'domain_name="paths.example"' not in gateway.metrics())
    assert UNRECOGNIZED_NAME in gateway.refusal("paths.example")
    # What it had is kept: a domain name that comes back needs no new order.
    before = pebble.orders()
    gateway.named("paths.example")
    gateway.issued("paths.example")
    assert pebble.orders() == before


def test_what_fails_comes_back_later(gateway, pebble):
    """Nobody listens where this name leads; the log says what the authority said, others get theirs, and it waits for its turn."""
    gateway.named("elsewhere.example", elsewhere="127.0.0.9")
    gateway.named("other.example")
    serial = gateway.issued("other.example")["serialNumber"]
    attempt = eventually(lambda: (attempt := gateway.attempt("elsewhere.example"))["error"] and attempt, SECONDS)
    assert "connection refused" in attempt["error"] and attempt["failures"] == 1
    assert 300 - 30 <= attempt["not_before"] - time.time() <= 375
    line = next(line for line in gateway.log().splitlines() if "certificate not issued" in line)
    assert "elsewhere.example" in line and "connection refused" in line
    assert 'gatewright_acme_orders_total{outcome="failed"} 1' in gateway.metrics()
    assert UNRECOGNIZED_NAME in gateway.refusal("elsewhere.example")
    # A process that is started again has all it had, and waits on.
    orders, account = pebble.orders(), gateway.kept("account.json").read_text()
    gateway.kill()
    gateway.start()
    assert gateway.certificate("other.example")["serialNumber"] == serial, "from its first handshake on"
    gateway.named("after.example")
    gateway.issued("after.example")
    assert gateway.attempt("elsewhere.example") == attempt and pebble.orders() == orders + 1
    assert gateway.kept("account.json").read_text() == account
    # When its time has come.
    pebble.resolve("elsewhere.example", gateway.address)
    gateway.kept("attempts", "elsewhere.example.json").write_text(json.dumps({**attempt, "not_before": 0}))
    gateway.issued("elsewhere.example")
    assert not gateway.kept("attempts", "elsewhere.example.json").exists()


def test_replicas_share_a_store(pebble, tmp_path):
    """Two data planes hear of two names that lead to one of them each: one orders, both answer, both serve."""
    token = tmp_path / "token"
    token.write_text("feed-token\n")
    control = Process("control-plane", tmp_path / "control", {"GATEWRIGHT_FEED_TOKEN_FILE": str(token)}, ("management", "admin", "feed"))
    assert subprocess.run([BINARY, "migrate", "--data-dir", str(control.data_dir)], env=control.environment).returncode == 0
    control.start()
    feed = {"GATEWRIGHT_FEED_URL": control.url("feed"), "GATEWRIGHT_FEED_TOKEN_FILE": str(token)}
    one, other = replicas = [
        Gateway(tmp_path / address, pebble, address, "data-plane", feed, store=str(tmp_path / "store"),
                external_account_id=EXTERNAL_ACCOUNT[0], external_account_key_file=str(tmp_path / "mac"))
        for address in ("127.0.0.3", "127.0.0.4")]
    (tmp_path / "mac").write_text(EXTERNAL_ACCOUNT[1] + "\n")
    orders = pebble.orders()
    try:
        for replica in replicas:
            replica.start()
            replica.client = control.client
        one.named("one.example")
        other.named("other-one.example")
        serials = {name: one.issued(name)["serialNumber"] for name in ("one.example", "other-one.example")}
        for name, serial in serials.items():
            assert other.issued(name)["serialNumber"] == serial
        assert pebble.orders() == orders + 2
        assert pebble.log.read_text().count("Successful newAccount Binding") == 1
        # Without a control plane, and with one replica less, all goes on.
        control.kill()
        one.kill()
        other.stop()
        other.start()
        for name, serial in serials.items():
            assert other.issued(name)["serialNumber"] == serial
        assert pebble.orders() == orders + 2
    finally:
        for process in (*replicas, control):
            process.stop()


def test_an_authority_that_is_not_there(pebble, tmp_path):
    gateway = Gateway(tmp_path, pebble, "127.0.0.5", directory_url="https://localhost:1/dir").start()
    try:
        gateway.named("nowhere.example")
        line = eventually(lambda: next(line for line in gateway.log().splitlines() if "no certificates can be ordered" in line))
        assert "https://localhost:1/dir" in line and "Connection refused" in line
        assert not list(gateway.kept("attempts").iterdir()), "nobody was asked for a certificate"
    finally:
        gateway.stop()


def refused(gateway):
    """What a process says that does not start."""
    command = [BINARY, gateway.role, "--data-dir", str(gateway.data_dir)]
    for name in gateway.listeners:
        command += [f"--{name.replace('_', '-')}-listen", "127.0.0.1:0"]
    done = subprocess.run(command, env=gateway.environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    return done.stderr


def test_a_store_that_cannot_be_used(pebble, tmp_path):
    (tmp_path / "file").write_text("")
    gateway = Gateway(tmp_path, pebble, "127.0.0.5", store=str(tmp_path / "file"))
    assert f"acme.store: {tmp_path}/file" in refused(gateway)


def test_a_data_plane_needs_a_store(pebble, tmp_path):
    gateway = Gateway(tmp_path, pebble, "127.0.0.5", "data-plane")
    assert "acme.store must be a directory that all replicas" in refused(gateway)


def test_renewal(visitor):
    """Under a client that never stops: no handshake fails while a certificate takes another's place."""
    eventually(lambda: len(visitor.seen) >= 2, SECONDS)
    assert not visitor.failed
