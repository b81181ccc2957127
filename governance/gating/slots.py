"""Who has to sign, and when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from governance.gating.facts import CheckFact, Facts


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """A place for signatures: ``needed`` different people who hold ``role``."""

    key: str
    title: str
    role: str
    needed: int
    why: str = ""
    source: str = ""
    conditional_days: int = 0
    stage: int = 1
    line: int = 0
    """The line of defence that its signers belong to; 0 for any."""


def slots(requirements: dict[str, Any], facts: Facts) -> list[SlotSpec]:
    """Who has to sign: the policy's slots, and one per check that is too close to call."""
    found = [
        SlotSpec(
            key=slot.get("key", slot["role"]),
            title=slot["title"],
            role=slot["role"],
            needed=slot["count"],
            why=slot["why"],
            source=slot["source"],
            stage=slot.get("stage", 1),
            line=slot.get("line", 0),
        )
        for slot in requirements["decisions"]
    ]
    for check in requirements["checks"]:
        if awaits_second(check, facts.checks.get(check["key"], CheckFact())):
            found.append(
                SlotSpec(
                    key=f"second:{check['key']}",
                    title=f"Second signature: {check['name']}",
                    role=check["second_signer"],
                    needed=1,
                    why="The check is too close to call; somebody answers for going ahead.",
                    source=check["source"],
                    conditional_days=check["conditional_days"],
                )
            )
    return found


def awaits_second(check: dict[str, Any], fact: CheckFact) -> bool:
    return fact.verdict == "inconclusive" and check["on_inconclusive"] == "second_signature"


def approvals(key: str, facts: Facts) -> tuple[str, ...]:
    """Names of those who filled the slot ``key``."""
    return tuple(s.name for s in facts.signatures if s.slot == key and s.approves)


def waits_for(slot: SlotSpec, found: list[SlotSpec], facts: Facts) -> SlotSpec | None:
    """A slot of an earlier stage that somebody has to fill first, if there is one."""
    earlier = [other for other in found if other.stage < slot.stage]
    return next((o for o in earlier if len(approvals(o.key, facts)) < o.needed), None)
