"""Everything that a dossier prints, read once with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import Role
from audit.catalog import ACTIONS
from audit.models import Checkpoint, Entry
from governance.models import KPI, CheckRun, PolicyVersion, Release
from governance.services import reading
from governance.services.check_reading import whole_checks
from governance.services.dossiers import policies_behind
from governance.services.reading import ReleasePage
from governance.subjects import of_release
from lib.actor import SYSTEM
from registry.lineage import Graph
from registry.models import VersionDataset
from registry.services.lineage import lineage_of_version

NEWEST = 200


@dataclass(frozen=True)
class Line:
    """One entry of the audit trail, as a line."""

    at: datetime
    who: str
    did: str
    about: str
    reason: str
    leaf: int | None


@dataclass(frozen=True)
class Material:
    page: ReleasePage
    made_at: datetime
    lineage: Graph
    checks: list[CheckRun] = field(default_factory=list)
    datasets: list[VersionDataset] = field(default_factory=list)
    kpis: list[KPI] = field(default_factory=list)
    policies: list[PolicyVersion] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    history: list[Line] = field(default_factory=list)
    entries: int = 0
    checkpoint: str = ""


def gather(release: Release, *, made_at: datetime) -> Material:
    """The case as it is now, seen by the system: a dossier leaves nothing out."""
    page = reading.page_of(str(release.id), actor=SYSTEM)
    version = page.release.version
    entries = Entry.objects.about(of_release(page.release))
    newest = Checkpoint.objects.order_by("-size").first()
    return Material(
        page=page,
        made_at=made_at,
        lineage=lineage_of_version(version),
        checks=whole_checks(page.release, page.run),
        datasets=list(
            version.datasets.select_related("dataset_version__dataset").order_by("role", "pk")
        ),
        kpis=list(page.release.use_case.kpis.prefetch_related("observations")),
        policies=policies_behind(page.release),
        roles=dict(Role.objects.values_list("key", "name")),
        history=[
            _line(entry)
            for entry in entries.select_related("leaf")
            .prefetch_related("openings")
            .order_by("-id")[:NEWEST]
        ],
        entries=entries.count(),
        checkpoint=newest.note if newest else "",
    )


def _line(entry: Entry) -> Line:
    """Names and reasons stand in the trail as commitments; here they are opened, unless erased."""
    opened = {opening.field: opening.value for opening in entry.openings.all()}
    action = ACTIONS.get(entry.action)
    leaf = getattr(entry, "leaf", None)
    return Line(
        at=entry.at,
        who=opened.get("actor.name") or _unnamed(entry),
        did=action.words if action else entry.action,
        about=_about(entry.content.get("details") or {}),
        reason=opened.get("reason", ""),
        leaf=leaf.index if leaf else None,
    )


def _unnamed(entry: Entry) -> str:
    return (
        SYSTEM.name if entry.actor_kind == "system" else f"{entry.actor_kind} {entry.actor_id[:8]}"
    )


def _about(details: dict[str, Any]) -> str:
    """What of an entry's details makes its line understandable."""
    told = [str(details[key]) for key in ("gate", "check", "slot") if details.get(key)]
    if details.get("verdict"):
        told.append(str(details["verdict"]))
    if not told and details.get("revision"):
        told.append(f"revision {details['revision']}")
    return ": ".join(told)
