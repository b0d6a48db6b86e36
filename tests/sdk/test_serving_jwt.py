"""JWT authorizers with a real OpenID provider: spec/http-api-runtime.md section 10.1.

The table of forged and broken tokens is in crates/authorizers/src/jwt/verify/tests.rs; here is what clients, backends and the
provider see.
"""

import base64
import concurrent.futures
import http.server
import json
import socket
import threading

import pytest
from conftest import Traffic
from gatewright import Process, eventually
from oidc import Provider


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    provider = Provider(tmp_path_factory.mktemp("oidc")).start()
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def gateway(provider, tmp_path_factory):
    environment = {"GATEWRIGHT_EGRESS_CA_FILES": str(provider.certificate), "GATEWRIGHT_TRAFFIC_THREADS": "2"}
    process = Process("serve", tmp_path_factory.mktemp("jwt"), environment).start()
    yield process
    process.stop()


def guarded(gateway, echo, provider, source="$request.header.Authorization", audience="app", issuer=None):
    """An API whose routes ask for tokens: /open for any, /scoped for one with a scope."""
    client = gateway.client()
    api_id = client.create_api(Name="guarded", ProtocolType="HTTP")["ApiId"]
    authorizer = client.create_authorizer(
        ApiId=api_id, Name="jwt", AuthorizerType="JWT", IdentitySource=[source],
        JwtConfiguration={"Issuer": issuer or provider.issuer, "Audience": [audience]})["AuthorizerId"]
    integration = client.create_integration(
        ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=echo.url + "/up",
        PayloadFormatVersion="1.0", RequestParameters={
            f"overwrite:header.x-{name}": f"$context.authorizer.claims.{name}" for name in ("tenant", "groups", "level", "nothing")})
    jwt = {"AuthorizationType": "JWT", "AuthorizerId": authorizer, "Target": f"integrations/{integration['IntegrationId']}"}
    client.create_route(ApiId=api_id, RouteKey="GET /open", **jwt)
    client.create_route(ApiId=api_id, RouteKey="GET /scoped", AuthorizationScopes=["orders.write", "orders.admin"], **jwt)
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    call = Traffic(gateway)
    eventually(lambda: call(api_id, "/open").status == 401)
    return api_id


@pytest.fixture(scope="module")
def api_id(gateway, echo, provider):
    return guarded(gateway, echo, provider)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"])
def test_tokens_of_every_algorithm(gateway, provider, api_id, algorithm):
    token = provider.token(algorithm=algorithm)
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert header["alg"] == algorithm
    assert Traffic(gateway)(api_id, "/open", headers=bearer(token)).status == 200


def test_the_backend_gets_claims_as_texts(gateway, provider, api_id):
    answer = Traffic(gateway)(api_id, "/open", headers={**bearer(provider.token()), "x-nothing": "mine"})
    headers = dict(answer.json()["headers"])
    assert (headers["x-tenant"], headers["x-groups"], headers["x-level"]) == ("blue", "[admin power user]", "5")
    assert "x-nothing" not in headers, "a claim that is null is none, and the client may not fill it in"
    assert headers["authorization"].startswith("Bearer ey")


@pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer ", "BEARER  "])
def test_forms_of_the_header(gateway, provider, api_id, prefix):
    answer = Traffic(gateway)(api_id, "/open", headers={"Authorization": prefix + provider.token()})
    assert answer.status == 200


def test_a_token_in_the_query_string(gateway, echo, provider):
    api_id = guarded(gateway, echo, provider, source="$request.querystring.token")
    call = Traffic(gateway)
    assert call(api_id, f"/open?token={provider.token()}").status == 200
    assert call(api_id, "/open", headers=bearer(provider.token())).status == 401
    assert call(api_id, "/open?token=").headers["www-authenticate"] == "Bearer"


REFUSALS = [
    # what is sent, route, status, www-authenticate
    (None, "/open", 401, "Bearer"),
    ("Bearer ", "/open", 401,
     'Bearer scope="" error="invalid_token" error_description="token contains an invalid number of segments"'),
    ("nonsense", "/open", 401,
     'Bearer scope="" error="invalid_token" error_description="token contains an invalid number of segments"'),
    ("Basic dXNlcjpwYXNz", "/scoped", 401,
     'Bearer scope="orders.write orders.admin" error="invalid_token" '
     'error_description="token contains an invalid number of segments"'),
    ("audience", "/open", 401,
     'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"'),
    ("no scope", "/scoped", 403,
     'Bearer scope="orders.write orders.admin" error="insufficient_scope" '
     'error_description="the token does not have a valid scope"'),
]


@pytest.mark.parametrize("sent,path,status,challenge", REFUSALS)
def test_refusals_to_the_byte(gateway, provider, api_id, sent, path, status, challenge):
    made = {"audience": lambda: provider.token(audience="other"), "no scope": lambda: provider.token(scope="orders.read")}
    value = made[sent]() if sent in made else sent
    answer = Traffic(gateway)(api_id, path, headers={} if value is None else {"Authorization": value})
    message = {401: b'{"message":"Unauthorized"}', 403: b'{"message":"Forbidden"}'}[status]
    assert (answer.status, answer.data, answer.headers["www-authenticate"]) == (status, message, challenge)
    assert answer.headers["content-type"] == "application/json" and answer.headers["apigw-requestid"]


def test_a_scope_opens_its_route(gateway, provider, api_id):
    token = provider.token(scope="orders.read orders.write")
    assert Traffic(gateway)(api_id, "/scoped", headers=bearer(token)).status == 200


def test_an_issuer_that_differs_by_a_slash(gateway, echo, provider):
    """Its keys are found, and its tokens are another's."""
    api_id = guarded(gateway, echo, provider, issuer=provider.issuer + "/")
    answer = Traffic(gateway)(api_id, "/open", headers=bearer(provider.token()))
    assert (answer.status, answer.headers["www-authenticate"]) == (
        401, 'Bearer scope="" error="invalid_token" error_description="issuer does not match"')


def test_an_issuer_that_cannot_be_asked(gateway, echo, provider):
    api_id = guarded(gateway, echo, provider, issuer="https://localhost:1")
    answer = Traffic(gateway)(api_id, "/open", headers=bearer(provider.token()))
    assert (answer.status, answer.headers["www-authenticate"]) == (
        401, 'Bearer scope="" error="invalid_token" error_description="OIDC discovery endpoint communication error"')


def test_made_up_keys_cause_no_flood(gateway, provider, api_id):
    """Nobody without a token makes the gateway ask its issuer more than once a minute."""
    call, good = Traffic(gateway), provider.token()
    assert call(api_id, "/open", headers=bearer(good)).status == 200
    before = provider.command("requests")
    _, claims, signature = good.split(".")
    for number in range(50):
        header = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "kid": f"made up {number}"}).encode()).decode().rstrip("=")
        answer = call(api_id, "/open", headers=bearer(f"{header}.{claims}.{signature}"))
        assert "unable to find a signing key" in answer.headers["www-authenticate"]
    after = provider.command("requests")
    assert after["/jwks"] - before["/jwks"] <= 1


def test_keys_rotate_and_the_provider_goes(tmp_path, echo):
    """New keys are found by tokens that name them; verified tokens outlive their provider, new ones do not get in."""
    provider = Provider(tmp_path).start()
    environment = {"GATEWRIGHT_EGRESS_CA_FILES": str(provider.certificate)}
    gateway = Process("serve", tmp_path / "data", environment).start()
    try:
        api_id, call = guarded(gateway, echo, provider), Traffic(gateway)
        first = provider.token()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(call, api_id, "/open", headers=bearer(first)) for _ in range(100)]
            assert {done.result().status for done in calls} == {200}
        assert provider.command("requests")["/jwks"] == 1, "many that wait fetch once"
        provider.stop()
        assert call(api_id, "/open", headers=bearer(first)).status == 200
        provider.start()
        second = provider.token()
        assert call(api_id, "/open", headers=bearer(second)).status == 401, "not asked again within the minute"
        assert call(api_id, "/open", headers=bearer(first)).status == 200
    finally:
        gateway.stop()
        provider.stop()


class SlowIssuer(http.server.ThreadingHTTPServer):
    """Without TLS and without keys; its configuration comes when it is told to."""

    def __init__(self):
        self.asked, self.told = threading.Event(), threading.Event()
        super().__init__(("127.0.0.1", 0), SlowHandler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class SlowHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/jwks":
            return self.answer({"keys": []})
        self.server.asked.set()
        assert self.server.told.wait(10)
        self.answer({"issuer": self.server.url, "jwks_uri": f"{self.server.url}/jwks"})

    def answer(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def test_who_asks_first_may_go_away(tmp_path, echo):
    """And an issuer without TLS is one that the operator named."""
    issuer = SlowIssuer()
    environment = {"GATEWRIGHT_JWT_INSECURE_ISSUERS": issuer.url, "GATEWRIGHT_TRAFFIC_THREADS": "1"}
    gateway = Process("serve", tmp_path / "data", environment).start()
    try:
        with pytest.raises(gateway.client().exceptions.BadRequestException, match="not a valid URL"):
            guarded(gateway, echo, None, issuer="http://issuer.example")
        api_id = guarded(gateway, echo, None, issuer=issuer.url)
        header = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"k"}').decode().rstrip("=")
        token = f"{header}.e30.c2ln"
        host, port = gateway.listeners["traffic"].rsplit(":", 1)
        with socket.create_connection((host, int(port))) as impatient:
            impatient.sendall(
                f"GET /open HTTP/1.1\r\nHost: {api_id}.execute-api.us-east-1.localhost\r\n"
                f"Authorization: Bearer {token}\r\n\r\n".encode())
            assert issuer.asked.wait(10)
        issuer.told.set()
        answer = Traffic(gateway)(api_id, "/open", headers=bearer(token))
        assert "unable to find a signing key" in answer.headers["www-authenticate"], "the keys came all the same"
    finally:
        gateway.stop()
        issuer.shutdown()
