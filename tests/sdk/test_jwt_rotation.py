"""A provider's keys change while clients call: crates/authorizers/src/jwt/issuer.rs, with a real OpenID provider on TLS.

Keys are good for two hours, a `kid` that no key has asks for new ones once a minute, and keys that cannot be had are asked for
every five seconds. Those times pass on the gateway's clock alone, which the tests move.
"""

import base64
import json

import pytest
from clock import Clock
from conftest import Traffic
from gatewright import Process, eventually
from load import Load
from oidc import Provider

MINUTE, HOURS = 60, 2 * 60 * 60
UNKNOWN = (401, 'Bearer scope="" error="invalid_token" error_description="unable to find a signing key that matches the token"')
UNREACHABLE = (401, 'Bearer scope="" error="invalid_token" error_description="OIDC discovery endpoint communication error"')
SERVED = (200, None)


class World:
    """A gateway whose clock can be moved, and its provider."""

    def __init__(self, work, echo):
        self.echo, self.clock, self.provider = echo, Clock(work), Provider(work).start()
        environment = {
            **self.clock.environment, "GATEWRIGHT_EGRESS_CA_FILES": str(self.provider.certificate), "GATEWRIGHT_TRAFFIC_THREADS": "2"}
        self.gateway = Process("serve", work / "data", environment).start()
        self.api_id = self.api(self.provider.issuer)

    def api(self, issuer):
        """An API whose only route takes this issuer's tokens."""
        client = self.gateway.client()
        api_id = client.create_api(Name="rotation", ProtocolType="HTTP")["ApiId"]
        authorizer = client.create_authorizer(
            ApiId=api_id, Name="jwt", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": issuer, "Audience": ["app"]})["AuthorizerId"]
        integration = client.create_integration(
            ApiId=api_id, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri=self.echo.url,
            PayloadFormatVersion="1.0")["IntegrationId"]
        client.create_route(
            ApiId=api_id, RouteKey="GET /", AuthorizationType="JWT", AuthorizerId=authorizer, Target=f"integrations/{integration}")
        client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
        eventually(lambda: Traffic(self.gateway)(api_id).status == 401)
        return api_id

    def call(self, token, api_id=None, traffic=None):
        """The status, and the challenge where there is one."""
        answer = (traffic or Traffic(self.gateway))(api_id or self.api_id, headers={"Authorization": f"Bearer {token}"})
        return answer.status, answer.headers.get("www-authenticate")

    def everywhere(self, token):
        """What is answered on connections enough that each of the gateway's threads has some."""
        return {self.call(token) for _ in range(16)}

    def asked(self, path="/jwks"):
        """How often the provider was asked for its keys, or where they are."""
        return self.provider.command("requests").get(path, 0)

    def load(self):
        """Clients of which the first token has been taken."""
        load = Load(self.gateway, lambda token, traffic: self.call(token, traffic=traffic), SERVED, self.provider.token())
        assert self.call(*load.tokens) == SERVED
        return load

    def stop(self):
        self.gateway.stop()
        self.provider.stop()


@pytest.fixture(scope="module")
def started(tmp_path_factory, echo):
    world = World(tmp_path_factory.mktemp("rotation"), echo)
    yield world
    world.stop()


@pytest.fixture
def world(started):
    """Its last fetch is long ago."""
    started.clock.advance(HOURS)
    return started


def made_up(token, number):
    """A token of the provider's, but for the key's name."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "kid": f"made up {number}"}).encode()).decode().rstrip("=")
    return ".".join([header, *token.split(".")[1:]])


def test_rotations_under_load(world):
    """Each new key signs beside the old one, which then goes: nobody with a good token is refused, and each costs one fetch."""
    with world.load() as load:
        gone, [old], name, fetches = None, load.tokens, "first", world.asked()
        for number in range(1, 5):
            load.pass_time(world.clock, MINUTE)
            world.provider.command(f"keys {number} {name}")
            new = world.provider.token()
            load.only(old, new, *(world.provider.token() for _ in range(4)))
            load.go_on()
            assert world.asked() == fetches + number, "for a key that nobody knew, once"
            assert gone is None or world.everywhere(gone) == {UNKNOWN}, "its key went with that"
            world.provider.command(f"keys {number}")
            load.only(new, world.provider.token())
            load.go_on()
            assert world.everywhere(old) == {SERVED}, "what is fetched is kept, and nothing says that it changed"
            assert world.asked() == fetches + number
            gone, old, name = old, new, number
        assert load.requests > 300


def test_announced_keys_cost_nothing(world):
    """A provider that publishes keys before it signs with them is not asked for them again."""
    world.provider.command("keys a b c")
    with world.load() as load:
        fetches = world.asked()
        for keys in ("b c a", "c b a", "c"):
            load.pass_time(world.clock, MINUTE)
            world.provider.command(f"keys {keys}")
            load.only(*(world.provider.token() for _ in range(4)))
            load.go_on()
        assert world.asked() == fetches


def test_a_key_that_is_gone_is_good_for_two_hours(world):
    """Then its tokens are refused, although all that is called with has been verified before."""
    world.provider.command("keys new old")
    with world.load() as load:
        fetches = world.asked()
        world.provider.command("keys old new")
        old = world.provider.token()
        world.provider.command("keys new")
        for _ in range(2):
            assert world.everywhere(old) == {SERVED}
            load.pass_time(world.clock, HOURS // 2 - 1)
        assert world.everywhere(old) == {SERVED} and world.asked() == fetches
        load.pass_time(world.clock, 2)
        load.go_on()
        assert world.asked() == fetches + 1
        assert world.everywhere(old) == {UNKNOWN}
        load.go_on()
        assert world.asked() == fetches + 1


def test_made_up_keys_under_load(world):
    """One fetch a minute, however many keys are made up; a key that is new in that minute waits for the next."""
    world.provider.command("keys known")
    with world.load() as load:
        [token], fetches, numbers = load.tokens, world.asked(), iter(range(1000))

        def flood(requests=50):
            assert {world.call(made_up(token, next(numbers))) for _ in range(requests)} == {UNKNOWN}

        flood()
        assert world.asked() == fetches, "the keys are not a minute old"
        for minute in range(1, 4):
            load.pass_time(world.clock, MINUTE)
            flood()
            assert world.asked() == fetches + minute
        world.provider.command("keys unknown known")
        new = world.provider.token()
        assert world.everywhere(new) == {UNKNOWN} and world.asked() == fetches + 3
        load.pass_time(world.clock, MINUTE)
        assert world.everywhere(new) == {SERVED} and world.asked() == fetches + 4


def test_the_provider_fails(world):
    """Keys that are known serve on, past their two hours; an issuer never asked is believed nothing, and asked every five seconds."""
    discovery = "/.well-known/openid-configuration"
    unseen = [world.provider.token() for _ in range(3)]
    with world.load() as load:
        fetches = world.asked()
        world.provider.command("status 503")
        while unseen:
            load.pass_time(world.clock, HOURS)
            load.only(*load.tokens, unseen.pop())
            load.go_on()
        other = world.api(world.provider.issuer + "/")
        for _ in range(3):
            load.pass_time(world.clock, 5)
            asked = world.asked(discovery)
            assert {world.call(load.tokens[0], other) for _ in range(20)} == {UNREACHABLE}
            assert world.asked(discovery) - asked <= 2, "for the routes of each issuer once"
        assert world.asked() == fetches, "it did not say where its keys are"
        world.provider.command("status")
        load.pass_time(world.clock, 5)
        load.go_on()
        assert world.asked() == fetches + 1


def test_the_provider_goes(world):
    """And comes back with other keys, which the first token that they signed asks for."""
    unseen = world.provider.token()
    with world.load() as load:
        world.provider.stop()
        load.pass_time(world.clock, HOURS)
        load.only(*load.tokens, unseen)
        load.go_on()
        other = world.api(world.provider.issuer + "//")
        assert {world.call(unseen, other) for _ in range(20)} == {UNREACHABLE}
        world.provider.start()
        load.pass_time(world.clock, MINUTE, world.provider.token())
        load.go_on()
    assert world.everywhere(unseen) == {UNKNOWN}
