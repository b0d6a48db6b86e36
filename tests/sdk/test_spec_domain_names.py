"""spec/http-api-runtime.md sections 1.1, 1.3 and 1.4: custom domain names, API mappings and routing rules at run time."""

import itertools
import json

import pytest
from gatewright import Process, eventually
from lambda_runtime import Lambda
from spec import NOT_FOUND, Apis, exchange, get, rows

FORBIDDEN = (403, b'{"message":"Forbidden"}')
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/a"
LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:echo"
ECHO = "import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n"


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    functions = Lambda(tmp_path_factory.mktemp("functions"), {"echo": ECHO})
    yield functions
    functions.stop()


@pytest.fixture(scope="module")
def gateway(functions, tmp_path_factory):
    process = Process("serve", tmp_path_factory.mktemp("serve") / "data", {"GATEWRIGHT_LAMBDA_ENDPOINT": functions.url}).start()
    yield process
    process.stop()


class Domains(Apis):
    """Domain names, each of its own, and APIs that say which of them took a request."""

    numbers = itertools.count()

    def domain(self, name=None, mode=None):
        name = name or f"d{next(self.numbers)}.example.com"
        mode = {"RoutingMode": mode} if mode else {}
        self.client.create_domain_name(DomainName=name, DomainNameConfigurations=[
            {"CertificateArn": CERTIFICATE, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}], **mode)
        return name

    def named(self, *stages):
        """An API whose answers say its number and the path that routes saw."""
        number = next(self.numbers)
        api_id = self.api(stages=())
        for key, path in (("ANY /", ""), ("ANY /{proxy+}", "/{proxy}")):
            self.route(api_id, key, IntegrationUri=f"{self.echo.url}/api{number}{path}")
        for stage in stages or ("$default",):
            self.stage(api_id, stage)
        return api_id, f"api{number}"

    def map(self, domain, api_id, key=None, stage="$default"):
        key = {"ApiMappingKey": key} if key else {}
        return self.client.create_api_mapping(DomainName=domain, ApiId=api_id, Stage=stage, **key)["ApiMappingId"]

    def rule(self, domain, priority, api_id, *conditions, stage="$default", strip=False):
        self.client.create_routing_rule(
            DomainName=domain, Priority=priority, Conditions=list(conditions),
            Actions=[{"InvokeApi": {"ApiId": api_id, "Stage": stage, "StripBasePath": strip}}])

    def call(self, host, path, *headers, method="GET"):
        return exchange(self.gateway, get(None, path, *headers, host=host, method=method))

    def target(self, host, path, *headers):
        """What the upstream was called with, or the gateway's own answer."""
        answer = self.call(host, path, *headers)
        return json.loads(answer.body)["target"] if answer.status == 200 else answer.outcome

    def settled(self, host, *headers, path="/settled", expected=200):
        """Waits until the newest change of a domain name is served; it has to make this path lead somewhere."""
        eventually(lambda: self.call(host, path, *headers).status == expected)


@pytest.fixture(scope="module")
def apis(gateway, echo):
    return Domains(gateway, echo)


# 1.3 API mappings


@pytest.fixture(scope="module")
def orders(apis):
    """The specification's example."""
    domain = apis.domain()
    keys = {"orders/v1/items": 2, "orders/v2/items": 3, "orders/v2/items/categories": 4, None: 1}
    names = {}
    for key, number in keys.items():
        api_id, name = apis.named()
        apis.map(domain, api_id, key)
        names[name] = number
    apis.settled(domain)

    def taken(path):
        target = apis.target(domain, path)
        if not isinstance(target, str):
            return target
        _, name, *rest = target.split("/", 2)
        return names[name], "/" + "".join(rest)
    return taken


@pytest.mark.parametrize(("path", "expected"), rows(
    ("1.3 a key", "/orders/v1/items", (2, "/")),
    ("1.3 a key and a slash", "/orders/v1/items/", (2, "/")),
    ("1.3 below a key", "/orders/v1/items/123", (2, "/123")),
    ("1.3 another key", "/orders/v2/items", (3, "/")),
    ("1.3 the longest key", "/orders/v2/items/categories/5", (4, "/5")),
    ("1.3 the key that takes all", "/customers", (1, "/customers")),
    ("1.3 whole segments", "/orders/v1/itemsx", (1, "/orders/v1/itemsx")),
    ("1.3 with case", "/Orders/v1/items", (1, "/Orders/v1/items")),
    ("1.3 decoded", "/orders/v1/%69tems/a%20b", (2, "/a%20b")),
    ("1.3 a beginning of a key", "/orders/v1", (1, "/orders/v1")),
    ("1.3 the root", "/", (1, "/")),
))
def test_the_longest_key_decides(orders, path, expected):
    assert orders(path) == expected


def test_1_3_no_fall_back_to_a_shorter_key(apis):
    domain, (all_of_it, _) = apis.domain(), apis.named()
    only = apis.api("GET /only")
    apis.map(domain, all_of_it)
    apis.map(domain, only, "v1")
    # Until the second mapping is served, the first one takes both.
    eventually(lambda: apis.target(domain, "/v1/other") == NOT_FOUND)
    assert apis.call(domain, "/v1/only").status == 200


def test_1_3_no_key_matches(apis):
    domain, (api_id, _) = apis.domain(), apis.named()
    apis.map(domain, api_id, "v1")
    apis.settled(domain, path="/v1/x")
    for path in ("/", "/v2", "/v1x"):
        answer = apis.call(domain, path)
        assert answer.outcome == FORBIDDEN and answer.header("apigw-requestid")


def test_1_3_the_mapping_names_the_stage(apis):
    """No stage is looked for in the path, and `$default` is one like any other."""
    domain, (api_id, name) = apis.domain(), apis.named("dev", "$default")
    apis.map(domain, api_id, "v1", stage="dev")
    apis.settled(domain, path="/v1/x")
    assert apis.target(domain, "/v1/dev/a") == f"/{name}/dev/a"


def test_1_3_changes_of_mappings_are_live(apis):
    domain, (first, one), (second, two) = apis.domain(), apis.named(), apis.named("$default", "dev")
    mapping = apis.map(domain, first)
    eventually(lambda: apis.target(domain, "/a") == f"/{one}/a")
    apis.client.update_api_mapping(DomainName=domain, ApiMappingId=mapping, ApiId=second, Stage="dev")
    eventually(lambda: apis.target(domain, "/a") == f"/{two}/a")
    apis.client.update_api_mapping(DomainName=domain, ApiMappingId=mapping, ApiId=second, ApiMappingKey="b")
    eventually(lambda: apis.target(domain, "/b/a") == f"/{two}/a")
    apis.client.delete_api_mapping(DomainName=domain, ApiMappingId=mapping)
    eventually(lambda: apis.target(domain, "/b/a") == FORBIDDEN)
    apis.client.delete_domain_name(DomainName=domain)
    # Nobody's host any more.
    eventually(lambda: apis.target(domain, "/b/a") == NOT_FOUND)


@pytest.mark.parametrize(("stage", "expected"), rows(
    ("1.3 what functions see, a named stage", "prod", ("/prod/foo a", "/v1/foo%20a", "/v1/foo a")),
    ("1.3 what functions see, $default", "$default", ("/foo a", "/v1/foo%20a", "/v1/foo a")),
))
def test_what_functions_see(apis, stage, expected):
    domain = apis.domain()
    found = []
    for version in ("2.0", "1.0"):
        api_id = apis.api(stages=())
        made = apis.client.create_integration(ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=LAMBDA, PayloadFormatVersion=version)
        apis.client.create_route(ApiId=api_id, RouteKey="ANY /{proxy+}", Target=f"integrations/{made['IntegrationId']}")
        apis.stage(api_id, stage)
        key = "v" + version[0]
        apis.map(domain, api_id, key, stage)
        apis.settled(domain, path=f"/{key}/foo%20a")
        event = json.loads(apis.call(domain, f"/{key}/foo%20a").body)
        context = event["requestContext"]
        assert (context["domainName"], context["domainPrefix"], context["stage"]) == (domain, domain.split(".")[0], stage)
        if version == "2.0":
            assert event["rawPath"] == context["http"]["path"]
            found.append(event["rawPath"])
        else:
            found += [event["path"], context["path"]]
    assert tuple(found) == expected


def test_1_3_what_logs_and_mappings_see(apis, gateway):
    domain = apis.domain()
    api_id, _ = apis.named("prod")
    line = "$context.requestId $context.customDomain.basePathMatched $context.path $context.domainName $context.domainPrefix"
    apis.client.update_stage(ApiId=api_id, StageName="prod", AccessLogSettings={
        "DestinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:domains", "Format": line})
    for integration in apis.client.get_integrations(ApiId=api_id)["Items"]:
        apis.client.update_integration(ApiId=api_id, IntegrationId=integration["IntegrationId"], RequestParameters={
            "append:header.x-path": "$request.path", "append:header.x-base": "$context.customDomain.basePathMatched"})
    apis.map(domain, api_id, "orders/v1", stage="prod")

    def mapped():
        answer = apis.call(domain, "/orders/v1/foo")
        headers = dict(json.loads(answer.body)["headers"])
        assert (headers["x-path"], headers["x-base"]) == ("/foo", "orders/v1")
        return answer.header("apigw-requestid")[0]
    request_id = eventually(mapped)

    def logged():
        lines = (gateway.data_dir / "log").read_text().splitlines()
        return next((line for line in lines if line.startswith(request_id + " ")), None)
    prefix = domain.split(".")[0]
    assert eventually(logged) == f"{request_id} orders/v1 /prod/foo {domain} {prefix}"
    # On the default endpoint there is none.
    plain = exchange(gateway, get(api_id, "/prod/foo"))
    assert "x-base" not in dict(json.loads(plain.body)["headers"])


def test_1_3_the_default_endpoint_answers_unless_it_is_disabled(apis):
    domain, (api_id, _) = apis.domain(), apis.named()
    apis.map(domain, api_id)
    apis.settled(domain)
    assert exchange(apis.gateway, get(api_id, "/a")).status == 200
    apis.client.update_api(ApiId=api_id, DisableExecuteApiEndpoint=True)
    eventually(lambda: exchange(apis.gateway, get(api_id, "/a")).outcome == NOT_FOUND)
    assert exchange(apis.gateway, get(api_id, f"/_aws/execute-api/{api_id}/$default/a", host="localhost")).outcome == NOT_FOUND
    assert apis.call(domain, "/a").status == 200


# 1.1 Hosts


@pytest.fixture(scope="module")
def hosts(apis):
    names = {}
    for domain in ("api.hosts.example", "*.hosts.example", "*.eu.hosts.example"):
        api_id, name = apis.named()
        apis.domain(domain)
        apis.map(domain, api_id)
        names[f"/{name}/x"] = domain
    apis.settled("any.eu.hosts.example")
    return names


@pytest.mark.parametrize(("host", "expected"), rows(
    ("1.1 exact", "api.hosts.example", "api.hosts.example"),
    ("1.1 letter case", "API.Hosts.Example", "api.hosts.example"),
    ("1.1 a port", "api.hosts.example:8443", "api.hosts.example"),
    ("1.1 a trailing dot", "api.hosts.example.", "api.hosts.example"),
    ("1.1 wildcard", "other.hosts.example", "*.hosts.example"),
    ("1.1 wildcard, letter case", "OTHER.hosts.EXAMPLE", "*.hosts.example"),
    ("1.1 a wildcard of two labels", "a.eu.hosts.example", "*.eu.hosts.example"),
    ("1.1 a wildcard covers one label only", "a.b.hosts.example", NOT_FOUND),
    ("1.1 a wildcard's own parent", "hosts.example", NOT_FOUND),
    ("1.1 another domain", "api.hosts.example.org", NOT_FOUND),
))
def test_hosts(apis, hosts, host, expected):
    target = apis.target(host, "/x")
    assert hosts.get(target, target) == expected if isinstance(target, str) else target == expected


# 1.4 Routing rules


def header(name, glob):
    return {"MatchHeaders": {"AnyOf": [{"Header": name, "ValueGlob": glob}]}}


def base_path(*paths):
    return {"MatchBasePaths": {"AnyOf": list(paths)}}


@pytest.fixture(scope="module")
def ruled(apis):
    """A domain name with rules and mappings; says which API took a request, and what path its routes saw."""
    domain = apis.domain(mode="ROUTING_RULE_THEN_API_MAPPING")
    names = {}

    def named(label):
        api_id, name = apis.named()
        names[name] = label
        return api_id

    apis.rule(domain, 50, named("users"), base_path("users"), strip=True)
    apis.rule(domain, 10, named("beta"), base_path("users"), header("X-Version", "beta*"), strip=True)
    apis.rule(domain, 20, named("both"), header("x-a", "1"), header("x-b", "*2*"))
    apis.rule(domain, 30, named("kept"), base_path("kept/v1"))
    apis.rule(domain, 40, named("suffix"), header("x-host", "*.corp"))
    apis.rule(domain, 60, named("any of"), base_path("cats", "dogs"), strip=True)
    apis.map(domain, named("mapped"), "mapped")
    apis.settled(domain, path="/mapped/x")

    def taken(path, *headers):
        target = apis.target(domain, path, *headers)
        if not isinstance(target, str):
            return target
        _, name, *rest = target.split("/", 2)
        return names[name], "/" + "".join(rest)
    return taken


@pytest.mark.parametrize(("path", "headers", "expected"), rows(
    ("1.4 a base path", "/users/7", [], ("users", "/7")),
    ("1.4 a base path alone", "/users", [], ("users", "/")),
    ("1.4 the lowest priority first", "/users/7", ["x-version: beta-2"], ("beta", "/7")),
    ("1.4 a glob has letter case", "/users/7", ["x-version: Beta-2"], ("users", "/7")),
    ("1.4 a header's name has none", "/users/7", ["X-VERSION: beta"], ("beta", "/7")),
    ("1.4 whole segments", "/usersx", [], FORBIDDEN),
    ("1.4 two headers", "/x", ["x-a: 1", "x-b: 123"], ("both", "/x")),
    ("1.4 one of two headers", "/x", ["x-a: 1"], FORBIDDEN),
    ("1.4 stripBasePath false", "/kept/v1/x", [], ("kept", "/kept/v1/x")),
    ("1.4 the end of a value", "/x", ["x-host: a.corp"], ("suffix", "/x")),
    ("1.4 the end of a value only", "/x", ["x-host: a.corp.org"], FORBIDDEN),
    ("1.4 any of several base paths", "/dogs/1", [], ("any of", "/1")),
    ("1.4 rules before mappings", "/mapped/x", ["x-host: a.corp"], ("suffix", "/mapped/x")),
    ("1.4 mappings behind rules", "/mapped/x", [], ("mapped", "/x")),
))
def test_rules(ruled, path, headers, expected):
    assert ruled(path, *headers) == expected


@pytest.mark.parametrize(("mode", "expected"), rows(
    ("1.4 API_MAPPING_ONLY", "API_MAPPING_ONLY", ("mapped", "mapped")),
    ("1.4 ROUTING_RULE_ONLY", "ROUTING_RULE_ONLY", ("ruled", FORBIDDEN)),
    ("1.4 ROUTING_RULE_THEN_API_MAPPING", "ROUTING_RULE_THEN_API_MAPPING", ("ruled", "mapped")),
))
def test_modes(apis, mode, expected):
    domain = apis.domain(mode=mode)
    labels = {}
    for label in ("ruled", "mapped"):
        api_id, name = apis.named()
        labels[name] = label
        if label == "ruled":
            apis.rule(domain, 1, api_id, header("x-rule", "*"))
        else:
            apis.map(domain, api_id)

    def taken(*headers):
        target = apis.target(domain, "/x", *headers)
        return labels[target.split("/")[1]] if isinstance(target, str) else target
    eventually(lambda: (taken("x-rule: 1"), taken()) == expected)


def test_14_mutual_tls_is_not_passed_over(apis):
    """Nobody can show a certificate without TLS, so nobody gets through; with it turned off everybody does."""
    domain, (api_id, name) = apis.domain(), apis.named()
    apis.map(domain, api_id)
    apis.settled(domain)
    truststore = {"TruststoreUri": "s3://bucket/truststore.pem"}
    apis.client.update_domain_name(DomainName=domain, MutualTlsAuthentication=truststore)
    eventually(lambda: apis.target(domain, "/a") == FORBIDDEN)
    apis.client.update_domain_name(DomainName=domain, MutualTlsAuthentication={"TruststoreUri": ""})
    eventually(lambda: apis.target(domain, "/a") == f"/{name}/a")


def test_1_4_a_catch_all(apis):
    domain, (api_id, name) = apis.domain(mode="ROUTING_RULE_ONLY"), apis.named("dev")
    apis.rule(domain, 1, api_id, stage="dev")
    eventually(lambda: apis.target(domain, "/a/b") == f"/{name}/a/b")


def test_1_4_a_stage_that_is_gone(apis):
    domain, (api_id, _) = apis.domain(mode="ROUTING_RULE_ONLY"), apis.named("dev")
    apis.rule(domain, 1, api_id, stage="dev")
    apis.settled(domain)
    apis.client.delete_stage(ApiId=api_id, StageName="dev")
    eventually(lambda: apis.target(domain, "/a") == NOT_FOUND)
