"""The gateways, each with the same work: timeouts, a body limit, a request id, metrics; an access log where a scenario says so."""

import collections
import dataclasses
import json
import pathlib
import typing

from . import guarded, load, machine
from .certificate import Certificate
from .gatewright import Gatewright
from .tokens import Tokens

NGINX = """
daemon off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/nginx.log crit;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 75s; client_header_timeout 10s;
  client_body_timeout 60s; client_max_body_size 10m; client_body_buffer_size 64k; tcp_nodelay on;
  client_body_temp_path {work}/n0; proxy_temp_path {work}/n1; fastcgi_temp_path {work}/n2;
  uwsgi_temp_path {work}/n3; scgi_temp_path {work}/n4;
  upstream origin {{ server 127.0.0.1:{origin}; keepalive 512; keepalive_requests 1000000000; }}
  proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host origin;
  proxy_set_header Forwarded "for=$remote_addr;host=$host;proto=http"; proxy_set_header Via "1.1 nginx";
  proxy_connect_timeout 5s; proxy_read_timeout 30s; add_header request-id $request_id;
  server {{ listen 127.0.0.1:{port}; server_name plain; location / {{ proxy_pass http://origin; }} }}
  server {{ listen 127.0.0.1:{tls_port} ssl; server_name tls; ssl_certificate {certificate.cert}; ssl_certificate_key {certificate.key};
    ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
    location / {{ proxy_pass http://origin; }} }}
  server {{ listen 127.0.0.1:{port}; server_name routes; {routes} }}
  map_hash_max_size 4096; map_hash_bucket_size 128;
  map $uri $target {{ default ""; {targets} }}
  limit_req_zone $target zone=routes:10m rate=100000r/s;
  log_format api escape=json '{log_format}';
  server {{ listen 127.0.0.1:{port}; server_name features; {features} }}
  server {{ listen 127.0.0.1:{port}; server_name logged; access_log {work}/nginx-access.log api buffer=32k flush=1s; {features} }}
}}
"""

# A limit for each route, a header for browsers, one made of the request's, and the route by a table of 1,000.
NGINX_FEATURES = """
  location / {
    if ($target = "") { return 404; }
    limit_req zone=routes burst=5000 nodelay;
    add_header access-control-allow-origin $http_origin; add_header vary origin; add_header request-id $request_id;
    proxy_set_header Connection ""; proxy_set_header Host origin; proxy_set_header Via "1.1 nginx";
    proxy_set_header Forwarded "for=$remote_addr;host=$host;proto=http";
    proxy_set_header x-caller "$remote_addr $http_x_tenant"; proxy_pass http://origin$target; }
"""
LOG_FORMAT = {
    "requestId": ("$request_id", "$context.requestId"), "ip": ("$remote_addr", "$context.identity.sourceIp"),
    "requestTime": ("$time_local", "$context.requestTime"), "httpMethod": ("$request_method", "$context.httpMethod"),
    "routeKey": ("$target", "$context.routeKey"), "status": ("$status", "$context.status"),
    "protocol": ("$server_protocol", "$context.protocol"), "responseLength": ("$body_bytes_sent", "$context.responseLength"),
}


def log_format(column):
    return "{" + ",".join(f'"{name}":"{values[column]}"' for name, values in LOG_FORMAT.items()) + "}"

HAPROXY = """
global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 75s
  timeout server 30s
  timeout http-request 10s
  http-reuse always
frontend gateway
  bind 127.0.0.1:{port}
  unique-id-format %[uuid]
  unique-id-header request-id
  http-request set-header Forwarded "for=%[src];host=%[req.hdr(host)];proto=http"
  http-request set-header Via "1.1 haproxy"
  use_backend %[path,map_beg({work}/haproxy.map,origin)] if {{ hdr(host) routes }}
{hosts}
  default_backend origin
backend origin
  server origin 127.0.0.1:{origin} pool-max-conn 512
{guarded}
"""

ENVOY_ROUTER = {
    "name": "envoy.filters.http.router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}
ENVOY = """
admin: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {admin} }} }} }}
static_resources:
  listeners:
  - address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: gateway
          codec_type: HTTP1
          request_headers_timeout: 10s
          http_filters: {filters}
          route_config: {{ virtual_hosts: {hosts} }}
  clusters:
  - name: origin
    type: STATIC
    connect_timeout: 5s
    circuit_breakers: {{ thresholds: [ {{ max_connections: 4096, max_requests: 4096, max_pending_requests: 4096 }} ] }}
    load_assignment:
      cluster_name: origin
      endpoints: [ {{ lb_endpoints: [ {{ endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {origin} }} }} }} }} ] }} ]
"""
ENVOY_ROUTE = {"cluster": "origin", "timeout": "30s"}


@dataclasses.dataclass
class Setup:
    """What gateways are started with."""

    work: pathlib.Path
    log: typing.BinaryIO
    binary: pathlib.Path
    envoy: pathlib.Path
    origin: int
    issued: Tokens
    certificate: Certificate


class Peer:
    """A gateway that runs, and its host for each scenario that it can do."""

    def __init__(self, name, process, port, hosts, tls_port=None):
        self.name, self.process, self.port, self.hosts, self.tls_port = name, process, port, hosts, tls_port
        #: Requests by scenario.
        self.sent = collections.Counter()


def start_all(setup, only):
    """Every peer, idle but for the one that is being asked."""
    makers = {"nginx": nginx, "haproxy": haproxy, "envoy": envoy, "gatewright": gatewright}
    return [make(setup) for name, make in makers.items() if not only or name in only]


HOSTS = {"plain": "plain", "same": "plain", "routes": "routes", "post": "plain"}
NGINX_HOSTS = {**HOSTS, "features": "features", "logged": "logged", **dict.fromkeys(load.ENCRYPTED, "tls")}
HAPROXY_HOSTS = {**HOSTS, **{name: name for name in guarded.HAPROXY_HOSTS}}
ENVOY_HOSTS = {**HOSTS, **{name: name for name in guarded.LIMITS}}


def nginx(setup):
    port, tls_port, work = machine.free_port(), machine.free_port(), setup.work
    routes = " ".join(f"location /r{n}/items/ {{ proxy_pass http://origin; }}" for n in load.ROUTES)
    config = work / "nginx.conf"
    targets = " ".join(f"/r{n}/items/{n} /r{n}/items/{n};" for n in load.ROUTES)
    config.write_text(NGINX.format(work=work, port=port, tls_port=tls_port, certificate=setup.certificate, origin=setup.origin,
                                   routes=routes, targets=targets, features=NGINX_FEATURES, log_format=log_format(0)))
    process = machine.start(["nginx", "-e", work / "nginx.log", "-c", config], machine.GATEWAY_CORE, setup.log)
    machine.wait_for_port(port)
    return Peer("nginx", process, port, NGINX_HOSTS, tls_port)


def haproxy(setup):
    port, work = machine.free_port(), setup.work
    (work / "haproxy.map").write_text("".join(f"/r{n}/items/ origin\n" for n in load.ROUTES))
    hosts = "".join(f"  use_backend {name} if {{ hdr(host) {name} }}\n" for name in guarded.HAPROXY_HOSTS)
    config = work / "haproxy.cfg"
    config.write_text(HAPROXY.format(work=work, port=port, origin=setup.origin, hosts=hosts,
                                     guarded=guarded.haproxy(work, setup.origin, setup.issued)))
    process = machine.start(["haproxy", "-db", "-f", config], machine.GATEWAY_CORE, setup.log)
    machine.wait_for_port(port)
    return Peer("haproxy", process, port, HAPROXY_HOSTS)


def envoy(setup):
    port, admin = machine.free_port(), machine.free_port()
    routes = envoy_routes()
    hosts = [{"name": "plain", "domains": ["plain"], "routes": [{"match": {"prefix": "/"}, "route": ENVOY_ROUTE}]},
             {"name": "routes", "domains": ["routes"], **routes}]
    hosts += [guarded.envoy_host(name, routes) for name in guarded.LIMITS]
    filters = guarded.envoy_filters(setup.issued) + [ENVOY_ROUTER]
    config = setup.work / "envoy.yaml"
    config.write_text(ENVOY.format(port=port, admin=admin, origin=setup.origin, hosts=json.dumps(hosts), filters=json.dumps(filters)))
    command = [setup.envoy, "-c", config, "--concurrency", "1", "--disable-hot-restart", "-l", "critical"]
    process = machine.start(command, machine.GATEWAY_CORE, setup.log)
    machine.wait_for_port(port)
    return Peer("envoy", process, port, ENVOY_HOSTS)


def envoy_routes():
    """As a tree: a list is searched from its beginning, and costs a third more."""
    def route(n):
        return {"@type": "type.googleapis.com/envoy.config.route.v3.Route", "match": {"prefix": f"/r{n}/items/"}, "route": ENVOY_ROUTE}

    path = {"@type": "type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput", "header_name": ":path"}
    actions = {f"/r{n}/items/": {"action": {"name": "route", "typed_config": route(n)}} for n in load.ROUTES}
    return {"matcher": {"matcher_tree": {"input": {"name": "path", "typed_config": path}, "prefix_match_map": {"map": actions}}}}


def gatewright(setup):
    gateway = Gatewright(setup)
    url = f"http://127.0.0.1:{setup.origin}"
    plain = gateway.api({"ANY /bytes": f"{url}/bytes"})
    keys = {f"GET /r{n}/items/{{id}}": f"{url}/r{n}/items/{{id}}" for n in load.ROUTES}
    features = {
        "corsConfiguration": {"allowOrigins": [load.SITE]},
        "stage": {"defaultRouteSettings": {"throttlingRateLimit": 100_000, "throttlingBurstLimit": 5_000}},
        "integration": {"requestParameters": {"overwrite:header.x-caller": "${context.identity.sourceIp} ${request.header.x-tenant}"}},
    }
    logged = {**features, "stage": {**features["stage"], "accessLogSettings": {
        "destinationArn": gateway.log_arn, "format": log_format(1)}}}
    hosts = {
        "plain": plain, "post": plain, "tls": plain, "handshakes": plain, "same": gateway.api({"ANY /{path+}": f"{url}/{{path}}"}),
        "routes": gateway.api(keys), "features": gateway.api(keys, **features), "logged": gateway.api(keys, **logged), **guarded.gatewright(gateway, keys),
        "lambda": gateway.api({"ANY /bytes": gateway.function_arn}, integration={
            "integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0"}),
    }
    return Peer("gatewright", gateway.process, gateway.port, hosts, gateway.tls_port)
