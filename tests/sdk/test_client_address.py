"""The client's address behind load balancers: X-Forwarded-For, Forwarded and PROXY protocol, of trusted proxies and of others.

Loopback is all of 127.0.0.0/8: a client that binds 127.0.0.1 is a trusted proxy here, any other is anybody. A real HAProxy
stands in front as well.
"""

import contextlib
import csv
import json
import re
import socket
import ssl
import struct
import subprocess
import time

import pytest
import urllib3
from certificates import Authority
from conftest import free_port
from gatewright import Process, eventually
from lambda_runtime import Lambda
from spec import Apis, get, rows

TRUSTED = ["127.0.0.1/32", "10.0.0.0/8", "2001:db8:1::/48"]
PROXY, OTHER, CLIENT = "127.0.0.1", "127.0.0.2", "192.0.2.7"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:echo"
LOG = "arn:aws:logs:us-east-1:000000000000:log-group:addresses"
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/default"
DOMAIN = "execute-api.us-east-1.localhost"
CODE = "import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n"
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    functions = Lambda(tmp_path_factory.mktemp("functions"), {"echo": CODE})
    yield functions
    functions.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificate(authority):
    return authority.issue(f"*.{DOMAIN}", "localhost")


@pytest.fixture(scope="module")
def start(functions, certificate, tmp_path_factory):
    """Starts a gateway with these keys of [traffic]."""
    with contextlib.ExitStack() as stack:
        def started(**traffic):
            work = tmp_path_factory.mktemp("gateway")
            traffic = {"tls_default_certificate": CERTIFICATE, "trusted_proxies": TRUSTED, **traffic}
            lines = ["[traffic]", *(f"{key} = {json.dumps(value)}" for key, value in traffic.items()),
                     f'[certificates."{CERTIFICATE}"]', f'cert_file = "{certificate}/cert.pem"', f'key_file = "{certificate}/key.pem"']
            (work / "config.toml").write_text("\n".join(lines))
            environment = {"GATEWRIGHT_CONFIG": str(work / "config.toml"), "GATEWRIGHT_LAMBDA_ENDPOINT": functions.url,
                           "GATEWRIGHT_LOG_FILTER": "info,gatewright_ingress=debug"}
            process = Process("serve", work / "data", environment, ("traffic", "traffic_tls", "management", "admin")).start()
            stack.callback(process.stop)
            return process
        yield started


class Gateway:
    """A gateway with two APIs that say who asked: a function, and an upstream with a log."""

    def __init__(self, process, echo):
        self.process = process
        apis = Apis(process, echo)
        logged = {"AccessLogSettings": {"DestinationArn": LOG, "Format": "asked $context.requestId $context.identity.sourceIp"}}
        self.upstream, self.function = apis.api("$default", stages=()), apis.api(stages=())
        made = apis.client.create_integration(
            ApiId=self.function, IntegrationType="AWS_PROXY", IntegrationUri=FUNCTION, PayloadFormatVersion="2.0")
        apis.client.create_route(ApiId=self.function, RouteKey="$default", Target=f"integrations/{made['IntegrationId']}")
        for api_id in (self.upstream, self.function):
            apis.stage(api_id, "$default", **logged)
        self.apis = apis

    def connect(self, source=PROXY, announced=b"", listener="traffic"):
        host, port = self.process.listeners[listener].rsplit(":", 1)
        connection = socket.create_connection((host, int(port)), timeout=20, source_address=(source, 0))
        connection.sendall(announced)
        return connection

    def logged(self, request_id):
        """The address in the access log's line of a request."""
        log = lambda: (self.process.data_dir / "log").read_text()
        return eventually(lambda: re.search(rf"asked {re.escape(request_id)} (\S+)", log())).group(1)

    def event(self, *headers, tls=None, **options):
        """What the function is told."""
        return json.loads(self.answer(self.function, headers, tls, options)[1])

    def forwarded(self, *headers, tls=None, **options):
        """What the upstream is told, and the address in the access log."""
        request_id, body = self.answer(self.upstream, headers, tls, options)
        seen = json.loads(body)["headers"]
        assert not [name for name, _ in seen if name.startswith("x-forwarded-")]
        [value] = [value for name, value in seen if name == "forwarded"]
        return value.replace(f";host={self.upstream}.{DOMAIN}", ""), self.logged(request_id)

    def answer(self, api_id, headers, tls, options):
        with self.connect(listener="traffic_tls" if tls else "traffic", **options) as connection:
            if tls:
                connection = tls.wrap_socket(connection, server_hostname=f"{api_id}.{DOMAIN}")
            connection.sendall(get(api_id, "/", *headers))
            status, found, body = read(connection)
            assert status == 200, body
            return found["apigw-requestid"], body


def read(connection, count=1):
    """The last of some answers, its headers by their names in lower case."""
    with connection.makefile("rb") as stream:
        for _ in range(count):
            status = int(stream.readline().split(b" ")[1])
            headers = {}
            while (line := stream.readline().decode().rstrip()):
                name, value = line.split(": ", 1)
                headers[name.lower()] = value
            body = stream.read(int(headers["content-length"]))
    return status, headers, body


@pytest.fixture(scope="module")
def gateway(start, echo):
    return Gateway(start(), echo)


@pytest.fixture(scope="module")
def announced(start, echo):
    """One whose proxies speak PROXY protocol."""
    return Gateway(start(proxy_protocol=True), echo)


@pytest.fixture(scope="module")
def tls(authority):
    return ssl.create_default_context(cafile=authority.pem)


def for_(*values):
    return [f"X-Forwarded-For: {value}" for value in values]


# X-Forwarded-For


@pytest.mark.parametrize(("source", "sent", "address", "chain"), rows(
    ("nothing is said", PROXY, [], PROXY, ""),
    ("a trusted proxy is believed", PROXY, for_(CLIENT), CLIENT, f"for={CLIENT}, "),
    ("what the client said before is not", PROXY, for_(f"6.6.6.6, {CLIENT}"), CLIENT, f"for=6.6.6.6, for={CLIENT}, "),
    ("lines are one list", PROXY, for_("6.6.6.6", CLIENT), CLIENT, f"for=6.6.6.6, for={CLIENT}, "),
    ("trusted proxies are skipped", PROXY, for_(f"6.6.6.6,{CLIENT}, 10.0.0.9"), CLIENT, f"for=6.6.6.6, for={CLIENT}, for=10.0.0.9, "),
    ("IPv6", PROXY, for_("2001:db8::7, 2001:db8:1::1"), "2001:db8::7", 'for="[2001:db8::7]", for="[2001:db8:1::1]", '),
    ("mapped into IPv6", PROXY, for_(f"::ffff:{CLIENT}"), CLIENT, f'for="[::ffff:{CLIENT}]", '),
    ("nobody knows", PROXY, for_(f"{CLIENT}, unknown"), PROXY, f"for={CLIENT}, for=unknown, "),
    ("anybody else is not believed", OTHER, for_(CLIENT), OTHER, f"for={CLIENT}, "),
    ("nor in the name of a proxy", OTHER, for_(f"{CLIENT}, {PROXY}"), OTHER, f"for={CLIENT}, for={PROXY}, "),
    ("nor is another header", PROXY, [f"Forwarded: for={CLIENT};proto=https", f"X-Real-IP: {CLIENT}"], PROXY, f"for={CLIENT};proto=https, "),
))
def test_x_forwarded_for(gateway, source, sent, address, chain):
    forwarded = f"{chain}for={source};proto=http"
    assert gateway.forwarded(*sent, source=source) == (forwarded, address)
    event = gateway.event(*sent, source=source)
    assert event["requestContext"]["http"]["sourceIp"] == address
    before = [value.split(": ", 1)[1] for value in sent if value.startswith("X-Forwarded-For")]
    assert event["headers"]["x-forwarded-for"] == ", ".join([*before, source])


@pytest.mark.parametrize(("source", "sent", "scheme"), rows(
    ("a trusted proxy is believed", PROXY, ["https"], "https"),
    ("of several the last", PROXY, ["https, http"], "http"),
    ("no scheme", PROXY, ["gopher"], "http"),
    ("anybody else is not believed", OTHER, ["https"], "http"),
))
def test_x_forwarded_proto(gateway, tls, source, sent, scheme):
    headers = [f"X-Forwarded-Proto: {value}" for value in sent]
    # Port and host are not taken from anybody.
    event = gateway.event(*headers, "X-Forwarded-Port: 8443", "X-Forwarded-Host: other.example", source=source)
    port = {"http": "80", "https": "443"}[scheme]
    assert (event["headers"]["x-forwarded-proto"], event["headers"]["x-forwarded-port"]) == (scheme, port)
    assert event["requestContext"]["domainName"] == f"{gateway.function}.{DOMAIN}"
    assert gateway.forwarded(*headers, source=source)[0].endswith(f"for={source};proto={scheme}")
    secured = gateway.event("X-Forwarded-Proto: http", tls=tls, source=source)
    assert secured["headers"]["x-forwarded-proto"] == ("http" if source == PROXY else "https")


def test_forwarded(start, echo):
    """The other header, where it is the one that is believed."""
    gateway = Gateway(start(forwarded_header="forwarded"), echo)
    for source, sent, address, scheme in (
        (PROXY, [f"Forwarded: for={CLIENT};proto=https"], CLIENT, "https"),
        (PROXY, ["Forwarded: for=6.6.6.6;proto=https", f'Forwarded: for={CLIENT};host="a, for=6.6.6.6"'], CLIENT, "http"),
        (PROXY, [f'Forwarded: for="6.6.6.6, for="{CLIENT}:80";proto=http, for="[2001:db8:1::9]";proto=https'], CLIENT, "http"),
        (PROXY, [f"Forwarded: for={CLIENT}, for=_hidden"], PROXY, "http"),
        (PROXY, [f"Forwarded: for={CLIENT}, for="], PROXY, "http"),
        (PROXY, [f"X-Forwarded-For: {CLIENT}", "X-Forwarded-Proto: https"], PROXY, "http"),
        (OTHER, [f"Forwarded: for={CLIENT};proto=https"], OTHER, "http"),
    ):
        event = gateway.event(*sent, source=source)
        found = event["requestContext"]["http"]["sourceIp"], event["headers"]["x-forwarded-proto"]
        assert found == (address, scheme), sent


def test_nobody_is_trusted_by_default(start, echo):
    gateway = Gateway(start(trusted_proxies=[]), echo)
    headers = [f"X-Forwarded-For: {CLIENT}", "X-Forwarded-Proto: https", f"Forwarded: for={CLIENT}"]
    event = gateway.event(*headers)
    assert (event["requestContext"]["http"]["sourceIp"], event["headers"]["x-forwarded-proto"]) == (PROXY, "http")
    with gateway.connect(announced=header()) as connection:
        assert read(connection)[0] == 400


def test_conditions_on_the_address(gateway):
    """`aws:SourceIp` and `aws:SecureTransport` are the client's."""
    apis = gateway.apis
    api_id = apis.api("ANY /{proxy+}", stages=())
    [route] = apis.client.get_routes(ApiId=api_id)["Items"]
    apis.client.update_route(ApiId=api_id, RouteId=route["RouteId"], AuthorizationType="AWS_IAM")
    apis.stage(api_id, "$default")
    key, secret = gateway.process.access_key("clients", {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*", "Condition": {
            "IpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "Bool": {"aws:SecureTransport": "true"}}}]})
    host, port = f"{api_id}.{DOMAIN}", gateway.process.listeners["traffic"].rsplit(":", 1)[1]

    def status(source, *headers):
        command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--interface", source, "--aws-sigv4", "aws:amz:us-east-1:execute-api",
                   "--user", f"{key}:{secret}", "--resolve", f"{host}:{port}:127.0.0.1", f"http://{host}:{port}/a"]
        command += [part for header in headers for part in ("-H", header)]
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout

    https = "X-Forwarded-Proto: https"
    eventually(lambda: status(PROXY, *for_(CLIENT), https) == "200")
    assert status(PROXY, *for_(f"{CLIENT}, 198.51.100.1"), https) == "403"
    assert status(PROXY, *for_(CLIENT), "X-Forwarded-Proto: http") == "403"
    assert status(OTHER, *for_(CLIENT), https) == "403"


# PROXY protocol


def header(source=CLIENT, command=0x21, family=None, rest=None, tlvs=b"", length=None):
    """A header of version 2."""
    kind = socket.AF_INET6 if ":" in source else socket.AF_INET
    if rest is None:
        destination = "::1" if kind == socket.AF_INET6 else "127.0.0.1"
        rest = socket.inet_pton(kind, source) + socket.inet_pton(kind, destination) + struct.pack(">HH", 4711, 443)
    family = (0x21 if kind == socket.AF_INET6 else 0x11) if family is None else family
    rest += tlvs
    return SIGNATURE + struct.pack(">BBH", command, family, len(rest) if length is None else length) + rest


TLVS = b"\x01\0\x02h2" + b"\x04\0\x80" + bytes(128) + b"\x05\0\x03abc"


@pytest.mark.parametrize(("sent", "headers", "peer", "address"), rows(
    ("IPv4", header(), [], CLIENT, CLIENT),
    ("IPv6", header("2001:db8::7"), [], "2001:db8::7", "2001:db8::7"),
    ("mapped into IPv6", header(f"::ffff:{CLIENT}"), [], CLIENT, CLIENT),
    ("TLVs are passed over", header(tlvs=TLVS), [], CLIENT, CLIENT),
    ("as long as may be", header(tlvs=b"\x04\x0f\xe1" + bytes(4065)), [], CLIENT, CLIENT),
    ("the client's headers count for nothing", header(), for_("6.6.6.6"), CLIENT, CLIENT),
    ("another trusted proxy's do", header("10.1.2.3"), for_(f"6.6.6.6, {CLIENT}"), "10.1.2.3", CLIENT),
    ("LOCAL: the proxy itself", header(command=0x20, family=0, rest=b""), [], PROXY, PROXY),
    ("LOCAL with an address", header(command=0x20), [], PROXY, PROXY),
    ("the proxy's own headers", header(command=0x20, family=0, rest=b""), for_(CLIENT), PROXY, CLIENT),
    ("AF_UNSPEC", header(family=0, rest=b""), [], PROXY, PROXY),
    ("AF_UNIX", header(family=0x31, rest=bytes(216)), [], PROXY, PROXY),
    ("somebody's headers", header(family=0, rest=b""), for_("6.6.6.6"), PROXY, PROXY),
))
def test_proxy_protocol(announced, tls, sent, headers, peer, address):
    """`peer` is the connection's other end then, which is appended to what backends are told."""
    for secure in (None, tls):
        event = announced.event(*headers, announced=sent, tls=secure)
        assert event["requestContext"]["http"]["sourceIp"] == address
        assert event["headers"]["x-forwarded-for"].split(", ")[-1] == peer
    forwarded, logged = announced.forwarded(*headers, announced=sent)
    written = f'"[{peer}]"' if ":" in peer else peer
    assert (forwarded.split(", ")[-1], logged) == (f"for={written};proto=http", address)


def test_the_header_is_read_to_the_byte(announced):
    """Piece by piece, with requests directly behind it, and with the request in the same segment."""
    request = get(announced.function, "/")
    whole = header(tlvs=TLVS) + request + request
    for cuts in ([len(whole)], [1, 12, 15, 16, 17, 28, 30, len(whole)], [len(header(tlvs=TLVS)) - 1, len(whole)]):
        with announced.connect() as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for start, end in zip([0, *cuts], cuts):
                connection.sendall(whole[start:end])
            status, _, body = read(connection, 2)
            assert (status, json.loads(body)["requestContext"]["http"]["sourceIp"]) == (200, CLIENT)


def closed(connection):
    """Whether a connection ends without a byte of an answer."""
    with contextlib.suppress(ConnectionResetError):
        return connection.recv(1) == b""
    return True


@pytest.mark.parametrize("sent", rows(
    ("none", get("a", "/")),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("version 1", f"PROXY TCP4 {CLIENT} 127.0.0.1 1 2\r\n".encode() + get("a", "/")),
    ("another version", header(command=0x31)),
    ("another command", header(command=0x22)),
    ("another family", header(family=0x41)),
    ("another transport protocol", header(family=0x1f)),
    ("a byte short of its addresses", header(length=11)),
    ("IPv4 where IPv6 is said", header(family=0x21)),
    ("too long", header(tlvs=b"\x04\x0f\xe2" + bytes(4066))),
    ("longer than anything", header(length=0xffff)),
    ("nearly the signature", b"\r\n\r\n\0\r\nQUIT\r" + header()[12:]),
))
def test_what_is_no_header_is_closed(announced, sent):
    refused = lambda: (announced.process.data_dir / "log").read_text().count("proxy's connection closed")
    before = refused()
    for listener in ("traffic", "traffic_tls"):
        with announced.connect(announced=sent, listener=listener) as connection:
            assert closed(connection)
    eventually(lambda: refused() == before + 2)


def test_half_a_header_is_closed(announced):
    whole = header()
    for end in (0, 1, 12, 15, 16, len(whole) - 1):
        with announced.connect(announced=whole[:end]) as connection:
            connection.shutdown(socket.SHUT_WR)
            assert closed(connection)
    # One that promises more than it is takes what is behind it, and is no request.
    with announced.connect(announced=header(length=400) + get(announced.function, "/")) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert closed(connection)


def test_slow_headers_end(start, echo):
    """As slow TLS handshakes do, and no byte now and then makes them last longer."""
    gateway = Gateway(start(proxy_protocol=True, trusted_proxies=["127.0.0.1/32"], tls_handshake_timeout_ms=1000, header_timeout_ms=30_000), echo)
    for listener in ("traffic", "traffic_tls"):
        for sent in (b"", header()[:20]):
            started = time.monotonic()
            with gateway.connect(announced=sent, listener=listener) as connection:
                assert closed(connection)
            assert 0.7 < time.monotonic() - started < 3
    dripping, started = header(), time.monotonic()
    with gateway.connect() as connection, contextlib.suppress(ConnectionError):
        connection.settimeout(0.2)
        for at in range(len(dripping)):
            connection.sendall(dripping[at:at + 1])
            with contextlib.suppress(TimeoutError):
                if connection.recv(1) == b"":
                    break
    assert 0.7 < time.monotonic() - started < 3


def test_half_a_header_does_not_hold_the_end(start, echo):
    process = start(proxy_protocol=True, tls_handshake_timeout_ms=60_000)
    gateway = Gateway(process, echo)
    with gateway.connect(announced=header()[:20]) as connection:
        # Accepted before the process is told to stop.
        assert gateway.event(announced=header())["requestContext"]["http"]["sourceIp"] == CLIENT
        started = time.monotonic()
        process.stop()
        assert time.monotonic() - started < 15 and closed(connection)


def test_others_send_no_header(announced, tls):
    """Of who is no trusted proxy none is expected, and none is believed."""
    for secure in (None, tls):
        event = announced.event(*for_(CLIENT), "X-Forwarded-Proto: gopher", tls=secure, source=OTHER)
        assert event["requestContext"]["http"]["sourceIp"] == OTHER
    for sent in (header(), f"PROXY TCP4 {CLIENT} 127.0.0.1 1 2\r\n".encode()):
        with announced.connect(OTHER, sent + get(announced.function, "/")) as connection:
            assert read(connection)[0] == 400
        with announced.connect(OTHER, sent, listener="traffic_tls") as connection, pytest.raises((ssl.SSLError, ConnectionError)):
            tls.wrap_socket(connection, server_hostname=f"{announced.function}.{DOMAIN}")


# A real load balancer

HAPROXY = """
global
  log stderr format raw local0
defaults
  timeout connect 5s
  timeout client 20s
  timeout server 20s
listen tcp
  mode tcp
  bind 127.0.0.1:{tcp}
  option httpchk
  http-check send meth GET uri / ver HTTP/1.1 hdr Host health.localhost
  http-check expect status 404
  server gateway {announced} send-proxy-v2 check check-send-proxy inter 100
listen tls
  mode tcp
  bind 127.0.0.1:{tls}
  server gateway {announced_tls} send-proxy-v2-ssl-cn
listen http
  mode http
  bind 127.0.0.1:{http}
  bind 127.0.0.1:{https} ssl crt {pem} alpn h2,http/1.1
  option forwardfor
  http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
  server gateway {plain}
listen both
  mode http
  bind 127.0.0.1:{both}
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  server gateway {announced} send-proxy-v2
listen stats
  mode http
  bind 127.0.0.1:{stats}
  stats enable
  stats uri /
"""


@pytest.fixture(scope="module")
def haproxy(gateway, announced, certificate, tmp_path_factory):
    """The ports of a HAProxy in front of both."""
    work = tmp_path_factory.mktemp("haproxy")
    (work / "pem").write_bytes((certificate / "cert.pem").read_bytes() + (certificate / "key.pem").read_bytes())
    ports = {name: free_port() for name in ("tcp", "tls", "http", "https", "both", "stats")}
    (work / "haproxy.cfg").write_text(HAPROXY.format(
        **ports, pem=work / "pem", plain=gateway.process.listeners["traffic"],
        announced=announced.process.listeners["traffic"], announced_tls=announced.process.listeners["traffic_tls"]))
    log = open(work / "log", "wb")
    process = subprocess.Popen(["haproxy", "-db", "-f", str(work / "haproxy.cfg")], stdout=log, stderr=log)
    pool = urllib3.PoolManager()
    eventually(lambda: pool.request("GET", f"http://127.0.0.1:{ports['stats']}/", retries=False).status == 200)
    yield ports
    process.terminate()
    process.wait()


def through(haproxy, name, authority, api_id, *arguments, scheme="http"):
    """What an API answers to curl at 127.0.0.9, which comes through HAProxy."""
    host, port = f"{api_id}.{DOMAIN}", haproxy[name]
    command = ["curl", "-s", "--cacert", authority.pem, "--interface", "127.0.0.9", "--resolve", f"{host}:{port}:127.0.0.1",
               "-w", "\n%{http_version}", *arguments, f"{scheme}://{host}:{port}/a"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    body, version = done.stdout.rsplit("\n", 1)
    return json.loads(body), version


@pytest.mark.parametrize(("name", "scheme", "options", "version"), rows(
    ("HTTP/1.1", "tcp", "http", [], "1.1"),
    ("HTTP/2", "tcp", "http", ["--http2-prior-knowledge"], "2"),
    ("HTTP/1.1 over TLS", "tls", "https", ["--http1.1"], "1.1"),
    ("HTTP/2 over TLS", "tls", "https", ["--http2"], "2"),
))
def test_haproxy_by_proxy_protocol(haproxy, authority, announced, name, scheme, options, version):
    spoofed = ["-H", f"X-Forwarded-For: {CLIENT}", "-H", "X-Forwarded-Proto: gopher"]
    event, spoken = through(haproxy, name, authority, announced.function, *options, *spoofed, scheme=scheme)
    assert (event["requestContext"]["http"]["sourceIp"], spoken) == ("127.0.0.9", version)
    assert (event["headers"]["x-forwarded-for"], event["headers"]["x-forwarded-proto"]) == (f"{CLIENT}, 127.0.0.9", scheme)


def test_haproxys_health_checks(haproxy):
    """They say LOCAL, and are answered."""
    def check():
        text = urllib3.request("GET", f"http://127.0.0.1:{haproxy['stats']}/;csv").data.decode()
        return next(row for row in csv.DictReader(text.lstrip("# ").splitlines()) if (row["pxname"], row["svname"]) == ("tcp", "gateway"))

    found = eventually(lambda: (row := check())["check_status"] == "L7OK" and row)
    assert (found["status"], found["check_code"], found["chkfail"]) == ("UP", "404", "0")


@pytest.mark.parametrize(("name", "scheme", "options"), rows(
    ("plain", "http", "http", []), ("TLS ends there", "https", "https", ["--http2"])))
def test_haproxy_by_header(haproxy, authority, gateway, name, scheme, options):
    spoofed = ["-H", f"X-Forwarded-For: {CLIENT}", "-H", "X-Forwarded-Proto: gopher", "-H", f"Forwarded: for={CLIENT}"]
    event, _ = through(haproxy, name, authority, gateway.function, *options, *spoofed, scheme=scheme)
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.9"
    # HAProxy's comes on a line of its own.
    assert event["headers"]["x-forwarded-for"] == f"{CLIENT}, 127.0.0.9, 127.0.0.1"
    assert event["headers"]["x-forwarded-proto"] == scheme
    seen, _ = through(haproxy, name, authority, gateway.upstream, *options, *spoofed, scheme=scheme)
    [forwarded] = [value for name, value in seen["headers"] if name == "forwarded"]
    assert forwarded.startswith(f"for={CLIENT}, for={CLIENT};proto={scheme}, for=127.0.0.9, for=127.0.0.1;host=")
    assert forwarded.endswith(f";proto={scheme}")


def test_haproxy_by_both(haproxy, authority, announced):
    """Who is announced is no proxy, so what stands in the header is not believed, though HAProxy wrote the end of it."""
    event, _ = through(haproxy, "both", authority, announced.function, "-H", f"X-Forwarded-For: {CLIENT}")
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.9"


def test_mutual_tls_that_ended_at_a_proxy(gateway):
    """Nobody showed us a certificate, so nobody gets in; another connection would not do either, which is what 421 says."""
    domain, client = "mutual.example", gateway.apis.client
    client.create_domain_name(
        DomainName=domain,
        DomainNameConfigurations=[{"CertificateArn": CERTIFICATE, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}])
    client.create_api_mapping(ApiId=gateway.upstream, DomainName=domain, Stage="$default")

    def status(*headers):
        with gateway.connect() as connection:
            connection.sendall(b"\r\n".join([b"GET / HTTP/1.1", b"Host: mutual.example", *headers, b"", b""]))
            status, _, body = read(connection)
            return status, body

    # A name without a mapping is forbidden, too.
    eventually(lambda: status()[0] == 200)
    client.update_domain_name(DomainName=domain, MutualTlsAuthentication={"TruststoreUri": "s3://bucket/truststore.pem"})
    forbidden = (403, b'{"message":"Forbidden"}')
    eventually(lambda: status() == forbidden)
    assert status(b"X-Forwarded-Proto: https") == forbidden
