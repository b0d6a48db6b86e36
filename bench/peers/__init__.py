"""The gateways that are compared, one a file, all behind one small shape.

All of them do the same work per request: time limits on head, body and upstream, a limit on the
body's size, keep-alive on both sides, a `Forwarded`-like header, a request id in the answer, their
own counters; and no access log.
"""

from peers.peer import Peer, Prepared, Running, Surroundings

__all__ = ["NAMES", "Peer", "Prepared", "Running", "Surroundings", "named"]

# The first is what all others are compared with.
NAMES = ("nginx", "haproxy", "envoy", "gatewright")


def named(name: str) -> Peer:
    """The peer of a name out of NAMES."""
    from peers import envoy, gatewright, haproxy, nginx

    return {
        "nginx": nginx.Nginx,
        "haproxy": haproxy.Haproxy,
        "envoy": envoy.Envoy,
        "gatewright": gatewright.Gatewright,
    }[name]()
