"""TLS between the planes: certificates of both, and what goes on when one of them is not taken."""

import http.client
import re
import socket
import ssl
import subprocess
import time
from types import SimpleNamespace

import pytest
import urllib3
from certificates import Authority, install
from conftest import Traffic
from gatewright import BINARY, Process, eventually
from tls import address, ended, log, s_client, served

NAME = "data-plane.gatewright.example"
ARN = "arn:aws:acm:us-east-1:000000000000:certificate/"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """Issues certificates that nobody trusts."""
    return Authority(tmp_path_factory.mktemp("stranger"), "Stranger")


@pytest.fixture(scope="module", autouse=True)
def trust(authority):
    """The management API of these control planes speaks TLS too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CA_BUNDLE", str(authority.pem))
        yield


@pytest.fixture
def started():
    """Processes that end with the test."""
    processes = []
    yield processes
    for process in reversed(processes):
        process.stop()


def environment(settings):
    return {f"GATEWRIGHT_FEED_{name.upper()}": str(value) for name, value in settings.items()}


def control_plane(work, **feed):
    """`feed` are keys of that section; its certificate is the management API's too."""
    settings = environment(feed)
    if "cert_file" in feed:
        settings |= {f"GATEWRIGHT_MANAGEMENT_{name.upper()}": str(feed[name]) for name in ("cert_file", "key_file")}
    process = Process("control-plane", work / "control", settings, ("management", "admin", "feed"))
    process.secured = {"feed", "management"} if "cert_file" in feed else ()
    migrated = subprocess.run([BINARY, "migrate", "--data-dir", str(process.data_dir)], env=process.environment, capture_output=True)
    assert migrated.returncode == 0, migrated.stderr
    return process


def data_plane(work, at, listeners=("traffic", "admin"), settings=None, **feed):
    return Process("data-plane", work, {**environment({"url": at, **feed}), "GATEWRIGHT_EGRESS_ALLOW": "127.0.0.0/8", **(settings or {})}, listeners)


def server(directory):
    return {"cert_file": directory / "cert.pem", "key_file": directory / "key.pem"}


def client(directory):
    return {"client_cert_file": directory / "cert.pem", "client_key_file": directory / "key.pem"}


def ready(process):
    return urllib3.request("GET", process.url("admin") + "/readyz").status == 200


def connected(control):
    return log(control).count("data plane connected")


def ask(control, authority, made=None, token=None, version=ssl.TLSVersion.TLSv1_3):
    """What the feed answers; without an answer, the alert."""
    context = ssl.create_default_context(cafile=authority.pem)
    context.minimum_version = context.maximum_version = version
    if made:
        context.load_cert_chain(made / "cert.pem", made / "key.pem")
    connection = http.client.HTTPSConnection("localhost", address(control, "feed")[1], context=context, timeout=10)
    try:
        connection.request("GET", "/feed?after=0", headers={"Authorization": f"Bearer {token}"} if token else {})
        return connection.getresponse().status
    except ssl.SSLError as error:
        return re.sub("^.*ALERT_", "", error.reason)
    finally:
        connection.close()


@pytest.fixture(scope="module")
def mutual(authority, tmp_path_factory):
    """A control plane that wants certificates with a name, and no token."""
    work = tmp_path_factory.mktemp("mutual")
    made = authority.issue("localhost", organisation="first")
    install(made, work / "server")
    control = control_plane(work, **server(work / "server"), client_ca_file=authority.pem, client_names=NAME).start()
    yield control
    control.stop()


def serves(control, data, upstream):
    """A new API that is live at the data plane within the promised second."""
    api_id = control.client().create_api(Name="over TLS", ProtocolType="HTTP", Target=upstream + "/one")["ApiId"]
    eventually(lambda: Traffic(data)(api_id).status == 200, seconds=2)
    return api_id


# Who gets the feed


def test_a_certificate_is_enough(mutual, authority, upstream, started, tmp_path):
    made = authority.sign(authority.issue(NAME), "clientAuth")
    data = data_plane(tmp_path, mutual.url("feed"), ca_file=authority.pem, **client(made)).start()
    started.append(data)
    eventually(lambda: ready(data))
    serves(mutual, data, upstream)
    assert "not encrypted" not in log(mutual) + log(data)
    assert f"feed=https://{mutual.listeners['feed']}" in log(mutual)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_who_gets_the_feed(mutual, authority, stranger, version):
    for made, expected in (
        (authority.issue(NAME), 200),
        (authority.issue("a.example", NAME), 200),
        (authority.sign(authority.issue(NAME), "clientAuth"), 200),
        (authority.issue("*.gatewright.example"), 200),
        (None, "CERTIFICATE_REQUIRED"),
        (stranger.issue(NAME), "UNKNOWN_CA"),
        (authority.sign(authority.issue(NAME), years=(2020, 2021)), "CERTIFICATE_EXPIRED"),
        (authority.sign(authority.issue(NAME), years=(2048, 2049)), "CERTIFICATE_EXPIRED"),
        (authority.sign(authority.issue(NAME), "serverAuth"), "UNSUPPORTED_CERTIFICATE"),
        (authority.issue("other.gatewright.example"), "ACCESS_DENIED"),
        (authority.issue("x." + NAME), "ACCESS_DENIED"),
    ):
        assert ask(mutual, authority, made, version=version) == expected, made


def test_a_token_and_a_certificate(authority, upstream, started, tmp_path):
    """With both set, each alone is not enough."""
    install(authority.issue("localhost"), tmp_path / "server")
    (tmp_path / "tokens").write_text("old\nnew\n")
    control = control_plane(tmp_path, **server(tmp_path / "server"), client_ca_file=authority.pem, token_file=tmp_path / "tokens").start()
    made = authority.issue("any.example")
    data = data_plane(tmp_path / "data", control.url("feed"), ca_file=authority.pem, token_file=tmp_path / "tokens", **client(made)).start()
    started += [control, data]
    assert ask(control, authority, None, "new") == "CERTIFICATE_REQUIRED"
    assert [ask(control, authority, made, token) for token in (None, "wrong", "old", "new")] == [401, 401, 200, 200]
    serves(control, data, upstream)


def test_whom_a_data_plane_trusts(authority, stranger, upstream, started, tmp_path):
    """A token over TLS. A `feed.ca_file` stands for all other trust; the name in the URL has to be the certificate's."""
    install(authority.issue("localhost"), tmp_path / "server")
    (tmp_path / "tokens").write_text("token\n")
    control = control_plane(tmp_path, **server(tmp_path / "server"), token_file=tmp_path / "tokens").start()
    started.append(control)
    elsewhere = f"https://{control.listeners['feed']}"  # by address, which the certificate does not have
    trusted, unknown = {"GATEWRIGHT_EGRESS_CA_FILES": str(authority.pem)}, "invalid peer certificate: UnknownIssuer"
    planes = [
        SimpleNamespace(feed={"ca_file": authority.pem}, settings={}, refused=None),
        SimpleNamespace(feed={}, settings=trusted, refused=None),
        SimpleNamespace(feed={}, settings={"SSL_CERT_FILE": str(authority.pem)}, refused=None),
        SimpleNamespace(feed={}, settings={}, refused=unknown),
        SimpleNamespace(feed={"ca_file": stranger.pem}, settings=trusted, refused=unknown),
        SimpleNamespace(feed={"ca_file": authority.pem, "url": elsewhere}, settings={}, refused="certificate not valid for name"),
    ]
    for number, plane in enumerate(planes):
        plane.process = data_plane(tmp_path / f"data{number}", control.url("feed"), settings=plane.settings, token_file=tmp_path / "tokens", **plane.feed)
        started.append(plane.process.start())
    for plane in planes:
        if plane.refused is None:
            eventually(lambda: ready(plane.process))
        else:
            # More than once: it tries again.
            eventually(lambda: log(plane.process).count(plane.refused) > 2)
            assert "feed lost, serving on" in log(plane.process) and not ready(plane.process)
    assert connected(control) == 3


def test_plain_http_works_and_warns(upstream, started, tmp_path):
    (tmp_path / "tokens").write_text("token\n")
    control = control_plane(tmp_path, token_file=tmp_path / "tokens").start()
    data = data_plane(tmp_path / "data", control.url("feed"), token_file=tmp_path / "tokens").start()
    started += [control, data]
    serves(control, data, upstream)
    assert "the feed is not encrypted" in log(control) and "the feed is not encrypted" in log(data)


# Certificates that change


def test_serving_goes_on_while_the_feeds_tls_fails(authority, stranger, upstream, started, tmp_path):
    name = tmp_path / "server"
    install(authority.issue("localhost"), name)
    control = control_plane(tmp_path, **server(name), client_ca_file=authority.pem).start()
    made = tmp_path / "client"
    install(authority.issue(NAME), made)
    data = data_plane(tmp_path / "data", control.url("feed"), ca_file=authority.pem, **client(made)).start()
    started += [control, data]
    api_id, call = serves(control, data, upstream), Traffic(data)
    for broken, expected in (
        (authority.issue("elsewhere.example"), "certificate not valid for name"),
        (stranger.issue("localhost"), "UnknownIssuer"),
        (authority.sign(authority.issue("localhost"), years=(2020, 2021)), "certificate expired"),
    ):
        install(broken, name)
        control.kill()
        control.start()
        eventually(lambda: re.search(f"feed lost, serving on.*{expected}", log(data)))
        assert call(api_id).status == 200 and ready(data)
    # From its disk, too.
    data.kill()
    data.start()
    assert eventually(lambda: call(api_id).status == 200) and ready(data)

    # The other way round: the control plane does not take the data plane's.
    install(authority.issue("localhost"), name)
    install(stranger.issue(NAME), made)
    control.kill()
    control.start()
    eventually(lambda: re.search("feed lost, serving on.*received fatal alert: UnknownCA", log(data)))
    (made / "key.pem").unlink()
    eventually(lambda: "feed.client_key_file: cannot read" in log(data))
    assert call(api_id).status == 200

    # Once the files are right it goes on by itself.
    before = connected(control)
    install(authority.issue(NAME), made)
    eventually(lambda: connected(control) > before)
    serves(control, data, upstream)


def test_certificates_swapped_while_the_feed_goes_on(mutual, authority, upstream, started, tmp_path):
    made, name = tmp_path / "client", mutual.data_dir.parent / "server"
    install(authority.issue(NAME), made)
    before = connected(mutual)
    data = data_plane(tmp_path / "data", mutual.url("feed"), ca_file=authority.pem, **client(made)).start()
    started.append(data)
    eventually(lambda: ready(data))
    for number in range(4):
        install(authority.issue("localhost", organisation=f"swap{number}"), name)
        install(authority.issue(NAME), made)
        eventually(lambda: served(mutual, authority) == f"swap{number}", 5)
        serves(mutual, data, upstream)
    assert ask(mutual, authority, made) == 200
    # That, and the one connection that has stood all the time.
    assert connected(mutual) == before + 2 and "feed lost" not in log(data)


def test_issuers_that_are_replaced(authority, upstream, started, tmp_path):
    """From one authority to the next, as one does it: both trusted, then new certificates, then the old one trusted no more."""
    old, new = authority, Authority(tmp_path, "New Authority")
    issuers, made, name = tmp_path / "issuers.pem", tmp_path / "client", tmp_path / "server"
    pem = {"old": old.pem.read_text(), "new": new.pem.read_text()}

    def trust(*names):
        issuers.with_suffix(".next").write_text("".join(pem[name] for name in names))
        issuers.with_suffix(".next").rename(issuers)

    trust("old")
    first, second = old.issue(NAME), new.issue(NAME)
    install(old.issue("localhost"), name)
    install(first, made)
    control = control_plane(tmp_path, **server(name), client_ca_file=issuers).start()
    data = data_plane(tmp_path / "data", control.url("feed"), ca_file=issuers, **client(made)).start()
    started += [control, data]
    api_id = serves(control, data, upstream)
    assert ask(control, old, second) == "UNKNOWN_CA"

    trust("old", "new")
    eventually(lambda: ask(control, old, second) == 200, 5)
    install(second, made)
    install(new.issue("localhost"), name)
    eventually(lambda: served(control, new) and ask(control, new, first) == 200, 5)
    trust("new")
    eventually(lambda: ask(control, new, first) == "UNKNOWN_CA", 5)
    # Connections that stand are nobody's business.
    assert "feed lost" not in log(data)
    assert ask(control, new, second) == 200
    before = connected(control)
    data.kill()
    data.start()
    eventually(lambda: connected(control) == before + 1)
    assert Traffic(data)(api_id).status == 200

    # A file without issuers is kept out.
    issuers.with_suffix(".next").write_text("none\n")
    issuers.with_suffix(".next").rename(issuers)
    eventually(lambda: "feed.client_ca_file: " in log(control) and "the last good one serves on" in log(control))
    assert ask(control, new, second) == 200


# Hostile clients


@pytest.mark.parametrize(("version", "works"), [("-tls1", False), ("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)])
def test_versions(mutual, authority, version, works):
    said = s_client(mutual.listeners["feed"], version, "-cipher", "ALL:@SECLEVEL=0", "-CAfile", authority.pem)
    if works:
        assert "Verification: OK" in said, said
    else:
        assert re.search("alert (protocol version|handshake failure)", said) and "Cipher is (NONE)" in said, said


def test_half_handshakes_end_and_stop_nobody(mutual, authority):
    made, started = authority.issue(NAME), time.monotonic()
    halves = [socket.create_connection(address(mutual, "feed"), timeout=20) for _ in range(100)]
    for number, half in enumerate(halves):
        half.sendall(bytes.fromhex("160301020001")[:number % 7])
    while time.monotonic() - started < 1:
        began = time.monotonic()
        assert ask(mutual, authority, made) == 200
        assert time.monotonic() - began < 1
    for half in halves:
        with half:
            assert ended(half)
    assert 4.5 < time.monotonic() - started < 7.5


def test_a_control_plane_that_says_nothing(started, tmp_path, authority):
    """A handshake that does not go on is given up, and begun anew."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        made = authority.issue(NAME)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        data = data_plane(tmp_path, url, ca_file=authority.pem, settings={"GATEWRIGHT_EGRESS_CONNECT_TIMEOUT_MS": "300"}, **client(made))
        started.append(data.start())
        for _ in range(3):
            listener.accept()[0].close()
        kept = [listener.accept() for _ in range(3)]
        assert log(data).count("the upstream was not connected in time") >= 2
        assert all(connection.recv(1) == b"\x16" for connection, _ in kept)
        for connection, _ in kept:
            connection.close()


# Mistakes


@pytest.mark.parametrize(("keys", "expected"), [
    ("", "feed.token_file must be set, or feed.client_ca_file"),
    ("cert_file=c key_file=k", "feed.token_file must be set, or feed.client_ca_file"),
    ("cert_file=c client_ca_file=a", "feed.key_file must be set beside feed.cert_file"),
    ("key_file=k token_file=t", "feed.cert_file must be set beside feed.key_file"),
    ("client_ca_file=a", "feed.client_ca_file needs feed.cert_file"),
    ("client_names=x.example token_file=t", "feed.client_names needs feed.client_ca_file"),
    ("cert_file=c key_file=k client_ca_file=a client_names=1.2.3.4", "feed.client_names: '1.2.3.4' is not a DNS name"),
    ("cert_file=nowhere key_file=k client_ca_file=a", "feed.cert_file: cannot read"),
    ("cert_file=c key_file=nowhere client_ca_file=a", "feed.key_file: cannot read"),
    ("cert_file=c key_file=k client_ca_file=nowhere", "feed.client_ca_file: cannot read"),
    ("cert_file=c key_file=k client_ca_file=k", "feed.client_ca_file: "),
    ("cert_file=c key_file=k client_ca_file=a token_file=nowhere", "feed.token_file: cannot read"),
])
def test_mistakes_of_a_control_plane(authority, tmp_path, keys, expected):
    made = authority.issue("localhost")
    files = {"c": made / "cert.pem", "k": made / "key.pem", "a": authority.pem, "t": made / "csr.pem", "nowhere": made / "nowhere"}
    feed = {name: files.get(value, value) for name, value in (pair.split("=") for pair in keys.split())}
    with pytest.raises(RuntimeError) as refused:
        Process("control-plane", tmp_path, environment(feed), ("management", "admin", "feed")).start()
    assert f"gatewright: {expected}" in str(refused.value)


@pytest.mark.parametrize(("keys", "expected"), [
    ("", "feed.token_file, or feed.client_cert_file, must be set"),
    ("ca_file=a", "feed.token_file, or feed.client_cert_file, must be set"),
    ("client_cert_file=c token_file=t", "feed.client_cert_file needs feed.client_key_file"),
    ("client_key_file=k token_file=t", "feed.client_key_file needs feed.client_cert_file"),
    ("client_cert_file=nowhere client_key_file=k", "feed.client_cert_file: cannot read"),
    ("client_cert_file=c client_key_file=nowhere", "feed.client_key_file: cannot read"),
    ("client_cert_file=c client_key_file=o", "feed.client_cert_file: "),
    ("ca_file=nowhere token_file=t", "feed.ca_file: cannot read"),
    ("ca_file=k token_file=t", "feed.ca_file: "),
    ("ca_file=a token_file=t url=http://localhost:1", "feed.ca_file: feed.url is not https://"),
    ("client_cert_file=c client_key_file=k url=http://localhost:1", "feed.client_cert_file: feed.url is not https://"),
])
def test_mistakes_of_a_data_plane(authority, tmp_path, keys, expected):
    made, other = authority.issue(NAME), authority.issue(NAME)
    files = {"c": made / "cert.pem", "k": made / "key.pem", "o": other / "key.pem", "a": authority.pem, "t": made / "csr.pem", "nowhere": made / "nowhere"}
    feed = {name: files.get(value, value) for name, value in (pair.split("=", 1) for pair in keys.split())}
    with pytest.raises(RuntimeError) as refused:
        data_plane(tmp_path, "https://localhost:1", **feed).start()
    assert f"gatewright: {expected}" in str(refused.value)


# Clients of a data plane


def test_a_data_planes_own_clients(mutual, authority, upstream, started, tmp_path):
    """The domain name comes over the feed, its certificate from the data plane's own files."""
    names = {"default": "*.execute-api.us-east-1.localhost", "first": "tls.example", "second": "tls.example"}
    config = ['[traffic]', f'tls_default_certificate = "{ARN}default"']
    for name, host in names.items():
        install(authority.issue(host, organisation=name), tmp_path / name)
        config += [f'[certificates."{ARN}{name}"]', *(f'{key} = "{path}"' for key, path in server(tmp_path / name).items())]
    (tmp_path / "config.toml").write_text("\n".join(config))
    made = authority.issue(NAME)
    data = data_plane(tmp_path / "data", mutual.url("feed"), ("traffic", "traffic_tls", "admin"), {"GATEWRIGHT_CONFIG": str(tmp_path / "config.toml")},
                      ca_file=authority.pem, **client(made)).start()
    started.append(data)
    api = mutual.client()
    api_id = serves(mutual, data, upstream)

    def configured(certificate):
        return [{"CertificateArn": ARN + certificate, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}]

    def get(host):
        """The organisation in the certificate that a client finds, and what it gets."""
        port = address(data, "traffic_tls")[1]
        command = ["curl", "-sv", "--cacert", authority.pem, "--resolve", f"{host}:{port}:127.0.0.1", "-o", "/dev/null", "-w", "%{http_code} %{http_version}", f"https://{host}:{port}/"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        found = re.search(r"subject: O ?= ?(\w+)", done.stderr)
        return found and found[1], done.stdout

    assert get(f"{api_id}.execute-api.us-east-1.localhost") == ("default", "200 2")
    api.create_domain_name(DomainName="tls.example", DomainNameConfigurations=configured("first"))
    api.create_api_mapping(DomainName="tls.example", ApiId=api_id, Stage="$default")
    eventually(lambda: get("tls.example") == ("first", "200 2"))
    api.update_domain_name(DomainName="tls.example", DomainNameConfigurations=configured("second"))
    eventually(lambda: get("tls.example") == ("second", "200 2"))
    # The data plane alone, from its disk.
    data.kill()
    mutual.stop()
    data.start()
    try:
        eventually(lambda: get("tls.example") == ("second", "200 2"))
        install(authority.issue("tls.example", organisation="third"), tmp_path / "second")
        eventually(lambda: get("tls.example") == ("third", "200 2"), 5)
    finally:
        mutual.start()
