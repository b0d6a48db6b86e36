# Every aws_apigatewayv2_* resource and data source with every attribute. `step` is 1 or 2: between them every attribute
# changes that can change without making the resource anew.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" {
  type = string
}

variable "step" {
  type = number
}

provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true
  endpoints {
    apigatewayv2 = var.endpoint
    sts          = var.endpoint
  }
}

locals {
  first    = var.step == 1
  role     = "arn:aws:iam::000000000000:role/step-${var.step}"
  function = "arn:aws:lambda:us-east-1:000000000000:function:step-${var.step}"
  invoke   = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${local.function}/invocations"
  listener = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/a/50dc6c495c0c9188/"
}
