"""The stacks of the provider's documentation page, as CDKTF has them: WebSocket and HTTP. Synthesises into a folder."""

import sys

from cdktf import App, TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws.apigatewayv2_api import Apigatewayv2Api
from cdktf_cdktf_provider_aws.apigatewayv2_integration import Apigatewayv2Integration
from cdktf_cdktf_provider_aws.apigatewayv2_route import Apigatewayv2Route
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderEndpoints
from constructs import Construct


class Stack(TerraformStack):
    def __init__(self, scope: Construct, name: str):
        super().__init__(scope, name)
        endpoint = TerraformVariable(self, "endpoint", type="string").string_value
        AwsProvider(
            self, "aws", region="us-east-1", skip_metadata_api_check="true",
            endpoints=[AwsProviderEndpoints(apigatewayv2=endpoint, sts=endpoint)],
        )
        # The bindings name one exact version.
        self.add_override("terraform.required_providers.aws.version", ">= 5.99.1")
        self.add_override("terraform.backend", None)


class BasicUsage(Stack):
    def __init__(self, scope, name):
        super().__init__(scope, name)
        example = Apigatewayv2Api(self, "example",
            name="example-websocket-api",
            protocol_type="WEBSOCKET",
            route_selection_expression="$request.body.action"
        )
        aws_apigatewayv2_route_example = Apigatewayv2Route(self, "example_1",
            api_id=example.id,
            route_key="$default"
        )
        aws_apigatewayv2_route_example.override_logical_id("example")


class HttpProxyIntegration(Stack):
    def __init__(self, scope, name):
        super().__init__(scope, name)
        example = Apigatewayv2Api(self, "example",
            name="example-http-api",
            protocol_type="HTTP"
        )
        aws_apigatewayv2_integration_example = Apigatewayv2Integration(self, "example_1",
            api_id=example.id,
            integration_method="ANY",
            integration_type="HTTP_PROXY",
            integration_uri="https://example.com/{proxy}"
        )
        aws_apigatewayv2_integration_example.override_logical_id("example")
        aws_apigatewayv2_route_example = Apigatewayv2Route(self, "example_2",
            api_id=example.id,
            route_key="ANY /example/{proxy+}",
            target="integrations/${" + aws_apigatewayv2_integration_example.fqn + ".id}"
        )
        aws_apigatewayv2_route_example.override_logical_id("example")


app = App(outdir=sys.argv[1])
BasicUsage(app, "websocket")
HttpProxyIntegration(app, "http")
app.synth()
