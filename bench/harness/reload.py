"""1,000 deployments in a minute, under a steady load: what clients notice of it.

One API of 100 routes deploys automatically; each change of an integration is a deployment, compiled, stored and swapped in on
every traffic thread. vegeta sends requests at a constant rate, whether or not the last one is answered, first while nothing
changes and then while everything does.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import threading
import time

from gatewright import Process
from raw import Raw

from .origin import start_origin

ROUTES = 100
HEAD = "| | requests | failed | p50 ms | p99 ms | most ms | resident MiB after |\n| --- | --- | --- | --- | --- | --- | --- |"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--vegeta", required=True)
    arguments.add_argument("--rate", type=int, default=1000, help="requests a second")
    arguments.add_argument("--deployments", type=int, default=1000)
    arguments.add_argument("--seconds", type=int, default=60)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as work:
        measure(options, pathlib.Path(work))


def measure(options, work):
    with open(work / "log", "wb") as log:
        origin, port = start_origin(work, log)
    process = Process("serve", work / "data").start()
    try:
        raw = Raw(process)
        api, integrations = define(raw, f"http://127.0.0.1:{port}")
        target = work / "targets"
        host = f"{api}.execute-api.us-east-1.localhost"
        target.write_text("".join(
            f"GET {process.url('traffic')}/r{number}\nHost: {host}\n\n" for number in range(ROUTES)))
        load(options, target, 5)  # warm
        print(HEAD)
        show("quiet", load(options, target, options.seconds), process)
        behind = []
        change = threading.Thread(target=deploy, args=(options, process, api, integrations, port, behind))
        change.start()
        stormy = load(options, target, options.seconds)
        change.join()
        show(f"{options.deployments} deployments in {options.seconds + behind[0]:.0f} s", stormy, process)
    finally:
        process.stop()
        origin.terminate()
        origin.wait()


def define(raw, url):
    def call(method, path, **body):
        status, _, answer = raw(method, path, body=json.dumps(body).encode())
        assert status < 300, answer
        return json.loads(answer)

    api = call("POST", "/v2/apis", name="reload", protocolType="HTTP")["apiId"]
    integrations = []
    for number in range(ROUTES):
        made = call("POST", f"/v2/apis/{api}/integrations", integrationType="HTTP_PROXY", integrationMethod="ANY",
                    integrationUri=f"{url}/{number}", payloadFormatVersion="1.0")
        integrations.append(made["integrationId"])
        call("POST", f"/v2/apis/{api}/routes", routeKey=f"GET /r{number}", target=f"integrations/{integrations[-1]}")
    call("POST", f"/v2/apis/{api}/stages", stageName="$default", autoDeploy=True)
    time.sleep(1)  # live within one second
    return api, integrations


def deploy(options, process, api, integrations, port, behind):
    """A change each `seconds / deployments`; says how late the last one was."""
    raw, began = Raw(process), time.monotonic()
    for number in range(options.deployments):
        due = began + number * options.seconds / options.deployments
        time.sleep(max(0, due - time.monotonic()))
        body = json.dumps({"integrationUri": f"http://127.0.0.1:{port}/{number}"}).encode()
        path = f"/v2/apis/{api}/integrations/{integrations[number % ROUTES]}"
        status, _, answer = raw("PATCH", path, body=body)
        assert status == 200, answer
    behind.append(max(0, time.monotonic() - began - options.seconds))


def load(options, target, seconds, *arguments):
    attack = [options.vegeta, "attack", f"-rate={options.rate}", f"-duration={seconds}s", f"-targets={target}", "-max-workers=256", *arguments]
    attacking = subprocess.Popen(attack, stdout=subprocess.PIPE)
    report = subprocess.run([options.vegeta, "report", "-type=json"], stdin=attacking.stdout, capture_output=True, check=True)
    assert attacking.wait() == 0
    return json.loads(report.stdout)


def show(name, report, process):
    failed = report["requests"] - report["status_codes"].get("200", 0)
    latency = {name: value / 1e6 for name, value in report["latencies"].items()}
    resident = pathlib.Path(f"/proc/{process.process.pid}/statm").read_text().split()[1]
    print(f"| {name} | {report['requests']:,} | {failed} | {latency['50th']:.2f} | {latency['99th']:.2f} | {latency['max']:.1f} "
          f"| {int(resident) * 4096 / 2**20:.0f} |", flush=True)


if __name__ == "__main__":
    main()
