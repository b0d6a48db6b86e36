"""An endpoint of AWS's as far as tests need one: remembers requests to the byte, and checks their signatures with botocore."""

import re
from dataclasses import dataclass

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from lambda_runtime import Handler, serve


@dataclass
class Received:
    method: str
    target: str
    headers: dict  # names in lower case
    body: bytes

    def scope(self):
        """Access key id, region and service of the signature."""
        credential = re.search(r"Credential=([^,]+)", self.headers["authorization"]).group(1)
        key, _, region, service, _ = credential.split("/")
        return key, region, service

    def signed_by(self, key, secret, token=None):
        """Whether botocore, given all of the request, comes to the same signature, every header of AWS's in it."""
        found, region, service = self.scope()
        authorization = self.headers["authorization"]
        signed = re.search(r"SignedHeaders=([^,]+)", authorization).group(1).split(";")
        required = {"host"} | {name for name in self.headers if name.startswith("x-amz-") or name == "content-type"}
        headers = {name: self.headers[name] for name in signed if name != "host"}
        request = AWSRequest(self.method, f"http://{self.headers['host']}{self.target}", headers, self.body)
        request.context["timestamp"] = self.headers["x-amz-date"]
        signer = SigV4Auth(Credentials(key, secret, token), service, region)
        signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        return (found == key and required == set(signed) and self.headers.get("x-amz-security-token") == token
                and authorization.endswith(f"Signature={signature}"))


class AwsEndpoint:
    """Answers everything with `answer`, and keeps what it was asked in `received`."""

    def __init__(self):
        self.received, self.answer = [], (200, {"Content-Type": "application/json"}, b"{}")
        self.connections = 0
        endpoint = self

        class Endpoint(Handler):
            def setup(self):
                super().setup()
                endpoint.connections += 1

            def do_POST(self):
                headers = {name.lower(): value for name, value in self.headers.items()}
                assert len(headers) == len(self.headers.items()), "a header is there twice"
                endpoint.received.append(Received(self.command, self.path, headers, self.read()))
                status, headers, body = endpoint.answer
                self.reply(status, body, **headers)

            do_GET = do_POST

        self.server = serve(Endpoint)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def asked(self):
        """The one request since the last time."""
        [received], self.received = self.received, []
        return received

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
