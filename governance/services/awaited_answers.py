"""What somebody is asked for besides decisions: answers, promises, findings, drafts of others.

Each source is one query. The permissions are those that the acts take.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.awaiting import SAFEST, Item
from governance.models import Condition, Finding, PolicyVersion, Question, Release
from governance.models.authorizations import RUNNING_STATES
from governance.models.releases import OPEN_STATES
from governance.models.use_cases import scope_filter
from governance.services import conditions, findings
from governance.services.awaited_exceptions import with_cases
from lib.actor import Actor

SHOWN = 120
_NAMES = ("release__version__model", "release__environment", "release__use_case")

# There may be hundreds: no more is read than is told, and than bears on who may answer.
_NAME_OF = ("username", "first_name", "last_name")
_OF_OWNER = tuple(f"owner__{part}" for part in _NAME_OF)
_OF_CONDITION = (
    *("number", "text", "state", "due_at", "met_at", *_OF_OWNER),
    *("decision__revision", "decision__signed_at", "decision__signer_name"),
    *("release__revision", "release__tier", "release__requester_name"),
    *("release__version__number", "release__version__model__name", "release__environment__name"),
    *("release__use_case__slug", "release__use_case__business_unit"),
)
_OF_FINDING = (
    *("number", "title", "severity", "state", "due_on", "raised_at", "resolved_by", "version"),
    *("model__name", "model__owner__pseudonym", *_OF_OWNER),
    *("use_case__slug", "use_case__business_unit", "use_case__tier"),
    "use_case__owner__pseudonym",
)


def concerns(actor: Actor, release: str = "") -> Q:
    """Releases that ``actor`` asked for, owns or developed. ``release`` is the way to them."""
    mine = Q(**{f"{release}requester_pseudonym": actor.id})
    if actor.user_id is not None:
        for path in ("use_case__owner", "version__developer", "version__model__owner"):
            mine |= Q(**{f"{release}{path}": actor.user_id})
    return mine


def in_sight(actor: Actor, release: str = "") -> Q:
    """Releases that ``actor`` may see, as ``Release.visible_to`` says; without a subquery."""
    return scope_filter(
        actor,
        "governance.read",
        slug=f"{release}use_case__slug",
        unit=f"{release}use_case__business_unit",
    )


def end_of(day: date) -> datetime:
    """The moment at which ``day`` is over, in the house's time zone."""
    following = datetime.combine(day + timedelta(days=1), time())
    return timezone.make_aware(following, timezone.get_default_timezone())


def of_questions(actor: Actor) -> list[Item]:
    """Questions about what concerns ``actor``, and answers to what they asked themselves."""
    if actor.user_id is None:
        return []
    asked = Q(state="asked") & concerns(actor, "release__")
    answered = Q(state="answered", asked_by=actor.user_id)
    rows = (
        Question.objects.filter(asked | answered, release__state__in=OPEN_STATES)
        .filter(in_sight(actor, "release__"))
        .select_related(*_NAMES, "asked_by")
    )
    found = []
    for row in rows:
        answers = row.state == "asked" and actor.may("release.request", *row.release.scopes)
        if answers or row.state == "answered":
            stops = " that holds the release up" if row.blocking else ""
            why = f"answer a question{stops}" if answers else "say whether the answer will do"
            found.append(
                of_release(
                    row.release,
                    "question" if answers else "answer",
                    about=short(row.text),
                    why=why,
                    part=f"question-{row.number}",
                    asked_at=row.asked_at,
                    asked_by=row.asked_by.full_name,
                )
            )
    return found


def of_conditions(actor: Actor) -> list[Item]:
    """Conditions that ``actor`` has to meet, and those of others that they may verify."""
    if actor.user_id is None:
        return []
    runs = Q(release__authorization__state__in=RUNNING_STATES)
    is_open = Q(release__authorization=None, release__state__in=OPEN_STATES)
    mine = Q(state="open", owner=actor.user_id)
    others = Q(state="met") & ~Q(owner=actor.user_id)
    rows = (
        Condition.objects.filter(mine | others if actor.may("decision.sign") else mine)
        .filter(runs | is_open, in_sight(actor, "release__"))
        .select_related(*_NAMES, "owner", "decision")
        .only(*_OF_CONDITION)
    )
    # What hung on a former revision was voided with it.
    kept = [row for row in rows if row.decision.revision == row.release.revision]
    judged = [
        row
        for row in kept
        if row.state == "met" and actor.may("decision.sign", *row.release.scopes)
    ]
    may_verify = {
        row.pk for row in with_cases(judged) if not conditions.why_not_verify(row, actor=actor)
    }
    found = []
    for row in kept:
        meets = row.state == "open" and actor.may("promise.answer")
        verifies = row.pk in may_verify
        if meets or verifies:
            found.append(
                of_release(
                    row.release,
                    "condition" if meets else "verification",
                    about=short(row.text),
                    why="meet a condition" if meets else "say whether a condition is met",
                    part=f"condition-{row.number}",
                    asked_at=(row.met_at if verifies else None) or row.decision.signed_at,
                    due_at=row.due_at,
                    asked_by=row.owner.full_name if verifies else row.decision.signer_name,
                )
            )
    return found


def of_findings(actor: Actor) -> list[Item]:
    """Findings that ``actor`` owns and has to plan or mend; those of others that they may close."""
    if actor.user_id is None:
        return []
    mine = Q(owner=actor.user_id, state__in=["open", "planned"])
    others = Q(state__in=["rebutted", "resolved"]) & ~Q(owner=actor.user_id)
    others &= ~Q(resolved_by=actor.id)
    rows: QuerySet[Finding] = (
        Finding.objects.visible_to(actor)
        .filter(mine | others if actor.may("finding.raise") else mine)
        .select_related("model__owner", "use_case__owner", "owner")
        .only(*_OF_FINDING)
    )
    found, judged = [], []
    for row in rows:
        if row.owner_id != actor.user_id:
            judged.append(row)
        elif actor.may("promise.answer", *row.use_case.scopes):
            found.append(_finding(row, own=True))
    may_close = findings.may_judge(judged, actor=actor)
    return found + [_finding(row, own=False) for row in may_close]


_ASKS = {
    "open": "plan how to mend it, or rebut it",
    "planned": "mend it and show it",
    "rebutted": "say whether the rebuttal stands",
    "resolved": "say whether it is mended",
}


def _finding(row: Finding, *, own: bool) -> Item:
    return Item(
        kind="finding" if own else "closure",
        what=f"{row.label} · {row.model.name}",
        about=short(f"{row.severity}: {row.title}"),
        why=_ASKS[row.state],
        place=("finding", str(row.number), "act"),
        asked_at=row.raised_at,
        tier=row.use_case.tier,
        due_at=end_of(row.due_on),
        model=row.model.name,
        asked_by="" if own else row.owner.full_name,
    )


def of_policies(actor: Actor) -> list[Item]:
    """Drafts of others that ``actor`` may publish."""
    if not actor.is_person or not actor.may_everywhere("policy.publish"):
        return []
    rows = (
        PolicyVersion.objects.filter(state="draft")
        .exclude(created_by=actor.id)
        .select_related("policy")
        .defer("source")
    )
    return [
        Item(
            kind="policy",
            what=row.label,
            about=row.policy.title,
            why="read the draft and publish it",
            place=("policy", row.policy.slug, str(row.number)),
            asked_at=row.created_at,
            tier=min(row.document["applies"]["tiers"] or [SAFEST]),
        )
        for row in rows
    ]


def of_release(release: Release, kind: str, *, part: str, **more: Any) -> Item:
    """An item about a release; ``part`` is where on its page it is done."""
    return Item(
        kind=kind,
        what=f"{release.version.label} → {release.environment.name}",
        place=("release", str(release.pk), part),
        tier=release.tier,
        model=release.version.model.name,
        **more,
    )


def short(text: str) -> str:
    """In one line that fits."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1].rstrip()}…"
