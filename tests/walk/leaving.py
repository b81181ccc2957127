"""The register of scenarios: what a service is expected to leave in the trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.governance.make import Bank

Act = Callable[[], Any]
Scenario = Callable[[Bank], Act]
SCENARIOS: Final[dict[str, tuple[Scenario, list[str]]]] = {}


def leaves(name: str, *actions: str) -> Callable[[Scenario], Scenario]:
    """Registers the scenario of the service ``name`` and the actions of its entries."""

    def register(scenario: Scenario) -> Scenario:
        SCENARIOS[name] = (scenario, list(actions))
        return scenario

    return register
