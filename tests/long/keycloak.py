"""Keycloak from Maven: its distribution as it is, with a database in memory, on TLS and without."""

import os
import shutil
import subprocess

import urllib3
from conftest import free_port
from gatewright import eventually
from oidc import certificate
from terraform import TARGET

VERSION = "26.7.3"
HOME = TARGET / "keycloak" / f"keycloak-{VERSION}"


def install():
    """Once for all runs."""
    if not HOME.exists():
        plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
        artifact = f"-Dartifact=org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
        subprocess.run(["mvn", "-q", "-B", plugin, artifact, f"-DoutputDirectory={HOME.parent}"], check=True)
        archive = HOME.parent / f"keycloak-quarkus-dist-{VERSION}.zip"
        shutil.unpack_archive(archive, HOME.parent / "unpacked")
        archive.unlink()
        (HOME.parent / "unpacked" / HOME.name).rename(HOME)


class Keycloak:
    """One realm, `test`, made over the admin API."""

    ADMIN = {"KC_BOOTSTRAP_ADMIN_USERNAME": "admin", "KC_BOOTSTRAP_ADMIN_PASSWORD": "secret"}

    def __init__(self, work):
        install()
        key, self.certificate = certificate(work)
        self.log, plain, secure = work / "log", free_port(), free_port()
        self.issuer = f"https://localhost:{secure}/realms/test"
        self.plain_issuer = f"http://127.0.0.1:{plain}/realms/test"
        self.master, self.admin = f"https://localhost:{secure}/realms/master", f"https://localhost:{secure}/admin/realms"
        self.http = urllib3.PoolManager(ca_certs=str(self.certificate))
        command = [
            "sh", HOME / "bin" / "kc.sh", "start-dev", "--db=dev-mem", "--cache=local", "--http-host=127.0.0.1", f"--http-port={plain}",
            f"--https-port={secure}", f"--https-certificate-file={self.certificate}", f"--https-certificate-key-file={key}",
            "--http-access-log-enabled=true"]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **self.ADMIN})

    def make_realm(self):
        """As soon as it answers, which takes minutes the first time."""
        eventually(self.answers, seconds=600)
        self.call("POST", "", {"realm": "test", "enabled": True, "accessTokenLifespan": 1800})
        self.realm_id = self.call("GET", "/test")["id"]

    def answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(self.log.read_text())
        return self.http.request("GET", self.master, retries=False).status == 200

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def call(self, method, path, body=None):
        """The admin API: what it answers, or the id of what it made."""
        fields = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": "secret"}
        token = self.granted(self.master, **fields)
        answer = self.http.request(method, self.admin + path, json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status < 300, (method, path, answer.status, answer.data)
        return answer.json() if answer.data else answer.headers.get("location", "").rsplit("/", 1)[-1]

    def granted(self, issuer, **fields):
        answer = self.http.request(
            "POST", f"{issuer}/protocol/openid-connect/token", fields=fields, encode_multipart=False)
        assert answer.status == 200, answer.data
        return answer.json()["access_token"]

    def token(self, client, scope=None, issuer=None):
        scopes = {"scope": scope} if scope else {}
        return self.granted(
            issuer or self.issuer, grant_type="client_credentials", client_id=client, client_secret="secret", **scopes)

    def add_client(self, name, *mappers, algorithm="RS256", **members):
        self.call("POST", "/test/clients", {
            "clientId": name, "secret": "secret", "serviceAccountsEnabled": True, "standardFlowEnabled": False,
            "optionalClientScopes": ["orders.read", "orders.write"], "protocolMappers": list(mappers),
            "attributes": {"access.token.signed.response.alg": algorithm}, **members})

    def add_scope(self, name):
        self.call("POST", "/test/client-scopes", {
            "name": name, "protocol": "openid-connect", "attributes": {"include.in.token.scope": "true"}})

    def add_keys(self, provider, priority, **config):
        """A key provider of the realm; of those for an algorithm, the one of highest priority signs."""
        config = {name: [str(value)] for name, value in {"priority": priority, **config}.items()}
        return self.call("POST", "/test/components", {
            "name": f"{provider} {priority}", "providerId": provider, "providerType": "org.keycloak.keys.KeyProvider",
            "parentId": self.realm_id, "config": config})

    def set_keys(self, component, **config):
        """`active` keys may sign, `enabled` ones are published."""
        found = self.call("GET", f"/test/components/{component}")
        found["config"].update({name: [value] for name, value in config.items()})
        self.call("PUT", f"/test/components/{component}", found)

    def asked(self):
        """How often it was asked for the realm's keys."""
        return self.log.read_text().count("GET /realms/test/protocol/openid-connect/certs")


def audience_mapper(audience):
    return {"name": f"audience {audience}", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper",
            "config": {"included.custom.audience": audience, "access.token.claim": "true"}}


def claim_mapper(name, value, kind="String"):
    return {"name": name, "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper",
            "config": {"claim.name": name, "claim.value": value, "jsonType.label": kind, "access.token.claim": "true"}}
