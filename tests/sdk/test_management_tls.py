"""TLS at the management port, with other people's clients: boto3, the AWS CLI, curl, openssl."""

import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import boto3
import botocore.exceptions
import pytest
import urllib3
from certificates import Authority, install
from gatewright import BINARY, Process, eventually
from tls import address, connect, ended, log, s_client, served


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def mounted(authority, tmp_path_factory):
    """The files that the gateway reads."""
    mounted = tmp_path_factory.mktemp("mounted")
    install(authority.issue("localhost", organisation="first"), mounted)
    return mounted


def settings(mounted):
    return {"GATEWRIGHT_MANAGEMENT_CERT_FILE": str(mounted / "cert.pem"), "GATEWRIGHT_MANAGEMENT_KEY_FILE": str(mounted / "key.pem")}


@pytest.fixture(scope="module")
def gateway(mounted, tmp_path_factory):
    process = Process("serve", tmp_path_factory.mktemp("management"), settings(mounted))
    process.secured = {"management"}
    process.start()
    yield process
    process.stop()


@pytest.fixture(autouse=True)
def trust(authority, monkeypatch):
    """What an operator of boto3 or the AWS CLI sets."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.pem))


def test_boto3(gateway):
    client = gateway.client()
    api_id = client.create_api(Name="secured", ProtocolType="HTTP")["ApiId"]
    assert client.get_api(ApiId=api_id)["Name"] == "secured"
    assert gateway.v1_client().get_api_keys()["items"] == []
    key, secret = gateway.credentials()
    sts = boto3.client("sts", endpoint_url=gateway.url("management"), region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret)
    assert sts.get_caller_identity()["Account"] == "000000000000"
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidSignature|Forbidden|signature|security token"):
        gateway.client(secret="x" * 40).get_apis()
    client.delete_api(ApiId=api_id)


def test_boto3_that_does_not_trust_the_issuer(gateway, monkeypatch):
    monkeypatch.delenv("AWS_CA_BUNDLE")
    with pytest.raises(botocore.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        gateway.client().get_apis()


def test_the_aws_cli(gateway):
    """As people start it, from the environment alone."""
    program = Path(sys.executable).with_name("aws")
    done = subprocess.run([program, "apigatewayv2", "get-apis"], env=gateway.cli_environment(), capture_output=True, text=True)
    assert json.loads(done.stdout)["Items"] == [], done.stderr


@pytest.mark.parametrize(("options", "version"), [(["--http1.1"], "1.1"), (["--http2"], "2"), (["--tls-max", "1.2"], "2")])
def test_curl(gateway, authority, options, version):
    signed = ["--aws-sigv4", "aws:amz:us-east-1:apigateway", "--user", ":".join(gateway.credentials())]
    command = ["curl", "-s", "--cacert", authority.pem, *options, *signed, "-w", " %{http_version} %{http_code}", gateway.url("management") + "/v2/apis"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.stdout == f'{{"items":[]}} {version} 200', done


@pytest.mark.parametrize(("version", "works"), [("-tls1", False), ("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)])
def test_versions(gateway, authority, version, works):
    said = s_client(gateway.listeners["management"], version, "-cipher", "ALL:@SECLEVEL=0", "-CAfile", authority.pem)
    if works:
        assert "Verification: OK" in said and re.search(r"Cipher is (TLS|ECDHE)", said), said
    else:
        assert re.search("alert (protocol version|handshake failure)", said) and "Cipher is (NONE)" in said, said


@pytest.mark.parametrize("offered", ["h2", "http/1.1"])
def test_alpn(gateway, authority, offered):
    with connect(gateway, authority, alpn=[offered]) as connection:
        assert connection.selected_alpn_protocol() == offered


def test_plain_http_is_not_spoken(gateway):
    with socket.create_connection(address(gateway), timeout=10) as connection:
        connection.sendall(b"GET /v2/apis HTTP/1.1\r\nHost: localhost\r\n\r\n")
        said = connection.recv(65536)
    # One alert, fatal.
    assert len(said) == 7 and said[0] == 0x15 and said[5] == 2, said


def test_what_people_and_scripts_read(gateway):
    said, listening = log(gateway), gateway.listeners["management"]
    assert f"management=https://{listening}" in said and f"admin=http://{gateway.listeners['admin']}" in said
    assert f"export AWS_ENDPOINT_URL_APIGATEWAYV2=https://{listening}\n" in said and "export AWS_CA_BUNDLE=" in said
    assert json.loads((gateway.data_dir / "listen.json").read_text())["management"] == listening


def test_health_and_metrics_stay_plain(gateway, authority):
    """For probes and Prometheus. Handshakes are counted there."""
    def full():
        text = urllib3.request("GET", gateway.url("admin") + "/metrics").data.decode()
        return int(re.search(r'gatewright_tls_handshakes_total{outcome="full"} (\d+)', text)[1])
    assert urllib3.request("GET", gateway.url("admin") + "/readyz").status == 200
    before = full()
    served(gateway, authority)
    assert full() == before + 1


def test_certificates_swapped_under_load(gateway, authority, mounted):
    """Connections that exist go on, new ones get the new certificate, and a pair that is broken is kept out."""
    stop, failures, done = threading.Event(), [], []

    def kept():
        connection, count = http.client.HTTPSConnection("localhost"), 0
        connection.sock = connect(gateway, authority)
        try:
            while not stop.is_set():
                connection.request("GET", "/v2/apis")
                answer = connection.getresponse()
                answer.read()
                assert answer.status == 403 and not answer.will_close
                count += 1
        except Exception as error:  # counted
            failures.append(repr(error))
        done.append(count)

    thread = threading.Thread(target=kept)
    thread.start()
    try:
        for number in range(4):
            install(authority.issue("localhost", organisation=f"swap{number}"), mounted)
            eventually(lambda: served(gateway, authority) == f"swap{number}", 5)
            assert gateway.client().get_apis()["Items"] == []
        install(authority.issue("localhost", organisation="last"), mounted, "cert.pem")  # the old key does not fit
        eventually(lambda: "management: certificate and key cannot be used" in log(gateway), 5)
        assert served(gateway, authority) == "swap3"
    finally:
        stop.set()
        thread.join()
    assert failures == [] and done[0] > 100


def test_half_handshakes_end_and_stop_nobody(gateway, authority):
    started = time.monotonic()
    hello = bytes.fromhex("160301020001")
    halves = [socket.create_connection(address(gateway), timeout=20) for _ in range(100)]
    for number, half in enumerate(halves):
        half.sendall(hello[:number % 7])
    slowest = 0
    while time.monotonic() - started < 2:
        began = time.monotonic()
        gateway.client().get_apis()
        slowest = max(slowest, time.monotonic() - began)
    for half in halves:
        with half:
            assert ended(half)
    assert 4.5 < time.monotonic() - started < 7.5 and slowest < 1.5, slowest


@pytest.mark.parametrize(("files", "expected"), [
    ({"CERT": "cert.pem"}, "management.key_file must be set beside management.cert_file"),
    ({"KEY": "key.pem"}, "management.cert_file must be set beside management.key_file"),
    ({"CERT": "nowhere.pem", "KEY": "key.pem"}, "management.cert_file: cannot read"),
    ({"CERT": "cert.pem", "KEY": "nowhere.pem"}, "management.key_file: cannot read"),
    ({"CERT": "key.pem", "KEY": "key.pem"}, "holds no certificate in PEM"),
    ({"CERT": "cert.pem", "KEY": "cert.pem"}, "holds no private key in PEM"),
    ({"CERT": "cert.pem", "KEY": "other.pem"}, "management: certificate and key cannot be used"),
])
def test_mistakes_at_the_start(authority, tmp_path, files, expected):
    made = authority.issue("localhost")
    install(authority.issue("other"), tmp_path, "key.pem")
    (tmp_path / "key.pem").rename(made / "other.pem")
    environment = {f"GATEWRIGHT_MANAGEMENT_{name}_FILE": str(made / file) for name, file in files.items()}
    with pytest.raises(RuntimeError) as refused:
        Process("serve", tmp_path / "data", environment).start()
    assert expected in str(refused.value)
    if "beside" in expected:
        done = subprocess.run([BINARY, "check"], env=environment, capture_output=True, text=True)
        assert done.returncode == 1 and expected in done.stderr
