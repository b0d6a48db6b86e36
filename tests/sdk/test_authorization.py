"""What an access key may do, `gatewright keys`, the audit log, and sts:GetCallerIdentity."""

import json
import subprocess

import boto3
import pytest
from botocore.exceptions import ClientError
from gatewright import BINARY, Process, eventually

ACCOUNT = "arn:aws:iam::000000000000:user/"


def keys(process, *arguments, code=0, **environment):
    """Runs `gatewright keys` on the process's own database, beside it."""
    command = [BINARY, "keys", *arguments, "--data-dir", str(process.data_dir)]
    done = subprocess.run(command, env={**process.environment, **environment}, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def pair(text):
    """Key id and secret of the AWS shared-credentials format."""
    pairs = dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)
    return pairs["aws_access_key_id"], pairs["aws_secret_access_key"]


@pytest.fixture
def holder(gateway, tmp_path):
    """Makes a key with a policy's statements; a client that signs with it."""

    def make(*statements, user="tester"):
        policy = tmp_path / "policy.json"
        policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))
        return gateway.client(*pair(keys(gateway, "create", "--user", user, "--policy", str(policy))))

    return make


def allow(action, resource="*", effect="Allow", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def denied(call, action, resource, why=None):
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    why = why or f"because no identity-based policy allows the {action} action"
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]) == (
        403, "AccessDeniedException",
        f"User: {ACCOUNT}tester is not authorized to perform: {action} on resource: "
        f"arn:aws:apigateway:us-east-1::{resource} {why}",
    )


def test_a_key_may_do_what_its_policy_allows(holder, api_id):
    reader = holder(allow("apigateway:GET"))
    assert reader.get_api(ApiId=api_id)["ApiId"] == api_id
    denied(lambda: reader.create_api(Name="x", ProtocolType="HTTP"), "apigateway:POST", "/apis")
    denied(lambda: reader.update_api(ApiId=api_id, Name="x"), "apigateway:PATCH", f"/apis/{api_id}")
    denied(lambda: reader.delete_stage(ApiId=api_id, StageName="$default"), "apigateway:DELETE", f"/apis/{api_id}/stages/$default")


def test_a_key_may_be_for_one_api(holder, client, api_id):
    other = client.create_api(Name="other", ProtocolType="HTTP")["ApiId"]
    arn = "arn:aws:apigateway:*::/apis/"
    owner = holder(
        allow("apigateway:*", [f"{arn}{api_id}", f"{arn}{api_id}/*"]),
        allow("apigateway:DELETE", f"{arn}{api_id}/routes/*", effect="Deny"),
    )
    route = owner.create_route(ApiId=api_id, RouteKey="GET /a")["RouteId"]
    denied(lambda: owner.get_api(ApiId=other), "apigateway:GET", f"/apis/{other}")
    denied(lambda: owner.delete_route(ApiId=api_id, RouteId=route), "apigateway:DELETE", f"/apis/{api_id}/routes/{route}",
           "with an explicit deny in an identity-based policy")
    # Whether it exists is nothing that the key may learn.
    denied(lambda: owner.get_api(ApiId="nosuchapi1"), "apigateway:GET", "/apis/nosuchapi1")
    client.delete_api(ApiId=other)


def test_conditions_are_looked_at(holder):
    here = {"Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}}
    elsewhere = {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    assert "Items" in holder(allow("apigateway:GET", **here)).get_apis()
    denied(holder(allow("apigateway:GET", **elsewhere)).get_apis, "apigateway:GET", "/apis")
    tagged = holder(allow("apigateway:POST", Condition={"StringEquals": {"aws:RequestTag/team": "pets"}}), allow("apigateway:DELETE"))
    denied(lambda: tagged.create_api(Name="x", ProtocolType="HTTP", Tags={"team": "x"}), "apigateway:POST", "/apis")
    api_id = tagged.create_api(Name="x", ProtocolType="HTTP", Tags={"team": "pets"})["ApiId"]
    tagged.delete_api(ApiId=api_id)


@pytest.mark.parametrize("policy,problem", [
    ("{", "policy: "),
    ('{"Version": "2012-10-17", "Statement": {"Effect": "Perhaps", "Action": "*", "Resource": "*"}}', "Statement.Effect"),
    (json.dumps({"Version": "2012-10-17", "Statement": [allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})]}),
     "condition key 'aws:multifactorauthpresent' is not known here"),
])
def test_policies_that_say_nothing_are_refused(gateway, tmp_path, policy, problem):
    path = tmp_path / "policy.json"
    path.write_text(policy)
    before = keys(gateway, "list")
    assert problem in keys(gateway, "create", "--user", "x", "--policy", str(path), code=1)
    assert keys(gateway, "list") == before


def test_no_key_is_made_with_another_secret_key_file(gateway, tmp_path):
    made = pair(keys(gateway, "create", "--user", "ci", "--administrator"))
    before = keys(gateway, "list")
    for arguments in (["create", "--user", "x", "--administrator"], ["rotate", made[0]]):
        error = keys(gateway, *arguments, code=1, GATEWRIGHT_SECRETS_KEY_FILE=str(tmp_path / "other"))
        assert "sealed with another key than the one in the secret key file" in error
    assert keys(gateway, "list") == before


def test_keys_are_made_rotated_and_disabled(gateway):
    old = pair(keys(gateway, "create", "--user", "ci", "--administrator"))
    assert "Items" in gateway.client(*old).get_apis()
    new = pair(keys(gateway, "rotate", old[0]))
    for key in (old, new):
        assert "Items" in gateway.client(*key).get_apis()
    assert keys(gateway, "disable", old[0]) == f"{old[0]} is disabled.\n"
    with pytest.raises(ClientError) as caught:
        gateway.client(*old).get_apis()
    assert caught.value.response["Error"]["Code"] == "UnrecognizedClientException"
    assert "Items" in gateway.client(*new).get_apis()
    rows = {row.split()[0]: row.split()[1:] for row in keys(gateway, "list").splitlines()[1:]}
    assert (rows[old[0]][0], rows[new[0]][0], rows[new[0]][-1]) == ("disabled", "active", "ci")
    keys(gateway, "enable", old[0])
    assert "Items" in gateway.client(*old).get_apis()
    assert "there is no access key AKIANOPE" in keys(gateway, "disable", "AKIANOPE", code=1)
    assert "user name 'a b'" in keys(gateway, "create", "--user", "a b", "--administrator", code=1)


def test_secrets_are_sealed(gateway):
    secret = pair(keys(gateway, "create", "--user", "ci", "--administrator"))[1].encode()
    for path in gateway.data_dir.iterdir():
        if path.name != "credentials" and path.is_file():
            assert secret not in path.read_bytes(), path


def audit(process):
    """Lines of the audit log, by request id."""
    lines = (json.loads(line) for line in (process.data_dir / "log").read_text().splitlines() if line.startswith("{"))
    return {line["fields"]["request_id"]: line["fields"] for line in lines if line["fields"]["message"] == "management call"}


def test_every_change_is_in_the_audit_log(database, tmp_path):
    """Also where the log's filter is silent, and where the change was refused."""
    settings = {**database(), "GATEWRIGHT_LOG_FORMAT": "json", "GATEWRIGHT_LOG_FILTER": "error"}
    process = Process("serve", tmp_path / "data", settings).start()
    client, key = process.client(), process.credentials()[0]
    made = client.create_api(Name="x", ProtocolType="HTTP")
    client.get_api(ApiId=made["ApiId"])
    with pytest.raises(ClientError) as refused:
        client.update_api(ApiId=made["ApiId"], Name="")
    with pytest.raises(ClientError) as unsigned:
        process.client(secret="wrong").delete_api(ApiId=made["ApiId"])
    expected = [
        (made, "CreateApi", "/apis", 201, "Success", "administrator"),
        (refused.value.response, "UpdateApi", f"/apis/{made['ApiId']}", 400, "BadRequestException", "administrator"),
        (unsigned.value.response, "DeleteApi", f"/apis/{made['ApiId']}", 403, "InvalidSignatureException", None),
    ]
    eventually(lambda: len(audit(process)) == len(expected))
    lines = audit(process)
    for answer, operation, resource, status, outcome, user in expected:
        line = lines[answer["ResponseMetadata"]["RequestId"]]
        assert (line["operation"], line["resource"], line["status"], line["outcome"], line.get("user"), line["access_key_id"], line["source"]) == (
            operation, "arn:aws:apigateway:us-east-1::" + resource, status, outcome, user, key, "127.0.0.1")
    process.stop()


def sts(process, *key):
    access, secret = key or process.credentials()
    return boto3.client("sts", endpoint_url=process.url("management"), region_name="eu-west-1",
                        aws_access_key_id=access, aws_secret_access_key=secret)


def test_callers_are_told_who_they_are(gateway):
    answer = sts(gateway).get_caller_identity()
    assert (answer["Account"], answer["Arn"]) == ("000000000000", ACCOUNT + "administrator")
    assert answer["UserId"].startswith("AIDA") and answer["ResponseMetadata"]["RequestId"]
    with pytest.raises(ClientError) as caught:
        sts(gateway, gateway.credentials()[0], "wrong").get_caller_identity()
    assert caught.value.response["Error"]["Code"] == "InvalidSignature"
    with pytest.raises(ClientError) as caught:
        sts(gateway).get_session_token()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
