resource "aws_apigatewayv2_domain_name" "all" {
  domain_name = "everything.example.com"
  tags        = { step = var.step }

  domain_name_configuration {
    certificate_arn                        = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-00000000000${var.step}"
    endpoint_type                          = "REGIONAL"
    security_policy                        = "TLS_1_2"
    ip_address_type                        = local.first ? "dualstack" : "ipv4"
    ownership_verification_certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-00000000001${var.step}"
  }

  mutual_tls_authentication {
    truststore_uri     = "s3://bucket/step-${var.step}.pem"
    truststore_version = tostring(var.step)
  }

  timeouts {
    create = "1m"
    update = "1m"
  }
}

# Mutual TLS goes when its block goes.
resource "aws_apigatewayv2_domain_name" "mutual" {
  domain_name = "mutual.example.com"

  domain_name_configuration {
    certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000"
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }

  dynamic "mutual_tls_authentication" {
    for_each = local.first ? ["s3://bucket/a.pem"] : []
    content {
      truststore_uri = mutual_tls_authentication.value
    }
  }
}

resource "aws_apigatewayv2_api_mapping" "all" {
  api_id          = aws_apigatewayv2_api.http.id
  domain_name     = aws_apigatewayv2_domain_name.all.id
  stage           = local.first ? aws_apigatewayv2_stage.http.id : aws_apigatewayv2_stage.automatic.id
  api_mapping_key = "step/${var.step}"
}

resource "aws_apigatewayv2_api_mapping" "root" {
  api_id      = aws_apigatewayv2_api.http.id
  domain_name = aws_apigatewayv2_domain_name.all.id
  stage       = aws_apigatewayv2_stage.http.id
}
