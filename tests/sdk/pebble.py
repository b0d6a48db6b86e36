"""A certificate authority that speaks ACME: Let's Encrypt's pebble, the real one, with a DNS that a test decides over."""

import json
import os
import re
import socket
import ssl
import subprocess

import urllib3
from certificates import Authority
from gatewright import eventually
from terraform import TARGET

VERSION = "v2.10.1"
#: A kind of certificates that is renewed while a test looks on.
SHORT_SECONDS = 24
EXTERNAL_ACCOUNT = ("kid-1", "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W")


def free_ports(count):
    """Free ones of 127.0.0.1 that differ."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def binaries():
    """Built from the Go module proxy, once."""
    folder = TARGET / "pebble"
    programs = folder / "pebble", folder / "pebble-challtestsrv"
    if not all(program.exists() for program in programs):
        settings = {**os.environ, "GOBIN": str(folder), "GOFLAGS": "-buildvcs=false"}
        packages = [f"github.com/letsencrypt/pebble/v2/cmd/{program.name}@{VERSION}" for program in programs]
        subprocess.run(["go", "install", *packages], env=settings, check=True, timeout=300)
    return programs


class Pebble:
    """Asks for names at `http_port` and `tls_port` of the address that `resolve` said; `ca_file` is whom its own clients trust. It
    refuses one of twenty good nonces, as it always does."""

    def __init__(self, work):
        self.work = work
        self.port, self.management, self.http_port, self.tls_port, self.dns, self.dns_management = free_ports(6)
        own = Authority(work)
        certificate = own.issue("localhost")
        self.ca_file, self.log = own.pem, work / "pebble.log"
        (work / "pebble.json").write_text(json.dumps({"pebble": {
            "listenAddress": f"127.0.0.1:{self.port}", "managementListenAddress": f"127.0.0.1:{self.management}",
            "certificate": str(certificate / "cert.pem"), "privateKey": str(certificate / "key.pem"),
            "httpPort": self.http_port, "tlsPort": self.tls_port, "keyAlgorithm": "ecdsa",
            "retryAfter": {"authz": 1, "order": 1},
            "externalAccountMACKeys": dict([EXTERNAL_ACCOUNT]),
            "profiles": {"long": {"description": "", "validityPeriod": 7776000}, "short": {"description": "", "validityPeriod": SHORT_SECONDS}},
        }}))
        pebble, names = binaries()
        self.processes = [
            self.run([names, "-dnsserver", f"127.0.0.1:{self.dns}", "-management", f"127.0.0.1:{self.dns_management}", "-defaultIPv4", "127.0.0.250",
                      "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", ""], work / "names.log"),
            self.run([pebble, "-config", work / "pebble.json", "-dnsserver", f"127.0.0.1:{self.dns}"], self.log),
        ]
        self.pool = urllib3.PoolManager(ca_certs=str(own.pem))
        self.url = f"https://localhost:{self.port}/dir"
        self.root = work / "root.pem"
        try:
            eventually(lambda: self.pool.request("GET", self.url, retries=False).status == 200)
            self.root.write_bytes(self.pool.request("GET", f"https://localhost:{self.management}/roots/0").data)
            eventually(lambda: self.tell("clear-a", host="nobody.example"))
        except BaseException:
            self.stop()
            raise

    def run(self, command, log):
        environment = {**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_AUTHZREUSE": "0"}
        return subprocess.Popen(list(map(str, command)), env=environment, stdout=open(log, "wb"), stderr=subprocess.STDOUT)

    def tell(self, what, **members):
        body = json.dumps(members).encode()
        return urllib3.request("POST", f"http://127.0.0.1:{self.dns_management}/{what}", body=body).status == 200

    def resolve(self, name, address):
        assert self.tell("clear-a", host=name) and self.tell("add-a", host=name, addresses=[address])

    def orders(self):
        """How many names have been asked for by HTTP-01, each once for an order."""
        return len(set(re.findall("Attempting to validate w/ HTTP: (.*)", self.log.read_text())))

    def trusting(self):
        return ssl.create_default_context(cafile=self.root)

    def stop(self):
        for process in self.processes:
            process.terminate()
            process.wait()
