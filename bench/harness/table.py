"""From samples to a table."""

import statistics

SCENARIOS = {
    "plain": "plain proxy, 128 B", "routes": "1,000 routes", "post": "POST of 4 KiB",
    "same": "plain proxy, asked as in the next row",
    "features": "1,000 routes, rate limit, CORS, mapped header", "logged": "the same with an access log",
    "jwt": "1,000 routes, rate limit, CORS, JWT seen before", "jwt-uncached": "the same, JWT never seen before",
    "lambda": "Lambda function, format 2.0",
    "tls": "plain proxy by TLS 1.3", "handshakes": "the same, a handshake for each request",
}
#: What a scenario is compared to, unless it is nginx in the same scenario.
YARDSTICKS = {"jwt": ("envoy", "jwt"), "jwt-uncached": ("haproxy", "jwt-uncached"), "lambda": ("gatewright", "plain")}
#: What is told beside the plain proxy, too.
FEATURES = ["routes", "features", "logged"]
PEERS = ["nginx", "haproxy", "envoy", "gatewright"]


def markdown(samples, calls):
    """One row per scenario and peer; ratios are of the same round, the median of the rounds."""
    lines = [
        "| scenario | gateway | CPU µs/request (min–max) | ratio | requests/s | ratio | p50 µs | p99 µs | system calls/request |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for scenario, title in SCENARIOS.items():
        peer_of_base, scenario_of_base = YARDSTICKS.get(scenario, ("nginx", scenario))
        base = of(samples, peer_of_base, scenario_of_base)
        name_of_base = peer_of_base if scenario_of_base == scenario else scenario_of_base
        for peer in PEERS:
            own = of(samples, peer, scenario)
            if not own:
                continue
            cpu, rate = spread(own, "cpu"), spread(own, "rate")
            ratios = [f"{ratio(own, base, name):.2f} to {name_of_base}" if base else "–" for name in ("cpu", "rate")]
            total = calls.get((peer, scenario))
            lines.append(
                f"| {title} | {peer} | {cpu[0]:.1f} ({cpu[1]:.1f}–{cpu[2]:.1f}) | {ratios[0]} | {rate[0]:,.0f} | {ratios[1]} "
                f"| {spread(own, 'p50')[0]:.0f} | {spread(own, 'p99')[0]:.0f} | {'–' if total is None else f'{total:.2f}'} |"
            )
    lines += beside_plain(samples)
    rates = [f"{peer} {1e6 / statistics.median(sample['cpu'] for sample in own):,.0f}"
             for peer in PEERS if (own := of(samples, peer, "handshakes"))]
    if rates:
        lines += ["", f"New handshakes, each with its request and its connection, in a second of CPU: {', '.join(rates)}."]
    return "\n".join(lines)


def beside_plain(samples):
    """What features cost over the plain proxy: the median of the rounds' ratios, and between which two half of them lie."""
    lines = []
    for scenario in FEATURES:
        own = of(samples, "gatewright", scenario)
        bases = [of(samples, *base) for base in (("nginx", scenario), ("gatewright", "plain"), ("gatewright", "same"))]
        if own and all(bases):
            lines.append(f"| {SCENARIOS[scenario]} | {' | '.join(quartiles(own, base) for base in bases)} |")
    if lines:
        heading = "gatewright's CPU | to nginx | to its own plain proxy | to that, asked the same"
        lines = ["", f"| {heading} |", "| --- | --- | --- | --- |", *lines]
    return lines


def quartiles(own, base):
    low, median, high = statistics.quantiles(ratios(own, base, "cpu"))
    return f"{median:.2f} ({low:.2f}–{high:.2f})"


def of(samples, peer, scenario):
    return [sample for sample in samples if (sample["peer"], sample["scenario"]) == (peer, scenario)]


def ratio(own, base, name):
    """What the machine does to both at that moment is not in it."""
    return statistics.median(ratios(own, base, name))


def ratios(own, base, name):
    by_round = {sample["round"]: sample[name] for sample in base}
    return [sample[name] / by_round[sample["round"]] for sample in own]


def spread(samples, name):
    """Median, least, most."""
    values = [sample[name] for sample in samples]
    return statistics.median(values), min(values), max(values)
