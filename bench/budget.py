"""What gatewright promises against nginx in the same run, and whether this run shows it."""

from dataclasses import dataclass

from summary import Figures, Spread
from table import BASE, Calls

OURS = "gatewright"
PLAIN, ROUTES = "plain", "routes"

CPU_RATIO_MAX = 1.0
SYSTEM_CALLS_MAX = 4.2
# "Nothing measurable": two samples of the same thing differ by about this much.
ROUTES_RATIO_MAX = 1.02


@dataclass(frozen=True)
class Verdict:
    """One promise beside what was measured."""

    promise: str
    measured: str
    held: bool

    def __str__(self) -> str:
        return f"{'held' if self.held else 'NOT HELD'}: {self.promise}; measured {self.measured}"


def verdicts(figures: Figures, calls: Calls) -> list[Verdict]:
    """The promises this run has figures for."""
    found = []
    if ratio := figures.ratio((PLAIN, OURS), (PLAIN, BASE), lambda sample: sample.cpu_us):
        promise = f"plain proxy at most {CPU_RATIO_MAX:.2f} × {BASE}'s CPU per request"
        found.append(Verdict(promise, _text(ratio), ratio.median <= CPU_RATIO_MAX))
    if counted := calls.get((PLAIN, OURS)):
        total = sum(counted.values())
        promise = f"plain proxy at most {SYSTEM_CALLS_MAX} system calls per request"
        found.append(Verdict(promise, f"{total:.2f}", total <= SYSTEM_CALLS_MAX))
    if ratio := figures.ratio((ROUTES, OURS), (PLAIN, OURS), lambda sample: sample.cpu_us):
        promise = f"1,000 routes at most {ROUTES_RATIO_MAX:.2f} × the CPU of one"
        found.append(Verdict(promise, _text(ratio), ratio.median <= ROUTES_RATIO_MAX))
    return found


def _text(spread: Spread) -> str:
    return f"{spread.median:.3f} ({spread.low:.3f}–{spread.high:.3f})"
