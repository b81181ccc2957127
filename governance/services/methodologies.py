"""A methodology before it is published: what is wrong with it, what it changes, and for whom.

Nothing here writes; ``services.risk.publish_methodology`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db.models import OuterRef, Subquery

from governance import tiering
from governance.models import Methodology, RiskAssessment, UseCase
from governance.policy.comparing import Difference
from governance.policy.text import PolicyError
from governance.services.risk import current_methodology
from governance.tiering_compared import compare
from lib.actor import Actor
from lib.canonical import sha256

HOUSE: Final = Path(__file__).resolve().parents[1] / "risk_methodologies" / "house.yaml"


@dataclass(frozen=True, slots=True)
class Effect:
    """A use case whose last answers would come to ``tier``; None when they leave a question of the
    new text open."""

    use_case: UseCase
    tier: int | None

    @property
    def kind(self) -> str:
        """``stricter``, ``lighter``, ``same`` or ``open``, beside the tier that holds now."""
        if self.tier is None:
            return "open"
        if self.tier == self.use_case.tier:
            return "same"
        return "stricter" if self.tier < self.use_case.tier else "lighter"


@dataclass(frozen=True, slots=True)
class Proof:
    """``problems`` are (line, key, sentence); ``document`` is there when there are none. ``newest``
    is the version that it would follow, ``unchanged`` says that it is the same text."""

    problems: tuple[tuple[int, str, str], ...] = ()
    document: dict[str, Any] | None = None
    newest: Methodology | None = None
    unchanged: bool = False
    differences: tuple[Difference, ...] = ()
    effects: tuple[Effect, ...] = ()


def house() -> str:
    """The text to begin with, as it ships: YAML."""
    return HOUSE.read_text()


def proof(source: str, *, actor: Actor) -> Proof:
    """Reads ``source`` as publishing it would, for the use cases that ``actor`` may see."""
    newest = current_methodology()
    try:
        document = tiering.parse(source)
    except PolicyError as error:
        return Proof(problems=tuple(error.problems), newest=newest)
    return Proof(
        document=document,
        newest=newest,
        unchanged=newest is not None and newest.digest == sha256(source.encode()),
        differences=tuple(compare(newest.document, document)) if newest else (),
        effects=effects(document, actor=actor),
    )


def effects(document: dict[str, Any], *, actor: Actor) -> tuple[Effect, ...]:
    """What the last answers given for each use case would come to under ``document`` (as parsed).
    Those that were never assessed by a questionnaire are left out. One query."""
    asked = RiskAssessment.objects.filter(use_case=OuterRef("pk")).exclude(methodology=None)
    newest = asked.order_by("-assessed_at", "-pk")
    rows = UseCase.objects.visible_to(actor).annotate(
        last_answers=Subquery(newest.values("answers")[:1])
    )
    known = rows.exclude(last_answers=None).order_by("tier", "slug")
    return tuple(Effect(row, _tier(document, row.__dict__["last_answers"])) for row in known)


def _tier(document: dict[str, Any], answers: dict[str, Any]) -> int | None:
    try:
        return tiering.compute(document, answers).tier
    except tiering.AnswersError:
        return None
