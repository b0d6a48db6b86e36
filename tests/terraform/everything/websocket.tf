resource "aws_apigatewayv2_api" "websocket" {
  name                         = "websocket-${var.step}"
  protocol_type                = "WEBSOCKET"
  route_selection_expression   = local.first ? "$request.body.action" : "$request.body.type"
  api_key_selection_expression = local.first ? "$request.header.x-api-key" : "$context.authorizer.usageIdentifierKey"
  description                  = "step ${var.step}"
}

resource "aws_apigatewayv2_authorizer" "websocket" {
  api_id                     = aws_apigatewayv2_api.websocket.id
  authorizer_type            = "REQUEST"
  name                       = "websocket-${var.step}"
  authorizer_uri             = local.invoke
  authorizer_credentials_arn = local.role
  identity_sources           = ["route.request.header.step${var.step}"]
}

resource "aws_apigatewayv2_model" "message" {
  api_id       = aws_apigatewayv2_api.websocket.id
  name         = "message${var.step}"
  content_type = local.first ? "application/json" : "application/x"
  description  = "step ${var.step}"
  schema = jsonencode({
    "$schema" = "http://json-schema.org/draft-04/schema#"
    title     = "step ${var.step}"
    type      = "object"
  })
}

resource "aws_apigatewayv2_integration" "mock" {
  api_id                        = aws_apigatewayv2_api.websocket.id
  integration_type              = "MOCK"
  template_selection_expression = local.first ? "$default" : "$request.body.action"
  request_templates             = { "application/json" = "{\"statusCode\":20${var.step}}" }
  passthrough_behavior          = local.first ? "WHEN_NO_MATCH" : "WHEN_NO_TEMPLATES"
  content_handling_strategy     = local.first ? "CONVERT_TO_TEXT" : "CONVERT_TO_BINARY"
}

resource "aws_apigatewayv2_integration" "http" {
  api_id               = aws_apigatewayv2_api.websocket.id
  integration_type     = "HTTP"
  integration_method   = local.first ? "GET" : "POST"
  integration_uri      = "http://127.0.0.1:9/${var.step}"
  passthrough_behavior = local.first ? "NEVER" : "WHEN_NO_MATCH"
  request_parameters   = { "integration.request.header.a" = "'${var.step}'" }
  request_templates    = local.first ? { a = "A", b = "B" } : { b = "C" }
  timeout_milliseconds = 10000 * var.step
}

resource "aws_apigatewayv2_integration" "aws" {
  api_id             = aws_apigatewayv2_api.websocket.id
  integration_type   = "AWS"
  integration_method = "POST"
  integration_uri    = local.invoke
  credentials_arn    = local.role
}

resource "aws_apigatewayv2_integration" "aws_proxy" {
  api_id             = aws_apigatewayv2_api.websocket.id
  integration_type   = "AWS_PROXY"
  integration_method = "POST"
  integration_uri    = local.invoke
}

resource "aws_apigatewayv2_integration" "websocket_http_proxy" {
  api_id             = aws_apigatewayv2_api.websocket.id
  integration_type   = "HTTP_PROXY"
  integration_method = "POST"
  integration_uri    = "http://127.0.0.1:9/${var.step}"
}

resource "aws_apigatewayv2_integration_response" "mock" {
  api_id                        = aws_apigatewayv2_api.websocket.id
  integration_id                = aws_apigatewayv2_integration.mock.id
  integration_response_key      = "/20${var.step}/"
  content_handling_strategy     = local.first ? "CONVERT_TO_TEXT" : "CONVERT_TO_BINARY"
  template_selection_expression = "$integration.response.body.step${var.step}"
  response_templates            = local.first ? { a = "A", b = "B" } : { b = "C" }
}

resource "aws_apigatewayv2_route" "connect" {
  api_id                              = aws_apigatewayv2_api.websocket.id
  route_key                           = "$connect"
  target                              = "integrations/${local.first ? aws_apigatewayv2_integration.mock.id : aws_apigatewayv2_integration.http.id}"
  api_key_required                    = local.first
  authorization_type                  = "CUSTOM"
  authorizer_id                       = aws_apigatewayv2_authorizer.websocket.id
  model_selection_expression          = local.first ? "$request.body.action" : "$request.body.type"
  operation_name                      = "operation${var.step}"
  request_models                      = { "message" = aws_apigatewayv2_model.message.name }
  route_response_selection_expression = local.first ? "$default" : null

  request_parameter {
    request_parameter_key = "route.request.header.always"
    required              = local.first
  }
  request_parameter {
    request_parameter_key = "route.request.querystring.step${var.step}"
    required              = true
  }
}

resource "aws_apigatewayv2_route" "websocket_default" {
  api_id                              = aws_apigatewayv2_api.websocket.id
  route_key                           = "$default"
  target                              = "integrations/${aws_apigatewayv2_integration.mock.id}"
  route_response_selection_expression = "$default"
}

resource "aws_apigatewayv2_route_response" "default" {
  api_id                     = aws_apigatewayv2_api.websocket.id
  route_id                   = aws_apigatewayv2_route.websocket_default.id
  route_response_key         = "$default"
  model_selection_expression = "$integration.response.body.step${var.step}"
  response_models            = local.first ? { a = aws_apigatewayv2_model.message.name } : { b = aws_apigatewayv2_model.message.name }
}

# Made anew at every step, and the stage moved to it before the old one goes.
resource "aws_apigatewayv2_deployment" "websocket" {
  api_id      = aws_apigatewayv2_api.websocket.id
  description = "step ${var.step}"
  triggers    = { step = var.step }
  depends_on  = [aws_apigatewayv2_route.websocket_default, aws_apigatewayv2_route.connect]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_apigatewayv2_stage" "websocket" {
  api_id                = aws_apigatewayv2_api.websocket.id
  name                  = "everything"
  description           = "step ${var.step}"
  deployment_id         = aws_apigatewayv2_deployment.websocket.id
  client_certificate_id = "certificate${var.step}"

  default_route_settings {
    data_trace_enabled       = local.first
    detailed_metrics_enabled = local.first
    logging_level            = local.first ? "INFO" : "ERROR"
    throttling_burst_limit   = 10 * var.step
    throttling_rate_limit    = 5.5 * var.step
  }

  route_settings {
    route_key                = aws_apigatewayv2_route.websocket_default.route_key
    data_trace_enabled       = local.first
    detailed_metrics_enabled = local.first
    logging_level            = local.first ? "ERROR" : "OFF"
    throttling_burst_limit   = 20 * var.step
    throttling_rate_limit    = 15.5 * var.step
  }
}
