"""Our own gateway, set up as a user would: through the management API."""

import json
import shutil
import time
import urllib.request

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from . import machine


class Gatewright:
    log_arn = "arn:aws:logs:us-east-1:000000000000:log-group:bench"

    def __init__(self, binary, work, log):
        data = work / "gatewright-data"
        shutil.rmtree(data, ignore_errors=True)
        config = work / "gatewright.toml"
        config.write_text(f'[access_logs."{self.log_arn}"]\nkind = "file"\npath = "{work / "gatewright-access.log"}"\n')
        arguments = [binary, "serve", "--data-dir", data, "--config", config]
        for listener in ("traffic", "management", "admin"):
            arguments += [f"--{listener}-listen", "127.0.0.1:0"]
        environment = {"GATEWRIGHT_TRAFFIC_THREADS": "1", "PATH": "/usr/bin:/bin"}
        self.process = machine.start(arguments, machine.GATEWAY_CORE, log, env=environment)
        while not (data / "listen.json").exists():
            time.sleep(0.05)
        listen = json.loads((data / "listen.json").read_text())
        self.port = int(listen["traffic"].rsplit(":", 1)[1])
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

    def api(self, routes, stage=(), integration=(), **members):
        """An API with these routes, deployed; its host name."""
        api_id = self.call("/v2/apis", name="bench", protocolType="HTTP", **members)["apiId"]
        for key, uri in routes.items():
            made = self.call(
                f"/v2/apis/{api_id}/integrations", integrationType="HTTP_PROXY", integrationMethod="ANY",
                integrationUri=uri, payloadFormatVersion="1.0", **dict(integration),
            )["integrationId"]
            self.call(f"/v2/apis/{api_id}/routes", routeKey=key, target=f"integrations/{made}")
        self.call(f"/v2/apis/{api_id}/stages", stageName="$default", autoDeploy=True, **dict(stage))
        time.sleep(1)  # live within one second
        return f"{api_id}.execute-api.us-east-1.localhost"
