"""From samples to a table."""

import statistics

SCENARIOS = {
    "plain": "plain proxy, 128 B", "routes": "1,000 routes", "post": "POST of 4 KiB",
    "features": "1,000 routes, rate limit, CORS, mapped header", "logged": "the same with an access log",
}


def markdown(samples, calls):
    """One row per scenario and peer; ratios are to nginx right before or after, the median of the rounds."""
    lines = [
        "| scenario | gateway | CPU µs/request (min–max) | to nginx | requests/s | to nginx | p50 µs | p99 µs | system calls/request |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    peers = sorted({sample["peer"] for sample in samples}, key=["nginx", "haproxy", "envoy", "gatewright"].index)
    for scenario, title in SCENARIOS.items():
        for peer in peers:
            if (peer, scenario) not in {(s["peer"], s["scenario"]) for s in samples}:
                continue
            own = [s for s in samples if (s["peer"], s["scenario"]) == (peer, scenario)]
            base = [s for s in samples if (s["peer"], s["scenario"]) == ("nginx", scenario)]
            cpu, rate = spread(own, "cpu"), spread(own, "rate")
            ratios = ["–", "–"]
            if base:
                ratios = [f"{ratio(own, base, name):.2f}" for name in ("cpu", "rate")]
            total = calls.get((peer, scenario))
            lines.append(
                f"| {title} | {peer} | {cpu[0]:.1f} ({cpu[1]:.1f}–{cpu[2]:.1f}) | {ratios[0]} | {rate[0]:,.0f} | {ratios[1]} "
                f"| {spread(own, 'p50')[0]:.0f} | {spread(own, 'p99')[0]:.0f} | {total if total is None else f'{total:.2f}'} |"
            )
    return "\n".join(lines).replace("None", "–")


def ratio(own, base, name):
    """The median of the rounds' ratios: what the machine does to both at that moment is not in it."""
    of = {sample["round"]: sample[name] for sample in base}
    return statistics.median(sample[name] / of[sample["round"]] for sample in own)


def spread(samples, name):
    """Median, least, most."""
    values = [sample[name] for sample in samples]
    return statistics.median(values), min(values), max(values)
