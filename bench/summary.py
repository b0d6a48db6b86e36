"""From samples to figures: medians with their spread, and ratios within the same round."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sample import Sample

SAMPLES_MIN = 3


@dataclass(frozen=True)
class Spread:
    """A median, and the lowest and highest of the rounds."""

    median: float
    low: float
    high: float

    @staticmethod
    def of(values: Iterable[float]) -> "Spread | None":
        values = list(values)
        if not values:
            return None
        return Spread(statistics.median(values), min(values), max(values))


class Figures:
    """All samples of a run that count."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._by_row: dict[tuple[str, str], list[Sample]] = {}
        for sample in samples:
            if sample.failed is None:
                self._by_row.setdefault((sample.scenario, sample.peer), []).append(sample)

    def of(self, scenario: str, peer: str) -> list[Sample]:
        """The quiet samples of a row; all of them where fewer than three were quiet."""
        samples = self._by_row.get((scenario, peer), [])
        quiet = [sample for sample in samples if sample.quiet]
        return quiet if len(quiet) >= SAMPLES_MIN else samples

    def spread(self, scenario: str, peer: str, figure: Callable[[Sample], float]) -> Spread | None:
        """A figure of one row."""
        return Spread.of(figure(sample) for sample in self.of(scenario, peer))

    def ratio(
        self, row: tuple[str, str], base: tuple[str, str], figure: Callable[[Sample], float]
    ) -> Spread | None:
        """One row over another, each round against the same round: slow minutes hit both."""
        bases = {sample.round: figure(sample) for sample in self.of(*base)}
        return Spread.of(
            figure(sample) / bases[sample.round] for sample in self.of(*row) if bases.get(sample.round)
        )

    def noisy(self) -> int:
        """Samples during which something else used the machine."""
        return sum(not sample.quiet for samples in self._by_row.values() for sample in samples)
