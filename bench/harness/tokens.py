"""Tokens for guarded routes, signed once and kept: their issuer's key signs thousands, and is thrown away."""

import base64
import json
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

#: Tokens name their issuer, so its port cannot be any that is free.
ISSUER_PORT = 18700
ISSUER = f"http://127.0.0.1:{ISSUER_PORT}"
AUDIENCE = "bench"
#: What one caller after the other sends, and what no gateway can have seen before: gatewright keeps the last 20,000 at most.
WARM, COLD = 64, 25_000
YEAR_2100 = 4102444800
KEY_ID = "bench-1"

SERVER = """
  server {{ listen 127.0.0.1:{port}; default_type application/json;
    location = /.well-known/openid-configuration {{ return 200 '{{"issuer":"{issuer}","jwks_uri":"{issuer}/jwks"}}'; }}
    location = /jwks {{ return 200 '{jwks}'; }} }}
"""


class Tokens:
    """What an issuer's clients and verifiers have of it, as files."""

    def __init__(self, folder):
        self.warm, self.cold, self.public_key, self.once = (folder / name for name in ("warm", "cold", "public.pem", "once.json"))
        self.jwks = folder / "jwks.json"
        if not self.once.exists():
            print(f"signing {COLD:,} tokens", file=sys.stderr)
            folder.mkdir(exist_ok=True)
            self.make()

    def make(self):
        key, another = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        public = key.public_key()
        encoding = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        self.public_key.write_bytes(public.public_bytes(*encoding))
        modulus = base64url(public.public_numbers().n.to_bytes(256, "big"))
        self.jwks.write_text(json.dumps({"keys": [
            {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": KEY_ID, "n": modulus, "e": "AQAB"}]}))
        self.warm.write_text("".join(f"{token(key, f'warm-{number}')}\n" for number in range(WARM)))
        self.cold.write_text("".join(f"{token(key, f'cold-{number}')}\n" for number in range(COLD)))
        self.once.write_text(json.dumps({
            "good": token(key, "good"), "forged": token(another, "forged"), "expired": token(key, "late", exp=1),
            "another issuer's": token(key, "stranger", iss="https://issuer.example"),
            "for another audience": token(key, "lost", aud="another"),
        }))

    def server(self):
        """The issuer, as a part of nginx's configuration."""
        return SERVER.format(port=ISSUER_PORT, issuer=ISSUER, jwks=self.jwks.read_text())


def token(key, subject, **claims):
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "exp": YEAR_2100, "scope": "items.read items.write", **claims}
    parts = [base64url(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT", "kid": KEY_ID}, claims)]
    signed = ".".join(parts)
    return f"{signed}.{base64url(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
