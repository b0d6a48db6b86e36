"""JWT authorizers with Keycloak: spec/http-api-runtime.md section 10.1, in the time that it takes."""

import base64
import json

import pytest
from conftest import Traffic
from gatewright import Process, eventually
from keycloak import Keycloak, audience_mapper, claim_mapper
from load import Load

SERVED = (200, None)
FORBIDDEN = (403, 'Bearer scope="orders.write" error="insufficient_scope" error_description="the token does not have a valid scope"')
MINUTE = 60


def refused(why):
    return 401, f'Bearer scope="" error="invalid_token" error_description="{why}"'


ISSUER, AUDIENCE = refused("issuer does not match"), refused("the token does not have a valid audience")
UNKNOWN = refused("unable to find a signing key that matches the token")
#: What signs tokens, beside the keys that a realm has from the beginning.
KEYS = {
    "RS256": None,
    "RS384": ("rsa-generated", {"algorithm": "RS384"}), "RS512": ("rsa-generated", {"algorithm": "RS512"}),
    "PS256": ("rsa-generated", {"algorithm": "PS256"}),
    "ES256": ("ecdsa-generated", {"ecdsaEllipticCurveKey": "P-256"}), "ES384": ("ecdsa-generated", {"ecdsaEllipticCurveKey": "P-384"}),
    "ES512": ("ecdsa-generated", {"ecdsaEllipticCurveKey": "P-521"}), "EdDSA": ("eddsa-generated", {"eddsaEllipticCurveKey": "Ed25519"}),
}


@pytest.fixture(scope="module")
def keycloak(tmp_path_factory):
    keycloak = Keycloak(tmp_path_factory.mktemp("keycloak"))
    try:
        keycloak.make_realm()
        for scope in ("orders.read", "orders.write"):
            keycloak.add_scope(scope)
        keycloak.add_client(
            "app", audience_mapper("app"), audience_mapper("another"), claim_mapper("tenant", "blue"), claim_mapper("level", "5", "int"),
            claim_mapper("limits", '{"a":[1,2]}', "JSON"))
        keycloak.add_client("bare", fullScopeAllowed=False)
        for algorithm, keys in KEYS.items():
            keycloak.add_client(algorithm, audience_mapper("app"), algorithm=algorithm)
            if keys:
                keycloak.add_keys(keys[0], 100, **keys[1])
        yield keycloak
    finally:
        keycloak.stop()


@pytest.fixture(scope="module")
def gateway(keycloak, tmp_path_factory):
    environment = {
        "GATEWRIGHT_EGRESS_CA_FILES": str(keycloak.certificate), "GATEWRIGHT_JWT_INSECURE_ISSUERS": keycloak.plain_issuer,
        "GATEWRIGHT_TRAFFIC_THREADS": "2"}
    process = Process("serve", tmp_path_factory.mktemp("serve"), environment).start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def guarded(gateway, echo):
    """Makes APIs that take an issuer's tokens for an audience: any at /open, those with a scope at /scoped."""
    def made(issuer, audience="app"):
        client = gateway.client()
        api_id = client.create_api(Name="keycloak", ProtocolType="HTTP")["ApiId"]
        authorizer = client.create_authorizer(
            ApiId=api_id, Name="jwt", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": issuer, "Audience": [audience]})["AuthorizerId"]
        claims = {f"overwrite:header.x-{name}": f"$context.authorizer.claims.{name}" for name in ("iss", "aud", "tenant", "level", "limits")}
        integration = client.create_integration(
            ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=echo.url, PayloadFormatVersion="1.0",
            RequestParameters=claims)["IntegrationId"]
        jwt = {"AuthorizationType": "JWT", "AuthorizerId": authorizer, "Target": f"integrations/{integration}"}
        client.create_route(ApiId=api_id, RouteKey="GET /open", **jwt)
        client.create_route(ApiId=api_id, RouteKey="GET /scoped", AuthorizationScopes=["orders.write"], **jwt)
        client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
        eventually(lambda: Traffic(gateway)(api_id, "/open").status == 401)
        return api_id
    return made


@pytest.fixture(scope="module")
def api_id(guarded, keycloak):
    return guarded(keycloak.issuer)


@pytest.fixture(scope="module")
def ask(gateway):
    """The status of a call, and the challenge where there is one."""
    def asked(api_id, token, path="/open", traffic=None):
        answer = (traffic or Traffic(gateway))(api_id, path, headers={"Authorization": f"Bearer {token}"})
        return answer.status, answer.headers.get("www-authenticate")
    return asked


def header(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))


@pytest.mark.parametrize("algorithm", KEYS)
def test_every_algorithm(keycloak, api_id, ask, algorithm):
    token = keycloak.token(algorithm)
    assert header(token)["alg"] == algorithm
    assert ask(api_id, token) == SERVED


def test_claims_as_the_backend_gets_them(gateway, keycloak, api_id):
    answer = Traffic(gateway)(api_id, "/open", headers={"Authorization": f"Bearer {keycloak.token('app')}"})
    found = dict(answer.json()["headers"])
    assert found["x-iss"] == keycloak.issuer
    assert sorted(found["x-aud"].strip("[]").split()) == ["another", "app"]
    assert (found["x-tenant"], found["x-level"], found["x-limits"]) == ("blue", "5", '{"a":[1,2]}')


@pytest.mark.parametrize(("scope", "outcome"), [
    (None, FORBIDDEN), ("orders.read", FORBIDDEN), ("orders.write", SERVED), ("orders.read orders.write", SERVED)])
def test_scopes(keycloak, api_id, ask, scope, outcome):
    token = keycloak.token("app", scope)
    assert (ask(api_id, token, "/scoped"), ask(api_id, token)) == (outcome, SERVED)


@pytest.mark.parametrize(("client", "audience", "outcome"), [
    # A token without `aud` is its client's; one with `aud` is not.
    ("app", "another", SERVED), ("app", "elsewhere", AUDIENCE), ("bare", "bare", SERVED), ("bare", "app", AUDIENCE),
    ("RS256", "RS256", AUDIENCE)])
def test_audiences(keycloak, guarded, ask, client, audience, outcome):
    assert ask(guarded(keycloak.issuer, audience), keycloak.token(client)) == outcome


def test_issuers_byte_for_byte(keycloak, guarded, api_id, ask):
    """One realm under two names, of which each has its tokens, signed with the same keys."""
    secure, plain = keycloak.token("app"), keycloak.token("app", issuer=keycloak.plain_issuer)
    assert header(secure)["kid"] == header(plain)["kid"]
    plain_api, slash_api = guarded(keycloak.plain_issuer), guarded(keycloak.issuer + "/")
    assert [ask(api, token) for api in (api_id, plain_api, slash_api) for token in (secure, plain)] == [
        SERVED, ISSUER, ISSUER, SERVED, ISSUER, ISSUER]


def test_keys_rotate(gateway, keycloak, api_id, ask):
    """A new key signs, the old one is published no more; nobody with a token of a published key is refused, but for the first
    minute of a key that was not announced."""
    [first] = [found["id"] for found in keycloak.call("GET", "/test/components?type=org.keycloak.keys.KeyProvider")
               if found["providerId"] == "rsa-generated" and found["name"] == "rsa-generated"]
    old = keycloak.token("app")
    assert ask(api_id, old) == SERVED
    with Load(gateway, lambda token, traffic: ask(api_id, token, traffic=traffic), SERVED, old) as load:
        asked = keycloak.asked()
        keycloak.add_keys("rsa-generated", 200)
        new = keycloak.token("app")
        assert header(new)["kid"] != header(old)["kid"]
        eventually(lambda: ask(api_id, new) == SERVED, seconds=MINUTE + 15)
        assert keycloak.asked() == asked + 1
        load.only(old, new, keycloak.token("app"))
        load.go_on()

        keycloak.set_keys(first, active="false")
        load.go_on()
        keycloak.set_keys(first, active="false", enabled="false")
        load.only(new)
        assert ask(api_id, old) == SERVED, "what was fetched is kept, and nothing says that it changed"

        keycloak.add_keys("rsa-generated", 300)
        newest = keycloak.token("app")
        assert ask(api_id, newest) == UNKNOWN, "not asked again within the minute"
        eventually(lambda: ask(api_id, newest) == SERVED, seconds=MINUTE + 15)
        assert keycloak.asked() == asked + 2
        load.only(new, newest)
        load.go_on()
        assert {ask(api_id, old) for _ in range(16)} == {UNKNOWN}, "its key is gone"
        assert keycloak.asked() == asked + 2


def test_keycloak_goes(keycloak, guarded, api_id, ask):
    """Whoever it signed for gets in; an issuer whose keys nobody has is believed nothing."""
    token = keycloak.token("app")
    keycloak.stop()
    assert ask(api_id, token) == SERVED
    unknown = keycloak.issuer.replace("/test", "/master")
    assert ask(guarded(unknown), token) == refused("OIDC discovery endpoint communication error")
