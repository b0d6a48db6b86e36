"""What becomes of every field of the published model: the source of docs/COMPATIBILITY.md's reference.

    UPDATE_EXPECT=1 tests/run      # writes it anew

Each member of each resource stands in one of these groups. `test_compatibility.py` holds this table
against botocore's model (none missing, none too many) and the document against this table.
"""

HONOURED = "honoured"
RECORD = "kept and shown"
NOT_SERVED = "not served yet"
WITHOUT_EFFECT = "without effect"
REFUSED = "refused"

#: What each group means, in the document's words.
MEANINGS = {
    HONOURED: "the data plane or the management API does what it says",
    RECORD: "an id, a name, a date or a text: there is nothing to do but to keep it and show it",
    NOT_SERVED: "kept and shown; what would need it is answered with 500 until a version honours it ([ADR 5](adr/0005-not-served-yet.md))",
    WITHOUT_EFFECT: "kept and shown, and without effect by its nature here",
    REFUSED: "400 with a message that names it",
}


def fields(**groups):
    """Field -> (group, remark) out of texts like `a b c` or `d=remark; e=remark`."""
    names = {"honoured": HONOURED, "record": RECORD, "not_served": NOT_SERVED, "without_effect": WITHOUT_EFFECT, "refused": REFUSED}
    table = {}
    for key, text in groups.items():
        for entry in filter(None, (part.strip() for part in text.split(";"))):
            field, _, remark = entry.partition("=")
            for name in field.split():
                assert name not in table, name
                table[name] = (names[key], remark.strip())
    return table


#: Resource -> its operations' noun, and its fields.
RESOURCES = {
    "Api": fields(
        honoured="apiEndpoint corsConfiguration disableExecuteApiEndpoint importInfo routeSelectionExpression warnings; "
                 "protocolType=WebSocket APIs are defined here, and not served yet",
        record="apiId createdDate description name tags version",
        not_served="apiKeySelectionExpression disableSchemaValidation",
        without_effect="ipAddressType=the listener's address decides; apiGatewayManaged=never true: no other service makes APIs here",
    ),
    "Cors": fields(honoured="allowCredentials allowHeaders allowMethods allowOrigins exposeHeaders maxAge"),
    "Route": fields(
        honoured="apiGatewayManaged authorizationScopes authorizationType authorizerId routeKey target",
        record="operationName routeId",
        not_served="apiKeyRequired modelSelectionExpression requestModels requestParameters "
                   "routeResponseSelectionExpression",
    ),
    "Integration": fields(
        honoured="apiGatewayManaged integrationMethod integrationUri timeoutInMillis; "
                 "integrationType=HTTP_PROXY and AWS_PROXY, the others are not served yet; "
                 "payloadFormatVersion; "
                 "connectionType; connectionId=it must exist, and where integrationUri leads is configuration's to say; "
                 "tlsConfig=with it, traffic is HTTPS, whatever the URL says; "
                 "requestParameters=of HTTP APIs; responseParameters; "
                 "integrationSubtype=all ten, where the services are is configuration's to say; "
                 "credentialsArn=which profile signs is configuration's to say, and HTTP_PROXY calls nobody who would ask",
        record="description integrationId",
        not_served="contentHandlingStrategy integrationResponseSelectionExpression "
                   "requestTemplates templateSelectionExpression; "
                   "passthroughBehavior=WebSocket APIs, HTTP APIs drop it, as on AWS",
    ),
    "TlsConfig": fields(honoured="serverNameToVerify"),
    "IntegrationResponse": fields(
        record="integrationResponseId",
        not_served="contentHandlingStrategy integrationResponseKey responseParameters responseTemplates templateSelectionExpression",
    ),
    "RouteResponse": fields(
        record="routeResponseId",
        not_served="modelSelectionExpression responseModels responseParameters routeResponseKey",
    ),
    "Model": fields(honoured="schema=by GetModelTemplate, not yet on messages", record="contentType description modelId name"),
    "Authorizer": fields(
        record="authorizerId name",
        honoured="authorizerPayloadFormatVersion authorizerResultTtlInSeconds authorizerType enableSimpleResponses identitySource "
                 "jwtConfiguration; authorizerCredentialsArn=aws.roles of the configuration says whose credentials those are; "
                 "authorizerUri=lambda.endpoint or lambda.functions of the configuration says where that is",
        without_effect="identityValidationExpression=AWS does not use it either",
    ),
    "JWTConfiguration": fields(honoured="audience issuer"),
    "Stage": fields(
        record="createdDate description lastUpdatedDate tags",
        honoured="apiGatewayManaged autoDeploy defaultRouteSettings deploymentId lastDeploymentStatusMessage routeSettings stageName "
                 "stageVariables accessLogSettings",
        not_served="clientCertificateId",
    ),
    "RouteSettings": fields(
        honoured="detailedMetricsEnabled throttlingBurstLimit throttlingRateLimit",
        not_served="dataTraceEnabled=WebSocket APIs; loggingLevel=WebSocket APIs",
    ),
    "AccessLogSettings": fields(honoured="format; destinationArn=configuration says where that is, standard output by default"),
    "Deployment": fields(
        honoured="autoDeployed deploymentStatus; deploymentStatusMessage=also names what of the deployment is not served yet",
        record="createdDate deploymentId description",
    ),
    "DomainName": fields(
        honoured="domainName domainNameConfigurations routingMode; mutualTlsAuthentication=at the listener of `traffic.tls_listen`, "
                 "without TLS requests are answered with 403",
        record="apiMappingSelectionExpression domainNameArn tags",
    ),
    "DomainNameConfiguration": fields(
        honoured="certificateUploadDate; certificateArn=by the files of `certificates.\"<ARN>\"`, at the listener of `traffic.tls_listen`, or by ACME for each domain name where it is `acme.certificate_arn`; "
                 "domainNameStatus=AVAILABLE at once",
        record="apiGatewayDomainName certificateName hostedZoneId domainNameStatusMessage",
        without_effect="ipAddressType=the listener's address decides; "
                       "ownershipVerificationCertificateArn=whose domain it is, is the operator's to know",
        refused="endpointType=EDGE, as on AWS; securityPolicy=TLS_1_0: there is no TLS below 1.2",
    ),
    "MutualTlsAuthentication": fields(
        honoured="truststoreUri=by the files of `truststores.\"<URI>\"`; truststoreVersion=by those of "
                 "`truststores.\"<URI>?versionId=<version>\"`; truststoreWarnings"),
    "ApiMapping": fields(record="apiMappingId", honoured="apiId apiMappingKey stage"),
    "RoutingRule": fields(record="routingRuleArn routingRuleId", honoured="actions conditions priority"),
    "VpcLink": fields(
        honoured="vpcLinkStatus=AVAILABLE at once; vpcLinkStatusMessage vpcLinkVersion",
        record="createdDate name tags vpcLinkId",
        without_effect="securityGroupIds subnetIds=where a private integration leads is configuration's to say",
    ),
}

#: Resources that clients see under another: their operations stand there.
PARTS = {"Cors": "Api", "TlsConfig": "Integration", "JWTConfiguration": "Authorizer", "RouteSettings": "Stage",
         "AccessLogSettings": "Stage", "DomainNameConfiguration": "DomainName", "MutualTlsAuthentication": "DomainName"}

#: Operations that are built, by resource; the rest of the reference stands in the list of those that are not.
OPERATIONS = {
    "Api": "CreateApi DeleteApi GetApi GetApis UpdateApi ImportApi ReimportApi ExportApi DeleteCorsConfiguration",
    "Route": "CreateRoute DeleteRoute GetRoute GetRoutes UpdateRoute DeleteRouteRequestParameter",
    "Integration": "CreateIntegration DeleteIntegration GetIntegration GetIntegrations UpdateIntegration",
    "IntegrationResponse": "CreateIntegrationResponse DeleteIntegrationResponse GetIntegrationResponse GetIntegrationResponses "
                           "UpdateIntegrationResponse",
    "RouteResponse": "CreateRouteResponse DeleteRouteResponse GetRouteResponse GetRouteResponses UpdateRouteResponse",
    "Model": "CreateModel DeleteModel GetModel GetModels GetModelTemplate UpdateModel",
    "Authorizer": "CreateAuthorizer DeleteAuthorizer GetAuthorizer GetAuthorizers UpdateAuthorizer",
    "Stage": "CreateStage DeleteStage GetStage GetStages UpdateStage DeleteAccessLogSettings DeleteRouteSettings ResetAuthorizersCache",
    "Deployment": "CreateDeployment DeleteDeployment GetDeployment GetDeployments UpdateDeployment",
    "DomainName": "CreateDomainName DeleteDomainName GetDomainName GetDomainNames UpdateDomainName",
    "ApiMapping": "CreateApiMapping DeleteApiMapping GetApiMapping GetApiMappings UpdateApiMapping",
    "RoutingRule": "CreateRoutingRule DeleteRoutingRule GetRoutingRule ListRoutingRules PutRoutingRule",
    "VpcLink": "CreateVpcLink DeleteVpcLink GetVpcLink GetVpcLinks UpdateVpcLink",
    "Tags": "GetTags TagResource UntagResource",
}


def reference():
    """The reference as the document holds it."""
    total = sum(len(names.split()) for names in OPERATIONS.values())
    lines = [f"{total} operations. What becomes of a field:", "", "| group | meaning |", "| --- | --- |"]
    lines += [f"| {group} | {meaning} |" for group, meaning in MEANINGS.items()]
    for resource, names in OPERATIONS.items():
        lines += ["", f"### {resource}", "", ", ".join(f"`{name}`" for name in names.split()), ""]
        parts = [resource, *(part for part, whole in PARTS.items() if whole == resource)]
        rows = [row for part in parts if part in RESOURCES for row in _rows(part, resource)]
        if rows:
            lines += ["| fields | |", "| --- | --- |", *rows]
    return "\n".join(lines)


def _rows(part, resource):
    """A row for each group, and one for each field with a remark."""
    prefix = "" if part == resource else f"{part[0].lower()}{part[1:]}."
    plain, remarked = {}, []
    for field, (group, remark) in RESOURCES[part].items():
        if remark:
            remarked.append(f"| `{prefix}{field}` | {group}: {remark} |")
        else:
            plain.setdefault(group, []).append(f"`{prefix}{field}`")
    return [f"| {', '.join(names)} | {group} |" for group, names in plain.items()] + remarked
