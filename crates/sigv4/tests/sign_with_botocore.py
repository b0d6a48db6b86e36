"""Writes botocore.json: requests for execute-api that botocore signs, as they are sent, and what
the verifier must say of each.

    pip install botocore && python sign_with_botocore.py [random requests] > botocore.json
"""

import datetime
import json
import random
import sys
import unittest.mock
from urllib.parse import quote, urlsplit

import botocore.auth
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
KEY = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
HOST = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com"
HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
TEXTS = ["a", "Z9", "", "b c", "+", "a+b", "ü", "日本", "%", "%2F", "/", "a/b", "=", "&", "?", ";", ":", "@",
         "$default", "~", "-._", "*", "!'()", "<>\"", "\\", "{x}", "😀", "#", ","]


def case(name, path="/prod/pets", query="", method="GET", headers=(), body=b"", params=None, token=None,
         signer=SigV4Auth, context=None, expected="verified", **options):
    url = HOST + path + (f"?{query}" if query else "")
    request = AWSRequest(method, url, data=body or None, params=params)
    for header, value in headers:
        request.headers.add_header(header, value)
    request.context.update(context or {})
    with unittest.mock.patch.object(botocore.auth, "get_current_datetime", lambda: NOW):
        signer(Credentials(*KEY, token), "execute-api", "eu-west-1", **options).add_auth(request)
    # With `params`, spaces are signed as %20 and sent as +.
    sent = urlsplit(request.prepare().url)
    return {
        "name": name,
        "expected": expected,
        "method": method,
        "path": sent.path,
        "query": sent.query,
        "headers": [["host", sent.netloc]] + [[key.lower(), value] for key, value in request.headers.items()],
        "body": body.hex(),
        "token": token,
    }


def presigned(name, **options):
    return case(f"presigned: {name}", signer=SigV4QueryAuth, **options)


def paths():
    for path in ["", "/", "/prod", "/prod/", "/prod/b%20c", "/prod/%C3%BC", "/prod/a%2Fb", "/prod/a%2fb", "/prod/a+b",
                 "/prod/%252F", "/$default", "/%24default", "/prod/@connections/R0o%3D", "/prod/%40connections/R0o=",
                 "/prod/a;b,c:d*e!f'g(h)i", "/prod/~-._", "/prod/..a/b..", "/prod/%2E%2E/b", "/prod/%"]:
        yield case(f"path {path}", path=path)
    # Signed as another path than the one sent.
    for path in ["/prod//pets", "//prod", "/prod//", "/prod/./pets", "/prod/../pets", "/prod/..", "/prod/."]:
        yield case(f"path {path}", path=path, expected="Mismatch")


def queries():
    for query in ["a=1", "b=2&a=1", "a=2&a=1", "a=1&A=1", "a=&b", "a=b%20c", "a=%2B", "%C3%BC=%F0%9F%98%80", "a-=1&a=2",
                  "a=%252F"]:
        yield case(f"query {query}", query=query)
    # In a URL, botocore does not encode what is not.
    for query in ["a=b:c", "a=%2f", "a=b+c", "a=b=c"]:
        yield case(f"query {query}", query=query, expected="Mismatch")
    yield case("params", params={"b c": "d e", "a": "1+1", "ü": "/?&=", "empty": ""})


def payloads():
    yield case("body", method="POST", body=b'{"a":1}', headers=[("Content-Type", "application/json")])
    yield case("body that is no text", method="PUT", body=bytes(range(256)))
    yield case("hash", method="POST", body=b"hello", headers=[("X-Amz-Content-SHA256", HELLO)])
    yield case("hash of another body", method="POST", body=b"hallo", headers=[("X-Amz-Content-SHA256", HELLO)],
               expected="ContentHash")
    yield case("unsigned payload", method="POST", body=b"hello", context={"payload_signing_enabled": False},
               expected="UnsignedPayload")
    yield case("unsigned trailer", method="POST", body=b"hello", expected="UnsignedPayload",
               headers=[("X-Amz-Content-SHA256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")])


def headers():
    yield case("spaces", headers=[("X-A", "  a   b\tc  "), ("X-Empty", "")])
    yield case("values", headers=[("X-A", "2"), ("X-B", "1"), ("X-A", "1"), ("X-Amz-Meta", "a,b")])
    yield case("UTF-8", headers=[("X-A", "größe")])
    yield case("not signed", headers=[("User-Agent", "x"), ("Connection", "keep-alive"), ("X-Amzn-Trace-Id", "Root=1")])
    yield case("token", token="a/b+c==")
    yield case("date", headers=[("Date", "")])


def presigned_ones():
    yield presigned("plain")
    yield presigned("one second", expires=1)
    yield presigned("a week", expires=604800)
    yield presigned("more than a week", expires=604801, expected="Parameter(\"X-Amz-Expires\")")
    yield presigned("token", token="a/b+c==")
    yield presigned("query", query="b%20=c%2Bd&a=&A=1", path="/prod/b%20c")
    yield presigned("headers", headers=[("X-A", " 1  2 "), ("X-Amz-Meta", "x")])
    yield presigned("hash", headers=[("X-Amz-Content-SHA256", HELLO)], expected="ContentHash")
    yield presigned("path", path="/prod//pets", expected="Mismatch")


def at_random(count):
    dice = random.Random("gatewright")
    text = lambda: "".join(dice.choices(TEXTS, k=dice.randint(1, 3)))
    for index in range(count):
        segments = [quote(text(), safe=dice.choice(["", "~", "@:$,"])) or "x" for _ in range(dice.randint(0, 3))]
        path = "/prod/" + "/".join(segment.replace(".", "d") for segment in segments)
        names = [quote(text() or "n", safe="-_.~") for _ in range(dice.randint(0, 4))]
        query = "&".join(f"{name}={quote(text(), safe='-_.~')}" for name in names)
        extra = [(f"X-{dice.choice('abc')}", text().encode("ascii", "ignore").decode()) for _ in range(dice.randint(0, 3))]
        token = dice.choice([None, None, text() + "="])
        if dice.random() < 0.5:
            body = text().encode() * dice.randint(0, 2)
            method = dice.choice(["POST", "PUT", "PATCH"]) if body else dice.choice(["GET", "DELETE"])
            token = token and token.encode("ascii", "ignore").decode()
            yield case(f"random {index}", path, query, method, extra, body, token=token)
        else:
            # Names that are there twice are lost: SigV4QueryAuth's queries are dictionaries.
            yield case(f"random {index}: presigned", path, query, headers=extra, token=token, signer=SigV4QueryAuth)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    groups = [paths(), queries(), payloads(), headers(), presigned_ones(), at_random(count)]
    lines = [json.dumps(one, ensure_ascii=False) for group in groups for one in group]
    print("[\n" + ",\n".join(lines) + "\n]")


if __name__ == "__main__":
    main()
