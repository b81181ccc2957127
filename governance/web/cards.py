"""Checks as people read them: what was asked, what was found, how, and how to repeat it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from governance.checks.catalog import all_checks, describe
from governance.models import CheckRun
from governance.policy import threshold_in_words
from governance.services.reading import ReleasePage

COMPARED = 8  # lines per check beside the champion; the rest stands in the check's own card


@dataclass(frozen=True)
class Card:
    """One check of the release with everything its card shows."""

    run: CheckRun
    name: str
    why: str
    threshold: str
    title: str
    method: list[tuple[str, str]]
    seed: int
    library_versions: dict[str, Any]

    @property
    def anchor(self) -> str:
        return f"check-{slugify(self.run.key)}"

    @property
    def measurements(self) -> list[dict[str, Any]]:
        return list(self.run.evidence.get("measurements", []))

    @property
    def tables(self) -> list[dict[str, Any]]:
        return list(self.run.evidence.get("tables", []))


@dataclass(frozen=True)
class Comparison:
    """One check, candidate beside champion."""

    name: str
    mine: CheckRun
    theirs: CheckRun | None
    lines: list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]] = field(
        default_factory=list
    )


def cards_of(page: ReleasePage) -> list[Card]:
    required = {item["key"]: item for item in page.release.requirement_set.document["checks"]}
    return [_card(page, check, required.get(check.key, {})) for check in page.checks]


def _card(page: ReleasePage, check: CheckRun, asked: dict[str, Any]) -> Card:
    known = all_checks().get(check.check_id)
    told = describe(known) if known else {}
    facts = page.run.facts if page.run else {}
    return Card(
        run=check,
        name=asked.get("name", check.key),
        why=asked.get("why", ""),
        threshold=threshold_in_words(check.threshold) if check.threshold else "",
        title=known.title if known else check.check_id,
        method=[(part.capitalize(), text) for part, text in told.items()],
        seed=page.run.seed if page.run else 0,
        library_versions=facts.get("versions", {}),
    )


def comparisons_of(page: ReleasePage) -> list[Comparison]:
    """Candidate and champion, check by check, by the measurements that both or either have."""
    theirs = {check.key: check for check in page.champion_checks}
    if not theirs:
        return []
    return [
        Comparison(
            name=check.key,
            mine=check,
            theirs=theirs.get(check.key),
            lines=_lines(check, theirs.get(check.key)),
        )
        for check in page.checks
    ]


def _lines(
    mine: CheckRun, theirs: CheckRun | None
) -> list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]:
    left, right = _measured(mine), _measured(theirs)
    keys = list(dict.fromkeys([*left, *right]))[:COMPARED]
    return [(_label(key), left.get(key), right.get(key)) for key in keys]


def _measured(check: CheckRun | None) -> dict[tuple[str, str], dict[str, Any]]:
    found = check.evidence.get("measurements", []) if check else []
    return {(m["name"], m.get("group", "")): m for m in found if m.get("value") is not None}


def _label(key: tuple[str, str]) -> str:
    name, group = key
    told = name.replace("_", " ")
    return f"{told} · {group}" if group else told
