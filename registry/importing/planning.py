"""What an import has to do, from what is there and what is here. Pure: nothing is asked or written.

Numbers are kept (G2): whoever names “credit, version 7” means the same thing afterwards. Numbers
are handed out in order, so a version can come only while every number from it on is still free
here; the gaps that deleted versions left become tombstones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from registry.importing.facts import READY, ModelFacts, VersionFacts
from registry.rules import versions_at_once

WIDEST_GAP: Final = 100_000
STAGES: Final = ("None", "Staging", "Production", "Archived")
_ALIAS = re.compile(r"^[\w\-]{1,255}\Z")
_RESERVED = re.compile(r"^(latest|v\d+)\Z", re.IGNORECASE)
_TAG_KEY: Final = 250
_TAG_VALUE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that does not come over, and why, as a sentence without its full stop."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Here:
    """What this registry holds of the model. ``sources``: number -> source of living versions."""

    exists: bool = False
    governed: bool = False
    last_number: int = 0
    sources: dict[int, str] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """``missing`` ascends; ``gaps`` become tombstones; ``aliases`` are to be moved."""

    model: ModelFacts
    missing: tuple[VersionFacts, ...] = ()
    gaps: int = 0
    present: int = 0
    aliases: dict[str, int] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()


def plan(model: ModelFacts, versions: Sequence[VersionFacts], here: Here) -> Plan:
    """``versions``: all that the other server has, in any order."""
    skipped: list[Skipped] = []
    missing: list[VersionFacts] = []
    present = 0
    reached = here.last_number
    for version in sorted(versions, key=lambda each: each.number):
        label = f"{model.name} v{version.number}"
        if version.number in here.sources:
            present += 1
            if here.sources[version.number] != version.source:
                skipped.append(Skipped(label, "another version has this number here"))
        elif version.number <= here.last_number:
            skipped.append(Skipped(label, "its number is used up here, by a deleted version"))
        elif version.status != READY:
            skipped.append(Skipped(label, f"it is not ready there ({version.status})"))
        elif version.number - reached > WIDEST_GAP:
            skipped.append(Skipped(label, f"more than {WIDEST_GAP:,} numbers are free before it"))
        else:
            missing.append(_fitting(version, label, here.governed, skipped))
            reached = version.number
    here_after = set(here.sources) | {version.number for version in missing}
    aliases = _aliases(model, here, here_after, skipped)
    gaps = reached - here.last_number - len(missing)
    return Plan(model, tuple(missing), gaps, present, aliases, tuple(skipped))


def _fitting(
    version: VersionFacts, label: str, governed: bool, skipped: list[Skipped]
) -> VersionFacts:
    """The version without what cannot be kept here."""
    stage = version.stage
    if stage not in STAGES:
        skipped.append(Skipped(f"{label}, stage {stage}", "there is no such stage here"))
        stage = "None"
    if governed and stage == "Production":
        why = "on a governed model “Production” takes an authorization"
        skipped.append(Skipped(f"{label}, stage {stage}", why))
        stage = "None"
    tags = fitting_tags(version.tags, label, skipped)
    return VersionFacts(
        number=version.number,
        source=version.source,
        tracking_run=_short(version.tracking_run),
        run_link=version.run_link,
        logged_model=_short(version.logged_model),
        description=version.description,
        stage=stage,
        status=version.status,
        tags=tags,
        created_at=version.created_at,
        updated_at=version.updated_at,
    )


def fitting_tags(tags: dict[str, str], label: str, skipped: list[Skipped]) -> dict[str, str]:
    """Those that can be kept; the others are noted in ``skipped``."""
    kept = {}
    for key, value in tags.items():
        if not 1 <= len(key) <= _TAG_KEY or len(value) > _TAG_VALUE:
            limit = f"a key has 1 to {_TAG_KEY} characters, a value at most {_TAG_VALUE:,}"
            skipped.append(Skipped(f"{label}, tag {key[:40]}", limit))
        else:
            kept[key] = value
    return kept


def _aliases(
    model: ModelFacts, here: Here, numbers: set[int], skipped: list[Skipped]
) -> dict[str, int]:
    wanted = {}
    for alias, number in sorted(model.aliases.items()):
        label = f"{model.name}@{alias[:60]}"
        if here.aliases.get(alias) == number:
            continue
        if not _ALIAS.match(alias) or _RESERVED.match(alias):
            skipped.append(Skipped(label, "no alias can be called so here"))
        elif number not in numbers:
            skipped.append(Skipped(label, f"its version {number} is not here"))
        elif alias in here.aliases:
            skipped.append(Skipped(label, f"here it points at version {here.aliases[alias]}"))
        else:
            wanted[alias] = number
    return wanted


def batches(plan: Plan, *, first: int) -> Iterator[tuple[int, tuple[VersionFacts, ...]]]:
    """The missing versions in parts for one transaction each, with the number that each part
    reaches; ``first`` is the lowest number that is free. A gap that is wider than a part is filled
    by parts of its own."""
    each = versions_at_once(plan.model.name)
    waiting: list[VersionFacts] = []
    for version in plan.missing:
        while version.number - first >= each:
            reached = first + each - 1
            yield reached, tuple(waiting)
            waiting, first = [], reached + 1
        waiting.append(version)
    if waiting:
        yield waiting[-1].number, tuple(waiting)


def _short(text: str) -> str:
    """What does not fit is no identifier of MLflow's, whose longest has 36 characters."""
    return text if len(text) <= 250 else ""
