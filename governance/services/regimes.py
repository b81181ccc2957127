"""How far the policies in force answer what a regime asks: control, evidence, gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from governance.models import PolicyVersion
from governance.policy.packs import Control, Pack, answered, packs
from lib.errors import NotFound


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule of a published policy that asks for the evidence, and where it holds."""

    version: PolicyVersion
    rule: str
    where: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that would answer a control, such as ``check:data.schema``."""

    key: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One control with what answers it. ``standing`` is ``covered``, ``partial``, ``gap`` (a policy
    could ask for it and none does) or ``nothing`` (no check, document or signature here can)."""

    control: Control
    evidence: tuple[Evidence, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(each.key for each in self.evidence if not each.answers)

    @property
    def standing(self) -> str:
        if not self.evidence:
            return "nothing"
        if not self.missing:
            return "covered"
        return "gap" if len(self.missing) == len(self.evidence) else "partial"


@dataclass(frozen=True, slots=True)
class Coverage:
    """A regime's pack with each of its controls."""

    pack: Pack
    lines: tuple[Line, ...]

    @property
    def covered(self) -> int:
        return sum(line.standing == "covered" for line in self.lines)

    @property
    def gaps(self) -> int:
        return len(self.lines) - self.covered


def find(regime: str) -> Pack:
    """Raises NotFound."""
    for pack in packs():
        if pack.regime == regime:
            return pack
    known = ", ".join(pack.regime for pack in packs())
    raise NotFound(f"There is no pack for a regime “{regime}”: there are {known}.")


def coverage_of(*chosen: Pack) -> list[Coverage]:
    """Each pack held against the newest published version of every policy. One query."""
    asked: dict[str, list[Answer]] = {}
    for version in _in_force():
        where = _where(version.document)
        for key, rule in answered(version.document):
            asked.setdefault(key, []).append(Answer(version, rule, where))
    return [
        Coverage(
            pack,
            tuple(
                Line(
                    control,
                    tuple(Evidence(key, tuple(asked.get(key, ()))) for key in control.evidence),
                )
                for control in pack.controls
            ),
        )
        for pack in chosen
    ]


def _in_force() -> list[PolicyVersion]:
    rows = PolicyVersion.objects.filter(state="published").select_related("policy")
    newest = {row.policy_id: row for row in rows.order_by("number")}
    return sorted(newest.values(), key=lambda row: row.policy.slug)


def _where(document: dict[str, Any]) -> str:
    applies = document["applies"]
    tiers = " or ".join(str(tier) for tier in applies["tiers"])
    purposes = f", for {' or '.join(applies['purposes'])} only" if applies["purposes"] else ""
    return f"tier {tiers} in {' or '.join(applies['environments'])}{purposes}"
