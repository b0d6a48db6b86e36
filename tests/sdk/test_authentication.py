"""Who may call the management API: spec/management-api.md section 1.8."""

import datetime

import pytest
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from test_api import refused


def test_the_generated_key_is_private(gateway):
    for name in ("credentials", "secret.key"):
        assert (gateway.data_dir / name).stat().st_mode & 0o777 == 0o600


def test_wrong_keys_are_refused(gateway):
    wrong_secret = gateway.client(secret="nope")
    refused(
        lambda: wrong_secret.get_apis(), 403, "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
        "Access Key and signing method. Consult the service documentation for details.",
    )
    refused(
        lambda: gateway.client(key="AKIANOPE").get_apis(), 403, "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


@pytest.mark.parametrize("method,path", [("GET", "/v2/apis"), ("GET", "/nope"), ("HEAD", "/v2/apis"), ("OPTIONS", "/v2/apis")])
def test_unsigned_calls_and_unknown_paths_are_refused(gateway, method, path):
    answer = urllib3.request(method, gateway.url("management") + path, retries=False)
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (403, "MissingAuthenticationTokenException")
    assert answer.headers["x-amzn-requestid"]
    if method != "HEAD":
        assert answer.data == b'{"message":"Missing Authentication Token"}'


def test_a_body_that_nobody_signed_is_not_kept(gateway):
    """It is refused by its head, and what follows is read past: the connection serves the next call."""
    with urllib3.HTTPConnectionPool(gateway.listeners["management"], maxsize=1) as pool:
        for _ in range(2):
            answer = pool.request("POST", "/v2/apis", body=b" " * 2_000_000, retries=False)
            assert (answer.status, answer.data) == (403, b'{"message":"Missing Authentication Token"}')
        assert pool.num_connections == 1


def signed(gateway, path, minutes=0, service="apigateway", method="GET", body=None):
    """A call signed by a clock that is some minutes off."""
    request = AWSRequest(method, gateway.url("management") + path, data=body)
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    request.context["timestamp"] = now.strftime("%Y%m%dT%H%M%SZ")
    signer = SigV4Auth(Credentials(*gateway.credentials()), service, "eu-west-1")
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    request.headers["Authorization"] = None
    del request.headers["Authorization"]
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    headers = {name: value for name, value in request.headers.items()}
    names = signer.signed_headers(signer.headers_to_sign(request))
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={names}, Signature={signature}"
    )
    return urllib3.request(method, gateway.url("management") + path, headers=headers, body=body, retries=False)


def test_the_clock_may_be_five_minutes_off(gateway):
    assert signed(gateway, "/v2/apis", minutes=4).status == 200
    assert signed(gateway, "/v2/apis", minutes=-4).status == 200
    for minutes, text in [(-6, "Signature expired"), (6, "Signature not yet current")]:
        answer = signed(gateway, "/v2/apis", minutes=minutes)
        assert (answer.status, answer.headers["x-amzn-errortype"]) == (403, "InvalidSignatureException")
        assert text in answer.json()["message"]


def test_a_signature_for_another_service_is_refused(gateway):
    answer = signed(gateway, "/v2/apis", service="execute-api")
    assert answer.status == 403
    assert answer.json()["message"] == "Credential should be scoped to correct service: 'apigateway'."


def test_odd_forms(gateway):
    empty_label = signed(gateway, "/v2/apis/")
    assert (empty_label.status, empty_label.data) == (200, b"{}")
    broken = signed(gateway, "/v2/apis", method="POST", body=b'{"name": 5, "protocolType": "HTTP"}')
    assert broken.status == 400
    assert broken.json()["message"].startswith("Invalid value for 'name': invalid type: integer `5`")
    not_json = signed(gateway, "/v2/apis", method="POST", body=b"{")
    assert not_json.json()["message"].startswith("Request body is not a JSON object")
