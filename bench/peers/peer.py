"""The shape of a peer: prepared once a scenario, started afresh for every sample."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import machine
import origin
import scenarios

# As long as gatewright's own, so that every peer reads the same number of bytes.
HOST = "benchbench.execute-api.us-east-1.localhost"


@dataclass(frozen=True)
class Surroundings:
    """What a peer is set up in."""

    # For configuration, data and logs; one for each peer and scenario.
    directory: Path
    origin: tuple[str, int]
    core: int
    # Where a tool was found: envoy and gatewright are not in PATH.
    tools: dict[str, Path]


@dataclass(frozen=True)
class Running:
    """A peer that answers."""

    process: subprocess.Popen
    address: tuple[str, int]
    host: str


class Prepared(ABC):
    """A peer with its configuration written for one scenario."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings

    @abstractmethod
    def launch(self) -> Running:
        """Starts the process; it need not answer yet."""

    @contextmanager
    def running(self) -> Iterator[Running]:
        """A started peer that has proved that it reaches the origin; stopped at the end."""
        running = self.launch()
        try:
            machine.wait_until_answers(
                running.process, running.address, running.host, scenarios.PROBE_PATH, origin.BODY
            )
            yield running
        finally:
            machine.stop(running.process)


class Peer(ABC):
    """A gateway to compare."""

    @abstractmethod
    def version(self, tools: dict[str, Path]) -> str:
        """Name and version, for the table's heading."""

    @abstractmethod
    def prepare(self, scenario: scenarios.Scenario, surroundings: Surroundings) -> Prepared:
        """Writes what the peer needs for the scenario."""


class ConfiguredByFile(Prepared):
    """A peer that a command with a configuration file starts on an address we chose."""

    def __init__(self, surroundings: Surroundings, command: list[str], address: tuple[str, int]) -> None:
        super().__init__(surroundings)
        self._command = command
        self._address = address

    def launch(self) -> Running:
        log = self.surroundings.directory / "log"
        process = machine.start(self._command, self.surroundings.core, log)
        return Running(process, self._address, HOST)
