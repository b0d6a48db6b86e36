"""The AWS CLI, unmodified: the README's first two minutes."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def aws(gateway):
    program = os.path.join(os.path.dirname(sys.executable), "aws")

    def run(*arguments):
        done = subprocess.run(
            [program, "apigatewayv2", *arguments], env=gateway.cli_environment(), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    return run


def test_the_first_two_minutes(aws, call, upstream):
    api_id = aws("create-api", "--name", "hello", "--protocol-type", "HTTP", "--target", upstream)["ApiId"]
    answer = call(api_id, "/hello?x=1")
    assert answer.status == 200 and answer.data.startswith(b"GET /hello?x=1 host=127.0.0.1")
    assert [api["ApiId"] for api in aws("get-apis")["Items"]].count(api_id) == 1
    integration = aws(
        "create-integration", "--api-id", api_id, "--integration-type", "HTTP_PROXY", "--integration-method", "GET",
        "--integration-uri", upstream + "/pets/{id}", "--payload-format-version", "1.0",
    )["IntegrationId"]
    aws("create-route", "--api-id", api_id, "--route-key", "GET /dogs/{id}", "--target", f"integrations/{integration}")
    assert call(api_id, "/dogs/7").data.startswith(b"GET /pets/7 ")
    aws("delete-api", "--api-id", api_id)
