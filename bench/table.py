"""The one table of a run, as Markdown that also reads well in a terminal."""

from collections.abc import Callable

import peers
from sample import Sample
from summary import Figures, Spread

BASE = peers.NAMES[0]
HEAD = (
    "scenario", "gateway", "CPU µs/request", f"× {BASE}", "of it user", "requests/s", f"× {BASE}",
    "p50 ms", "p99 ms", "system calls/request", "gateway core busy",
)  # fmt: skip
NOTHING = "–"

# System calls per request by name, for each scenario and peer.
Calls = dict[tuple[str, str], dict[str, float]]


def render(figures: Figures, calls: Calls, scenarios: list[str], names: list[str]) -> str:
    """One row for each scenario and peer."""
    rows = [HEAD]
    for scenario in scenarios:
        rows += [_row(figures, calls, scenario, name) for name in names if figures.of(scenario, name)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _row(figures: Figures, calls: Calls, scenario: str, name: str) -> tuple[str, ...]:
    def spread(figure: Callable[[Sample], float], digits: int) -> str:
        return _text(figures.spread(scenario, name, figure), digits)

    def ratio(figure: Callable[[Sample], float]) -> str:
        if name == BASE:
            return "1"
        return _text(figures.ratio((scenario, name), (scenario, BASE), figure), 2)

    user = figures.spread(scenario, name, lambda sample: sample.user_us)
    busy = figures.spread(scenario, name, lambda sample: sample.gateway_busy)
    counted = calls.get((scenario, name))
    return (
        scenario,
        name,
        spread(lambda sample: sample.cpu_us, 1),
        ratio(lambda sample: sample.cpu_us),
        f"{user.median:.1f}" if user else NOTHING,
        spread(lambda sample: sample.per_second, 0),
        ratio(lambda sample: sample.per_second),
        spread(lambda sample: sample.p50_us / 1000, 2),
        spread(lambda sample: sample.p99_us / 1000, 2),
        f"{sum(counted.values()):.2f}" if counted else NOTHING,
        f"{busy.median:.0%}" if busy else NOTHING,
    )


def _text(spread: Spread | None, digits: int) -> str:
    if spread is None:
        return NOTHING
    return f"{spread.median:,.{digits}f} ({spread.low:,.{digits}f}–{spread.high:,.{digits}f})"
