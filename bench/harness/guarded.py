"""Guarded routes: 1,000 of them behind a token (RS256), a rate limit and CORS; what each gateway is told of it."""

from . import load, tokens

#: Requests a second and at once, by host. Where few are enough to be refused, it can be seen that the limit is there.
LIMITS = {"jwt": (100_000, 5_000), "jwt-uncached": (100_000, 5_000), "limited": (1, 1)}
#: Without "jwt": what HAProxy has verified, it verifies again.
HAPROXY_HOSTS = ["jwt-uncached", "limited"]

HAPROXY = """
backend {name}
  stick-table type string len 16 size 10k expire 10s store http_req_rate(1s)
  http-request set-var(txn.route) path,map_beg({work}/haproxy-routes.map)
  http-request deny deny_status 404 unless {{ var(txn.route) -m found }}
  http-request set-var(txn.token) http_auth_bearer
  http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')
  http-request deny deny_status 401 unless {{ var(txn.alg) -m str RS256 }}
  http-request deny deny_status 401 unless {{ var(txn.token),jwt_verify(txn.alg,"{key}") 1 }}
  http-request deny deny_status 401 unless {{ var(txn.token),jwt_payload_query('$.iss') -m str {issuer} }}
  http-request deny deny_status 401 unless {{ var(txn.token),jwt_payload_query('$.aud') -m str {audience} }}
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 unless {{ var(txn.token),jwt_payload_query('$.exp','int'),sub(txn.now) gt 0 }}
  http-request track-sc0 var(txn.route)
  http-request deny deny_status 429 if {{ sc_http_req_rate(0) gt {rate} }}
  http-request set-var(txn.site) req.hdr(origin)
  http-response set-header access-control-allow-origin %[var(txn.site)] if {{ var(txn.site) -m str {site} }}
  http-response set-header vary origin
  server origin 127.0.0.1:{origin} pool-max-conn 512
"""


def haproxy(work, origin, issued):
    (work / "haproxy-routes.map").write_text("".join(f"/r{n}/items/ r{n}\n" for n in load.ROUTES))
    return "".join(
        HAPROXY.format(name=name, work=work, key=issued.public_key, issuer=tokens.ISSUER, audience=tokens.AUDIENCE,
                       rate=LIMITS[name][0], site=load.SITE, origin=origin)
        for name in HAPROXY_HOSTS)


def envoy_filters(issued):
    """The chain before the router, asleep on hosts that do not ask for it."""
    provider = {"issuer": tokens.ISSUER, "audiences": [tokens.AUDIENCE], "forward": True,
                "local_jwks": {"inline_string": issued.jwks.read_text()}}
    providers = {"jwt": {**provider, "jwt_cache_config": {"jwt_cache_size": 1000}}, "jwt-uncached": provider}
    requirements = {name: {"provider_name": name} for name in providers}
    filters = {
        "cors": typed("cors.v3.Cors"),
        "jwt_authn": typed("jwt_authn.v3.JwtAuthentication", providers=providers, requirement_map=requirements),
        "local_ratelimit": typed("local_ratelimit.v3.LocalRateLimit", stat_prefix="limit"),
    }
    return [{"name": f"envoy.filters.http.{name}", "disabled": True, "typed_config": config} for name, config in filters.items()]


def envoy_host(name, routes):
    rate, burst = LIMITS[name]
    always = {"default_value": {"numerator": 100}}
    # It is filled 20 times a second at most.
    bucket = {"max_tokens": burst, "tokens_per_fill": max(1, rate // 20), "fill_interval": "0.05s" if rate > 20 else "1s"}
    filters = {
        "cors": typed("cors.v3.CorsPolicy", allow_origin_string_match=[{"exact": load.SITE}]),
        "jwt_authn": typed("jwt_authn.v3.PerRouteConfig", requirement_name="jwt-uncached" if name == "jwt-uncached" else "jwt"),
        "local_ratelimit": typed("local_ratelimit.v3.LocalRateLimit", stat_prefix="limit", token_bucket=bucket,
                                 filter_enabled=always, filter_enforced=always),
    }
    return {"name": name, "domains": [name], **routes,
            "typed_per_filter_config": {f"envoy.filters.http.{name}": config for name, config in filters.items()}}


def typed(name, **members):
    return {"@type": f"type.googleapis.com/envoy.extensions.filters.http.{name}", **members}


def gatewright(gateway, routes):
    """An API for each host; that each has an audience more keeps their verified tokens apart."""
    def api(name):
        rate, burst = LIMITS[name]
        wanted = routes if name in load.SCENARIOS else dict([*routes.items()][:1])
        return gateway.api(
            wanted, audience=[tokens.AUDIENCE, name], corsConfiguration={"allowOrigins": [load.SITE]},
            stage={"defaultRouteSettings": {"throttlingRateLimit": rate, "throttlingBurstLimit": burst}})
    return {name: api(name) for name in LIMITS}
