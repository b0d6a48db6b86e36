resource "aws_apigatewayv2_api" "http" {
  name                         = "everything-${var.step}"
  protocol_type                = "HTTP"
  api_key_selection_expression = local.first ? "$request.header.x-api-key" : "$context.authorizer.usageIdentifierKey"
  route_selection_expression   = "$request.method $request.path"
  description                  = "step ${var.step}"
  disable_execute_api_endpoint = local.first
  ip_address_type              = local.first ? "dualstack" : "ipv4"
  version                      = "${var.step}.0"
  tags                         = local.first ? { a = "1", b = "2" } : { b = "3", c = "4" }

  cors_configuration {
    allow_credentials = local.first
    allow_headers     = ["Authorization", "x-step-${var.step}"]
    allow_methods     = local.first ? ["GET", "put"] : ["*"]
    allow_origins     = ["https://step-${var.step}.example.com"]
    expose_headers    = ["x-exposed-${var.step}"]
    max_age           = 300 * var.step
  }
}

# CORS goes when its block goes.
resource "aws_apigatewayv2_api" "cors" {
  name          = "cors"
  protocol_type = "HTTP"
  description   = local.first ? "to be cleared" : null
  version       = local.first ? "to be cleared" : null

  dynamic "cors_configuration" {
    for_each = local.first ? ["*"] : []
    content {
      allow_origins = [cors_configuration.value]
    }
  }
}

resource "aws_apigatewayv2_api" "quick" {
  name            = "quick-${var.step}"
  protocol_type   = "HTTP"
  target          = "http://www.example.com/"
  route_key       = "GET /quick"
  credentials_arn = "arn:aws:iam::000000000000:role/quick"
}

# Title, version and tags are the document's; what it lacks is the configuration's.
resource "aws_apigatewayv2_api" "imported" {
  name             = "imported-${var.step}"
  protocol_type    = "HTTP"
  description      = "not in the document ${var.step}"
  version          = "9.${var.step}"
  fail_on_warnings = local.first
  tags             = { step = var.step }
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "imported-${var.step}", version = "9.${var.step}" }
    tags    = [{ name = "step", x-amazon-apigateway-tag-value = tostring(var.step) }]
    paths = {
      "/step-${var.step}" = {
        get = {
          x-amazon-apigateway-integration = {
            type                 = "HTTP_PROXY"
            httpMethod           = "GET"
            payloadFormatVersion = "1.0"
            uri                  = "http://127.0.0.1:9/"
          }
        }
      }
    }
    x-amazon-apigateway-cors = { allowOrigins = ["https://not-in-the-configuration.example.com"] }
  })
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = aws_apigatewayv2_api.http.id
  authorizer_type  = "JWT"
  name             = "jwt-${var.step}"
  identity_sources = [local.first ? "$request.header.Authorization" : "$request.querystring.token"]

  jwt_configuration {
    audience = local.first ? ["one", "two"] : ["three"]
    issuer   = "https://issuer-${var.step}.example.com"
  }

  timeouts {
    delete = "1m"
  }
}

resource "aws_apigatewayv2_authorizer" "request" {
  api_id                            = aws_apigatewayv2_api.http.id
  authorizer_type                   = "REQUEST"
  name                              = "request-${var.step}"
  authorizer_uri                    = local.invoke
  authorizer_credentials_arn        = local.role
  authorizer_payload_format_version = local.first ? "2.0" : "1.0"
  authorizer_result_ttl_in_seconds  = 60 * var.step
  enable_simple_responses           = local.first
  identity_sources                  = local.first ? ["$request.header.a", "$request.querystring.b"] : ["$context.path"]
}

resource "aws_apigatewayv2_vpc_link" "inside" {
  name               = "inside-${var.step}"
  subnet_ids         = ["subnet-1", "subnet-2"]
  security_group_ids = ["sg-1"]
  tags               = { step = var.step }
}

resource "aws_apigatewayv2_vpc_link" "other" {
  name               = "other"
  subnet_ids         = ["subnet-3"]
  security_group_ids = []
}

resource "aws_apigatewayv2_integration" "http_proxy" {
  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "HTTP_PROXY"
  integration_method     = local.first ? "ANY" : "GET"
  integration_uri        = "http://127.0.0.1:9/${var.step}/{proxy}"
  description            = "step ${var.step}"
  payload_format_version = "1.0"
  timeout_milliseconds   = 1000 * var.step
  credentials_arn        = local.role
  request_parameters = local.first ? {
    "append:header.x-a"       = "$context.requestId"
    "remove:querystring.gone" = "''"
    } : {
    "append:header.x-a" = "$request.header.b"
    "overwrite:path"    = "$request.path"
  }

  response_parameters {
    status_code = local.first ? "200" : "201"
    mappings    = { "append:header.x-step" = tostring(var.step) }
  }
  # The provider removes a status whose mappings change, so the status changes, too.
  response_parameters {
    status_code = local.first ? "404" : "405"
    mappings    = local.first ? { "overwrite:statuscode" = "410" } : { "overwrite:statuscode" = "403", "remove:header.x" = "''" }
  }
}

resource "aws_apigatewayv2_integration" "function" {
  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "AWS_PROXY"
  integration_method     = "POST"
  integration_uri        = local.function
  payload_format_version = local.first ? "2.0" : "1.0"
}

resource "aws_apigatewayv2_integration" "private" {
  api_id             = aws_apigatewayv2_api.http.id
  integration_type   = "HTTP_PROXY"
  integration_method = "GET"
  integration_uri    = "${local.listener}f2f7dc8efc522ab${var.step}"
  connection_type    = "VPC_LINK"
  connection_id      = local.first ? aws_apigatewayv2_vpc_link.inside.id : aws_apigatewayv2_vpc_link.other.id

  tls_config {
    server_name_to_verify = "step-${var.step}.example.com"
  }
}

resource "aws_apigatewayv2_integration" "queue" {
  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "AWS_PROXY"
  integration_subtype    = "SQS-SendMessage"
  credentials_arn        = local.role
  payload_format_version = "1.0"
  request_parameters = {
    QueueUrl    = "https://sqs.us-east-1.amazonaws.com/000000000000/step-${var.step}"
    MessageBody = local.first ? "$request.body" : "$request.body.message"
  }
}

resource "aws_apigatewayv2_route" "jwt" {
  api_id               = aws_apigatewayv2_api.http.id
  route_key            = "ANY /step-${var.step}/{proxy+}"
  target               = "integrations/${local.first ? aws_apigatewayv2_integration.http_proxy.id : aws_apigatewayv2_integration.queue.id}"
  authorization_type   = "JWT"
  authorizer_id        = aws_apigatewayv2_authorizer.jwt.id
  authorization_scopes = local.first ? ["a/read", "b/read"] : ["c/read"]
  operation_name       = "operation${var.step}"
}

resource "aws_apigatewayv2_route" "request" {
  api_id             = aws_apigatewayv2_api.http.id
  route_key          = "GET /request"
  target             = "integrations/${aws_apigatewayv2_integration.http_proxy.id}"
  authorization_type = local.first ? "CUSTOM" : "AWS_IAM"
  authorizer_id      = local.first ? aws_apigatewayv2_authorizer.request.id : null
}

resource "aws_apigatewayv2_route" "default" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "$default"
  target    = "integrations/${aws_apigatewayv2_integration.http_proxy.id}"
}

resource "aws_apigatewayv2_deployment" "http" {
  api_id      = aws_apigatewayv2_api.http.id
  description = "step ${var.step}"
  depends_on  = [aws_apigatewayv2_route.default]
}

resource "aws_apigatewayv2_stage" "http" {
  api_id          = aws_apigatewayv2_api.http.id
  name            = "everything"
  description     = "step ${var.step}"
  deployment_id   = aws_apigatewayv2_deployment.http.id
  stage_variables = local.first ? { a = "1", b = "2" } : { b = "3", c = "4" }
  tags            = local.first ? { a = "1", b = "2" } : { b = "3", c = "4" }

  access_log_settings {
    destination_arn = "arn:aws:logs:us-east-1:000000000000:log-group:step-${var.step}"
    format          = "$context.requestId ${var.step}"
  }

  default_route_settings {
    detailed_metrics_enabled = local.first
    throttling_burst_limit   = 10 * var.step
    throttling_rate_limit    = 5.5 * var.step
  }

  route_settings {
    route_key                = local.first ? aws_apigatewayv2_route.default.route_key : aws_apigatewayv2_route.request.route_key
    detailed_metrics_enabled = local.first
    throttling_burst_limit   = 20 * var.step
    throttling_rate_limit    = 15.5 * var.step
  }
}

resource "aws_apigatewayv2_stage" "automatic" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = local.first
  depends_on  = [aws_apigatewayv2_route.default]
}
