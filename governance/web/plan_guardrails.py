"""The guardrails on the page of a plan: six dials, protected attributes, and what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from governance.models import UseCase
from governance.policy import threshold_in_words
from governance.services import plans
from governance.value import dials
from governance.value.dials import Protected
from governance.web.plan_form import DIAL, GUARDRAILS, Sent, filled, tag
from lib.actor import Actor
from lib.errors import ImprimaturError

SPARE: Final = 1
"""Empty rows that stand below those that are filled."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One level of a dial; ``is_shut`` when whoever looks may not turn the dial so far down."""

    number: int
    title: str
    means: str
    is_chosen: bool
    is_shut: bool


@dataclass(frozen=True, slots=True)
class Turned:
    """One dial as it stands on the page."""

    name: str
    title: str
    question: str
    choices: list[Choice]
    is_set: bool
    wrong: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What one dial adds to a release: ``checks`` are (name, threshold in words)."""

    title: str
    level: int
    word: str
    checks: list[tuple[str, str]]


def shown(
    use_case: UseCase,
    actor: Actor,
    held: Mapping[str, Any],
    sent: Sent,
    error: ImprimaturError | None,
) -> dict[str, Any]:
    """``held`` is what the plan holds of them; ``asks`` is what the levels that are chosen add
    to a release, also while they are not kept yet; the dials are as they were sent where they
    were."""
    found = sent.guardrails or held
    levels = {**held["dials"], **found["dials"]}
    rows = list(sent.rows or ()) if sent.guardrails else list(held["protected"])
    bound = plans.loosening_is_bound(use_case)
    why_shut = plans.why_not_loosen(use_case, actor=actor) if bound else ""
    wrong = error.errors if error else {}
    return {
        "dials": [
            _turned(dial, levels, held["dials"] if why_shut else {}, wrong)
            for dial in dials.dials()
        ],
        "rows": rows,
        "spare": [None] * max(0, SPARE - (len(rows) - len(filled(rows)))),
        "more_rows": len(rows) == len(filled(rows)) < dials.MOST_PROTECTED,
        "asks": (asks := _asked(levels, rows)),
        "ask_count": sum(len(one.checks) for one in asks),
        "kept": not error,
        "was_guardrails": tag(held),
        "has_guardrails": True,
        "bound": bound,
        "why_shut": why_shut,
        "reason": sent.reason,
        "wrong_guardrails": _said(wrong, error, sent),
        "wrong_protected": wrong.get("protected", ""),
        "wrong_reason": wrong.get("reason", ""),
    }


def _said(wrong: dict[str, str], error: ImprimaturError | None, sent: Sent) -> str:
    """What is wrong with the guardrails as a whole."""
    if error is None or sent.dials is None:
        return ""
    if not wrong or "reason" in wrong:
        return error.detail
    named = {name for name in wrong if name == "protected" or name.startswith("dials.")}
    return wrong.get(GUARDRAILS, "") or ("see below" if named else "")


def _turned(
    dial: dials.Dial, levels: dict[str, Any], held: dict[str, int], wrong: dict[str, str]
) -> Turned:
    chosen = levels.get(dial.component)
    return Turned(
        f"{DIAL}{dial.component}",
        dial.title,
        dial.question,
        [
            Choice(
                number,
                level.title,
                level.means,
                number == chosen,
                number < held.get(dial.component, 0),
            )
            for number, level in enumerate(dial.levels)
        ],
        chosen is not None,
        wrong.get(f"dials.{dial.component}", ""),
    )


def _asked(levels: dict[str, Any], rows: list[dict[str, str]]) -> list[Asked]:
    """What each dial adds as it stands, those that add nothing left out."""
    named = [row for row in filled(rows) if row["attribute"].strip() and row["reference"].strip()]
    protected = [Protected(row["attribute"].strip(), row["reference"].strip()) for row in named]
    found = []
    for dial in dials.dials():
        level = levels.get(dial.component)
        if type(level) is not int or not 0 < level <= dials.HIGHEST:
            continue
        checks = dials.asks({dial.component: level}, protected)
        told = [(one["name"], threshold_in_words(one["threshold"])) for one in checks]
        found.append(Asked(dial.title, level, dial.levels[level].title, told))
    return found
