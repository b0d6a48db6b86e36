"""Private integrations, `connectionType` VPC_LINK: spec/http-api-runtime.md sections 5.1 to 5.4 and 8.5."""

import http.client
import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.exceptions import ClientError
from echo import Echo
from gatewright import Process, eventually
from oidc import certificate

LISTENER = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/a/50dc6c495c0c9188/0467ef3c8400ae65"
SERVICE = "arn:aws:servicediscovery:us-east-1:000000000000:service/srv-{}"
NAMES = ("one.example", "two.example")


class Tls:
    """A TLS server that says over which connection it was asked, and by which name."""

    def __init__(self, certificate_of):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        key, file = certificate_of
        context.load_cert_chain(file, key)
        context.sni_callback = lambda connection, name, _: setattr(connection, "asked", name)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = json.dumps({"name": self.connection.asked, "port": self.client_address[1], "path": self.path}).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        # Refused handshakes are what the tests are about.
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def of_names(work, name, names, days=2):
    """A certificate of its own authority, for several names; it ended before it began where the days are negative."""
    key, file = work / f"{name}.key", work / f"{name}.pem"
    alternative = ",".join(f"DNS:{entry}" for entry in names)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", file,
         "-subj", f"/CN={name}", "-addext", f"subjectAltName={alternative}", "-addext", "basicConstraints=critical,CA:FALSE"],
        check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-in", file, "-signkey", key, "-days", str(days), "-out", file], check=True, capture_output=True)
    return key, file


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The gateway, its plain upstream, and TLS upstreams by what is the matter with their certificate."""
    work, echo = tmp_path_factory.mktemp("private"), Echo()
    good = of_names(work, "good", (*NAMES, "localhost"))
    expired = of_names(work, "expired", NAMES, days=-1)
    tls = {"good": Tls(good), "untrusted": Tls(certificate(work, NAMES[0])), "expired": Tls(expired)}
    table = {LISTENER: echo.url, SERVICE.format("plain"): echo.url, SERVICE.format("plain") + "?stage=other": "http://127.0.0.1:1"}
    table |= {SERVICE.format(name): f"https://localhost:{server.port}" for name, server in tls.items()}
    table[SERVICE.format("clear")] = f"http://localhost:{tls['good'].port}"
    config = work / "config.toml"
    config.write_text("[private_integrations]\n" + "".join(f"'{arn}' = '{url}'\n" for arn, url in table.items()))
    environment = {"GATEWRIGHT_CONFIG": str(config), "GATEWRIGHT_EGRESS_CA_FILES": f"{good[1]},{expired[1]}",
                   "GATEWRIGHT_TRAFFIC_THREADS": "1"}
    process = Process("serve", work / "data", environment).start()
    yield World(process, echo, tls)
    process.stop()
    echo.stop()
    for server in tls.values():
        server.stop()


class World:
    def __init__(self, process, echo, tls):
        self.process, self.echo, self.tls, self.client, self.made = process, echo, tls, process.client(), 0
        self.link = self.client.create_vpc_link(Name="l", SubnetIds=["subnet-1"])["VpcLinkId"]
        self.api = self.client.create_api(Name="private", ProtocolType="HTTP")["ApiId"]
        self.host = f"{self.api}.execute-api.us-east-1.localhost"
        for stage in ("$default", "dev"):
            variables = {"srv": "plain"} if stage == "dev" else {}
            self.client.create_stage(ApiId=self.api, StageName=stage, AutoDeploy=True, StageVariables=variables)

    def define(self, uri, **members):
        """A route of its own; its path."""
        self.made += 1
        integration = self.client.create_integration(
            ApiId=self.api, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", ConnectionType="VPC_LINK",
            ConnectionId=self.link, IntegrationUri=uri, PayloadFormatVersion="1.0", **members)["IntegrationId"]
        path = f"/r{self.made}"
        self.client.create_route(ApiId=self.api, RouteKey=f"ANY {path}/{{proxy+}}", Target=f"integrations/{integration}")
        return path

    def call(self, path, headers=(), host=None):
        address, port = self.process.listeners["traffic"].rsplit(":", 1)
        connection = http.client.HTTPConnection(address, int(port), timeout=30)
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        for name, value in [("Host", host or self.host), *headers]:
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, body

    def reach(self, path, **options):
        eventually(lambda: self.call(path, **options)[0] != 404)
        return self.call(path, **options)

    def seen(self, path, **options):
        status, body = self.reach(path, **options)
        assert status == 200, (status, body, (self.process.data_dir / "log").read_text()[-2000:])
        return json.loads(body)


def headers(seen, name):
    return [value for found, value in seen["headers"] if found == name]


@pytest.mark.parametrize("uri", ["listener", "service", "service with a query", "url"])
def test_an_upstream_is_found_by_its_arn_or_url(world, uri):
    arn = SERVICE.format("plain")
    uri = {"listener": LISTENER, "service": arn, "service with a query": arn + "?stage=prod&deployment=green",
           "url": world.echo.url}[uri]
    path = world.define(uri)
    assert world.seen(f"/dev{path}/a")["target"] == f"/dev{path}/a"


def test_a_query_of_cloud_map_may_have_an_entry_of_its_own(world):
    path = world.define(SERVICE.format("plain") + "?stage=other")
    assert world.reach(f"{path}/a")[0] == 503


def test_a_stage_variable_chooses_the_service(world):
    path = world.define(SERVICE.format("${stageVariables.srv}"))
    assert world.seen(f"/dev{path}/a")["target"] == f"/dev{path}/a"
    # The other stage has no such variable: the route is there, and cannot be called.
    assert world.reach(f"{path}/a") == (500, b'{"message":"Internal Server Error"}')


@pytest.mark.parametrize("sent,target", [
    ("{path}/a", "{path}/a"),
    ("/dev{path}/a", "/dev{path}/a"),
    ("/dev{path}/a/", "/dev{path}/a/"),
    ("{path}/a%20b%2Fc", "{path}/a%20b/c"),
    ("{path}/a?x=1&x=%2B+&y", "{path}/a?x=1&x=%2B+&y"),
])
def test_the_path_keeps_the_stage(world, sent, target):
    path = world.define(LISTENER)
    assert world.seen(sent.format(path=path))["target"] == target.format(path=path)


@pytest.mark.parametrize("stage,prefix", [("%24default", ""), ("dev", "/dev")])
def test_the_address_in_the_path_is_no_part_of_what_is_sent(world, stage, prefix):
    path = world.define(LISTENER)
    world.reach(f"{path}/a")
    seen = world.seen(f"/_aws/execute-api/{world.api}/{stage}{path}/a%20b?q", host="localhost:1")
    assert (seen["target"], headers(seen, "host")) == (f"{prefix}{path}/a%20b?q", ["localhost:1"])


@pytest.mark.parametrize("value,target", [
    ("$request.path", "{path}/a?q=1"), ("/other", "/other?q=1"), ("other/${request.path.proxy}", "/other/a?q=1"),
])
def test_overwrite_path_replaces_it(world, value, target):
    path = world.define(LISTENER, RequestParameters={"overwrite:path": value})
    assert world.seen(f"/dev{path}/a?q=1")["target"] == target.format(path=path)


def test_headers_are_the_clients_and_the_gateways(world):
    path = world.define(LISTENER)
    sent = [("X-Forwarded-For", "192.0.2.1"), ("Via", "1.0 a"), ("Connection", "x-hop"), ("X-Hop", "1"), ("X-A", "1"), ("X-A", "2")]
    seen = world.seen(f"{path}/a", headers=sent)
    assert headers(seen, "host") == [world.host]
    assert headers(seen, "forwarded") == [f"for=192.0.2.1, for=127.0.0.1;host={world.host};proto=http"]
    assert headers(seen, "via") == ["1.0 a, HTTP/1.1 AmazonAPIGateway"]
    assert headers(seen, "x-amzn-trace-id")[0].startswith("Root=1-")
    assert (headers(seen, "content-length"), headers(seen, "x-hop"), headers(seen, "x-a")) == (["0"], [], ["1", "2"])


def test_an_arn_that_is_not_mapped_is_refused_with_the_key(world):
    arn, before = SERVICE.format("nobody"), world.client.get_routes(ApiId=world.api)["Items"]
    with pytest.raises(ClientError) as refused:
        world.define(arn)
    error = refused.value.response
    assert (error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Code"]) == (400, "BadRequestException")
    integrations = world.client.get_integrations(ApiId=world.api, MaxResults="500")["Items"]
    [integration] = [one["IntegrationId"] for one in integrations if one["IntegrationUri"] == arn]
    assert error["Error"]["Message"] == (
        f"route 'ANY /r{world.made}/{{proxy+}}': integrationUri of integration {integration}: "
        f'private_integrations."{arn}" is not in the configuration')
    assert world.client.get_routes(ApiId=world.api)["Items"] == before


def test_a_url_with_a_path_is_refused(world):
    with pytest.raises(ClientError, match=r"neither an ARN nor http\(s\)://host:port"):
        world.define(world.echo.url + "/path")


@pytest.mark.parametrize("service,tls,name", [
    ("good", {"ServerNameToVerify": "one.example"}, "one.example"),
    ("good", {"ServerNameToVerify": "One.Example"}, "one.example"),
    ("good", None, "localhost"),
    ("clear", {"ServerNameToVerify": "one.example"}, "one.example"),  # a TLS configuration makes it TLS
    ("good", {"ServerNameToVerify": "three.example"}, None),
    ("untrusted", {"ServerNameToVerify": "one.example"}, None),
    ("expired", {"ServerNameToVerify": "one.example"}, None),
])
def test_the_name_to_verify_is_asked_for_and_checked(world, service, tls, name):
    path = world.define(SERVICE.format(service), **({"TlsConfig": tls} if tls else {}))
    if name:
        seen = world.seen(f"{path}/a")
        assert (seen["name"], seen["path"]) == (name, f"{path}/a")
    else:
        assert world.reach(f"{path}/a") == (503, b'{"message":"Service Unavailable"}')


def test_connections_checked_for_one_name_never_serve_another(world):
    paths = [world.define(SERVICE.format("good"), TlsConfig={"ServerNameToVerify": name}) for name in NAMES]
    wrong = world.define(SERVICE.format("good"), TlsConfig={"ServerNameToVerify": "three.example"})
    seen = [world.seen(f"{path}/a") for _ in range(3) for path in paths]
    assert [one["name"] for one in seen] == list(NAMES) * 3
    # Each name's connection is used again, by its own only.
    ports = {name: {one["port"] for one in seen if one["name"] == name} for name in NAMES}
    assert [len(ports[name]) for name in NAMES] == [1, 1] and ports[NAMES[0]] != ports[NAMES[1]]
    assert world.reach(f"{wrong}/a")[0] == 503
