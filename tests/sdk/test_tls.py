"""TLS at the traffic listener, with other people's clients: openssl, curl, Python's ssl, h2load."""

import http.client
import json
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3
from certificates import EC, RSA, Authority, install, link
from gatewright import BINARY, Process, eventually
from lambda_runtime import Lambda
from smuggling import FRAMING
from spec import Apis, rows

ARN = "arn:aws:acm:us-east-1:000000000000:certificate/"
LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:echo"
ECHO = "import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n"
LISTENERS = ("traffic", "traffic_tls", "management", "admin")
EXECUTE_API = "execute-api.us-east-1.localhost"
DEFAULT = f"*.{EXECUTE_API}"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    functions = Lambda(tmp_path_factory.mktemp("functions"), {"echo": ECHO})
    yield functions
    functions.stop()


def configuration(path, certificates, default=None, **traffic):
    """A file with these certificates: name to directory."""
    lines = ["[traffic]"]
    if default:
        traffic["tls_default_certificate"] = ARN + default
    lines += [f"{key} = {json.dumps(value)}" for key, value in traffic.items()]
    for name, directory in certificates.items():
        lines += [f'[certificates."{ARN}{name}"]', f'cert_file = "{directory}/cert.pem"', f'key_file = "{directory}/key.pem"']
        if (directory / "ocsp.der").exists():
            lines.append(f'ocsp_file = "{directory}/ocsp.der"')
    path.write_text("\n".join(lines))
    return {"GATEWRIGHT_CONFIG": str(path)}


@pytest.fixture(scope="module")
def certificates(authority, tmp_path_factory):
    """What the gateway is configured with."""
    made = {
        "default": authority.issue(DEFAULT, "localhost"),
        "exact": authority.issue("api.tls.example", algorithm=RSA),
        "wildcard": authority.issue("*.tls.example", algorithm=EC),
        "swapped": authority.issue("swapped.example", organisation="first"),
        "linked": authority.issue("linked.example", organisation="first"),
        "broken": authority.issue("broken.example", organisation="first"),
    }
    authority.staple(made["exact"])
    mounted = tmp_path_factory.mktemp("mounted")
    for name, directory in list(made.items()):
        if name == "linked":
            continue
        install(directory, mounted / name, "cert.pem", "key.pem", *(["ocsp.der"] if (directory / "ocsp.der").exists() else []))
        made[name] = mounted / name
    # As Kubernetes mounts a Secret.
    volume = mounted / "linked"
    volume.mkdir()
    install(made["linked"], volume / "..1")
    (volume / "..data").symlink_to("..1")
    for name in ("cert.pem", "key.pem"):
        (volume / name).symlink_to(f"..data/{name}")
    made["linked"] = volume
    return made


@pytest.fixture(scope="module")
def gateway(functions, certificates, tmp_path_factory):
    work = tmp_path_factory.mktemp("tls")
    environment = configuration(work / "config.toml", certificates, "default")
    process = Process("serve", work / "data", {**environment, "GATEWRIGHT_LAMBDA_ENDPOINT": functions.url}, LISTENERS).start()
    yield process
    process.stop()


class Secured(Apis):
    def domain(self, name, certificate):
        self.client.create_domain_name(DomainName=name, DomainNameConfigurations=[
            {"CertificateArn": ARN + certificate, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}])
        return name

    def mapped(self, name, certificate, api_id):
        """A domain name that leads to an API, served."""
        self.domain(name, certificate)
        self.client.create_api_mapping(DomainName=name, ApiId=api_id, Stage="$default")
        pool = urllib3.PoolManager()
        url = self.gateway.url("traffic") + "/mapped"
        eventually(lambda: pool.request("GET", url, headers={"Host": name}).status == 200)
        return name


@pytest.fixture(scope="module")
def apis(gateway, echo):
    return Secured(gateway, echo)


@pytest.fixture(scope="module")
def api_id(apis):
    return apis.api("ANY /{proxy+}", "ANY /")


@pytest.fixture(scope="module")
def domains(apis, api_id):
    names = {"api.tls.example": "exact", "*.tls.example": "wildcard", "swapped.example": "swapped",
             "linked.example": "linked", "broken.example": "broken", "nowhere.example": "not-configured"}
    for name, certificate in names.items():
        apis.domain(name, certificate)
        apis.client.create_api_mapping(DomainName=name, ApiId=api_id, Stage="$default")
    pool = urllib3.PoolManager()
    for name in names:
        host = name.replace("*", "any")
        eventually(lambda: pool.request("GET", gateway_url(apis), headers={"Host": host}).status == 200)
    return names


def gateway_url(apis):
    return apis.gateway.url("traffic") + "/served"


def address(gateway, listener="traffic_tls"):
    host, port = gateway.listeners[listener].rsplit(":", 1)
    return host, int(port)


def trusting(authority, alpn=None):
    context = ssl.create_default_context(cafile=authority.pem)
    context.check_hostname = False
    if alpn:
        context.set_alpn_protocols(alpn)
    return context


def connect(gateway, context, name, session=None):
    plain = socket.create_connection(address(gateway), timeout=20)
    try:
        return context.wrap_socket(plain, server_hostname=name, session=session, suppress_ragged_eofs=False)
    except BaseException:
        plain.close()
        raise


def served(gateway, authority, name):
    """The names and the organisation in the certificate that a client gets."""
    with connect(gateway, trusting(authority), name) as connection:
        certificate = connection.getpeercert()
    subject = dict(pair for part in certificate["subject"] for pair in part)
    return [name for _, name in certificate["subjectAltName"]], subject["organizationName"]


def s_client(gateway, *arguments, name=None, given="Q\n"):
    server = ["-servername", name] if name else ["-noservername"]
    command = ["openssl", "s_client", "-connect", gateway.listeners["traffic_tls"], *server, *map(str, arguments)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=30)
    return done.stdout + done.stderr


def curl(gateway, authority, host, path="/a", *arguments):
    port = address(gateway)[1]
    command = ["curl", "-s", "--cacert", authority.pem, "--resolve", f"{host}:{port}:127.0.0.1", *arguments, f"https://{host}:{port}{path}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def outcomes(gateway):
    """How many handshakes came to what."""
    text = urllib3.request("GET", gateway.url("admin") + "/metrics").data.decode()
    return {name: int(count) for name, count in re.findall(r'gatewright_tls_handshakes_total{outcome="(\w+)"} (\d+)', text)}


# Names


@pytest.mark.parametrize(("name", "expected"), rows(
    ("an exact name", "api.tls.example", ["api.tls.example"]),
    ("letter case", "API.TLS.example", ["api.tls.example"]),
    ("a wildcard", "other.tls.example", ["*.tls.example"]),
    ("the base domain", f"abc.{EXECUTE_API}", [DEFAULT, "localhost"]),
    ("nobody's name", "unknown.example", [DEFAULT, "localhost"]),
    ("more labels than a wildcard stands for", "a.b.tls.example", [DEFAULT, "localhost"]),
    ("no name", None, [DEFAULT, "localhost"]),
))
def test_certificates_by_name(gateway, authority, domains, name, expected):
    assert served(gateway, authority, name)[0] == expected


def test_a_certificate_that_is_not_configured(gateway, domains):
    """The management API took the domain name; its handshakes are refused by name, and the log says which key is missing."""
    before = outcomes(gateway)["no_certificate"]
    assert "SSL alert number 112" in s_client(gateway, name="nowhere.example")
    assert outcomes(gateway)["no_certificate"] == before + 1
    log = (gateway.data_dir / "log").read_text()
    assert any("nowhere.example" in line and f'certificates."{ARN}not-configured"' in line.replace("\\", "") for line in log.splitlines())


def test_no_default(certificates, authority, tmp_path):
    environment = configuration(tmp_path / "config.toml", {"exact": certificates["exact"]})
    process = Process("serve", tmp_path / "data", environment, LISTENERS).start()
    try:
        for name in (None, "unknown.example"):
            assert "SSL alert number 112" in s_client(process, name=name)
        process.client().create_domain_name(DomainName="api.tls.example", DomainNameConfigurations=[
            {"CertificateArn": ARN + "exact", "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}])
        eventually(lambda: served(process, authority, "api.tls.example")[0] == ["api.tls.example"])
    finally:
        process.stop()


def test_changes_of_domain_names_are_live(gateway, authority, apis, api_id):
    name = "changing.tls.test"
    default = [DEFAULT, "localhost"]
    assert served(gateway, authority, name)[0] == default
    apis.domain(name, "exact")
    eventually(lambda: served(gateway, authority, name)[0] == ["api.tls.example"])
    apis.client.update_domain_name(DomainName=name, DomainNameConfigurations=[
        {"CertificateArn": ARN + "wildcard", "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}])
    eventually(lambda: served(gateway, authority, name)[0] == ["*.tls.example"])
    apis.client.delete_domain_name(DomainName=name)
    eventually(lambda: served(gateway, authority, name)[0] == default)


# Protocols


@pytest.mark.parametrize(("version", "works"), [("-tls1", False), ("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)])
def test_versions(gateway, version, works):
    said = s_client(gateway, version, "-cipher", "ALL:@SECLEVEL=0", name="localhost")
    if works:
        assert "Verification error" in said and re.search(r"Cipher is (TLS|ECDHE)", said), said
    else:
        # Clients that old say nothing of what a signature may be, and are refused over that first.
        assert re.search("alert (protocol version|handshake failure)", said) and "Cipher is (NONE)" in said, said


@pytest.mark.parametrize(("arguments", "expected"), [
    (("-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"), "TLS_AES_128_GCM_SHA256"),
    (("-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"), "TLS_AES_256_GCM_SHA384"),
    (("-tls1_2", "-cipher", "ECDHE+AESGCM"), "ECDHE-ECDSA-AES128-GCM-SHA256"),
])
def test_the_gateway_chooses_the_suite(gateway, arguments, expected):
    """Section 14: AWS takes AES-128, whatever a client names first."""
    assert f"Cipher is {expected}\n" in s_client(gateway, *arguments, name="localhost")


def test_no_renegotiation(gateway):
    said = s_client(gateway, "-tls1_2", "-legacy_renegotiation", name="localhost", given="R\n")
    assert "no renegotiation" in said or "no_renegotiation" in said, said


def test_no_early_data(gateway, tmp_path):
    session, early = tmp_path / "session", tmp_path / "early"
    early.write_text("GET / HTTP/1.1\r\n\r\n")
    s_client(gateway, "-tls1_3", "-ign_eof", "-sess_out", session, name="localhost", given="GET / HTTP/1.0\r\n\r\n")
    said = s_client(gateway, "-tls1_3", "-sess_in", session, "-early_data", early, name="localhost")
    assert "Early data was not sent" in said, said


@pytest.mark.parametrize(("offered", "settled"), [
    (["h2", "http/1.1"], "h2"), (["http/1.1", "h2"], "h2"), (["http/1.1"], "http/1.1"), (None, None)])
def test_alpn(gateway, authority, offered, settled):
    with connect(gateway, trusting(authority, offered), "localhost") as connection:
        assert connection.selected_alpn_protocol() == settled


def test_alpn_without_a_common_protocol(gateway):
    assert "alert no application protocol" in s_client(gateway, "-alpn", "smtp", name="localhost")


def test_curl(gateway, authority, domains, api_id):
    for host in ("api.tls.example", "any.tls.example", f"{api_id}.{EXECUTE_API}"):
        for options, version in ((["--http2"], "2"), (["--http1.1"], "1.1"), (["--no-alpn"], "1.1"), (["--tls-max", "1.2"], "2"), (["--http2-prior-knowledge"], "2")):
            done = curl(gateway, authority, host, "/a", "-w", " %{http_version} %{http_code}", *options)
            assert done.stdout.endswith(f" {version} 200"), (host, options, done)


def test_h2load(gateway, api_id):
    command = ["h2load", "-n", "2000", "-c", "8", "-m", "32", "--connect-to", gateway.listeners["traffic_tls"], f"https://{api_id}.{EXECUTE_API}/"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed, 0 errored, 0 timeout" in done.stdout, done.stdout
    assert "Application protocol: h2" in done.stdout


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_resumption(gateway, authority, api_id, version):
    context = trusting(authority)
    context.minimum_version = context.maximum_version = version
    before = outcomes(gateway)["resumed"]
    name = f"{api_id}.{EXECUTE_API}"

    def visit(session):
        with connect(gateway, context, name, session) as connection:
            # In 1.3 tickets come after the handshake.
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
            return connection.session, connection.session_reused

    session, reused = visit(None)
    assert not reused
    assert visit(session)[1]
    assert outcomes(gateway)["resumed"] == before + 1


def test_a_session_is_good_for_its_name_only(gateway, authority, domains):
    context = trusting(authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with connect(gateway, context, "api.tls.example") as connection:
        session = connection.session
    with connect(gateway, context, "other.tls.example", session) as connection:
        assert not connection.session_reused


def test_stapled(gateway, authority, domains):
    said = s_client(gateway, "-status", "-CAfile", authority.pem, name="api.tls.example")
    assert "OCSP Response Status: successful" in said and "Cert Status: good" in said, said
    assert "OCSP response: no response sent" in s_client(gateway, "-status", name="localhost")


# Certificates that change


def test_certificates_swapped_under_load(gateway, authority, certificates, domains):
    """Clients keep connections and make new ones all the time; nobody notices but by the certificate."""
    name, swaps, clients = "swapped.example", 30, 6
    made = [authority.issue(name, organisation=f"swap{number}", algorithm=RSA if number % 5 == 0 else EC) for number in range(3)]
    stop, seen, failures, counts = threading.Event(), set(), [], []

    def fresh():
        """A handshake for each request."""
        context, done = trusting(authority), 0
        try:
            while not stop.is_set():
                with connect(gateway, context, name) as connection:
                    subject = dict(pair for part in connection.getpeercert()["subject"] for pair in part)
                    seen.add(subject["organizationName"])
                    connection.sendall(f"GET /load HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
                    assert connection.recv(65536).startswith(b"HTTP/1.1 200")
                done += 1
        except Exception as error:  # counted
            failures.append(repr(error))
        counts.append(("handshakes", done))

    def kept():
        """One connection through it all."""
        done = 0
        try:
            context = trusting(authority)
            connection = http.client.HTTPSConnection(name, context=context)
            connection.sock = connect(gateway, context, name)
            while not stop.is_set():
                connection.request("GET", "/load")
                answer = connection.getresponse()
                assert answer.status == 200 and not answer.will_close
                answer.read()
                done += 1
        except Exception as error:  # counted
            failures.append(repr(error))
        counts.append(("requests", done))

    started = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        for number in range(clients):
            pool.submit(kept if number < 2 else fresh)
        try:
            for number in range(swaps):
                version = made[number % len(made)]
                install(version, certificates["swapped"])
                expected = f"swap{number % len(made)}"
                eventually(lambda: served(gateway, authority, name)[1] == expected, 5)
        finally:
            stop.set()
    assert not failures, failures
    assert seen >= {f"swap{number}" for number in range(len(made))}
    totals = {kind: sum(count for found, count in counts if found == kind) for kind in ("handshakes", "requests")}
    print(totals, f"in {time.monotonic() - started:.1f} s")
    assert totals["handshakes"] > 200 and totals["requests"] > 200


def test_a_mounted_secret_that_is_swapped(gateway, authority, certificates, domains):
    volume = certificates["linked"]
    assert served(gateway, authority, "linked.example")[1] == "first"
    for number in (2, 3):
        made = authority.issue("linked.example", organisation=f"version{number}", days=20 + number)
        install(made, volume / f"..{number}")
        link(f"..{number}", volume / "..data")
        eventually(lambda: served(gateway, authority, "linked.example")[1] == f"version{number}", 5)
        with connect(gateway, trusting(authority), "linked.example") as connection:
            expiry = ssl.cert_time_to_seconds(connection.getpeercert()["notAfter"])
        line = f'gatewright_certificate_expiry_timestamp_seconds{{certificate="{ARN}linked"}} {expiry}'
        assert line in urllib3.request("GET", gateway.url("admin") + "/metrics").data.decode().splitlines()


def test_a_pair_that_is_broken_is_kept_out(gateway, authority, certificates, domains):
    name, target = "broken.example", certificates["broken"]
    log = gateway.data_dir / "log"
    at = len(log.read_text())
    next_pair = authority.issue(name, organisation="second")
    install(next_pair, target, "cert.pem")  # the old key does not fit
    eventually(lambda: "certificate refused, the last good one serves on" in log.read_text()[at:])
    assert f'certificates.\\"{ARN}broken' in log.read_text()[at:] or f'certificates."{ARN}broken' in log.read_text()[at:]
    assert served(gateway, authority, name)[1] == "first"
    (target / "key.pem").write_text("no key")
    (target / "cert.pem").unlink()
    assert served(gateway, authority, name)[1] == "first"
    install(next_pair, target)
    eventually(lambda: served(gateway, authority, name)[1] == "second", 5)


@pytest.mark.parametrize(("spoil", "expected"), [
    (lambda files: (files / "cert.pem").unlink(), '".cert_file: cannot read'),
    (lambda files: (files / "key.pem").write_text("none"), '".key_file: '),
    (lambda files: (files / "cert.pem").write_text("none"), '".cert_file: '),
], ids=["no file", "no key", "no certificate"])
def test_files_that_cannot_be_used_at_the_start(authority, tmp_path, spoil, expected):
    install(authority.issue("x.example"), tmp_path / "files")
    spoil(tmp_path / "files")
    environment = configuration(tmp_path / "config.toml", {"x": tmp_path / "files"})
    process = Process("serve", tmp_path / "data", environment, LISTENERS)
    with pytest.raises(RuntimeError) as refused:
        process.start()
    assert f'certificates."{ARN}x{expected}' in str(refused.value)


@pytest.mark.parametrize(("text", "expected"), [
    (f'[traffic]\ntls_default_certificate = "{ARN}x"', f'traffic.tls_default_certificate: certificates has no "{ARN}x"'),
    ('[certificates.x]\ncert_file = "a"\nkey_file = "b"', 'certificates."x": that is no ARN'),
    (f'[certificates."{ARN}x"]\ncert_file = "a"', "missing field `key_file`"),
    ('[traffic]\ntls_listen = "here"', "traffic.tls_listen is not valid"),
], ids=["default", "ARN", "key_file", "tls_listen"])
def test_configuration_that_is_wrong(tmp_path, text, expected):
    (tmp_path / "config.toml").write_text(text)
    done = subprocess.run([BINARY, "check", "--config", tmp_path / "config.toml"], capture_output=True, text=True)
    assert done.returncode != 0 and expected in done.stderr, done.stderr


# Hostile clients


def test_half_handshakes_end_and_cost_others_nothing(gateway, authority, api_id):
    name = f"{api_id}.{EXECUTE_API}"
    hello = first_message(authority)
    before = outcomes(gateway)["timed_out"]
    halves, started = [], time.monotonic()
    for sent in [b"", hello[:1], hello[:len(hello) // 2], hello] * 50:
        half = socket.create_connection(address(gateway), timeout=20)
        half.sendall(sent)
        halves.append(half)
    slowest = 0
    while time.monotonic() - started < 3:
        began = time.monotonic()
        with connect(gateway, trusting(authority), name) as connection:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        slowest = max(slowest, time.monotonic() - began)
    ends = []
    for half in halves:
        with half:
            while drained(half):
                pass
        ends.append(time.monotonic() - started)
    assert ends[0] > 4.5 and ends[-1] < 7.5, (ends[0], ends[-1])
    assert slowest < 1
    assert outcomes(gateway)["timed_out"] == before + len(halves)


def drained(connection):
    try:
        return connection.recv(65536)
    except ConnectionError:
        return b""


def first_message(authority):
    """A client's hello, to the byte."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting(authority).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"SSH-2.0-x\r\n", b"\x00" * 64, b"\x16\x03\x01\xff\xff" + b"\x00" * 70000])
def test_what_is_no_tls(gateway, api_id, echo, sent):
    requests, failed = echo.requests, outcomes(gateway)["failed"]
    with socket.create_connection(address(gateway), timeout=10) as connection:
        connection.sendall(sent.replace(b"Host: x", f"Host: {api_id}.{EXECUTE_API}".encode()))
        said = b""
        while more := drained(connection):
            said += more
    # One alert, fatal, and the end.
    assert len(said) == 7 and said[0] == 0x15 and said[5] == 2, said
    assert echo.requests == requests and outcomes(gateway)["failed"] == failed + 1


def test_a_client_that_goes_away(gateway):
    before = outcomes(gateway)["closed"]
    socket.create_connection(address(gateway)).close()
    eventually(lambda: outcomes(gateway)["closed"] == before + 1)


@pytest.mark.parametrize("row", [row for row in FRAMING if row.name in ("CL.TE", "TE.CL", "TE: gzip, chunked", "TE: xchunked")], ids=lambda row: row.name)
def test_smuggling(gateway, authority, api_id, row):
    host = f"{api_id}.{EXECUTE_API}".encode()
    sent = row.sent.replace(b"%H", b"Host: %A\r\n").replace(b"%A", host)
    with connect(gateway, trusting(authority), "localhost") as connection:
        connection.sendall(sent)
        said = b""
        while more := connection.recv(65536):
            said += more
    assert said.startswith(b"HTTP/1.1 400") and said.count(b"HTTP/1.1") == 1, said


def test_a_large_answer_and_a_large_request(gateway, authority, api_id):
    body = b"x" * 4_000_000
    connection = http.client.HTTPSConnection("localhost", context=trusting(authority))
    connection.sock = connect(gateway, trusting(authority), "localhost")
    for _ in range(3):
        connection.request("POST", "/large", body, {"Host": f"{api_id}.{EXECUTE_API}"})
        answer = connection.getresponse()
        assert answer.status == 200
        assert json.loads(answer.read())["body"].encode() == body
    connection.close()


def test_slow_heads_end(certificates, authority, tmp_path):
    """The sweeper's times are those of plain connections, from the handshake's end."""
    environment = configuration(tmp_path / "config.toml", {"default": certificates["default"]}, "default",
                                header_timeout_ms=1000, idle_timeout_ms=1500, tls_handshake_timeout_ms=1000, linger_timeout_ms=500)
    process = Process("serve", tmp_path / "data", environment, LISTENERS).start()
    try:
        for sent in (b"", b"GET / HT"):
            started = time.monotonic()
            with connect(process, trusting(authority), "localhost") as connection:
                connection.sendall(sent)
                with pytest.raises((ssl.SSLError, ConnectionError)):
                    assert connection.recv(1), "closed with a close_notify"
            assert 0.7 < time.monotonic() - started < 3
    finally:
        process.stop()


# What APIs see


def test_what_upstreams_and_functions_see(gateway, authority, apis, api_id, domains):
    forwarded = dict(json.loads(curl(gateway, authority, "api.tls.example").stdout)["headers"])["forwarded"]
    assert forwarded.endswith(";proto=https") and 'host="api.tls.example:' in forwarded
    plain = urllib3.request("GET", gateway.url("traffic") + "/a", headers={"Host": "api.tls.example"}).json()
    assert dict(plain["headers"])["forwarded"].endswith(";proto=http")

    for version in ("1.0", "2.0"):
        function = apis.api(stages=())
        made = apis.client.create_integration(ApiId=function, IntegrationType="AWS_PROXY", IntegrationUri=LAMBDA, PayloadFormatVersion=version)
        apis.client.create_route(ApiId=function, RouteKey="$default", Target=f"integrations/{made['IntegrationId']}")
        apis.stage(function, "$default")
        for options in (["--http1.1"], ["--http2"]):
            event = json.loads(curl(gateway, authority, f"{function}.{EXECUTE_API}", "/a", *options).stdout)
            headers = {name.lower(): value for name, value in event["headers"].items()}
            assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("https", "443")


def test_secure_transport(gateway, authority, apis):
    """`aws:SecureTransport` tells TLS from what is none."""
    api_id = apis.api("ANY /{proxy+}", stages=())
    for route in apis.client.get_routes(ApiId=api_id)["Items"]:
        apis.client.update_route(ApiId=api_id, RouteId=route["RouteId"], AuthorizationType="AWS_IAM")
    apis.stage(api_id, "$default")
    key, secret = gateway.access_key("secure", {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]})
    signed = ["--aws-sigv4", "aws:amz:us-east-1:execute-api", "--user", f"{key}:{secret}", "-o", "/dev/null", "-w", "%{http_code}"]
    host = f"{api_id}.{EXECUTE_API}"
    eventually(lambda: curl(gateway, authority, host, "/a", *signed).stdout == "200")
    port = address(gateway, "traffic")[1]
    plain = ["curl", "-s", *signed, "--resolve", f"{host}:{port}:127.0.0.1", f"http://{host}:{port}/a"]
    assert subprocess.run(plain, capture_output=True, text=True, timeout=30).stdout == "403"


def test_api_endpoints_are_https(gateway, apis, api_id):
    port = address(gateway)[1]
    assert apis.client.get_api(ApiId=api_id)["ApiEndpoint"] == f"https://{api_id}.{EXECUTE_API}:{port}"


# The end


def test_drain(certificates, authority, echo, tmp_path):
    """Idle connections are closed with a close_notify; a request that is under way is answered first."""
    environment = configuration(tmp_path / "config.toml", {"default": certificates["default"]}, "default")
    process = Process("serve", tmp_path / "data", environment, LISTENERS).start()
    api_id = Apis(process, echo).api("ANY /{proxy+}")
    request = f"GET /a HTTP/1.1\r\nHost: {api_id}.{EXECUTE_API}\r\n"
    idle, busy = (connect(process, trusting(authority), "localhost") for _ in range(2))
    half = socket.create_connection(address(process), timeout=10)
    with idle, busy, half:
        idle.sendall(request.encode() + b"\r\n")
        assert idle.recv(65536).startswith(b"HTTP/1.1 200")
        busy.sendall(request.encode() + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert busy.recv(65536).startswith(b"HTTP/1.1 100")
        served_before = echo.requests
        process.process.send_signal(signal.SIGTERM)
        # A clean end: without close_notify this is an error.
        assert idle.recv(65536) == b""
        busy.sendall(b"ok")
        assert busy.recv(65536).startswith(b"HTTP/1.1 200")
        assert echo.requests == served_before + 1
        assert busy.recv(65536) == b""
        assert drained(half) == b""
    assert process.process.wait(timeout=20) == 0
