"""AWS Signature Version 4 for the management API, from the standard library alone."""

import datetime
import hashlib
import hmac
from dataclasses import dataclass

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "apigateway"
REGION = "us-east-1"


@dataclass(frozen=True)
class AccessKey:
    """An access key and its secret."""

    id: str
    secret: str


def sign(key: AccessKey, method: str, host: str, path: str, body: bytes) -> dict[str, str]:
    """The headers that sign a request without a query whose path needs no escaping."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    date = now[:8]
    body_hash = hashlib.sha256(body).hexdigest()
    signed = {"host": host, "x-amz-content-sha256": body_hash, "x-amz-date": now}
    names = ";".join(signed)
    canonical = "\n".join(
        [method, path, "", *(f"{name}:{value}" for name, value in signed.items()), "", names, body_hash]
    )
    scope = f"{date}/{REGION}/{SERVICE}/aws4_request"
    to_sign = "\n".join([ALGORITHM, now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    secret = f"AWS4{key.secret}".encode()
    for part in (date, REGION, SERVICE, "aws4_request"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    signature = hmac.digest(secret, to_sign.encode(), "sha256").hex()
    authorization = f"{ALGORITHM} Credential={key.id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {
        "Host": host,
        "X-Amz-Content-Sha256": body_hash,
        "X-Amz-Date": now,
        "Authorization": authorization,
    }
