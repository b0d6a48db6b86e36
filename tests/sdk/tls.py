"""Clients of a port that speaks TLS, under the name localhost."""

import re
import socket
import ssl
import subprocess


def address(gateway, listener="management"):
    host, port = gateway.listeners[listener].rsplit(":", 1)
    return host, int(port)


def connect(gateway, authority, listener="management", alpn=None):
    context = ssl.create_default_context(cafile=authority.pem)
    if alpn:
        context.set_alpn_protocols(alpn)
    plain = socket.create_connection(address(gateway, listener), timeout=20)
    try:
        return context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False)
    except BaseException:
        plain.close()
        raise


def served(gateway, authority, listener="management"):
    """The organisation in the certificate."""
    with connect(gateway, authority, listener) as connection:
        return {name: value for part in connection.getpeercert()["subject"] for name, value in part}["organizationName"]


def s_client(listening, *arguments):
    command = ["openssl", "s_client", "-connect", listening, "-servername", "localhost", *map(str, arguments)]
    done = subprocess.run(command, input="Q\n", capture_output=True, text=True, timeout=30)
    return done.stdout + done.stderr


def ended(connection):
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def log(gateway):
    """Without colours."""
    return re.sub(r"\x1b\[\d*m", "", (gateway.data_dir / "log").read_text())
