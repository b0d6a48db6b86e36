# A WebSocket API's stage, a usage plan for it, and an API key in the plan; step 2 changes what can be changed in place.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" { type = string }

variable "step" {
  type    = number
  default = 1
}

provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true
  endpoints {
    apigateway   = var.endpoint
    apigatewayv2 = var.endpoint
    sts          = var.endpoint
  }
}

locals { first = var.step == 1 }

resource "aws_apigatewayv2_api" "chat" {
  name                       = "chat"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
}

resource "aws_apigatewayv2_stage" "stage" {
  for_each = toset(["dev", "prod"])
  api_id   = aws_apigatewayv2_api.chat.id
  name     = each.key
}

resource "aws_api_gateway_api_key" "generated" {
  name        = "generated"
  description = local.first ? null : "changed"
  enabled     = local.first
  tags        = { step = var.step }
}

resource "aws_api_gateway_api_key" "given" {
  name        = "given"
  value       = "a-given-value-of-an-api-key"
  customer_id = local.first ? "first" : "second"
}

resource "aws_api_gateway_usage_plan" "plan" {
  name         = local.first ? "gold" : "silver"
  description  = local.first ? "first" : null
  product_code = local.first ? null : "code"
  tags         = { step = var.step }

  api_stages {
    api_id = aws_apigatewayv2_api.chat.id
    stage  = aws_apigatewayv2_stage.stage["dev"].name

    throttle {
      path        = local.first ? "/pets/GET" : "$connect"
      burst_limit = 5
      rate_limit  = local.first ? 10 : 0.5
    }
  }

  dynamic "api_stages" {
    for_each = local.first ? [] : ["prod"]
    content {
      api_id = aws_apigatewayv2_api.chat.id
      stage  = aws_apigatewayv2_stage.stage[api_stages.value].name
    }
  }

  quota_settings {
    limit  = local.first ? 100 : 200
    offset = local.first ? 6 : 20
    period = local.first ? "WEEK" : "MONTH"
  }

  dynamic "throttle_settings" {
    for_each = local.first ? [1] : []
    content {
      burst_limit = 2
      rate_limit  = 5
    }
  }
}

resource "aws_api_gateway_usage_plan" "bare" {
  name = "bare"
}

resource "aws_api_gateway_usage_plan_key" "key" {
  key_id        = aws_api_gateway_api_key.generated.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.plan.id
}
