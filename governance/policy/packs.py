"""Regimes as dated data: what each asks, by clause, and how far policies answer. Pure.

A pack flags, with its source; it never says that something is legal. One whose clauses were read
second-hand is not ``verified``. The files are in ``governance/packs``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from governance.policy import demands
from governance.threshold_words import threshold_in_words

FOLDER = Path(__file__).resolve().parents[1] / "packs"


@dataclass(frozen=True, slots=True)
class Control:
    """What a clause asks. ``evidence`` are keys such as ``check:data.schema``,
    ``document:model_card``, ``criterion:value_case``, ``decision:validator`` or
    ``term:recertification``; none where nothing here answers it yet."""

    clause: str
    asks: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """``policy`` is the YAML of a policy to begin with, each of whose rules cites its clause."""

    regime: str
    title: str
    effective_from: date | None
    verified: bool
    note: str
    controls: tuple[Control, ...]
    policy: str


@dataclass(frozen=True, slots=True)
class Covered:
    """One control with the ``evidence`` that is asked for, and the ``gap``: what is not."""

    control: Control
    evidence: tuple[str, ...]
    gap: tuple[str, ...]

    @property
    def is_covered(self) -> bool:
        return bool(self.evidence) and not self.gap


@cache
def packs() -> tuple[Pack, ...]:
    """Every pack there is, by regime."""
    read = [yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))]
    found = [_pack(raw) for raw in read]
    return tuple(sorted(found, key=lambda pack: pack.regime))


def _pack(raw: Mapping[str, Any]) -> Pack:
    controls = tuple(
        Control(str(each["clause"]), each["asks"], tuple(each["evidence"]))
        for each in raw["controls"]
    )
    return Pack(**{**raw, "controls": controls})


def coverage(pack: Pack, documents: Sequence[Mapping[str, Any]]) -> list[Covered]:
    """How far policies (documents as ``parse`` gives them) ask for what the controls want."""
    asked = {key for document in documents for key in _asked(document)}
    return [
        Covered(
            control,
            tuple(key for key in control.evidence if key in asked),
            tuple(key for key in control.evidence if key not in asked),
        )
        for control in pack.controls
    ]


def _asked(document: Mapping[str, Any]) -> set[str]:
    return {key for key, _ in answered(document)}


TERMS: Final = {
    "findings": "Open findings block",
    "waivers": "Waivers are allowed and bounded",
    "conditions": "Conditional approval is allowed and bounded",
    "emergency": "Emergency use is allowed and bounded",
    "recertification": "It is certified again",
    "evidence_max_age_days": "Evidence has an age at most",
}


def answered(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every kind of evidence that a policy asks for, with the rule that asks, in words: (key,
    rule). The keys are those of ``Control.evidence``."""
    found = [
        (f"check:{check['check']}", f"{check['name']}: {threshold_in_words(check['threshold'])}")
        for check in document["checks"]
    ]
    found += [(f"document:{paper['kind']}", str(paper["title"])) for paper in document["documents"]]
    found += [(f"criterion:{key}", demands.title_of(key)) for key in demands.of(document)]
    found += [(f"decision:{slot['role']}", str(slot["title"])) for slot in document["decisions"]]
    return found + [(f"term:{key}", words) for key, words in TERMS.items() if document.get(key)]


def in_words(key: str) -> str:
    """A key of ``Control.evidence`` for a reader: ``document:model_card`` is “document model
    card”."""
    kind, _, name = key.partition(":")
    if kind == "term":
        return f"rule: {TERMS[name].lower()}"
    if kind == "check":
        return f"check {name}"
    word = "signature as" if kind == "decision" else kind
    return f"{word} {name.replace('_', ' ')}"
