"""Who owned a model or a use case before, as the trail tells: rows know today's owner alone, and
releases remember owners from their own request on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from audit.models import Entry
from governance.models import Finding, Release

_CLOCKS = timedelta(minutes=1)
"""How far the clocks of server and database may be apart."""


def of_release(release: Release) -> set[str]:
    """Pseudonyms of all between whom the model or the use case of ``release`` changed hands since
    its version was registered."""
    model, use_case = release.version.model.name, release.use_case.slug
    owned = _owners({model}, {use_case}, since=release.version.created_at)
    return owned["model", model] | owned["use_case", use_case]


def in_findings(findings: Collection[Finding]) -> dict[int, set[str]]:
    """Pseudonyms of all between whom the model of each finding, or its use case, ever changed
    hands, by the finding's key. One query."""
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
    rows = Entry.objects.filter(
        Q(subject_type="model", subject_key__in=models, action="model.change")
        | Q(subject_type="use_case", subject_key__in=use_cases, action="use_case.hand_over")
    )
    if since is not None:
        rows = rows.since(since - _CLOCKS)
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows.only("subject_type", "subject_key", "body"):
        told = row.content["details"]
        pair = (
            (told["former_id"], told["owner_id"])
            if row.subject_type == "use_case"
            else (told["before"].get("owner"), told["after"].get("owner"))
        )
        found[row.subject_type, row.subject_key].update(who for who in pair if who)
    return found
