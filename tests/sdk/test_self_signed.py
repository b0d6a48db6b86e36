"""TLS on a laptop: `gatewright serve --traffic-self-signed`, and clients that trust one file."""

import json
import stat
import subprocess

import pytest
from gatewright import BINARY, Process, eventually
from spec import Apis

ARN = "arn:aws:acm:us-east-1:000000000000:certificate/anything"
LISTENERS = ("traffic", "traffic_tls", "management", "admin")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    process = Process("serve", tmp_path_factory.mktemp("self-signed") / "data", {"GATEWRIGHT_TRAFFIC_SELF_SIGNED": "true"}, LISTENERS).start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def api_id(gateway, echo):
    return Apis(gateway, echo).api("ANY /{proxy+}")


def curl(gateway, host, path, trusted=None):
    port = gateway.listeners["traffic_tls"].rsplit(":", 1)[1]
    trust = ["--cacert", trusted or gateway.data_dir / "self-signed" / "ca.pem"]
    command = ["curl", "-s", *trust, "--resolve", f"{host}:{port}:127.0.0.1", f"https://{host}:{port}{path}", "-w", " %{http_code}"]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=30)


def files(gateway):
    return {path.name: path.read_text() for path in (gateway.data_dir / "self-signed").iterdir()}


def test_curl(gateway, api_id):
    path = f"/_aws/execute-api/{api_id}/%24default/a"
    for host, path in [("localhost", path), ("127.0.0.1", path), (f"{api_id}.execute-api.us-east-1.localhost", "/a")]:
        done = curl(gateway, host, path)
        assert done.returncode == 0 and done.stdout.endswith(" 200"), (host, done)
    # What a newcomer is told to do, as it is told.
    [told] = [line.strip() for line in (gateway.data_dir / "log").read_text().splitlines() if line.startswith("  curl --cacert ")]
    command = told.replace("<ApiId>", api_id).split() + ["-s", "-o", "/dev/null", "-w", "%{http_code}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "200"), (command, done)
    # Others do not trust it.
    done = curl(gateway, "localhost", path, "/etc/ssl/certs/ca-certificates.crt")
    assert done.returncode == 60, done


def test_api_endpoints_are_by_tls(gateway, api_id):
    port = gateway.listeners["traffic_tls"].rsplit(":", 1)[1]
    assert gateway.client().get_api(ApiId=api_id)["ApiEndpoint"] == f"https://{api_id}.execute-api.us-east-1.localhost:{port}"


def test_domain_names(gateway, api_id):
    """Whatever certificate a definition names, which a laptop does not have: each gets one of its own."""
    client = gateway.client()
    for name in ("api.laptop.example", "*.wild.example"):
        client.create_domain_name(DomainName=name, DomainNameConfigurations=[
            {"CertificateArn": ARN, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}])
        client.create_api_mapping(DomainName=name, ApiId=api_id, Stage="$default")
        host = name.replace("*", "any")
        eventually(lambda: curl(gateway, host, "/a").stdout.endswith(" 200"))
    assert "handshakes for a domain name are refused" not in (gateway.data_dir / "log").read_text()
    client.delete_domain_name(DomainName="api.laptop.example")
    # The default certificate is not for it.
    eventually(lambda: curl(gateway, "api.laptop.example", "/a").returncode == 60)


def test_a_restart_keeps_all(gateway, api_id):
    before = files(gateway)
    assert {"authority.pem", "ca.pem", "localhost.pem", "_.wild.example.pem"} <= set(before)
    for path in (gateway.data_dir / "self-signed").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert "PRIVATE KEY" not in before["ca.pem"]
    gateway.stop()
    gateway.start()
    assert eventually(lambda: curl(gateway, "any.wild.example", "/a").stdout.endswith(" 200"))
    assert files(gateway) == before


def test_off_by_default(tmp_path, echo):
    process = Process("serve", tmp_path / "data").start()
    try:
        assert not (process.data_dir / "self-signed").exists()
        assert "traffic_tls" not in json.loads((process.data_dir / "listen.json").read_text())
    finally:
        process.stop()


@pytest.mark.parametrize("role", ["data-plane", "control-plane"])
def test_only_for_a_laptop(role, tmp_path):
    command = [BINARY, role, "--data-dir", str(tmp_path), "--traffic-self-signed"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1 and "traffic.self_signed is for serve" in done.stderr
