"""The whole surface, in both directions: every operation and member of AWS's published model, by real traffic.

Prints how many operations and members were proven. What cannot be shown stands in `contract.UNPROVEN` with its reason.
"""

import json
import traceback

import contract
from documents import EVERYTHING

ROLE = "arn:aws:iam::000000000000:role/invoke"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
INVOKE = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
LISTENER = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/a/50dc6c495c0c9188/f2f7dc8efc522ab2"
QUEUE = "https://sqs.us-east-1.amazonaws.com/000000000000/q"
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-00000000000"
LOGS = "arn:aws:logs:us-east-1:000000000000:log-group:g"
ARN = "arn:aws:apigateway:us-east-1::"
SETTINGS = {"DetailedMetricsEnabled": True, "ThrottlingBurstLimit": 5, "ThrottlingRateLimit": 2.5}
WEBSOCKET_SETTINGS = {**SETTINGS, "DataTraceEnabled": True, "LoggingLevel": "INFO"}


def read(client, noun, listing, members, items="Items", **list_members):
    """Get, and list page by page; the pages hold what get gives."""
    got = getattr(client, f"get_{noun}")(**members)
    pages, token = [], {}
    while True:
        page = getattr(client, listing)(**list_members, MaxResults=1 if items == "RoutingRules" else "1", **token)
        assert len(page[items]) == 1
        pages += page[items]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert [one for one in pages if one == {key: got[key] for key in got if key != "ResponseMetadata"}], (noun, got)
    return got


def http_api(client):
    cors = {
        "AllowCredentials": True, "AllowHeaders": ["x-a"], "AllowMethods": ["GET", "POST"],
        "AllowOrigins": ["https://a.example"], "ExposeHeaders": ["x-b"], "MaxAge": 5,
    }
    api = {"ApiId": client.create_api(
        Name="http", ProtocolType="HTTP", Description="d", Version="1", Tags={"a": "b"}, CorsConfiguration=cors,
        ApiKeySelectionExpression="$context.authorizer.usageIdentifierKey", DisableExecuteApiEndpoint=True,
        IpAddressType="dualstack", RouteSelectionExpression="$request.method $request.path",
    )["ApiId"]}
    other = {"ApiId": client.create_api(Name="other", ProtocolType="HTTP")["ApiId"]}
    client.update_api(
        **api, Name="http2", Description="e", Version="2", DisableExecuteApiEndpoint=False, IpAddressType="ipv4",
        ApiKeySelectionExpression="$request.header.x-api-key", RouteSelectionExpression="$request.method $request.path",
        CorsConfiguration={**cors, "AllowMethods": ["PUT"], "MaxAge": 6},
    )
    read(client, "api", "get_apis", api)
    authorizers(client, api)
    http_integrations(client, api)
    http_stages(client, api)
    client.delete_cors_configuration(**api)
    for one in (api, other):
        client.delete_api(**one)


def authorizers(client, api):
    request = {
        "AuthorizerType": "REQUEST", "Name": "lambda", "IdentitySource": ["$request.header.a"], "AuthorizerUri": INVOKE,
        "AuthorizerCredentialsArn": ROLE, "AuthorizerPayloadFormatVersion": "2.0", "AuthorizerResultTtlInSeconds": 5,
        "EnableSimpleResponses": True, "IdentityValidationExpression": ".*",
    }
    made = {**api, "AuthorizerId": client.create_authorizer(**api, **request)["AuthorizerId"]}
    jwt = {
        "AuthorizerType": "JWT", "Name": "jwt", "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {"Audience": ["a"], "Issuer": "https://issuer.example"},
    }
    tokens = {**api, "AuthorizerId": client.create_authorizer(**api, **jwt)["AuthorizerId"]}
    client.update_authorizer(**made, **{
        **request, "Name": "lambda2", "IdentitySource": ["$request.querystring.a"], "AuthorizerResultTtlInSeconds": 6,
        "AuthorizerPayloadFormatVersion": "1.0", "EnableSimpleResponses": False, "IdentityValidationExpression": ".+"})
    client.update_authorizer(**tokens, JwtConfiguration={"Audience": ["b", "c"], "Issuer": "https://other.example"})
    for one in (made, tokens):
        read(client, "authorizer", "get_authorizers", one, **api)
    route = client.create_route(
        **api, RouteKey="GET /jwt", AuthorizationType="JWT", AuthorizerId=tokens["AuthorizerId"],
        AuthorizationScopes=["a/b"], OperationName="op")
    client.update_route(
        **api, RouteId=route["RouteId"], RouteKey="GET /jwt2", AuthorizationType="JWT",
        AuthorizerId=tokens["AuthorizerId"], AuthorizationScopes=["c", "d"], OperationName="op2", ApiKeyRequired=False)
    plain = client.create_route(**api, RouteKey="GET /plain", ApiKeyRequired=False)
    read(client, "route", "get_routes", {**api, "RouteId": route["RouteId"]}, **api)
    for one in (route, plain):
        client.delete_route(**api, RouteId=one["RouteId"])
    for one in (made, tokens):
        client.delete_authorizer(**one)


def http_integrations(client, api):
    link = client.create_vpc_link(Name="l", SubnetIds=["subnet-1"], SecurityGroupIds=["sg-1"], Tags={"a": "b"})["VpcLinkId"]
    second = client.create_vpc_link(Name="m", SubnetIds=["subnet-2"])["VpcLinkId"]
    client.update_vpc_link(VpcLinkId=link, Name="n")
    read(client, "vpc_link", "get_vpc_links", {"VpcLinkId": link})
    private = {
        "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET", "IntegrationUri": LISTENER, "ConnectionType": "VPC_LINK",
        "ConnectionId": link, "PayloadFormatVersion": "1.0", "TlsConfig": {"ServerNameToVerify": "a.example"},
        "Description": "d", "TimeoutInMillis": 1000, "RequestParameters": {"append:header.a": "b"},
        "ResponseParameters": {"200": {"overwrite:header.a": "b"}}, "CredentialsArn": ROLE,
    }
    made = {**api, "IntegrationId": client.create_integration(**api, **private)["IntegrationId"]}
    client.update_integration(**made, **{
        **private, "IntegrationMethod": "POST", "ConnectionId": second, "TimeoutInMillis": 2000, "Description": "e",
        "TlsConfig": {"ServerNameToVerify": "b.example"}, "RequestParameters": {"append:header.a": "c"},
        "ResponseParameters": {"200": {"overwrite:header.a": "c"}}, "CredentialsArn": ROLE + "2"})
    queue = {
        "IntegrationType": "AWS_PROXY", "IntegrationSubtype": "SQS-SendMessage", "CredentialsArn": ROLE,
        "PayloadFormatVersion": "1.0", "RequestParameters": {"QueueUrl": QUEUE, "MessageBody": "$request.body"},
    }
    sqs = {**api, "IntegrationId": client.create_integration(**api, **queue)["IntegrationId"]}
    client.update_integration(**sqs, **queue)
    for one in (made, sqs):
        read(client, "integration", "get_integrations", one, **api)
        client.delete_integration(**one)
    for one in (link, second):
        client.delete_vpc_link(VpcLinkId=one)


def http_stages(client, api):
    integration = client.create_integration(
        **api, IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", IntegrationUri="http://127.0.0.1:9/",
        PayloadFormatVersion="1.0")["IntegrationId"]
    route = client.create_route(**api, RouteKey="GET /a", Target=f"integrations/{integration}")["RouteId"]
    client.update_route(**api, RouteId=route, Target=f"integrations/{integration}")
    deployments = [client.create_deployment(**api, Description=text)["DeploymentId"] for text in ("d", "e")]
    client.update_deployment(**api, DeploymentId=deployments[0], Description="f")
    read(client, "deployment", "get_deployments", {**api, "DeploymentId": deployments[0]}, **api)
    logs = {"DestinationArn": LOGS, "Format": "$context.requestId"}
    stage = {**api, "StageName": client.create_stage(
        **api, StageName="dev", DeploymentId=deployments[0], Description="d", StageVariables={"a": "b"}, Tags={"c": "d"},
        AccessLogSettings=logs, DefaultRouteSettings=SETTINGS, RouteSettings={"GET /a": SETTINGS})["StageName"]}
    changed = {**SETTINGS, "ThrottlingBurstLimit": 7, "ThrottlingRateLimit": 3.5}
    client.update_stage(
        **stage, DeploymentId=deployments[1], Description="e", StageVariables={"a": "c"}, DefaultRouteSettings=changed,
        RouteSettings={"GET /a": changed}, AccessLogSettings={**logs, "Format": "$context.requestId x"})
    client.create_deployment(**api, StageName="dev")
    automatic = {**api, "StageName": "auto"}
    client.create_stage(**automatic, AutoDeploy=True)
    client.update_stage(**automatic, AutoDeploy=True)
    for one in (stage, automatic):
        read(client, "stage", "get_stages", one, **api)
    client.reset_authorizers_cache(**stage)
    client.delete_route_settings(**stage, RouteKey="GET /a")
    client.delete_access_log_settings(**stage)
    tags(client, f"{ARN}/apis/{api['ApiId']}/stages/dev")
    for one in (stage, automatic):
        client.delete_stage(**one)
    client.delete_deployment(**api, DeploymentId=deployments[0])


def tags(client, arn):
    client.tag_resource(ResourceArn=arn, Tags={"e": "f"})
    assert client.get_tags(ResourceArn=arn)["Tags"] == {"c": "d", "e": "f"}
    client.untag_resource(ResourceArn=arn, TagKeys=["c", "e"])
    assert client.get_tags(ResourceArn=arn)["Tags"] == {}


def quick_create(client):
    api = {"ApiId": client.create_api(
        Name="quick", ProtocolType="HTTP", Target="http://127.0.0.1:9/", RouteKey="GET /q", CredentialsArn=ROLE)["ApiId"]}
    client.update_api(**api, Target="http://127.0.0.1:9/2", RouteKey="GET /q2", CredentialsArn=ROLE + "2")
    (integration,) = client.get_integrations(**api)["Items"]
    (route,) = client.get_routes(**api)["Items"]
    assert (integration["IntegrationUri"], integration["CredentialsArn"]) == ("http://127.0.0.1:9/2", ROLE + "2")
    assert route["RouteKey"] == "GET /q2"
    client.update_integration(**api, IntegrationId=integration["IntegrationId"], Description="d")
    client.update_route(**api, RouteId=route["RouteId"], OperationName="o")
    client.update_stage(**api, StageName="$default", StageVariables={"a": "b"})
    read(client, "integration", "get_integrations", {**api, "IntegrationId": integration["IntegrationId"]}, **api)
    read(client, "route", "get_routes", {**api, "RouteId": route["RouteId"]}, **api)
    read(client, "stage", "get_stages", {**api, "StageName": "$default"}, **api)
    client.delete_api(**api)


def websocket_api(client):
    api = {"ApiId": client.create_api(
        Name="ws", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action", DisableSchemaValidation=True,
    )["ApiId"]}
    other = {"ApiId": client.create_api(
        Name="ws2", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"]}
    client.update_api(**api, RouteSelectionExpression="$request.body.type", DisableSchemaValidation=True)
    read(client, "api", "get_apis", api)
    model = models(client, api)
    integration = websocket_integrations(client, api)
    route = websocket_routes(client, api, model, integration)
    websocket_stage(client, api)
    client.delete_route(**api, RouteId=route)
    client.delete_integration(**api, IntegrationId=integration)
    for one in (api, other):
        client.delete_api(**one)


def models(client, api):
    schema = json.dumps({"$schema": "http://json-schema.org/draft-04/schema#", "type": "object",
                         "properties": {"a": {"type": "string"}}})
    made = {**api, "ModelId": client.create_model(
        **api, Name="One", Schema=schema, ContentType="application/json", Description="d")["ModelId"]}
    client.update_model(**made, Name="Two", Schema=schema + " ", ContentType="application/x", Description="e")
    gone = client.create_model(**api, Name="Gone", Schema="{}")["ModelId"]
    read(client, "model", "get_models", made, **api)
    assert client.get_model_template(**made)["Value"].startswith("#set($inputRoot = $input.path('$'))")
    client.delete_model(**api, ModelId=gone)
    return "Two"


def websocket_integrations(client, api):
    members = {
        "IntegrationType": "HTTP", "IntegrationMethod": "POST", "IntegrationUri": "http://127.0.0.1:9/", "Description": "d",
        "ContentHandlingStrategy": "CONVERT_TO_TEXT", "CredentialsArn": ROLE, "PassthroughBehavior": "NEVER",
        "RequestTemplates": {"a": "{}"}, "TemplateSelectionExpression": "$request.body.action", "TimeoutInMillis": 50,
        "RequestParameters": {"integration.request.header.a": "'b'"}, "PayloadFormatVersion": "1.0",
        "ConnectionType": "INTERNET",
    }
    made = {**api, "IntegrationId": client.create_integration(**api, **members)["IntegrationId"]}
    client.update_integration(**made, **{
        **members, "ContentHandlingStrategy": "CONVERT_TO_BINARY", "PassthroughBehavior": "WHEN_NO_TEMPLATES",
        "RequestTemplates": {"b": "{}"}, "TemplateSelectionExpression": "$request.body.type", "TimeoutInMillis": 29000})
    mock = {**api, "IntegrationId": client.create_integration(**api, IntegrationType="MOCK")["IntegrationId"]}
    read(client, "integration", "get_integrations", made, **api)
    client.delete_integration(**mock)
    response = {
        "IntegrationResponseKey": "/200/", "ContentHandlingStrategy": "CONVERT_TO_TEXT",
        "ResponseParameters": {"method.response.header.a": "'b'"}, "ResponseTemplates": {"a": "{}"},
        "TemplateSelectionExpression": "$integration.response.body.a",
    }
    one = {**made, "IntegrationResponseId": client.create_integration_response(**made, **response)["IntegrationResponseId"]}
    two = client.create_integration_response(**made, IntegrationResponseKey="$default")["IntegrationResponseId"]
    client.update_integration_response(**one, **{
        **response, "IntegrationResponseKey": "/4../", "ContentHandlingStrategy": "CONVERT_TO_BINARY",
        "ResponseParameters": {"method.response.header.a": "'c'"}, "ResponseTemplates": {"a": "[]"},
        "TemplateSelectionExpression": "$integration.response.body.b"})
    read(client, "integration_response", "get_integration_responses", one, **made)
    for response_id in (one["IntegrationResponseId"], two):
        client.delete_integration_response(**made, IntegrationResponseId=response_id)
    return made["IntegrationId"]


def websocket_routes(client, api, model, integration):
    authorizer = client.create_authorizer(
        **api, AuthorizerType="REQUEST", Name="a", AuthorizerUri=INVOKE, IdentitySource=["route.request.header.a"],
    )["AuthorizerId"]
    members = {
        "RouteKey": "$connect", "ApiKeyRequired": True, "AuthorizationType": "CUSTOM", "AuthorizerId": authorizer,
        "ModelSelectionExpression": "$request.body.action", "OperationName": "op", "RequestModels": {"a": model},
        "RequestParameters": {"route.request.querystring.a": {"Required": True}}, "Target": f"integrations/{integration}",
        "RouteResponseSelectionExpression": "$default",
    }
    route = {**api, "RouteId": client.create_route(**api, **members)["RouteId"]}
    other = {**api, "RouteId": client.create_route(**api, RouteKey="$default", Target=members["Target"])["RouteId"]}
    client.update_route(**route, **{
        **members, "ApiKeyRequired": False, "ModelSelectionExpression": "$request.body.type", "OperationName": "op2",
        "RequestParameters": {"route.request.querystring.a": {"Required": False}}, "RequestModels": {"b": model}})
    read(client, "route", "get_routes", route, **api)
    client.delete_route_request_parameter(**route, RequestParameterKey="route.request.querystring.a")
    response = {
        "RouteResponseKey": "$default", "ModelSelectionExpression": "$integration.response.body.a",
        "ResponseModels": {"a": model}, "ResponseParameters": {"route.response.header.a": {"Required": True}},
    }
    answer = {**other, "RouteResponseId": client.create_route_response(**other, **response)["RouteResponseId"]}
    client.update_route_response(**answer, **{
        **response, "ModelSelectionExpression": "$integration.response.body.b", "ResponseModels": {"b": model},
        "ResponseParameters": {"route.response.header.a": {"Required": False}}})
    read(client, "route_response", "get_route_responses", answer, **other)
    client.delete_route_response(**answer)
    client.delete_route(**route)
    client.delete_authorizer(**api, AuthorizerId=authorizer)
    return other["RouteId"]


def websocket_stage(client, api):
    stage = {**api, "StageName": client.create_stage(
        **api, StageName="dev", ClientCertificateId="abc123", DefaultRouteSettings=WEBSOCKET_SETTINGS,
        RouteSettings={"$default": WEBSOCKET_SETTINGS})["StageName"]}
    changed = {**WEBSOCKET_SETTINGS, "LoggingLevel": "ERROR", "DataTraceEnabled": False}
    client.update_stage(
        **stage, ClientCertificateId="def456", DefaultRouteSettings=changed, RouteSettings={"$default": changed})
    client.create_stage(**api, StageName="other")
    read(client, "stage", "get_stages", stage, **api)
    # Its answers say what of it is not served yet.
    deployment = {**api, "DeploymentId": client.create_deployment(**api)["DeploymentId"]}
    client.update_deployment(**deployment, Description="x")
    client.get_deployment(**deployment)
    client.get_deployments(**api)


def domain_names(client):
    api = {"ApiId": client.create_api(Name="a", ProtocolType="HTTP", Target="http://127.0.0.1:9/")["ApiId"]}
    client.create_stage(**api, StageName="two")
    configuration = {
        "CertificateArn": CERTIFICATE + "0", "CertificateName": "c", "EndpointType": "REGIONAL", "IpAddressType": "ipv4",
        "OwnershipVerificationCertificateArn": CERTIFICATE + "1", "SecurityPolicy": "TLS_1_2",
    }
    domain = {"DomainName": client.create_domain_name(
        DomainName="contract.example", Tags={"c": "d"}, RoutingMode="ROUTING_RULE_ONLY",
        MutualTlsAuthentication={"TruststoreUri": "s3://bucket/a.pem", "TruststoreVersion": "1"},
        DomainNameConfigurations=[{**configuration, **read_only(client)}])["DomainName"]}
    client.create_domain_name(
        DomainName="other.contract.example",
        DomainNameConfigurations=[{"CertificateArn": CERTIFICATE + "0", "EndpointType": "REGIONAL"}])
    changed = {
        **configuration, "CertificateArn": CERTIFICATE + "2", "CertificateName": "d", "IpAddressType": "dualstack",
        "OwnershipVerificationCertificateArn": CERTIFICATE + "3"}
    client.update_domain_name(
        **domain, RoutingMode="ROUTING_RULE_THEN_API_MAPPING",
        MutualTlsAuthentication={"TruststoreUri": "s3://bucket/b.pem", "TruststoreVersion": "2"},
        DomainNameConfigurations=[{**changed, **read_only(client)}])
    read(client, "domain_name", "get_domain_names", domain)
    mapping = client.create_api_mapping(**domain, **api, Stage="$default", ApiMappingKey="one")["ApiMappingId"]
    second = client.create_api_mapping(**domain, **api, Stage="$default")["ApiMappingId"]
    client.update_api_mapping(**domain, **api, ApiMappingId=mapping, Stage="two", ApiMappingKey="two")
    read(client, "api_mapping", "get_api_mappings", {**domain, "ApiMappingId": mapping}, **domain)
    routing_rules(client, domain, api)
    for one in (mapping, second):
        client.delete_api_mapping(**domain, ApiMappingId=one)
    for name in ("contract.example", "other.contract.example"):
        client.delete_domain_name(DomainName=name)
    client.delete_api(**api)


def read_only(client):
    """What a client sends when it sends back what it got."""
    return {
        "ApiGatewayDomainName": "d-x.execute-api.us-east-1.localhost", "CertificateUploadDate": "2020-01-01T00:00:00Z",
        "DomainNameStatus": "UPDATING", "DomainNameStatusMessage": "", "HostedZoneId": "Z",
    }


def routing_rules(client, domain, api):
    def members(priority, strip):
        return {
            "Priority": priority,
            "Actions": [{"InvokeApi": {**api, "Stage": "$default", "StripBasePath": strip}}],
            "Conditions": [
                {"MatchHeaders": {"AnyOf": [{"Header": "a", "ValueGlob": f"{priority}*"}]}},
                {"MatchBasePaths": {"AnyOf": ["one", "two"]}},
            ],
        }

    rule = {**domain, "RoutingRuleId": client.create_routing_rule(**domain, **members(1, True))["RoutingRuleId"]}
    other = {**domain, "RoutingRuleId": client.create_routing_rule(**domain, **members(2, False))["RoutingRuleId"]}
    client.put_routing_rule(**rule, **members(3, False))
    read(client, "routing_rule", "list_routing_rules", rule, items="RoutingRules", **domain)
    for one in (rule, other):
        client.delete_routing_rule(**one)


def documents(client):
    document = json.dumps(EVERYTHING)
    api = {"ApiId": client.import_api(Body=document, Basepath="prepend", FailOnWarnings=False)["ApiId"]}
    client.reimport_api(**api, Body=document, Basepath="split", FailOnWarnings=False)
    stage = {"StageName": client.create_stage(**api, StageName="s", AutoDeploy=True)["StageName"]}
    for kind in ("JSON", "YAML"):
        exported = client.export_api(
            **api, **stage, Specification="OAS30", OutputType=kind, ExportVersion="1.0", IncludeExtensions=True)
        assert b"openapi" in exported["body"].read()
    client.delete_api(**api)


def test_every_operation_and_member(gateway):
    client = gateway.client()
    recorder, failures = contract.Recorder(client), []
    for scenario in (http_api, quick_create, websocket_api, domain_names, documents):
        try:
            scenario(client)
        except Exception:  # the other scenarios still count
            failures.append(traceback.format_exc(limit=-3))
    every = set(contract.all_members(client.meta.service_model))
    excused = contract.flat(contract.UNPROVEN)
    proven = recorder.members & every
    print(f"\n{len(recorder.operations & set(contract.NAMES))}/77 operations, {len(proven)} members")
    assert not failures, "\n".join(failures)
    assert sorted(set(contract.NAMES) - recorder.operations) == []
    assert sorted(every - proven - excused) == []
    assert sorted(excused & proven) == [], "proven after all: take them out of the table"
    assert len(contract.NAMES) == 77
