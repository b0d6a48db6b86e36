"""What is measured: the same requests, through gateways that are set up differently."""

from dataclasses import dataclass

ROUTES = 1000


@dataclass(frozen=True)
class Scenario:
    """One load on one configuration."""

    name: str
    method: str
    # Prefixes the gateway tells apart; one means "everything".
    prefixes: tuple[str, ...]
    about: str


SERVICES = tuple(f"/api/v1/service{index:03}/" for index in range(ROUTES))
EVERYTHING = ("/",)
PROBE_PATH = "/api/v1/service500/items/500"

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("plain", "GET", EVERYTHING, "one route, 128 B answer"),
        Scenario("routes", "GET", SERVICES, f"{ROUTES:,} routes, 128 B answer"),
        Scenario("post", "POST", EVERYTHING, "one route, 4 KiB request body, 128 B answer"),
    )
}
