"""Certificates that are replaced all the time, under a steady load of new connections: what clients notice of it.

vegeta makes a connection and a full handshake for each request, at a constant rate; first while nothing changes, and then while
the certificate's files are replaced again and again, by pairs of an RSA and of an EC key in turn.
"""

import argparse
import pathlib
import tempfile
import threading

from certificates import EC, RSA, Authority, install
from gatewright import Process
from raw import Raw

from . import reload
from .origin import start_origin

ARN = "arn:aws:acm:us-east-1:000000000000:certificate/bench"
CONFIG = """
traffic.tls_default_certificate = "{arn}"
[certificates."{arn}"]
cert_file = "{files}/cert.pem"
key_file = "{files}/key.pem"
"""


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--vegeta", required=True)
    arguments.add_argument("--rate", type=int, default=200, help="handshakes a second")
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("--every", type=float, default=0.5, help="seconds from one pair of files to the next")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as work:
        measure(options, pathlib.Path(work))


def measure(options, work):
    authority = Authority(work)
    pairs = [authority.issue("localhost", algorithm=algorithm) for algorithm in (EC, RSA)]
    files = work / "files"
    install(pairs[0], files)
    (work / "config.toml").write_text(CONFIG.format(arn=ARN, files=files))
    with open(work / "log", "wb") as log:
        origin, port = start_origin(work, log)
    process = Process("serve", work / "data", {"GATEWRIGHT_CONFIG": str(work / "config.toml")}, ("traffic", "traffic_tls", "management", "admin"))
    process.start()
    try:
        api, _ = reload.define(Raw(process), f"http://127.0.0.1:{port}")
        target, address = work / "targets", process.url("traffic_tls").rsplit(":", 1)[1]
        target.write_text("".join(
            f"GET https://localhost:{address}/r{number}\nHost: {api}.execute-api.us-east-1.localhost\n\n" for number in range(reload.ROUTES)))
        attack = ["-keepalive=false", f"-root-certs={authority.pem}"]
        reload.load(options, target, 5, *attack)  # warm
        print(reload.HEAD)
        reload.show("quiet", reload.load(options, target, options.seconds, *attack), process)
        stop = threading.Event()
        swaps = threading.Thread(target=swap, args=(stop, options.every, pairs, files))
        swaps.start()
        swapped = reload.load(options, target, options.seconds, *attack)
        stop.set()
        swaps.join()
        times = (process.data_dir / "log").read_text().count("certificate read again")
        reload.show(f"{times} certificates in {options.seconds} s", swapped, process)
    finally:
        process.stop()
        origin.terminate()
        origin.wait()


def swap(stop, every, pairs, files):
    number = 0
    while not stop.wait(every):
        number += 1
        install(pairs[number % len(pairs)], files)


if __name__ == "__main__":
    main()
