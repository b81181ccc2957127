"""Who is there, what they may do, and the policies they publish: as facts, apart from the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.governance.make import POLICY

# More roles than the cast has, so that what bars people is their stake and not their lack of one.
ROLES: Final = {
    "ada": ("owner", "validator", "officer"),  # owns the model
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
ROBOT: Final = "robot"
OWNER, DEVELOPER, AUTHOR = "ada", "dev", "vera"
SIGNING: Final = frozenset({"validator", "officer", "business"})
DECIDERS: Final = tuple(n for n, held in ROLES.items() if SIGNING & set(held))
ASKERS: Final = ("ada", "dev", "petra", ROBOT)
EVERYBODY: Final = (*ROLES, ROBOT)
PLACES: Final = ("production", "staging")
PURPOSES: Final = ("decide", "advise")
EMERGENCY_HOURS: Final = 12

TERMS = """
findings: {block: high}
waivers: {of: [Performance], max_days: 30, approver: officer}
conditions: {max_days: 60}
recertification: {every_days: 120, grace_days: 10, reviewer: validator}
emergency: {approver: officer, valid_hours: 12}
"""


@dataclass(frozen=True)
class Terms:
    """What a policy asks for, as its author means it: what the text below says in other words."""

    slug: str
    places: tuple[str, ...]
    officers: int
    valid_days: int
    condition_days: int
    waiver_days: int = 30
    checks: frozenset[str] = frozenset()
    blocks: tuple[str, ...] = ("high", "critical")

    @property
    def source(self) -> str:
        if self.slug == "credit":
            places = f"environments: [{', '.join(self.places)}]"
            return POLICY.replace("environments: [production]", places) + TERMS
        return f"""policy: {self.slug}
title: The house
applies: {{tiers: [1, 2], environments: [{", ".join(self.places)}]}}
decisions:
  - {{role: officer, title: Officers, count: {self.officers}}}
conditions: {{max_days: {self.condition_days}}}
emergency: {{approver: officer, valid_hours: {EMERGENCY_HOURS}}}
authorization: {{valid_days: {self.valid_days}}}
"""


CREDIT: Final = Terms("credit", PLACES, 1, 365, 60, checks=frozenset({"Performance", "Fairness"}))
TWO_OFFICERS: Final = Terms("house", ("production",), 2, 100, 20)
ONE_OFFICER: Final = Terms("house", ("production",), 1, 200, 40)
NOBODY: Final = Terms("dream", ("staging",), 9, 30, 10)
"""Nine officers: there are four."""
DRAFTS: Final = (TWO_OFFICERS, ONE_OFFICER, NOBODY)
