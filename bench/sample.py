"""One sample: one peer, started afresh, warmed up, loaded, and watched while it is."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cpu
import load
import machine
import syscalls
from machine import Cores
from origin import Origin
from peers import Prepared, Running
from scenarios import Scenario

WARM_UP_SECONDS = 1


@dataclass(frozen=True)
class Sample:
    """What was seen in one sample. CPU is the gateway's, in microseconds per completed request."""

    scenario: str
    peer: str
    round: int
    requests: int
    per_second: float
    p50_us: int
    p99_us: int
    cpu_us: float
    user_us: float
    # Shares of the wall time: how busy the gateway's core was with the gateway, and with others;
    # how idle the load's core was; what the hypervisor took from both.
    gateway_busy: float
    foreign: float
    load_idle: float
    stolen: float
    refused: int
    broken: int
    # Requests the origin saw beyond those that the load counted as answered.
    origin_surplus: int

    @property
    def failed(self) -> str | None:
        """Why the sample does not count, if it does not."""
        if self.refused or self.broken:
            return f"{self.refused} answers other than 2xx or 3xx, {self.broken} broken connections"
        if self.origin_surplus < 0:
            return f"{-self.origin_surplus} answers did not come from the origin"
        return None

    @property
    def quiet(self) -> bool:
        """Whether the machine did little else meanwhile."""
        return self.foreign <= 0.10 and self.stolen <= 0.10

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Measure:
    """How samples are taken: the same for every peer."""

    origin: Origin
    cores: Cores
    connections: int
    seconds: int

    def sample(self, prepared: Prepared, scenario: Scenario, peer: str, round_number: int) -> Sample:
        """Takes one sample."""
        with prepared.running() as running:
            self._load(running, scenario, WARM_UP_SECONDS)
            family = machine.tree(running.process.pid)
            reached = self.origin.count()
            gateway_core, load_core = cpu.of_core(self.cores.gateway), cpu.of_core(self.cores.load)
            spent, began = cpu.of_processes(family), time.monotonic()
            seen = self._load(running, scenario, self.seconds)
            wall = time.monotonic() - began
            spent = cpu.of_processes(family) - spent
            gateway_core = cpu.of_core(self.cores.gateway) - gateway_core
            load_core = cpu.of_core(self.cores.load) - load_core
            # Less one: the question for the count is a request, too.
            reached = self.origin.count() - reached - 1
        completed = max(seen.requests, 1)
        return Sample(
            scenario=scenario.name,
            peer=peer,
            round=round_number,
            requests=seen.requests,
            per_second=seen.per_second,
            p50_us=seen.p50_us,
            p99_us=seen.p99_us,
            cpu_us=spent.total / completed * 1e6,
            user_us=spent.user / completed * 1e6,
            gateway_busy=spent.total / wall,
            foreign=max(0.0, gateway_core.busy - spent.total) / wall,
            load_idle=load_core.idle / wall,
            stolen=(gateway_core.stolen + load_core.stolen) / wall,
            refused=seen.refused,
            broken=seen.broken,
            origin_surplus=reached - seen.requests,
        )

    def system_calls(self, prepared: Prepared, scenario: Scenario, directory: Path) -> dict[str, float]:
        """System calls per request by name, from a short run under strace."""
        with prepared.running() as running:
            self._load(running, scenario, WARM_UP_SECONDS)
            family = machine.tree(running.process.pid)
            return syscalls.per_request(
                family, directory / "strace", lambda: self._load(running, scenario, self.seconds)
            )

    def _load(self, running: Running, scenario: Scenario, seconds: int) -> load.Load:
        return load.run(running.address, running.host, scenario.method, self.connections, seconds, self.cores.load)
