"""Signed requests to the byte: paths and bodies that no SDK would send."""

import datetime
import hashlib
import hmac
import http.client
from urllib.parse import quote, unquote_to_bytes


def sign(credentials, method, path, query, body, host, now):
    """Signature V4 over the path as it is, each segment encoded once more, without normalising."""
    key, secret = credentials
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    pairs = sorted(
        tuple(quote(unquote_to_bytes(part), safe="-_.~") for part in (pair.split("=", 1) + [""])[:2])
        for pair in query.split("&") if pair)
    canonical = "\n".join([
        method, quote(path, safe="/-_.~"), "&".join(f"{name}={value}" for name, value in pairs),
        f"host:{host}\nx-amz-date:{stamp}\n", "host;x-amz-date", hashlib.sha256(body).hexdigest()])
    scope = f"{stamp[:8]}/us-east-1/apigateway/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    secret = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    signature = hmac.digest(secret, text.encode(), "sha256").hex()
    return {"x-amz-date": stamp, "authorization": f"AWS4-HMAC-SHA256 Credential={key}/{scope}, "
            f"SignedHeaders=host;x-amz-date, Signature={signature}"}


class Raw:
    """One connection at a time, kept as long as the server keeps it."""

    def __init__(self, gateway):
        self.credentials, self.host = gateway.credentials(), gateway.listeners["management"]
        # How often a connection was gone of which no answer had said that it would close.
        self.connection, self.unannounced = None, 0

    def __call__(self, method, path, query="", body=b"", content_type="application/json"):
        if len(body) > 1_000_000 and self.connection:  # so that whose connection breaks is not in doubt
            self.connection.close()
            self.connection = None
        kept = self.connection is not None
        try:
            return self.exchange(method, path, query, body, content_type)
        except (ConnectionError, http.client.RemoteDisconnected):
            if not kept:
                raise
            self.unannounced += 1
            return self.exchange(method, path, query, body, content_type)

    def exchange(self, method, path, query, body, content_type):
        now = datetime.datetime.now(datetime.timezone.utc)
        headers = sign(self.credentials, method, path, query, body, self.host, now)
        self.connection = self.connection or http.client.HTTPConnection(self.host, timeout=20)
        connection, self.connection = self.connection, None
        connection.putrequest(method, path + ("?" + query if query else ""), skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body:
            connection.putheader("content-type", content_type)
            connection.putheader("content-length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        content = answer.read()
        if answer.will_close:
            connection.close()
        else:
            self.connection = connection
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content
