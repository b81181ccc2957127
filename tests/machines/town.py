"""Who is there, what they may do, and the policies they publish: as facts, apart from the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tests.governance.make import POLICY

# More roles than the cast has, so that what bars people is their stake and not their lack of one.
ROLES: Final = {
    "ada": ("owner", "validator", "officer"),  # owns the model of mortgages and their use
    "lena": ("owner", "officer"),  # owns the model of cards and their use
    "dev": ("developer", "officer"),  # developed every version
    "vera": ("validator",),  # wrote the model card of some versions
    "ravi": ("validator",),
    "rita": ("officer",),
    "oscar": ("officer",),
    "bo": ("business",),
    "petra": ("product", "business"),  # asks for releases
    "otto": ("auditor",),
    "mallory": (),
    "root": (),  # a superuser of Django
}
IN_UNIT: Final = {
    "rex": {"retail": ("officer",)},
    "cora": {"cards": ("officer",)},
    "vito": {"cards": ("validator",)},
    "opal": {"cards": ("operator",)},
}
"""What these hold in one business unit counts there alone."""
ROBOT: Final = "robot"
KEY: Final = "key"
"""A machine's key with the operator's role. No person here operates the whole house."""
TOKENS: Final = {ROBOT: "ci", KEY: "operator"}
DEVELOPER, AUTHOR = "dev", "vera"
SIGNING: Final = frozenset({"validator", "officer", "business"})
DECIDERS: Final = (
    *(n for n, held in ROLES.items() if SIGNING & set(held)),
    *(n for n, units in IN_UNIT.items() for held in units.values() if SIGNING & set(held)),
)
ASKERS: Final = ("ada", "dev", "petra", "lena", ROBOT)
PEOPLE: Final = (*ROLES, *IN_UNIT)
EVERYBODY: Final = (*PEOPLE, ROBOT)
PLACES: Final = ("production", "staging")
OWNERS: Final = {"mortgage": "ada", "cards": "lena"}
UNITS: Final = {"mortgage": "retail", "cards": "cards"}
TIERS: Final = {"mortgage": 1, "cards": 2}
MONEY: Final = {1: "high", 2: "medium", 3: "low"}
"""What is answered to the one question of the risk methodology, by the tier that follows."""
PURPOSES: Final = {"mortgage": ("decide", "advise"), "cards": ("decide", "score")}
"""Both approve “decide”: it is held to the stricter of the two tiers."""
MODELS: Final = {"credit": "mortgage", "limits": "cards"}


def holds(who: str | None, role: str, unit: str) -> bool:
    """Whether ``role`` is held for what lies in the business unit ``unit``."""
    return role in ROLES.get(who or "", ()) or role in IN_UNIT.get(who or "", {}).get(unit, ())


def holders(role: str, unit: str) -> list[str]:
    return [who for who in PEOPLE if holds(who, role, unit)]


@dataclass(frozen=True)
class Terms:
    """What a policy asks for, as its author means it: what the text below says in other words.

    ``waiver_days`` is 0 where nobody may waive anything, ``emergency`` (who lets it, hours),
    ``review`` (who reviews, every so many days, with so many days of grace)."""

    slug: str
    places: tuple[str, ...]
    officers: int
    valid_days: int
    condition_days: int
    tiers: tuple[int, ...] = (1, 2, 3)
    waiver_days: int = 0
    emergency: tuple[str, int] = ("officer", 12)
    review: tuple[str, int, int] = ("validator", 120, 10)
    checks: frozenset[str] = frozenset()
    ready: frozenset[str] = frozenset()
    """Areas that have to be said to be ready before anything is authorized."""

    @property
    def source(self) -> str:
        return (self._credit() if self.slug == "credit" else self._house()) + self._rest()

    def _credit(self) -> str:
        applies = f"{{tiers: {list(self.tiers)}, environments: [{', '.join(self.places)}]}}"
        former = "{tiers: [1], environments: [production]}"
        waivers = f"waivers: {{of: [Performance], max_days: {self.waiver_days}, approver: officer}}"
        criteria = f"criteria: [{', '.join(f'ready_{area}' for area in sorted(self.ready))}]"
        return (
            f"{POLICY.replace(former, applies)}\nfindings: {{block: high}}\n"
            f"{waivers if self.waiver_days else ''}\n{criteria if self.ready else ''}\n"
        )

    def _house(self) -> str:
        return f"""policy: {self.slug}
title: The house
applies: {{tiers: {list(self.tiers)}, environments: [{", ".join(self.places)}]}}
decisions:
  - {{role: officer, title: Officers, count: {self.officers}}}
authorization: {{valid_days: {self.valid_days}}}
"""

    def _rest(self) -> str:
        (lets, hours), (reviewer, every, grace) = self.emergency, self.review
        again = f"{{every_days: {every}, grace_days: {grace}, reviewer: {reviewer}}}"
        return f"""
conditions: {{max_days: {self.condition_days}}}
emergency: {{approver: {lets}, valid_hours: {hours}}}
recertification: {again}
"""


CREDIT: Final = Terms(
    "credit", PLACES, 1, 365, 60, waiver_days=30, checks=frozenset({"Performance", "Fairness"})
)
TWO_OFFICERS: Final = Terms(
    "house", ("production",), 2, 100, 20, (1,), 0, ("validator", 100), ("officer", 200, 5)
)
ONE_OFFICER: Final = Terms(
    "house", ("production",), 1, 200, 40, (1, 2), 0, ("officer", 6), ("officer", 100, 20)
)
NOBODY: Final = Terms("dream", ("staging",), 9, 30, 10)
"""Nine officers: there are fewer."""
ONE_OF_EACH_UNIT: Final = replace(NOBODY, officers=7)
"""As many as there are, and two of them count in different units."""
NO_WAIVERS: Final = replace(CREDIT, waiver_days=0)
SHORT_WAIVERS: Final = replace(CREDIT, waiver_days=5)
WHEN_READY: Final = replace(CREDIT, ready=frozenset({"data"}))
DRAFTS: Final = (
    TWO_OFFICERS,
    ONE_OFFICER,
    NOBODY,
    NO_WAIVERS,
    SHORT_WAIVERS,
    CREDIT,
    ONE_OF_EACH_UNIT,
    WHEN_READY,
)
