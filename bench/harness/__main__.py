"""One interleaved run: every round goes through the scenarios, and asks every peer of each one right behind the other."""

import argparse
import json
import pathlib
import random
import re
import subprocess
import sys
import time

from . import checks, load, machine, peers, table
from .certificate import Certificate
from .origin import start_origin
from .tokens import ISSUER_PORT, Tokens

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "PERFORMANCE.md"


def main():
    parser = argparse.ArgumentParser(prog="bench/run")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of each sample")
    parser.add_argument("--binary", default=ROOT / "target" / "dist" / "gatewright")
    parser.add_argument("--only", nargs="*", help="peers")
    parser.add_argument("--scenarios", nargs="*", default=list(load.SCENARIOS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/PERFORMANCE.md")
    parser.add_argument("--train", metavar="BINARY", help="only serve every scenario with an instrumented build (deploy/build-dist)")
    options = parser.parse_args()
    work = ROOT / "bench" / ".work"
    log = open(work / "log", "wb")
    started = []
    try:
        issued = Tokens(work / "tokens")
        machine.check_free(ISSUER_PORT)
        origin, port = start_origin(work, log, issued.server())
        started.append(origin)
        only = ["gatewright"] if options.train else options.only
        certificate = Certificate(work / "certificate")
        setup = peers.Setup(work, log, options.train or options.binary, work / "venv/bin/envoy", port, issued, certificate)
        running = peers.start_all(setup, only)
        started += [peer.process for peer in running]
        if options.train:
            [peer] = running
            for scenario in load.SCENARIOS:
                load.run(scenario, peer, options.seconds, work)
            return
        for peer in running:
            checks.check(peer, issued)
        samples, calls = measure(running, options, work)
    finally:
        # An instrumented build writes what it saw when it ends.
        for process in started:
            process.terminate()
            process.wait()
    text = table.markdown(samples, calls)
    print(text)
    if options.write_docs:
        write(text, options)


def measure(running, options, work):
    shuffle = random.Random(options.seed).shuffle
    samples = []
    scenarios = list(options.scenarios)
    jobs = [(peer, scenario) for scenario in scenarios for peer in running if scenario in peer.hosts]
    for peer, scenario in jobs:
        load.run(scenario, peer, 1, work)
    calls = {}
    for peer, scenario in sorted(jobs, key=lambda job: (job[1], job[0].name)):
        during = lambda: load.run(scenario, peer, 4, work)["requests"]
        counts = machine.system_calls(peer.process.pid, during, work)
        calls[peer.name, scenario] = sum(counts.values())
        names = "  ".join(f"{name} {count:.2f}" for name, count in sorted(counts.items(), key=lambda c: -c[1]) if count > 0.02)
        print(f"{scenario} {peer.name}: {names}", file=sys.stderr)
    with open(work / f"samples-{time.strftime('%Y%m%d-%H%M%S')}.jsonl", "w") as raw:
        for number in range(options.rounds):
            shuffle(scenarios)
            shuffle(running)
            for peer, scenario in [(peer, scenario) for scenario in scenarios for peer in running if scenario in peer.hosts]:
                before = machine.cpu_seconds(peer.process.pid)
                result = load.run(scenario, peer, options.seconds, work)
                used = machine.cpu_seconds(peer.process.pid) - before
                sample = {"round": number, "peer": peer.name, "scenario": scenario, **result, "cpu": used / result["requests"] * 1e6}
                samples.append(sample)
                raw.write(json.dumps(sample) + "\n")
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    return samples, calls


def write(text, options):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text()).group(1)
    caption = f"{time.strftime('%Y-%m-%d')}, commit {commit}, {model}, {options.rounds} rounds of {options.seconds} s, 64 connections."
    document = DOCUMENT.read_text()
    marked = re.compile(r"(<!-- table -->\n).*?(<!-- end -->)", re.S)
    DOCUMENT.write_text(marked.sub(lambda found: f"{found[1]}{caption}\n\n{text}\n{found[2]}", document))


main()
