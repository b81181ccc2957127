"""What the rules of a draft would make of a release that was decided under others. Pure.

A forecast, no evidence: what was measured is judged again by the draft's thresholds; what the
draft asks for and nobody measured stays unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from governance.gating.evaluating import evaluate
from governance.gating.facts import CLOSED, OPEN, Facts, Signature
from governance.gating.slots import SlotSpec, slots

FAILS, UNKNOWN, UNSIGNED, PASSES = "fails", "not_measured", "unsigned", "passes"
OUTCOMES = (FAILS, UNKNOWN, UNSIGNED, PASSES)
"""From the worst: one closed gate fails a release, whatever else is unknown of it."""


@dataclass(frozen=True, slots=True)
class Signed:
    """An approval as it was given: in which slot, in which role, by which line of defence."""

    slot: str
    role: str
    line: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """``reasons`` are sentences, one or more for each gate that would not open."""

    outcome: str
    reasons: tuple[str, ...]


def forecast(requirements: dict[str, Any], facts: Facts, signed: Sequence[Signed]) -> Forecast:
    """How a release would stand under ``requirements`` (``joining.join``), given ``facts`` whose
    checks are judged by them and whose signatures are still to be placed."""
    placed = place(slots(requirements, facts), signed)
    told = Facts(
        artifact=facts.artifact,
        checks=facts.checks,
        documents=facts.documents,
        signatures=placed,
        findings=facts.findings,
        criteria=facts.criteria,
    )
    missing = [gate for gate in evaluate(requirements, told) if gate.state != OPEN]
    reasons = tuple(f"{gate.title}: {' '.join(gate.reasons)}" for gate in missing)
    if any(gate.state == CLOSED for gate in missing):
        return Forecast(FAILS, reasons)
    if any(gate.kind == "check" and not gate.verdict for gate in missing):
        return Forecast(UNKNOWN, reasons)
    return Forecast(UNSIGNED if missing else PASSES, reasons)


def place(specs: Sequence[SlotSpec], signed: Sequence[Signed]) -> list[Signature]:
    """Each approval in one slot at most: that of its own key first, then any it would fit."""
    left = list(signed)
    placed: list[Signature] = []
    for same_key in (True, False):
        for spec in specs:
            for one in list(left):
                held = sum(signature.slot == spec.key for signature in placed)
                fits = one.role == spec.role and spec.line in (0, one.line)
                if fits and held < spec.needed and (one.slot == spec.key or not same_key):
                    left.remove(one)
                    placed.append(Signature(spec.key, "approve", one.name))
    return placed
