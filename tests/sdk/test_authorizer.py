"""Authorizers and the routes that name them: spec/management-api.md sections 2.7, 2.2, 3.3, 3.6."""

import re

import pytest
from lifecycle import ABSENT, AUTHORIZER, ROUTE, check_life, check_members, check_refused, check_update, plain, status

URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations"
ROLE = "arn:aws:iam::000000000000:role/r"
ISSUER = "https://issuer.example/"
REQUEST = {
    "AuthorizerType": "REQUEST", "Name": "fn", "IdentitySource": ["$request.header.a", "$request.querystring.b"],
    "AuthorizerUri": URI, "AuthorizerPayloadFormatVersion": "2.0", "AuthorizerCredentialsArn": ROLE,
    "AuthorizerResultTtlInSeconds": 60, "EnableSimpleResponses": True, "IdentityValidationExpression": ".*",
}
JWT = {
    "AuthorizerType": "JWT", "Name": "tokens", "IdentitySource": ["$request.header.Authorization"],
    "JwtConfiguration": {"Audience": ["a", "b"], "Issuer": ISSUER},
}
WEBSOCKET = {
    "AuthorizerType": "REQUEST", "Name": "ws", "AuthorizerUri": URI,
    "IdentitySource": ["route.request.header.a", "route.request.querystring.b"],
}


def without(members, *names):
    return {name: value for name, value in members.items() if name not in names}


@pytest.fixture
def made(client, api_id):
    """Both kinds on an HTTP API, by their type."""
    def create(members):
        return {"ApiId": api_id, "AuthorizerId": client.create_authorizer(ApiId=api_id, **members)["AuthorizerId"]}

    return {"REQUEST": create(REQUEST), "JWT": create(JWT)}


@pytest.mark.parametrize("members", [REQUEST, JWT], ids=["REQUEST", "JWT"])
def test_an_authorizers_life(client, api_id, members):
    others = [{**members, "Name": "two"}, {**members, "Name": "three"}]
    check_life(client, AUTHORIZER, {"ApiId": api_id}, [members, *others], members)


def test_a_websocket_authorizers_life(client, websocket_id):
    creates = [WEBSOCKET, {**WEBSOCKET, "Name": "two", "IdentitySource": []}, {**WEBSOCKET, "Name": "three"}]
    check_life(client, AUTHORIZER, {"ApiId": websocket_id}, creates,
               {**WEBSOCKET, "EnableSimpleResponses": (False, ABSENT)})


def test_what_was_never_set_is_absent(client, api_id):
    least = without(REQUEST, "AuthorizerCredentialsArn", "AuthorizerResultTtlInSeconds", "EnableSimpleResponses",
                    "IdentityValidationExpression")
    answer = plain(client.create_authorizer(ApiId=api_id, **{**least, "IdentitySource": []}))
    check_members(answer, {**least, "IdentitySource": [], "AuthorizerId": answer["AuthorizerId"],
                           "EnableSimpleResponses": (False, ABSENT)})


@pytest.mark.parametrize("kind,members,changes", [
    ("REQUEST", {}, {}),
    ("REQUEST", {"Name": "new"}, {"Name": "new"}),
    ("REQUEST", {"AuthorizerCredentialsArn": ""}, {"AuthorizerCredentialsArn": ABSENT}),
    ("REQUEST", {"AuthorizerCredentialsArn": ROLE + "2"}, {"AuthorizerCredentialsArn": ROLE + "2"}),
    ("REQUEST", {"IdentityValidationExpression": ""}, {"IdentityValidationExpression": ABSENT}),
    ("REQUEST", {"AuthorizerResultTtlInSeconds": 0}, {"AuthorizerResultTtlInSeconds": (0, ABSENT)}),
    ("REQUEST", {"AuthorizerResultTtlInSeconds": 3600}, {"AuthorizerResultTtlInSeconds": 3600}),
    ("REQUEST", {"EnableSimpleResponses": False}, {"EnableSimpleResponses": (False, ABSENT)}),
    ("REQUEST", {"AuthorizerPayloadFormatVersion": "1.0", "EnableSimpleResponses": False},
     {"AuthorizerPayloadFormatVersion": "1.0", "EnableSimpleResponses": (False, ABSENT)}),
    ("REQUEST", {"AuthorizerPayloadFormatVersion": "", "EnableSimpleResponses": False},
     {"AuthorizerPayloadFormatVersion": ABSENT, "EnableSimpleResponses": (False, ABSENT)}),
    ("REQUEST", {"IdentitySource": ["$context.x"]}, {"IdentitySource": ["$context.x"]}),
    ("REQUEST", {"IdentitySource": [], "AuthorizerResultTtlInSeconds": 0},
     {"IdentitySource": [], "AuthorizerResultTtlInSeconds": (0, ABSENT)}),
    ("REQUEST", {"AuthorizerUri": URI.replace(":f/", ":g/")}, {"AuthorizerUri": URI.replace(":f/", ":g/")}),
    ("REQUEST", {"AuthorizerType": "REQUEST"}, {}),
    ("JWT", {"JwtConfiguration": {"Audience": ["c"], "Issuer": ISSUER}}, {"JwtConfiguration": {"Audience": ["c"], "Issuer": ISSUER}}),
    ("JWT", {"IdentitySource": ["$request.querystring.t"]}, {"IdentitySource": ["$request.querystring.t"]}),
])
def test_updates(client, made, kind, members, changes):
    check_update(client, AUTHORIZER, made[kind], members, changes)


EXPRESSION = "Invalid identity source expression: {}. The source must be a request header, request querystring, stage variable or context parameter"


@pytest.mark.parametrize("members,message", [
    (without(REQUEST, "AuthorizerUri"), "AuthorizerUri is a required field in an Authorizer"),
    (without(REQUEST, "AuthorizerPayloadFormatVersion", "EnableSimpleResponses"),
     "AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer"),
    ({**REQUEST, "IdentitySource": []},
     "Identity source must be set if authorizer caching is enabled (TTL is greater than 0)"),
    ({**REQUEST, "AuthorizerResultTtlInSeconds": 3601},
     "Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds."),
    ({**REQUEST, "AuthorizerResultTtlInSeconds": -1},
     "Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds."),
    ({**REQUEST, "AuthorizerPayloadFormatVersion": "1.0"},
     'EnableSimpleResponses can only be set for AuthorizerPayloadFormatVersion "2.0".'),
    ({**REQUEST, "AuthorizerPayloadFormatVersion": "3.0"}, None),
    ({**REQUEST, "IdentitySource": ["route.request.header.a"]}, EXPRESSION.format("route.request.header.a")),
    ({**REQUEST, "IdentitySource": ["a"]}, EXPRESSION.format("a")),
    ({**REQUEST, "AuthorizerType": "TOKEN"}, re.compile("authorizerType")),
    (without(REQUEST, "AuthorizerType"), None),
    (without(REQUEST, "Name"), None),
    ({**REQUEST, "Name": "x" * 129}, re.compile("name")),
    ({**REQUEST, "AuthorizerUri": "x" * 2049}, re.compile("authorizerUri")),
    (without(JWT, "JwtConfiguration"), "JwtConfiguration must not be null for JWT Authorizer"),
    ({**JWT, "JwtConfiguration": {"Issuer": ISSUER}}, "Audience list must have at least 1 item for JWT Authorizer"),
    ({**JWT, "JwtConfiguration": {"Issuer": ISSUER, "Audience": []}},
     "Audience list must have at least 1 item for JWT Authorizer"),
    ({**JWT, "JwtConfiguration": {"Issuer": "http://issuer.example", "Audience": ["a"]}},
     "Invalid issuer: Issuer is not a valid URL for JWT Authorizer"),
    ({**JWT, "IdentitySource": ["$request.header.a", "$request.header.b"]}, None),
    ({**JWT, "EnableSimpleResponses": False}, None),
])
def test_bad_authorizers_are_refused(client, api_id, members, message):
    check_refused(lambda: client.create_authorizer(ApiId=api_id, **members), 400, message)
    assert client.get_authorizers(ApiId=api_id)["Items"] == []


@pytest.mark.parametrize("members,message", [
    ({**JWT, "IdentitySource": ["route.request.header.a"]},
     "Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis."),
    ({**WEBSOCKET, "IdentitySource": ["$request.header.a"]},
     re.compile(r"^Invalid request identity source expression: \$request\.header\.a\. The sources must be separated by comma, "
                "and each source must be either a request parameter, matching ")),
    (without(WEBSOCKET, "AuthorizerUri"), "AuthorizerUri is a required field in an Authorizer"),
])
def test_bad_websocket_authorizers_are_refused(client, websocket_id, members, message):
    check_refused(lambda: client.create_authorizer(ApiId=websocket_id, **members), 400, message)


def test_names_are_unique_in_an_api(client, api_id, made):
    message = "Authorizer name must be unique. Authorizer fn already exists in this RestApi."
    check_refused(lambda: client.create_authorizer(ApiId=api_id, **REQUEST), 400, message)
    check_refused(lambda: client.update_authorizer(**made["JWT"], Name="fn"), 400, message)
    client.update_authorizer(**made["REQUEST"], Name="fn")
    other = client.create_api(Name="other", ProtocolType="HTTP")["ApiId"]
    client.create_authorizer(ApiId=other, **REQUEST)
    client.delete_api(ApiId=other)


JWT_NEEDED = "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer."
CUSTOM_NEEDED = ("Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS "
                 "requires a valid authorizer.")
SCOPES = ("Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT "
          "authorization types")


@pytest.mark.parametrize("authorizer,members,message", [
    ("REQUEST", {"AuthorizationType": "JWT"}, JWT_NEEDED),
    ("JWT", {"AuthorizationType": "CUSTOM"}, CUSTOM_NEEDED),
    (None, {"AuthorizationType": "JWT"}, JWT_NEEDED),
    (None, {"AuthorizationType": "CUSTOM", "AuthorizerId": "nope12"}, CUSTOM_NEEDED),
    ("REQUEST", {"AuthorizationType": "CUSTOM", "AuthorizationScopes": ["a"]}, SCOPES),
    (None, {"AuthorizationScopes": ["a"]}, SCOPES),
    ("JWT", {"AuthorizationType": "JWT", "AuthorizationScopes": [str(n) for n in range(11)]}, re.compile("authorizationScopes")),
    ("JWT", {"AuthorizationType": "JWT", "AuthorizationScopes": ["x" * 65]}, re.compile("authorizationScopes")),
])
def test_routes_need_a_fitting_authorizer(client, api_id, made, authorizer, members, message):
    if authorizer:
        members = {**members, "AuthorizerId": made[authorizer]["AuthorizerId"]}
    check_refused(lambda: client.create_route(ApiId=api_id, RouteKey="GET /a", **members), 400, message)
    route = client.create_route(ApiId=api_id, RouteKey="GET /a")["RouteId"]
    check_refused(lambda: client.update_route(ApiId=api_id, RouteId=route, **members), 400, message)


@pytest.fixture
def guarded(client, api_id, made):
    """A route with a JWT authorizer and scopes."""
    made_route = client.create_route(
        ApiId=api_id, RouteKey="POST /x", AuthorizationType="JWT", AuthorizerId=made["JWT"]["AuthorizerId"],
        AuthorizationScopes=[f"s{n}" for n in range(10)])
    return {"ApiId": api_id, "RouteId": made_route["RouteId"]}


@pytest.mark.parametrize("members,changes", [
    ({"AuthorizationType": "NONE"}, {"AuthorizationType": "NONE", "AuthorizerId": ABSENT, "AuthorizationScopes": ABSENT}),
    ({"AuthorizationScopes": []}, {"AuthorizationScopes": ABSENT}),
    ({"AuthorizationScopes": ["a"]}, {"AuthorizationScopes": ["a"]}),
    ({"OperationName": "o"}, {"OperationName": "o"}),
])
def test_a_guarded_routes_updates(client, guarded, members, changes):
    check_update(client, ROUTE, guarded, members, changes)


def test_the_type_rides_along_with_the_authorizer(client, guarded, made):
    other = made["REQUEST"]["AuthorizerId"]
    check_refused(lambda: client.update_route(**guarded, AuthorizerId=other), 400,
                  "Unable to update route. Authorizer type is invalid or null.")
    changed = client.update_route(**guarded, AuthorizerId=other, AuthorizationType="CUSTOM", AuthorizationScopes=[])
    assert (changed["AuthorizerId"], changed["AuthorizationType"]) == (other, "CUSTOM")
    assert "AuthorizerId" not in client.update_route(**guarded, AuthorizerId="")


def test_an_authorizer_in_use_stays(client, guarded, made):
    authorizer = made["JWT"]
    check_refused(lambda: client.delete_authorizer(**authorizer), 409,
                  "Cannot delete authorizer 'tokens', is referenced in route: POST /x")
    client.update_route(**guarded, AuthorizationType="NONE")
    assert status(client.delete_authorizer(**authorizer)) == 204


def test_only_connect_is_guarded_on_a_websocket_api(client, websocket_id):
    authorizer = client.create_authorizer(ApiId=websocket_id, **WEBSOCKET)["AuthorizerId"]
    members = {"ApiId": websocket_id, "AuthorizationType": "CUSTOM", "AuthorizerId": authorizer}
    only = "Currently, authorization is restricted to the $connect route only"
    for key in ("$default", "$disconnect", "a"):
        check_refused(lambda: client.create_route(**members, RouteKey=key), 400, only)
    assert client.create_route(**members, RouteKey="$connect")["AuthorizerId"] == authorizer
    dropped = client.create_route(ApiId=websocket_id, RouteKey="a", AuthorizerId=authorizer)
    assert "AuthorizerId" not in dropped and dropped["AuthorizationType"] == "NONE"


def test_the_cache_of_a_stage_is_reset(client, api_id):
    client.create_stage(ApiId=api_id, StageName="$default")
    assert status(client.reset_authorizers_cache(ApiId=api_id, StageName="$default")) == 204
    check_refused(lambda: client.reset_authorizers_cache(ApiId=api_id, StageName="nope"), 404,
                  "Invalid stage identifier specified")


def test_the_apis_own_404_comes_first(client):
    for call in (lambda: client.get_authorizers(ApiId="nope"), lambda: client.create_authorizer(ApiId="nope", **REQUEST),
                 lambda: client.get_authorizer(ApiId="nope", AuthorizerId="x")):
        check_refused(call, 404, "Invalid API identifier specified 000000000000:nope")
