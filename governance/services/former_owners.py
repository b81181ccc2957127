"""Who owned a model or a use case before, as the trail tells: rows know today's owner alone, and
releases remember owners from their own request on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from audit.models import Entry
from audit.subjects import Subject
from governance.models import Finding, Release

_CLOCKS = timedelta(minutes=1)
"""How far the clocks of server and database may be apart."""

_NEVER = UUID(int=2**128 - 1)
"""After every entry: their ids follow the clock."""


def of_release(release: Release) -> set[str]:
    """Pseudonyms of all between whom the model or the use case of ``release`` changed hands since
    its version was registered."""
    model, use_case = release.version.model.name, release.use_case.slug
    owned = _owners({model}, {use_case}, since=release.version.created_at)
    return owned["model", model] | owned["use_case", use_case]


def in_findings(findings: Collection[Finding]) -> dict[int, set[str]]:
    """Pseudonyms of all between whom the model of each finding, or its use case, ever changed
    hands, by the finding's key. Two queries, unless a model was renamed."""
    names = {finding.model.name for finding in findings}
    owned = _owners(names, {finding.use_case.slug for finding in findings})
    return {
        finding.pk: owned["model", finding.model.name] | owned["use_case", finding.use_case.slug]
        for finding in findings
    }


def _owners(
    models: Collection[str], use_cases: Collection[str], *, since: datetime | None = None
) -> defaultdict[tuple[str, str], set[str]]:
    """By subject: type and key."""
    borne = _borne(models)
    names = {name for former in borne.values() for name in former}
    rows = Entry.objects.filter(
        Q(subject_type="model", subject_key__in=names, action="model.change")
        | Q(subject_type="use_case", subject_key__in=use_cases, action="use_case.hand_over")
    )
    if since is not None:
        rows = rows.since(since - _CLOCKS)
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows.only("subject_type", "subject_key", "body"):
        told, key = row.content["details"], row.subject_key
        if row.subject_type == "use_case":
            found["use_case", key].update((told["former_id"], told["owner_id"]))
            continue
        for model, former in borne.items():
            if key in former and row.pk < former[key]:
                pair = (told["before"].get("owner"), told["after"].get("owner"))
                found["model", model].update(who for who in pair if who)
    return found


def _borne(models: Collection[str]) -> dict[str, dict[str, UUID]]:
    """Under which names each model stands in the trail: its present one, and others until the entry
    that tells of another name. A former name may be another model's by now."""
    borne: dict[str, dict[str, UUID]] = {name: {name: _NEVER} for name in models}
    asked = set(models)
    while asked:
        subjects = [str(Subject("model", name)) for name in asked]
        rows = Entry.objects.filter(action="model.rename", subjects__overlap=subjects)
        asked = set()
        for row in rows.order_by("-pk").only("subject_key", "body"):
            after = row.content["details"]["after"]
            for former in borne.values():
                known = row.subject_key in former
                if not known and after in former and row.pk < former[after]:
                    former[row.subject_key] = row.pk
                    asked.add(row.subject_key)
    return borne
