"""A small client of gatewright's management API: just what the bench creates."""

import configparser
import http.client
import json
from pathlib import Path
from typing import Any

import sigv4


class Refused(Exception):
    """The management API answered with an error."""


class ManagementApi:
    """One keep-alive connection, every call signed with the administrator's key."""

    def __init__(self, address: tuple[str, int], credentials: Path) -> None:
        profiles = configparser.ConfigParser()
        profiles.read(credentials)
        profile = profiles["default"]
        self._key = sigv4.AccessKey(profile["aws_access_key_id"], profile["aws_secret_access_key"])
        self._host = f"{address[0]}:{address[1]}"
        self._connection = http.client.HTTPConnection(*address, timeout=30)

    def create(self, path: str, **members: Any) -> dict[str, Any]:
        """POSTs a resource and returns it as the management API answers it."""
        body = json.dumps(members).encode()
        headers = sigv4.sign(self._key, "POST", self._host, path, body)
        self._connection.request("POST", path, body, {**headers, "Content-Type": "application/json"})
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != 201:
            raise Refused(f"POST {path}: {response.status} {answer[:500]!r}")
        return json.loads(answer)

    def close(self) -> None:
        self._connection.close()
