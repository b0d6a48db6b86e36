"""What tests are given: the binary on each database, an upstream, HTTP."""

import collections
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid

import pytest
import urllib3

from echo import Echo
from gatewright import Process, eventually
from spec import Apis
from terraform import provider_settings


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """A throwaway server; every caller gets a database of its own."""

    def __init__(self):
        self.bin = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.data = tempfile.mkdtemp(prefix="gatewright-postgres-")
        self.port, self.databases = free_port(), 0
        root = os.geteuid() == 0
        self.prefix = ["runuser", "-u", "postgres", "--"] if root else []
        if root:
            shutil.chown(self.data, pwd.getpwnam("postgres").pw_uid)
        self.run("initdb", "-A", "trust", "-N", "-U", "postgres", "-D", self.data)
        arguments = ["-D", self.data, "-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        log = open(os.devnull, "wb")
        command = [*self.prefix, str(self.bin / "postgres"), *arguments]
        self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
        eventually(lambda: self.run("pg_isready", "-h", "127.0.0.1", "-p", str(self.port)) is None)

    def run(self, program, *arguments):
        command = [*self.prefix, str(self.bin / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def database(self):
        self.databases += 1
        name = f"gatewright_{self.databases}"
        self.run("createdb", "-h", "127.0.0.1", "-U", "postgres", "-p", str(self.port), name)
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def stop(self):
        self.run("pg_ctl", "stop", "-m", "immediate", "-D", self.data)
        self.process.wait()
        shutil.rmtree(self.data)


@pytest.fixture(scope="session")
def postgres():
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def database(request):
    """Settings of an empty database of each kind."""
    if request.param == "sqlite":
        return lambda: {}
    server = request.getfixturevalue("postgres")
    return lambda: {"GATEWRIGHT_DATABASE_URL": server.database()}


HERE = pathlib.Path(__file__).parent

#: A configuration that knows the functions, services and roles of definitions: they can be published, and nothing answers.
ELSEWHERE = {
    "GATEWRIGHT_CONFIG": str(HERE / "elsewhere.toml"),
    "GATEWRIGHT_AWS_CREDENTIALS_FILE": str(HERE / "elsewhere.credentials"),
}


@pytest.fixture(scope="session")
def gateway(database, tmp_path_factory):
    """`gatewright serve`, shared by the tests of one database."""
    process = Process("serve", tmp_path_factory.mktemp("serve"), {**database(), **ELSEWHERE}).start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def serving(tmp_path_factory):
    """`gatewright serve` on SQLite, for tests of the data plane alone."""
    process = Process("serve", tmp_path_factory.mktemp("serving")).start()
    yield process
    process.stop()


@pytest.fixture
def own_gateway(database, tmp_path):
    """`gatewright serve` for one test that ends or restarts it."""
    process = Process("serve", tmp_path / "data", {**database(), **ELSEWHERE}).start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def terraform_settings(tmp_path_factory):
    return provider_settings(tmp_path_factory.mktemp("terraform"))


@pytest.fixture
def client(gateway):
    return gateway.client()


@pytest.fixture
def api_id(client):
    """An empty HTTP API."""
    api_id = client.create_api(Name="test", ProtocolType="HTTP")["ApiId"]
    yield api_id
    client.delete_api(ApiId=api_id)


@pytest.fixture
def websocket_id(client):
    """An empty WebSocket API."""
    members = {"ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}
    api_id = client.create_api(Name="test", **members)["ApiId"]
    yield api_id
    client.delete_api(ApiId=api_id)


@pytest.fixture
def domain(client):
    """A domain name without mappings; it goes before the APIs that it maps to."""
    name = f"d{uuid.uuid4().hex[:12]}.example.com"
    certificate = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000"
    client.create_domain_name(
        DomainName=name, DomainNameConfigurations=[
            {"CertificateArn": certificate, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}])
    yield name
    client.delete_domain_name(DomainName=name)


NGINX = """
daemon off; worker_processes 1; pid {work}/pid; error_log {work}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {work}/body; proxy_temp_path {work}/proxy;
  fastcgi_temp_path {work}/f; uwsgi_temp_path {work}/u; scgi_temp_path {work}/s;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      default_type text/plain;
      add_header x-upstream nginx;
      return 200 "$request_method $request_uri host=$http_host forwarded=$http_forwarded via=$http_via trace=$http_x_amzn_trace_id length=$http_content_length";
    }}
    location = /teapot {{ return 418 "short and stout"; }}
    location = /cors {{ add_header access-control-allow-origin https://upstream.example; return 200 "cors"; }}
    location = /one {{ return 200 "one"; }}
    location = /two {{ return 200 "two"; }}
  }}
}}
"""


@pytest.fixture(scope="session")
def upstream(tmp_path_factory):
    """A real nginx that answers with what it was asked."""
    work, port = tmp_path_factory.mktemp("nginx"), free_port()
    work.chmod(0o755)
    (work / "nginx.conf").write_text(NGINX.format(work=work, port=port))
    process = subprocess.Popen(["nginx", "-e", str(work / "error.log"), "-c", str(work / "nginx.conf")])
    http = urllib3.PoolManager()
    eventually(lambda: http.request("GET", f"http://127.0.0.1:{port}/one", retries=False).status == 200)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


@pytest.fixture(scope="session")
def moto(tmp_path_factory):
    """AWS's services as far as moto has them: its server, the real one, in a process of its own."""
    port, log = free_port(), open(tmp_path_factory.mktemp("moto") / "log", "wb")
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    url, http = f"http://127.0.0.1:{port}", urllib3.PoolManager()
    eventually(lambda: http.request("GET", f"{url}/moto-api/data.json", retries=False).status == 200, seconds=60)
    yield url
    process.terminate()
    process.wait()


class Traffic:
    """Calls APIs by their execute-api host."""

    def __init__(self, process):
        self.process, self.pool = process, urllib3.PoolManager()

    def __call__(self, api_id, path="/", method="GET", **options):
        headers = {"Host": f"{api_id}.execute-api.us-east-1.localhost", **options.pop("headers", {})}
        return self.pool.request(
            method, self.process.url("traffic") + path, headers=headers, retries=False, timeout=30, **options
        )


@pytest.fixture
def call(gateway):
    return Traffic(gateway)


@pytest.fixture(scope="session")
def spec_gateway(tmp_path_factory):
    """For tables of what the data plane does, to which the database makes no difference."""
    process = Process("serve", tmp_path_factory.mktemp("spec")).start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def echo():
    """An upstream that says what it was sent, or what a test tells it to."""
    upstream = Echo()
    yield upstream
    upstream.stop()


@pytest.fixture(scope="module")
def apis(spec_gateway, echo):
    apis = Apis(spec_gateway, echo)
    yield apis
    apis.delete()


def pytest_terminal_summary(terminalreporter):
    """How many rows of each of the specification's tables hold."""
    passed = collections.Counter(
        report.nodeid.split("::")[0].split("/")[-1]
        for report in terminalreporter.getreports("passed") if "test_spec_" in report.nodeid)
    for name, count in sorted(passed.items()):
        terminalreporter.write_line(f"{name}: {count} rows hold")
