"""Who signs what goes to AWS services: `[aws]` of the configuration, and its file of access keys."""

import os
import subprocess

import pytest
from aws_endpoint import AwsEndpoint
from botocore.exceptions import ClientError
from configured import CREDENTIALS, FUNCTION, OWN, ROLE, TEMPORARY, Configured
from gatewright import BINARY, eventually
from spec import rows

FAILED = (500, b'{"message":"Internal Server Error"}')


@pytest.fixture(scope="module")
def endpoint():
    endpoint = AwsEndpoint()
    yield endpoint
    endpoint.stop()


@pytest.fixture(scope="module")
def configured(endpoint, tmp_path_factory):
    configured = Configured(tmp_path_factory.mktemp("credentials"), endpoint.url)
    configured.process.start()
    yield configured
    configured.process.stop()


@pytest.mark.parametrize(("members", "signer"), rows(
    ("no role", {}, OWN),
    ("6.1 a role, whose profile is temporary", {"CredentialsArn": ROLE + "temporary"}, TEMPORARY),
    ("6.1 a role that a stage variable names", {"CredentialsArn": ROLE + "${stageVariables.role}"}, TEMPORARY),
))
@pytest.mark.parametrize("qualifier", ["", ":live"])
def test_invocations_are_signed(configured, endpoint, members, signer, qualifier):
    api_id = configured.function(FUNCTION + qualifier, **members)
    assert configured.call(api_id).status == 200
    asked = endpoint.asked()
    assert asked.scope() == (signer[0], "eu-west-1", "lambda") and asked.signed_by(*signer)
    assert not asked.signed_by(signer[0], "another secret", *signer[2:])


def test_an_emulator_gets_no_signature(configured, endpoint):
    assert configured.call(configured.function(FUNCTION[:-1] + "emulated")).status == 200
    assert "authorization" not in endpoint.asked().headers


@pytest.mark.parametrize(("members", "signer"), rows(
    ("10.2 no role", {}, OWN),
    ("10.2 a role, whose profile is temporary", {"AuthorizerCredentialsArn": ROLE + "temporary"}, TEMPORARY),
))
def test_authorizers_are_asked_with_a_signature(configured, endpoint, members, signer):
    api_id, client = configured.function(), configured.process.client()
    authorizer = client.create_authorizer(
        ApiId=api_id, AuthorizerType="REQUEST", Name="a", IdentitySource=[], AuthorizerPayloadFormatVersion="2.0",
        EnableSimpleResponses=True, AuthorizerUri=FUNCTION, **members)["AuthorizerId"]
    [route] = client.get_routes(ApiId=api_id)["Items"]
    client.update_route(ApiId=api_id, RouteId=route["RouteId"], AuthorizationType="CUSTOM", AuthorizerId=authorizer)
    # What the endpoint answers is no decision.
    eventually(lambda: configured.call(api_id).outcome == FAILED)
    asked = endpoint.received[-1]
    assert b'"type":"REQUEST"' in asked.body
    assert asked.scope() == (signer[0], "eu-west-1", "lambda") and asked.signed_by(*signer)


@pytest.mark.parametrize(("arn", "message"), rows(
    ("6.1 a role that nobody maps", ROLE + "other", f'aws.roles."{ROLE}other" is not in the configuration'),
    ("6.1 the caller's own credentials", "arn:aws:iam::*:user/*", "the caller's own credentials, which no request holds"),
))
def test_what_nobody_can_sign_for_is_not_published(configured, arn, message):
    with pytest.raises(ClientError) as caught:
        configured.function(CredentialsArn=arn)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert message in caught.value.response["Error"]["Message"]


def test_access_keys_rotate_while_serving(endpoint, tmp_path):
    configured = Configured(tmp_path, endpoint.url)
    configured.process.start()

    def signed_by(*signer):
        endpoint.received.clear()
        assert configured.call(api_id).status == 200
        return endpoint.asked().signed_by(*signer)

    def replace(text):
        """Whole, as mounted Secrets are."""
        fresh = configured.file.with_suffix(".new")
        fresh.write_text(text)
        os.replace(fresh, configured.file)

    try:
        api_id = configured.function()
        assert signed_by(*OWN)
        replace(CREDENTIALS.replace("OWN", "NEXT").replace("own/secret+", "next-secret"))
        eventually(lambda: signed_by("NEXT", "next-secret"))
        # A file that is none changes nothing.
        replace("the-broken-secret\n")
        eventually(lambda: "what was read before stays" in configured.log())
        assert signed_by("NEXT", "next-secret")
        # Without its profile a route is told apart from one that may not: it does not call.
        replace("[other]\naws_access_key_id = x\naws_secret_access_key = y\n")
        eventually(lambda: configured.call(api_id).outcome == FAILED)
        endpoint.received.clear()
        assert configured.call(api_id).outcome == FAILED and not endpoint.received
        log = configured.log()
        assert 'no access key for the profile "default"' in log
        assert not [secret for secret in ("own/secret+", "next-secret", "session/token", "the-broken-secret") if secret in log]
    finally:
        configured.process.stop()


@pytest.mark.parametrize(("file", "environment", "message"), rows(
    ("no file", None, {}, "aws.credentials_file"),
    ("no credentials file", "the-secret", {}, "line 1: neither a section, a property nor a comment"),
    ("no such profile", CREDENTIALS, {"GATEWRIGHT_AWS_PROFILE": "nobody"}, 'aws.profile: '),
    ("no profile of a role", CREDENTIALS.replace("temporary]", "x]"), {}, f'aws.roles."{ROLE}temporary": '),
    ("no endpoint", CREDENTIALS, {"GATEWRIGHT_AWS_ENDPOINT": "sqs"}, 'aws.endpoint: "sqs" is not http(s)://host:port'),
    ("no endpoint of a service", CREDENTIALS, {"GATEWRIGHT_AWS_SERVICES_SQS_ENDPOINT": "sqs"}, "aws.services.sqs.endpoint: "),
))
def test_what_cannot_be_used_is_refused_at_start(endpoint, tmp_path, file, environment, message):
    configured = Configured(tmp_path, endpoint.url, **environment)
    configured.file.unlink()
    if file is not None:
        configured.file.write_text(file)
    listen = [f"--{name}-listen=127.0.0.1:0" for name in ("traffic", "management", "admin")]
    command = [BINARY, "serve", "--data-dir", str(configured.process.data_dir), *listen]
    done = subprocess.run(command, env=configured.process.environment, capture_output=True, text=True, timeout=30)
    said = done.stdout + done.stderr
    assert done.returncode != 0 and message in said and "secret" not in said.replace("aws_secret_access_key", "")
