"""A gateway that signs what it sends to AWS's services, and APIs that call them."""

import urllib3
from gatewright import Process, eventually
from spec import exchange, get

ROLE = "arn:aws:iam::000000000000:role/"
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:f"
CREDENTIALS = """
[default]
aws_access_key_id = OWN
aws_secret_access_key = own/secret+
[temporary]
aws_access_key_id = TEMPORARY
aws_secret_access_key = temporary-secret
aws_session_token = session/token==
"""
OWN, TEMPORARY = ("OWN", "own/secret+"), ("TEMPORARY", "temporary-secret", "session/token==")


class Configured:
    """`gatewright serve` with two profiles, the roles `own` and `temporary` for them, and functions at `url`. `aws` is the rest of
    that table."""

    def __init__(self, work, url, aws="", **environment):
        work.mkdir(parents=True, exist_ok=True)
        self.file = work / "credentials"
        self.file.write_text(CREDENTIALS)
        config = work / "gatewright.toml"
        config.write_text(f'''
            [lambda]
            endpoint = "{url}"
            functions."emulated".url = "{url}"
            [aws]
            credentials_file = "{self.file}"
            {aws}
            [aws.roles]
            "{ROLE}own" = "default"
            "{ROLE}temporary" = "temporary"
        ''')
        settings = {"GATEWRIGHT_CONFIG": str(config), "GATEWRIGHT_TRAFFIC_THREADS": "1", **environment}
        self.process = Process("serve", work / "data", settings)

    def start(self):
        self.process.start()
        return self

    def stop(self):
        self.process.stop()

    def api(self, key="POST /{id}", variables=None, **integration):
        """An API with one route, live."""
        client = self.process.client()
        api_id = client.create_api(Name="configured", ProtocolType="HTTP")["ApiId"]
        made = client.create_integration(ApiId=api_id, IntegrationType="AWS_PROXY", **integration)["IntegrationId"]
        client.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{made}")
        client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True, StageVariables=variables or {})
        eventually(lambda: f'api="{api_id}"' in urllib3.request("GET", self.process.url("admin") + "/metrics").data.decode())
        return api_id

    def function(self, uri=FUNCTION, **members):
        return self.api("$default", {"role": "temporary"}, IntegrationUri=uri, PayloadFormatVersion="2.0", **members)

    def service(self, subtype, parameters, role="temporary", **options):
        return self.api(IntegrationSubtype=subtype, PayloadFormatVersion="1.0", CredentialsArn=ROLE + role,
                        RequestParameters=parameters, **options)

    def ask(self, api_id, path="/7", *headers, method="POST", body=b""):
        length = [f"Content-Length: {len(body)}"] if body else []
        return exchange(self.process, get(api_id, path, *headers, *length, method=method) + body, body_expected=method != "HEAD")

    def call(self, api_id):
        return self.ask(api_id, "/", method="GET")

    def log(self):
        return (self.process.data_dir / "log").read_text()
