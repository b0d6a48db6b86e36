"""spec/http-api-runtime.md section 1.1 and 1.2: from host and path to API and stage, by the request's bytes.

Custom domains, mappings and routing rules (1.3 to 1.5) come with custom domains; of 1.3 the disabled endpoint is here.
"""

import pytest
from gatewright import eventually
from spec import BAD_REQUEST, NOT_FOUND, Apis, exchange, get, rows

HOST = "{api}.execute-api.us-east-1.localhost"
FOUND = ("GET /pets/dog", "")

HOSTS = rows(
    ("1.1 default endpoint", [HOST], FOUND),
    ("1.1 case-insensitive", ["{API}.Execute-API.US-east-1.LOCALHOST"], FOUND),
    ("1.1 port ignored", [HOST + ":8443"], FOUND),
    ("1.1 trailing dot ignored", [HOST + "."], FOUND),
    ("1.1 trailing dot and port", [HOST + ".:80"], FOUND),
    ("1.1 unknown API", ["nosuchapi1.execute-api.us-east-1.localhost"], NOT_FOUND),
    ("1.1 another region", ["{api}.execute-api.eu-west-1.localhost"], NOT_FOUND),
    ("1.1 one label too many", ["x." + HOST], NOT_FOUND),
    ("1.1 another domain behind", [HOST + ".example.com"], NOT_FOUND),
    ("1.1 unknown host", ["api.example.com"], NOT_FOUND),
    ("15 Host missing", [], BAD_REQUEST),
    ("15 two Hosts", [HOST, HOST], BAD_REQUEST),
)

STAGES = rows(
    ("1.2 the first segment names a stage", "/dev/x/y", ("ANY /{proxy+}", "x/y")),
    ("1.2 otherwise $default, whole path", "/other/x/y", ("ANY /{proxy+}", "other/x/y")),
    ("1.2 a stage always beats a route", "/pets/dog", ("ANY /{proxy+}", "dog")),
    ("1.2 stage without a slash", "/dev", ("GET /", "")),
    ("1.2 stage with a slash", "/dev/", ("GET /", "")),
    ("1.2 stage names are case-sensitive", "/DEV/x", ("ANY /{proxy+}", "DEV/x")),
    ("1.2 no prefix of a segment", "/devs", ("ANY /{proxy+}", "devs")),
    ("1.2 stage name percent-encoded", "/d%65v/x", ("ANY /{proxy+}", "x")),
    ("1.2 encoded slash behind the stage", "/dev%2Fx", ("ANY /{proxy+}", "x")),
    ("1.2 only the first segment", "/x/dev", ("ANY /{proxy+}", "x/dev")),
    ("2.3 leading `//` before the stage", "//dev/x", ("ANY /{proxy+}", "x")),
    ("1.2 what a stage's name may hold", "/A_b-9/x", ("ANY /{proxy+}", "x")),
)


@pytest.fixture(scope="module")
def one(apis):
    return apis.api("GET /pets/dog")


@pytest.fixture(scope="module")
def staged(apis):
    return apis.api("GET /", "GET /pets/dog", "ANY /{proxy+}", stages=("$default", "dev", "pets", "A_b-9"))


@pytest.mark.parametrize("hosts,expected", HOSTS)
def test_hosts(apis, one, hosts, expected):
    lines = [f"Host: {host.format(api=one, API=one.upper())}" for host in hosts]
    assert apis.taken("\r\n".join(["GET /pets/dog HTTP/1.1", *lines, "", ""]).encode()) == expected


def test_an_absolute_target_outweighs_the_header(apis, one):
    target = f"http://{HOST.format(api=one)}/pets/dog"
    assert apis.taken(get("other", target)) == FOUND


@pytest.mark.parametrize("path,expected", STAGES)
def test_stages(apis, staged, path, expected):
    assert apis.taken(get(staged, path)) == expected


def test_neither_a_stage_nor_default(apis):
    api_id = apis.api("ANY /{proxy+}", stages=("dev",))
    assert apis.taken(get(api_id, "/dev/x")) == ("ANY /{proxy+}", "x")
    assert apis.taken(get(api_id, "/x")) == apis.taken(get(api_id, "/")) == NOT_FOUND


def test_a_disabled_endpoint_is_an_api_that_is_not_there(apis: Apis):
    """1.3: it hits every stage, with its next deployment: at once where a stage deploys automatically."""
    api_id = apis.api("GET /x", stages=("$default", "dev"))
    client = apis.client
    client.create_stage(ApiId=api_id, StageName="manual")
    publish = lambda: client.update_stage(
        ApiId=api_id, StageName="manual", DeploymentId=client.create_deployment(ApiId=api_id)["DeploymentId"])
    publish()
    ask = lambda path: exchange(apis.gateway, get(api_id, path)).status
    eventually(lambda: ask("/manual/x") == 200)
    client.update_api(ApiId=api_id, DisableExecuteApiEndpoint=True)
    eventually(lambda: apis.taken(get(api_id, "/x")) == apis.taken(get(api_id, "/dev/x")) == NOT_FOUND)
    assert ask("/manual/x") == 200, "its deployment is the one before"
    publish()
    eventually(lambda: ask("/manual/x") == 404)
