"""Mutual TLS of domain names (spec/http-api-runtime.md section 14), with other people's clients: curl, Python's ssl, openssl."""

import http.client
import json
import os
import ssl
import subprocess
import threading
import time

import pytest
import urllib3
from certificates import RSA, Authority, openssl
from client_certificates import CLIENTS, SERVERS, Identity, pem
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from gatewright import BINARY, Process, eventually
from lambda_runtime import Lambda
from spec import rows
from test_tls import ARN, EXECUTE_API, LISTENERS, Secured, address, connect, curl, outcomes, s_client, trusting

LOG = "arn:aws:logs:us-east-1:000000000000:log-group:mtls"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"
FUNCTIONS = {
    "echo": "def handler(event, context):\n    return {'statusCode': 200, 'body': 'ok'}\n",
    "authorizer": "def handler(event, context):\n    return {'isAuthorized': True}\n",
}
TRUST = "s3://trust/"
NAME = "inner.mtls.example"
OPEN = "open.mtls.example"
SEATTLE = [(NameOID.COUNTRY_NAME, "US"), (NameOID.STATE_OR_PROVINCE_NAME, "Washington"), (NameOID.LOCALITY_NAME, "Seattle"),
           (NameOID.ORGANIZATION_NAME, "Ex, O=ample"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "Sécurité")]


class Pki:
    """Who issues certificates, and what the gateway is told of it: files by the name of their truststore."""

    def __init__(self, directory):
        self.directory = directory
        self.root = Identity("Root", ca=True, subject=SEATTLE)
        self.issuer = Identity("Issuer", self.root, ca=True)
        self.deep = Identity("Deep", Identity("Middle", self.root, ca=True), ca=True)
        self.deeper = Identity("Deeper", self.deep, ca=True)
        self.rsa = Identity("RSA Root", key="rsa", ca=True)
        self.aged = Identity("Aged Root", ca=True, begins=-20, ends=-10)
        self.selfsigned = Identity("self")
        self.server_only = Identity("self, for servers", usage=SERVERS)
        self.other = Identity("Root", ca=True, subject=SEATTLE)  # of the same name
        self.openssl = directory / "openssl.pem", directory / "openssl.key"
        openssl("req", "-x509", *RSA, "-nodes", "-keyout", self.openssl[1], "-out", self.openssl[0], "-days", 30, "-subj", "/CN=by openssl")
        self.client = Identity("client", self.issuer)
        self.bad, self.bad_issuer = Identity("bad", self.issuer), Identity("Bad Issuer", self.root, ca=True)
        listed = pem(*(each.certificate for each in (self.issuer, self.root, self.rsa, self.aged, self.selfsigned, self.server_only)))
        self.write("clients.pem", listed + self.openssl[0].read_bytes())
        self.write("clients.pem?versionId=2", self.rsa.pem)
        self.write("swapped.pem", self.root.pem)
        self.write("revoked.pem", self.root.pem, self.root.revocations(self.bad_issuer),
                   self.issuer.revocations(self.bad) + self.bad_issuer.revocations())
        self.write("der.pem", self.root.pem, self.root.revocations(encoding=Encoding.DER), self.issuer.revocations(self.bad, encoding=Encoding.DER))
        self.write("unlisted.pem", self.root.pem, self.root.revocations())
        self.write("stale.pem", self.root.pem, self.root.revocations(begins=-5, ends=-2), self.issuer.revocations())
        self.write("forged.pem", self.root.pem, self.root.revocations(), self.forged())
        self.write("doubtful.pem", pem(self.aged.certificate, self.issuer.certificate), self.aged.revocations(begins=-5, ends=-2))
        self.write("clean.pem", self.root.pem)

    def forged(self):
        """A list that says it is the issuer's."""
        forger = Identity("Issuer", Identity("Root", ca=True), ca=True)
        return forger.revocations()

    def write(self, name, bundle, *lists):
        new = self.path(name).with_suffix(".new")
        new.write_bytes(bundle)
        os.replace(new, self.path(name))
        for number, revoked in enumerate(lists):
            self.path(f"{name}.{number}.crl").write_bytes(revoked)

    def path(self, name):
        return self.directory / name.replace("?", "-")

    def configuration(self):
        lines = []
        for path in sorted(self.directory.glob("*.pem*")):
            name = path.name.replace("-version", "?version")
            if path == self.openssl[0] or path.suffix == ".crl" or path.suffix == ".key":
                continue
            lists = [str(found) for found in sorted(self.directory.glob(f"{path.name}.*.crl"))]
            lines += [f'[truststores."{TRUST}{name}"]', f'file = "{path}"', f"crl_files = {json.dumps(lists)}"]
        return "\n".join(lines)


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    return Pki(tmp_path_factory.mktemp("trust"))


@pytest.fixture(scope="module")
def keep(tmp_path_factory):
    """Where clients have their files."""
    return tmp_path_factory.mktemp("clients")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    functions = Lambda(tmp_path_factory.mktemp("functions"), FUNCTIONS)
    yield functions
    functions.stop()


@pytest.fixture(scope="module")
def gateway(functions, authority, pki, tmp_path_factory):
    work, certificate = tmp_path_factory.mktemp("mtls"), authority.issue("*.mtls.example", f"*.{EXECUTE_API}")
    (work / "config.toml").write_text(f'''
        [traffic]
        tls_default_certificate = "{ARN}all"
        [certificates."{ARN}all"]
        cert_file = "{certificate}/cert.pem"
        key_file = "{certificate}/key.pem"
        [access_logs."{LOG}"]
        kind = "file"
        path = "{work}/access.log"
        {pki.configuration()}
    ''')
    environment = {"GATEWRIGHT_CONFIG": str(work / "config.toml"), "GATEWRIGHT_LAMBDA_ENDPOINT": functions.url}
    process = Process("serve", work / "data", environment, LISTENERS).start()
    process.access_log = work / "access.log"
    yield process
    process.stop()


class Mutual(Secured):
    """Domain names that ask for certificates."""

    names = 0

    def mutual(self, truststore, api_id, name=None, version=None):
        """A domain name that leads to an API, and then asks for certificates; live, which the plain listener shows."""
        Mutual.names += 1
        name = name or f"n{self.names}.mtls.example"
        self.domain(name, "all")
        eventually(lambda: self.plain(name) == 403)
        self.client.create_api_mapping(DomainName=name, ApiId=api_id, Stage="$default")
        eventually(lambda: self.plain(name) != 403)
        self.client.update_domain_name(DomainName=name, MutualTlsAuthentication=self.trust(truststore, version))
        eventually(lambda: self.plain(name) == 403)
        return name

    @staticmethod
    def trust(truststore, version=None):
        return {"TruststoreUri": TRUST + truststore, **({"TruststoreVersion": version} if version else {})}

    def plain(self, name):
        return urllib3.request("GET", self.gateway.url("traffic") + "/a", headers={"Host": name}).status


@pytest.fixture(scope="module")
def apis(gateway, echo):
    return Mutual(gateway, echo)


@pytest.fixture(scope="module")
def api_id(apis):
    return apis.api("ANY /{proxy+}")


@pytest.fixture(scope="module")
def inner(apis, api_id):
    """A name that asks for certificates, beside one that does not."""
    apis.mapped(OPEN, "all", api_id)
    return apis.mutual("clients.pem", api_id, NAME)


def context(authority, files=None, version=None):
    made = trusting(authority, ["http/1.1"])
    if files:
        made.load_cert_chain(*files)
    if version:
        made.minimum_version = made.maximum_version = version
    return made


def status(gateway, made, name, host=None, session=None):
    """What a request is answered with; in TLS 1.3 a client learns only then that it was refused."""
    with connect(gateway, made, name, session) as connection:
        connection.sendall(f"GET /a HTTP/1.1\r\nHost: {host or name}\r\n\r\n".encode())
        said = connection.recv(65536)
        assert said.startswith(b"HTTP/1.1 "), said
        return int(said.split()[1])


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


# Who gets in, and who does not


@pytest.mark.parametrize(("make", "alone"), rows(
    ("by an issuer of the truststore", lambda pki: pki.client, False),
    ("by one, whose certificate the client does not send", lambda pki: pki.client, True),
    ("by an issuer that only the client has", lambda pki: Identity("x", Identity("Mine", pki.root, ca=True)), False),
    ("by the root", lambda pki: Identity("x", pki.root), False),
    ("a chain of four", lambda pki: Identity("x", pki.deep), False),
    ("RSA", lambda pki: Identity("x", pki.rsa, key="rsa"), False),
    ("Ed25519", lambda pki: Identity("x", pki.root, key="ed25519"), False),
    ("for clients", lambda pki: Identity("x", pki.issuer, usage=CLIENTS), False),
    ("self-signed", lambda pki: pki.selfsigned, False),
))
@pytest.mark.parametrize("version", VERSIONS)
def test_good_certificates(gateway, authority, pki, keep, inner, version, make, alone):
    before = outcomes(gateway)["full"]
    assert status(gateway, context(authority, make(pki).save(keep, alone), version), inner) == 200
    assert outcomes(gateway)["full"] == before + 1


def test_a_certificate_as_openssl_makes_them(gateway, authority, pki, inner):
    """`openssl req -x509` makes one that may issue others, too."""
    for options in (["--http2"], ["--http1.1"], ["--tls-max", "1.2"]):
        done = curl(gateway, authority, inner, "/a", "--cert", pki.openssl[0], "--key", pki.openssl[1], "-w", "%{http_code}", *options)
        assert done.stdout.endswith("200"), done


EXPIRED, UNKNOWN_CA, UNSUPPORTED, OTHER = "CERTIFICATE_EXPIRED", "UNKNOWN_CA", "UNSUPPORTED_CERTIFICATE", "CERTIFICATE_UNKNOWN"


@pytest.mark.parametrize(("make", "alert"), rows(
    ("none", lambda pki: None, "CERTIFICATE_REQUIRED"),
    ("expired", lambda pki: Identity("x", pki.issuer, begins=-9, ends=-2), EXPIRED),
    ("not yet valid", lambda pki: Identity("x", pki.issuer, begins=2), EXPIRED),
    ("by an expired issuer", lambda pki: Identity("x", Identity("Old", pki.root, ca=True, ends=-.5)), EXPIRED),
    ("by an expired root", lambda pki: Identity("x", pki.aged), EXPIRED),
    ("untrusted", lambda pki: Identity("x", Identity("Stranger", ca=True)), UNKNOWN_CA),
    ("self-signed, and not listed", lambda pki: Identity("somebody"), UNKNOWN_CA),
    ("by another of the root's name", lambda pki: Identity("x", pki.other), "DECRYPT_ERROR"),
    ("by who may not issue", lambda pki: Identity("x", pki.client), OTHER),
    ("by a listed one that may not issue", lambda pki: Identity("x", pki.selfsigned), UNKNOWN_CA),
    ("one that may issue", lambda pki: pki.issuer, OTHER),
    ("for servers", lambda pki: Identity("x", pki.issuer, usage=SERVERS), UNSUPPORTED),
    ("self-signed, for servers", lambda pki: pki.server_only, UNSUPPORTED),
    ("a chain of five", lambda pki: Identity("x", pki.deeper), OTHER),
))
@pytest.mark.parametrize("version", VERSIONS)
def test_bad_certificates_are_refused_at_the_handshake(gateway, authority, pki, keep, echo, inner, version, make, alert):
    requests, failed, identity = echo.requests, outcomes(gateway)["failed"], make(pki)
    with pytest.raises(ssl.SSLError) as refused:
        status(gateway, context(authority, identity and identity.save(keep), version), inner)
    assert alert in refused.value.reason, refused.value
    eventually(lambda: outcomes(gateway)["failed"] == failed + 1)
    assert echo.requests == requests


def test_more_certificates_than_a_chain_has(gateway, authority, pki, keep, inner):
    """All of one name, each of which could have issued each: nobody tries them all."""
    chain, key = pki.client.save(keep)
    many = keep / "many.pem"
    many.write_bytes(chain.read_bytes() + b"".join(Identity("Issuer", pki.other, ca=True).pem for _ in range(60)))
    started = time.monotonic()
    with pytest.raises(ssl.SSLError, match=OTHER):
        status(gateway, context(authority, (many, key)), inner)
    assert time.monotonic() - started < 5


def test_a_short_key(gateway, authority, pki, keep, inner):
    made = context(authority)
    made.set_ciphers("DEFAULT:@SECLEVEL=0")
    made.load_cert_chain(*Identity("x", pki.issuer, key="rsa1024").save(keep))
    with pytest.raises(ssl.SSLError):
        status(gateway, made, inner)


def test_s_client_is_told(gateway, pki, keep, inner):
    """Which alert, and whose certificates are asked for."""
    said = s_client(gateway, "-ign_eof", name=inner, given="GET / HTTP/1.0\r\n\r\n")
    assert "SSL alert number 116" in said, said
    chain, key = pki.client.save(keep)
    said = s_client(gateway, "-tls1_2", "-cert", chain, "-key", key, name=inner)
    acceptable = said.split("Acceptable client certificate CA names")[1].split("Client Certificate Types")[0]
    assert "CN = Issuer" in acceptable and "CN = RSA Root" in acceptable and "CN = self" in acceptable, said


@pytest.mark.parametrize(("truststore", "make", "alert"), rows(
    ("not revoked", "revoked.pem", lambda pki: pki.client, None),
    ("revoked", "revoked.pem", lambda pki: pki.bad, "CERTIFICATE_REVOKED"),
    ("by a revoked issuer", "revoked.pem", lambda pki: Identity("x", pki.bad_issuer), "CERTIFICATE_REVOKED"),
    ("not revoked, in DER", "der.pem", lambda pki: pki.client, None),
    ("revoked, in DER", "der.pem", lambda pki: pki.bad, "CERTIFICATE_REVOKED"),
    ("an issuer without a list", "unlisted.pem", lambda pki: pki.client, UNKNOWN_CA),
    ("an old list", "stale.pem", lambda pki: pki.client, UNKNOWN_CA),
    ("a list that another signed", "forged.pem", lambda pki: pki.client, "HANDSHAKE_FAILURE"),
))
def test_revocation(gateway, authority, pki, keep, apis, api_id, truststore, make, alert):
    name = apis.mutual(truststore, api_id)
    made = context(authority, make(pki).save(keep))
    if alert is None:
        assert status(gateway, made, name) == 200
    else:
        with pytest.raises(ssl.SSLError) as refused:
            status(gateway, made, name)
        assert alert in refused.value.reason, refused.value


# No way past it


def test_the_plain_listener(gateway, inner):
    for host in (inner, inner.upper(), f"{inner}.:80"):
        answer = urllib3.request("GET", gateway.url("traffic") + "/a", headers={"Host": host})
        assert (answer.status, answer.data) == (403, b'{"message":"Forbidden"}')


MISDIRECTED = (421, '{"message":"Misdirected Request"}')


@pytest.mark.parametrize("host", [NAME, NAME.upper(), f"{NAME}.", f"{NAME}:443", f"{NAME}.:8443"])
@pytest.mark.parametrize("protocol", ["--http2", "--http1.1"])
def test_a_host_that_the_handshake_was_not_for(gateway, authority, echo, inner, protocol, host):
    """What an HTTP/2 client does whose certificate holds for both names, and what anybody may do."""
    requests = echo.requests
    done = curl(gateway, authority, OPEN, "/a", protocol, "-H", f"Host: {host}", "-w", " %{http_code}")
    body, code = done.stdout.rsplit(" ", 1)
    assert (int(code), body) == MISDIRECTED and echo.requests == requests


def test_a_handshake_without_a_name_or_for_another_truststore(gateway, authority, pki, keep, apis, api_id, inner):
    other = apis.mutual("swapped.pem", api_id)
    same = apis.mutual("clients.pem", api_id)
    made = context(authority, pki.client.save(keep))
    assert status(gateway, made, None, host=inner) == 421
    assert status(gateway, made, f"{api_id}.{EXECUTE_API}", host=inner) == 421
    assert status(gateway, made, inner, host=other) == 421
    # Held against the same truststore: the same certificates are good.
    assert status(gateway, made, inner, host=same) == 200
    # And what asks for none is open to all.
    assert status(gateway, made, inner, host=OPEN) == 200
    assert status(gateway, context(authority), f"{api_id}.{EXECUTE_API}") == 200


def test_an_absolute_target_outweighs_the_host(gateway, authority, inner):
    with connect(gateway, context(authority), OPEN) as connection:
        connection.sendall(f"GET https://{inner}/a HTTP/1.1\r\nHost: {OPEN}\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 421")


@pytest.mark.parametrize("version", VERSIONS)
def test_sessions_lead_nobody_past_it(gateway, authority, pki, keep, apis, api_id, inner, version):
    """Neither those of other names, nor those from before mutual TLS was turned on; with a certificate none is given."""
    name = apis.mapped(f"later{version.value}.mtls.example", "all", api_id)
    made = context(authority, version=version)
    with connect(gateway, made, name) as connection:
        connection.sendall(f"GET /a HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        session = connection.session
        with connect(gateway, made, name, session) as resumed:
            assert resumed.session_reused
        apis.client.update_domain_name(DomainName=name, MutualTlsAuthentication=apis.trust("clients.pem"))
        eventually(lambda: apis.plain(name) == 403)
        # The connection from before lives, and gets no further.
        connection.sendall(f"GET /a HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 421")
    for other in (name, inner):
        with pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"):
            status(gateway, made, other, session=session)
    made = context(authority, pki.client.save(keep), version)
    with connect(gateway, made, name) as connection:
        connection.sendall(f"GET /a HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        kept = connection.session
        assert not kept.has_ticket
    with connect(gateway, made, name, kept) as connection:
        assert not connection.session_reused


def test_turned_off(gateway, authority, apis, api_id):
    name = apis.mutual("clients.pem", api_id)
    with pytest.raises(ssl.SSLError):
        status(gateway, context(authority), name)
    apis.client.update_domain_name(DomainName=name, MutualTlsAuthentication={"TruststoreUri": ""})
    eventually(lambda: apis.plain(name) == 200)
    assert status(gateway, context(authority), name) == 200


# Truststores


def test_a_truststore_that_is_not_configured(gateway, authority, pki, keep, apis, api_id):
    """The management API took it; handshakes are refused, and the log says which key is missing."""
    chain, key = pki.client.save(keep)
    for truststore, version, missing in (("nowhere.pem", None, "nowhere.pem"), ("clients.pem", "3", "clients.pem?versionId=3")):
        name, before = apis.mutual(truststore, api_id, version=version), outcomes(gateway)["no_truststore"]
        assert "SSL alert number 112" in s_client(gateway, "-cert", chain, "-key", key, name=name)
        assert outcomes(gateway)["no_truststore"] == before + 1
        log = (gateway.data_dir / "log").read_text().replace("\\", "")
        assert any(name in line and f'truststores."{TRUST}{missing}"' in line for line in log.splitlines())
        assert "TruststoreWarnings" not in apis.client.get_domain_name(DomainName=name)["MutualTlsAuthentication"]


def test_versions_of_a_truststore(gateway, authority, pki, keep, apis, api_id):
    name = apis.mutual("clients.pem", api_id, version="2")
    good, bad = Identity("x", pki.rsa).save(keep), pki.client.save(keep)
    assert status(gateway, context(authority, good), name) == 200
    with pytest.raises(ssl.SSLError, match="UNKNOWN_CA"):
        status(gateway, context(authority, bad), name)


def test_a_truststore_that_is_swapped_under_load(gateway, authority, pki, keep, apis, api_id):
    """Connections live on, and each new handshake is judged by the truststore as it is."""
    name, stop, failures, asked = apis.mutual("swapped.pem", api_id), threading.Event(), [], []
    old, new = pki.client.save(keep), Identity("new", pki.rsa).save(keep)

    def ask():
        """On one connection, opened while the first truststore was there."""
        connection = http.client.HTTPSConnection(name, context=context(authority))
        connection.sock = connect(gateway, context(authority, old), name)
        while not stop.is_set():
            try:
                connection.request("GET", "/a", headers={"Host": name})
                answer = connection.getresponse()
                answer.read()
                assert answer.status == 200
                asked.append(time.monotonic())
            except Exception as error:
                failures.append(error)
                return

    def refused(files):
        try:
            return status(gateway, context(authority, files), name) != 200
        except ssl.SSLError as error:
            assert "UNKNOWN_CA" in error.reason
            return True

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        assert not refused(old) and refused(new)
        pki.write("swapped.pem", pki.rsa.pem)
        eventually(lambda: not refused(new), 5)
        assert refused(old)
        # One that is broken changes nothing, and is told of.
        log = gateway.data_dir / "log"
        pki.write("swapped.pem", pki.root.pem[:-200])
        eventually(lambda: "truststore refused, the last good one serves on" in log.read_text(), 5)
        assert refused(old) and not refused(new)
        pki.write("swapped.pem", pki.root.pem)
        eventually(lambda: not refused(old), 5)
        assert refused(new)
        swapped = time.monotonic()
        eventually(lambda: failures or len([at for at in asked if at > swapped]) > 20)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures, failures


def test_a_list_that_changes(gateway, authority, pki, keep, apis, api_id):
    name, client = apis.mutual("revoked.pem", api_id), Identity("later revoked", pki.issuer)
    made = context(authority, client.save(keep))
    assert status(gateway, made, name) == 200
    pki.write("revoked.pem", pki.root.pem, pki.root.revocations(pki.bad_issuer),
              pki.issuer.revocations(pki.bad, client) + pki.bad_issuer.revocations())

    def refused():
        try:
            return status(gateway, made, name) != 200
        except ssl.SSLError as error:
            return "CERTIFICATE_REVOKED" in error.reason
    eventually(refused, 5)


def test_warnings(gateway, apis, api_id, pki):
    name = apis.mutual("doubtful.pem", api_id)
    date = pki.aged.certificate.not_valid_after_utc.strftime("%b %e %H:%M:%S %Y GMT")
    warnings = apis.client.get_domain_name(DomainName=name)["MutualTlsAuthentication"]["TruststoreWarnings"]
    root = r"C=US,ST=Washington,L=Seattle,O=Ex\, O=ample,OU=Sécurité,CN=Root"
    assert warnings[0] == f"The certificate CN=Aged Root expired on {date}."
    assert warnings[1].startswith("The revocation list of CN=Aged Root expired on ")
    assert warnings[2:] == [f"The chain of the certificate CN=Issuer is incomplete: its issuer {root} is missing."]
    log = (gateway.data_dir / "log").read_text()
    assert "truststore keeps clients out" in log and warnings[0] in log
    # The list is that of the truststore that is there now.
    changed = apis.client.update_domain_name(DomainName=name, MutualTlsAuthentication=apis.trust("clean.pem"))
    assert changed["MutualTlsAuthentication"] == apis.trust("clean.pem")


@pytest.mark.parametrize(("table", "files", "expected"), rows(
    ("no file", 'file = "{0}/none"', {}, '".file: cannot read'),
    ("nothing in it", 'file = "{0}/a"', {"a": b"nothing"}, '".file: '),
    ("half a certificate", 'file = "{0}/a"', {"a": Identity("x").pem[:-100]}, '".file: '),
    ("no X.509", 'file = "{0}/a"', {"a": Identity("x").pem + b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"},
     '".file: certificate 2 of '),
    ("no list", 'file = "{0}/a"\ncrl_files = ["{0}/b"]', {"a": Identity("x").pem, "b": Identity("x").pem}, '".crl_files: '),
    ("half a list", 'file = "{0}/a"\ncrl_files = ["{0}/b"]',
     {"a": Identity("x").pem, "b": Identity("y", ca=True).revocations(encoding=Encoding.DER)[:-9]}, '".crl_files: '),
))
def test_files_that_cannot_be_used_at_the_start(tmp_path, table, files, expected):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "config.toml").write_text(f'[truststores."s3://b/k"]\n{table.format(tmp_path)}')
    command = [BINARY, "serve", "--config", tmp_path / "config.toml", "--data-dir", tmp_path / "data"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and f'truststores."s3://b/k{expected}' in done.stderr, done.stderr


@pytest.mark.parametrize(("text", "expected"), [
    ('[truststores.x]\nfile = "a"', 'truststores."x": that is no s3://<bucket>/<key>'),
    ('[truststores."s3://b/k"]\ncrl_files = []', "missing field `file`"),
    ('[truststores."s3://b/k"]\nfile = "a"\nversion = "1"', "unknown field `version`"),
])
def test_configuration_that_is_wrong(tmp_path, text, expected):
    (tmp_path / "config.toml").write_text(text)
    done = subprocess.run([BINARY, "check", "--config", tmp_path / "config.toml"], capture_output=True, text=True)
    assert done.returncode != 0 and expected in done.stderr, done.stderr


# What APIs are told


@pytest.fixture(scope="module")
def shown(pki, keep):
    """A client with much to tell: its files, and what openssl says of it."""
    identity = Identity("My, Client", pki.issuer, serial=0xA1B2C3D4E5F60718293A, subject=SEATTLE)
    chain, key = identity.save(keep)
    told = openssl("x509", "-in", chain, "-noout", "-dates", "-serial").decode()
    told = dict(line.split("=", 1) for line in told.splitlines())
    digits = told["serial"].lower()
    return (chain, key), {
        "clientCertPem": identity.pem.decode(),
        "subjectDN": r"C=US,ST=Washington,L=Seattle,O=Ex\, O=ample,OU=Sécurité,CN=My\, Client",
        "issuerDN": "CN=Issuer",
        "serialNumber": ":".join(digits[at:at + 2] for at in range(0, len(digits), 2)),
        "validity": {"notBefore": told["notBefore"], "notAfter": told["notAfter"]},
    }


def test_events(gateway, authority, functions, apis, shown):
    """To functions and to authorizers, in both formats, to the byte; only where the domain name asked."""
    (chain, key), expected = shown
    compact = json.dumps(expected, separators=(",", ":"), ensure_ascii=False)
    for version, form in (("1.0", '"userArn":null,"clientCert":%s}'), ("2.0", '"authentication":{"clientCert":%s}')):
        made = apis.api(stages=())
        integration = apis.client.create_integration(
            ApiId=made, IntegrationType="AWS_PROXY", IntegrationUri=FUNCTION + "echo", PayloadFormatVersion=version)["IntegrationId"]
        simple = {"EnableSimpleResponses": True} if version == "2.0" else {}
        authorizer = apis.client.create_authorizer(
            ApiId=made, AuthorizerType="REQUEST", Name="a", AuthorizerUri=FUNCTION + "authorizer", AuthorizerResultTtlInSeconds=0,
            AuthorizerPayloadFormatVersion=version, IdentitySource=["$context.identity.clientCert.subjectDN"], **simple)["AuthorizerId"]
        apis.client.create_route(ApiId=made, RouteKey="GET /open", Target=f"integrations/{integration}")
        apis.client.create_route(ApiId=made, RouteKey="GET /guarded", Target=f"integrations/{integration}",
                                 AuthorizationType="CUSTOM", AuthorizerId=authorizer)
        apis.stage(made, "$default")
        name = apis.mutual("clients.pem", made)
        apis.client.create_api_mapping(DomainName=OPEN, ApiId=made, Stage="$default", ApiMappingKey=f"v{version[0]}")
        functions.calls.clear()
        for path in ("/open", "/guarded"):
            curl(gateway, authority, name, path, "--cert", chain, "--key", key)
        told = {called: event.decode() for called, _, _, event in functions.calls}
        assert set(told) == {"echo", "authorizer"}
        for event in told.values():
            assert form % compact in event, event
        if version == "2.0":
            subject = json.dumps([expected["subjectDN"]], ensure_ascii=False)
            assert f'"identitySource":{subject}' in told["authorizer"]
        functions.calls.clear()
        # The name that asks for none tells of none, whatever the connection's handshake showed.
        def told_openly():
            curl(gateway, authority, name, f"/v{version[0]}/open", "--cert", chain, "--key", key, "-H", f"Host: {OPEN}")
            return functions.calls[0][3]
        assert b"clientCert" not in eventually(told_openly)
        code = curl(gateway, authority, f"{made}.{EXECUTE_API}", "/guarded", "-w", "%{http_code}").stdout[-3:]
        assert code == "401"


def test_mapping_and_access_log(gateway, authority, apis, shown):
    (chain, key), expected = shown
    variables = ["subjectDN", "issuerDN", "serialNumber", "validity.notBefore", "validity.notAfter", "clientCertPem"]
    variables = {name: f"$context.identity.clientCert.{name}" for name in variables}
    made = apis.client.create_api(Name="mapped", ProtocolType="HTTP")["ApiId"]
    integration = apis.client.create_integration(
        ApiId=made, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=apis.echo.url, PayloadFormatVersion="1.0",
        RequestParameters={
            "overwrite:header.x-subject": variables["subjectDN"], "append:header.x-serial": variables["serialNumber"],
            "overwrite:header.x-until": variables["validity.notAfter"], "overwrite:header.x-pem": variables["clientCertPem"],
            "append:querystring.pem": variables["clientCertPem"]})["IntegrationId"]
    apis.client.create_route(ApiId=made, RouteKey="$default", Target=f"integrations/{integration}")
    apis.stage(made, "$default", AccessLogSettings={
        "DestinationArn": LOG, "Format": "|".join(["$context.requestId", *variables.values()])})
    name = apis.mutual("clients.pem", made)
    seen = json.loads(curl(gateway, authority, name, "/", "--cert", chain, "--key", key, "-H", "x-pem: mine").stdout)
    headers = dict(seen["headers"])
    assert headers["x-subject"].encode("latin-1").decode() == expected["subjectDN"]
    assert (headers["x-serial"], headers["x-until"]) == (expected["serialNumber"], expected["validity"]["notAfter"])
    # A value with line ends is no header's; what was to be replaced does not stay.
    assert "x-pem" not in headers
    query = dict(pair.split("=", 1) for pair in seen["target"].split("?")[1].split("&"))
    assert "%0A" in query["pem"].upper() and "\n" not in seen["target"]
    # The one before that is of the plain listener.
    line = eventually(lambda: [line for line in gateway.access_log.read_text().splitlines() if "CN=Issuer" in line])[0]
    values = [expected["subjectDN"], expected["issuerDN"], expected["serialNumber"], *expected["validity"].values(),
              expected["clientCertPem"].replace("\n", " ")]
    assert line.split("|")[1:] == values


def test_without_tls(tmp_path):
    """Without TLS nobody can show a certificate: the log says so, once, with the key that is missing."""
    process = Process("serve", tmp_path / "data").start()
    try:
        client = process.client()
        client.create_domain_name(
            DomainName="a.example", MutualTlsAuthentication=Mutual.trust("clients.pem"),
            DomainNameConfigurations=[{"CertificateArn": ARN + "all", "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}])
        log = process.data_dir / "log"
        eventually(lambda: any("a.example" in line and "traffic.tls_listen" in line for line in log.read_text().splitlines()))
    finally:
        process.stop()



