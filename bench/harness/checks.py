"""Before anything is timed: that a gateway does the work that it is timed for."""

import http.client
import json

from . import load


def check(peer, issued):
    for scenario in ("jwt", "jwt-uncached"):
        if scenario in peer.hosts:
            guarded(peer, scenario, issued)
    if "limited" in peer.hosts:
        limited(peer, issued)
    if "lambda" in peer.hosts:
        status, headers, body = ask(peer, "lambda", "/bytes")
        assert (status, headers["content-type"], body) == (200, "text/plain", b"x" * 128), (status, body)


def guarded(peer, scenario, issued):
    once = json.loads(issued.once.read_text())
    good = once.pop("good")
    for path, token, expected in [("/r0/items/1", good, 200), ("/r999/items/1", good, 200), ("/r1000/items/1", good, 404)]:
        status, headers, body = ask(peer, scenario, path, token)
        assert status == expected, (peer.name, scenario, path, status)
        if status == 200:
            allowed = headers["access-control-allow-origin"]
            assert (allowed, body) == (load.SITE, b"x" * 128), (peer.name, scenario, allowed, body)
    for name, token in {"none": None, "cut off": good[:-8], **once}.items():
        status, _, _ = ask(peer, scenario, "/r0/items/1", token)
        # Envoy has another status for another audience.
        assert status == 401 or (status, name) == (403, "for another audience"), (peer.name, scenario, name, status)


def limited(peer, issued):
    """A host with the same settings but for the limit's number."""
    token = json.loads(issued.once.read_text())["good"]
    statuses = [ask(peer, "limited", "/r0/items/1", token)[0] for _ in range(3)]
    assert statuses[0] == 200 and 429 in statuses, (peer.name, statuses)


def ask(peer, scenario, path, token=None):
    connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=10)
    headers = {"host": peer.hosts[scenario], "origin": load.SITE, **({"authorization": f"Bearer {token}"} if token else {})}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body
