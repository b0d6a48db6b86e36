"""testssl.sh, Debian's, finds nothing above LOW on the default settings; docs/SECURITY.md has what it says."""

import json
import subprocess

import pytest
from certificates import EC, RSA, Authority
from gatewright import Process
from spec import Apis

NAME = "api.example.test"
ARN = "arn:aws:acm:us-east-1:000000000000:certificate/api"
#: As an operator's authority issues them: browsers ask for less than a year and more than a month.
ISSUED = {"days": 90, "extensions": ["crlDistributionPoints=URI:http://crl.example.test/ca.crl"]}
#: What a site says to browsers is its API's to say, as it would at AWS: by mapping.
HEADERS = {"strict-transport-security": "max-age=31536000", "content-security-policy": "default-src 'none'",
           "x-content-type-options": "nosniff", "x-frame-options": "DENY"}


@pytest.mark.parametrize("algorithm", [EC, RSA], ids=["ECDSA", "RSA"])
def test_nothing_above_low(echo, tmp_path, algorithm):
    authority = Authority(tmp_path)
    made = authority.issue(NAME, algorithm=algorithm, **ISSUED)
    (tmp_path / "config.toml").write_text(
        f'[certificates."{ARN}"]\ncert_file = "{made}/cert.pem"\nkey_file = "{made}/key.pem"\n')
    environment = {"GATEWRIGHT_CONFIG": str(tmp_path / "config.toml")}
    process = Process("serve", tmp_path / "data", environment, ("traffic", "traffic_tls", "management", "admin")).start()
    try:
        serve(process, echo)
        found = findings(process.listeners["traffic_tls"], authority.pem, tmp_path / "found.json")
    finally:
        process.stop()
    # WARN is what it could not find out; renegotiation and tickets are tests/sdk/test_tls.py's.
    worse = [finding for finding in found.values() if finding["severity"] in ("MEDIUM", "HIGH", "CRITICAL", "FATAL")]
    assert not worse
    # It did look: at the versions, the suites, the chain and the known holes.
    expected = {"TLS1": "not offered", "TLS1_1": "not offered", "TLS1_2": "offered", "TLS1_3": "offered with final",
                "cert_chain_of_trust": "passed.", "cipher_order": "server", "heartbleed": "not vulnerable, no heartbeat extension"}
    assert {name: found[name]["finding"] for name in expected} == expected


def serve(process, echo):
    apis = Apis(process, echo)
    parameters = {"200": {f"overwrite:header.{name}": value for name, value in HEADERS.items()}}
    api_id = apis.api(stages=())
    apis.route(api_id, "$default", ResponseParameters=parameters)
    apis.stage(api_id, "$default")
    apis.client.create_domain_name(DomainName=NAME, DomainNameConfigurations=[
        {"CertificateArn": ARN, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}])
    apis.client.create_api_mapping(DomainName=NAME, ApiId=api_id, Stage="$default")


def findings(listener, trusted, out):
    """Its findings, by their names."""
    host, port = listener.rsplit(":", 1)
    command = ["testssl", "--quiet", "--color", "0", "--warnings", "batch", "--add-ca", trusted, "--jsonfile", out, "--ip", host, f"{NAME}:{port}"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=600)
    assert out.exists(), done.stdout + done.stderr
    print(done.stdout)
    return {finding["id"].split(" ")[0]: finding for finding in json.loads(out.read_text())}
