"""OpenAPI documents that several tests import."""

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
INVOKE = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"


def proxy(uri="http://127.0.0.1:9/", **members):
    return {
        "x-amazon-apigateway-integration": {
            "type": "http_proxy", "httpMethod": "ANY", "uri": uri, "payloadFormatVersion": "1.0", **members}
    }


# Every kind of thing that an import makes, a finding of each class that does not fail it, and `tags`.
EVERYTHING = {
    "openapi": "3.0.1",
    "info": {"title": "imported", "version": "7", "description": "by a document"},
    "servers": [{"url": "https://x.example/{basePath}", "variables": {"basePath": {"default": "v1/pets"}}}],
    "tags": [{"name": "team", "x-amazon-apigateway-tag-value": "pets"}],
    "paths": {
        "/dogs/{id}": {
            "get": {
                "operationId": "dog", "security": [{"tokens": ["dogs/read"]}],
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                **proxy("http://127.0.0.1:9/dogs/{id}", timeoutInMillis=1000,
                        requestParameters={"append:header.a": "b"},
                        responseParameters={"200": {"overwrite:header.x": "v"}}),
            },
            "x-amazon-apigateway-any-method": {"security": [{"function": []}], **proxy()},
        },
        "/lambda": {
            "post": {"x-amazon-apigateway-integration": {
                "type": "AWS_PROXY", "httpMethod": "POST", "uri": INVOKE, "payloadFormatVersion": "2.0"}},
        },
        "/mock": {"get": {"x-amazon-apigateway-integration": {"type": "MOCK"}}},
        "/$default": {"x-amazon-apigateway-any-method": {"isDefaultRoute": True, **proxy("http://127.0.0.1:9/rest")}},
    },
    "components": {"securitySchemes": {
        "tokens": {"type": "oauth2", "x-amazon-apigateway-authorizer": {
            "type": "jwt", "identitySource": "$request.header.Authorization",
            "jwtConfiguration": {"issuer": "https://issuer.example", "audience": ["a", "b"]}}},
        "function": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authorizer": {
            "type": "request", "identitySource": "$request.header.a, $request.querystring.b", "authorizerUri": INVOKE,
            "authorizerPayloadFormatVersion": "2.0", "authorizerResultTtlInSeconds": 60, "enableSimpleResponses": True}},
    }},
    "x-amazon-apigateway-cors": {
        "allowOrigins": ["https://a.example"], "allowCredentials": True, "exposeHeaders": ["x-b"], "maxAge": 5,
        "allowMethods": ["GET"], "allowHeaders": ["x-a"]},
    "x-amazon-apigateway-importexport-version": "1.0",
}
