"""Our own gateway, set up as a user would: through the management API."""

import json
import shutil
import time
import urllib.request

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from . import machine, tokens

CONFIG = """
jwt.insecure_issuers = ["{issuer}"]
lambda.endpoint = "http://127.0.0.1:{origin}"
traffic.tls_default_certificate = "{certificate_arn}"
[certificates."{certificate_arn}"]
cert_file = "{certificate.cert}"
key_file = "{certificate.key}"
[access_logs."{log_arn}"]
kind = "file"
path = "{work}/gatewright-access.log"
"""


class Gatewright:
    log_arn = "arn:aws:logs:us-east-1:000000000000:log-group:bench"
    certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/bench"
    function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"

    def __init__(self, setup):
        work = setup.work
        data = work / "gatewright-data"
        shutil.rmtree(data, ignore_errors=True)
        config = work / "gatewright.toml"
        config.write_text(CONFIG.format(
            issuer=tokens.ISSUER, origin=setup.origin, log_arn=self.log_arn, work=work, certificate=setup.certificate,
            certificate_arn=self.certificate_arn))
        arguments = [setup.binary, "serve", "--data-dir", data, "--config", config]
        for listener in ("traffic", "traffic-tls", "management", "admin"):
            arguments += [f"--{listener}-listen", "127.0.0.1:0"]
        environment = {"GATEWRIGHT_TRAFFIC_THREADS": "1", "PATH": "/usr/bin:/bin"}
        self.process = machine.start(arguments, machine.GATEWAY_CORE, setup.log, env=environment)
        while not (data / "listen.json").exists():
            time.sleep(0.05)
        listen = json.loads((data / "listen.json").read_text())
        self.port, self.tls_port = (int(listen[name].rsplit(":", 1)[1]) for name in ("traffic", "traffic_tls"))
        self.management = f"http://{listen['management']}"
        lines = (data / "credentials").read_text().splitlines()
        keys = dict(line.split(" = ", 1) for line in lines if " = " in line)
        credentials = Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"])
        self.signer = SigV4Auth(credentials, "apigateway", "us-east-1")

    def call(self, path, **body):
        request = AWSRequest("POST", self.management + path, data=json.dumps(body))
        self.signer.add_auth(request)
        raw = urllib.request.Request(request.url, request.data.encode(), dict(request.headers.items()))
        with urllib.request.urlopen(raw) as answer:
            return json.load(answer)

    def api(self, routes, stage=(), integration=(), audience=(), **members):
        """An API with these routes, deployed, for tokens of an audience if there is one; its host name."""
        api_id = self.call("/v2/apis", name="bench", protocolType="HTTP", **members)["apiId"]
        authorizer = self.authorizer(api_id, audience) if audience else {}
        integration = {"integrationType": "HTTP_PROXY", "integrationMethod": "ANY", "payloadFormatVersion": "1.0", **dict(integration)}
        for key, uri in routes.items():
            made = self.call(f"/v2/apis/{api_id}/integrations", integrationUri=uri, **integration)["integrationId"]
            self.call(f"/v2/apis/{api_id}/routes", routeKey=key, target=f"integrations/{made}", **authorizer)
        self.call(f"/v2/apis/{api_id}/stages", stageName="$default", autoDeploy=True, **dict(stage))
        time.sleep(1)  # live within one second
        return f"{api_id}.execute-api.us-east-1.localhost"

    def authorizer(self, api_id, audience):
        """What makes a route ask for a token."""
        made = self.call(
            f"/v2/apis/{api_id}/authorizers", name="jwt", authorizerType="JWT", identitySource=["$request.header.Authorization"],
            jwtConfiguration={"issuer": tokens.ISSUER, "audience": audience})
        return {"authorizationType": "JWT", "authorizerId": made["authorizerId"]}
