"""The inbox: what awaits somebody, what of theirs is stuck, what lapses soon, what was decided.

The number of queries is the same for five open releases and for five hundred: who may sign is
worked out for all of them from a few rows each, and only a page of them is read whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from governance.awaiting import KINDS, STANDINGS, TIERS, Item, Wanted, age, heading, in_order
from governance.models import Authorization, Condition, Decision, Gate, Holiday, Release, Waiver
from governance.models.authorizations import RUNNING_STATES
from governance.services import (
    awaited_answers,
    awaited_decisions,
    awaited_exceptions,
    awaited_promises,
    awaited_value_cases,
)
from governance.services.awaited_answers import concerns, in_sight
from lib.actor import Actor
from lib.errors import Invalid
from lib.http.query import whole_number

PAGE: Final = 25
FEW: Final = 12
LAPSING: Final = timedelta(days=30)
THIS_WEEK: Final = timedelta(days=7)
QUERY: Final = frozenset({"kind", "tier", "standing", "model", "page"})


@dataclass(frozen=True, slots=True)
class Line:
    """One item as it stands now: its age in words, and what stands out as (tone, words)."""

    item: Item
    age: str
    is_overdue: bool
    stands_out: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Stuck:
    release: Release
    stands_out: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Lapse:
    """Something that ends, or falls due, by the clock."""

    what: str
    about: str
    at: datetime
    release: str


@dataclass(frozen=True)
class Inbox:
    """``lines`` are one page of ``fitting``, which are those of ``items`` that are wanted."""

    heading: str
    total: int
    overdue: int
    counts: Mapping[str, int]
    models: Sequence[str]
    fitting: int
    page: int
    lines: list[Line] = field(default_factory=list)
    blocked: list[Stuck] = field(default_factory=list)
    blocked_total: int = 0
    lapsing: list[Lapse] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return max(1, -(-self.fitting // PAGE))


def wanted_of(given: Mapping[str, str]) -> Wanted:
    """Raises Invalid naming a filter that filters by nothing there is."""
    asked = {name: given.get(name, "") for name in ("kind", "tier", "standing", "model")}
    choices = {"kind": KINDS, "tier": TIERS, "standing": STANDINGS}
    errors = {
        name: f"one of {', '.join(known)}"
        for name, known in choices.items()
        if asked[name] and asked[name] not in known
    }
    if errors:
        raise Invalid("The inbox knows no such filter.", errors=errors)
    page = whole_number("page", given.get("page") or "1", low=1, high=100_000)
    return Wanted(page=page, **asked)


def inbox(*, actor: Actor, wanted: Wanted | None = None) -> Inbox:
    """What awaits ``actor``, the riskiest overdue first."""
    wanted, now = wanted or Wanted(), timezone.now()
    items = awaiting(actor)
    fitting = [item for item in items if wanted.fits(item, now)]
    page = min(wanted.page, max(1, -(-len(fitting) // PAGE)))
    shown = in_order(fitting, now)[(page - 1) * PAGE : page * PAGE]
    blocked = _blocked(actor)
    out = _standing_out([item.release for item in shown] + [str(row.pk) for row in blocked])
    return Inbox(
        heading=heading(items),
        total=len(items),
        overdue=sum(item.is_overdue(now) for item in items),
        counts={kind: sum(i.kind == kind for i in items) for kind in KINDS},
        models=sorted({item.model for item in items if item.model}),
        fitting=len(fitting),
        page=page,
        lines=_lines(shown, out, now),
        blocked=[Stuck(row, out.get(str(row.pk), ())) for row in blocked[:FEW]],
        blocked_total=_blocked_count(actor) if len(blocked) > FEW else len(blocked),
        lapsing=_lapsing(actor, now),
        decided=_decided(actor),
    )


def awaiting(actor: Actor) -> list[Item]:
    """Everything that awaits ``actor`` now, in no order."""
    return [
        *awaited_decisions.decisions(actor),
        *awaited_exceptions.of_waivers(actor),
        *awaited_exceptions.of_emergencies(actor),
        *awaited_answers.of_questions(actor),
        *awaited_answers.of_conditions(actor),
        *awaited_answers.of_findings(actor),
        *awaited_answers.of_policies(actor),
        *awaited_promises.of_promises(actor),
        *awaited_value_cases.of_value_cases(actor),
    ]


def _lines(
    shown: Sequence[Item], out: Mapping[str, Sequence[tuple[str, str]]], now: datetime
) -> list[Line]:
    off = set(Holiday.objects.values_list("day", flat=True))
    zone = timezone.get_default_timezone()
    return [
        Line(item, age(item, now, off, zone), item.is_overdue(now), out.get(item.release, ()))
        for item in shown
    ]


def _standing_out(releases: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """What an officer should know before opening it: every gate that is not a plain pass."""
    known = [UUID(key) for key in releases if key]
    rows = (
        Gate.objects.filter(release__in=known, revision=F("release__revision"))
        .exclude(kind="decision")
        .filter(Q(verdict__in=("fail", "inconclusive", "error", "waived")) | Q(kind="question"))
        .exclude(kind="question", state="open")
        .values_list("release", "kind", "title", "verdict")
        .order_by("position")
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for release, kind, title, verdict in rows:
        tone = "inconclusive" if kind == "question" else verdict
        words = f"question: {title}" if kind == "question" else f"{title}: {verdict}"
        found.setdefault(str(release), []).append((tone, words))
    return found


def _blocked_rows(actor: Actor) -> Q:
    """They matter to who asked, owns or developed, and to whoever signs or audits."""
    if actor.may("decision.sign") or actor.may("audit.export"):
        return Q()
    return concerns(actor)


def _blocked(actor: Actor) -> list[Release]:
    rows = Release.objects.visible_to(actor).filter(state__in=["blocked", "changes_requested"])
    found = (
        rows.filter(_blocked_rows(actor)).with_names().order_by("tier", "number").defer("evidence")
    )
    return list(found[: FEW + 1])


def _blocked_count(actor: Actor) -> int:
    rows = Release.objects.visible_to(actor).filter(state__in=["blocked", "changes_requested"])
    return rows.filter(_blocked_rows(actor)).count()


def _lapsing(actor: Actor, now: datetime) -> list[Lapse]:
    """What ends or falls due by the clock alone, the next first."""
    seen = in_sight(actor, "release__")
    running = Authorization.objects.filter(seen, state__in=RUNNING_STATES)
    names = ("version__model", "environment", "purpose")
    ends = running.filter(expires_at__gt=now, expires_at__lte=now + LAPSING)
    reviews = running.filter(review_due_at__lte=now + LAPSING, expires_at__gt=now)
    promises = Condition.objects.filter(
        seen,
        state__in=["open", "met"],
        due_at__lte=now + THIS_WEEK,
        release__authorization__state__in=RUNNING_STATES,
    ).select_related(*(f"release__{name}" for name in names))
    exceptions = Waiver.objects.filter(
        seen, state="granted", expires_at__gt=now, expires_at__lte=now + THIS_WEEK
    ).select_related(*(f"release__{name}" for name in names))
    found = [
        *(_of(row, "authorization ends", row.expires_at) for row in _first(ends, *names)),
        *(
            _of(row, "re-certification is due", row.review_due_at or now)
            for row in _first(reviews, *names, order="review_due_at")
        ),
        *(
            _of(row.release, f"condition {row.number} is due", row.due_at, str(row.release_id))
            for row in promises.order_by("due_at")[:FEW]
        ),
        *(
            _of(row.release, f"{row.label} ends", row.expires_at or now, str(row.release_id))
            for row in exceptions.order_by("expires_at")[:FEW]
        ),
    ]
    return sorted(found, key=lambda lapse: lapse.at)[:FEW]


def _first(rows: Any, *names: str, order: str = "expires_at") -> list[Authorization]:
    return list(rows.select_related(*names).order_by(order)[:FEW])


def _of(row: Authorization | Release, about: str, at: datetime, release: str = "") -> Lapse:
    place = f"{row.version.label} → {row.environment.name} · {row.purpose.name}"
    key = release or str(row.release_id if isinstance(row, Authorization) else row.pk)
    return Lapse(place, about, at, key)


def _decided(actor: Actor) -> list[Decision]:
    names = ("release__version__model", "release__environment", "release__purpose")
    rows = Decision.objects.filter(in_sight(actor, "release__"))
    return list(rows.select_related(*names).order_by("-signed_at")[:8])
