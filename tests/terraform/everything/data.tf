data "aws_apigatewayv2_api" "http" {
  api_id = aws_apigatewayv2_api.http.id
}

data "aws_apigatewayv2_apis" "http" {
  name          = aws_apigatewayv2_api.http.name
  protocol_type = aws_apigatewayv2_api.http.protocol_type
  tags          = aws_apigatewayv2_api.http.tags
}

data "aws_apigatewayv2_vpc_link" "inside" {
  vpc_link_id = aws_apigatewayv2_vpc_link.inside.id
}

data "aws_apigatewayv2_export" "current" {
  api_id             = aws_apigatewayv2_route.default.api_id
  specification      = "OAS30"
  output_type        = local.first ? "JSON" : "YAML"
  export_version     = "1.0"
  include_extensions = true
}

data "aws_apigatewayv2_export" "deployed" {
  api_id             = aws_apigatewayv2_stage.http.api_id
  specification      = "OAS30"
  output_type        = "JSON"
  include_extensions = false
  stage_name         = aws_apigatewayv2_stage.http.name
}

output "seen" {
  value = {
    api      = data.aws_apigatewayv2_api.http.name
    apis     = data.aws_apigatewayv2_apis.http.ids
    vpc_link = data.aws_apigatewayv2_vpc_link.inside.name
    current  = strcontains(data.aws_apigatewayv2_export.current.body, "openapi")
    deployed = strcontains(data.aws_apigatewayv2_export.deployed.body, "openapi")
  }
}
