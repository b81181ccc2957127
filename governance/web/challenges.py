"""What holds a release up and what lets it go on, as its page shows it to one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.services.people import holders_of
from governance.models import Condition, Gate, Hold, Question, Release, Waiver
from governance.services import (
    conditions,
    deadlines,
    handing_over,
    questions,
    statements,
    waivers,
)
from governance.services.reading import ReleasePage
from governance.web.forms import Form, Sent, form
from lib.actor import Actor
from lib.canonical import digest_of

_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True)
class AskedQuestion:
    question: Question
    about: str
    answer: Form
    settle: Form
    withdraw: Form

    @property
    def anchor(self) -> str:
        return f"question-{self.question.number}"


@dataclass(frozen=True)
class Questions:
    rows: Sequence[AskedQuestion]
    ask: Form
    people: Sequence[User]
    gates: Sequence[Gate]

    @property
    def open_count(self) -> int:
        return sum(row.question.state in ("asked", "answered") for row in self.rows)


@dataclass(frozen=True)
class AskedWaiver:
    waiver: Waiver
    title: str
    counted: str
    statement: str
    """What whoever decides about it, or revokes it, answers for."""
    decide: Form
    withdraw: Form
    revoke: Form

    @property
    def anchor(self) -> str:
        return f"waiver-{self.waiver.number}"

    @property
    def is_over(self) -> bool:
        """Granted, and its day has passed: read from the clock."""
        until = self.waiver.expires_at
        return self.waiver.state == "granted" and until is not None and until <= timezone.now()


@dataclass(frozen=True)
class Waivable:
    """A gate that is shut and that the policies let somebody waive."""

    gate: Gate
    most: int
    approvers: Sequence[str]
    counted: str


@dataclass(frozen=True)
class Waivers:
    rows: Sequence[AskedWaiver]
    waivable: Sequence[Waivable]
    allowed: Sequence[str]
    request: Form

    @property
    def longest(self) -> int:
        """The most days that any of them may be waived for."""
        return max((one.most for one in self.waivable), default=1)


@dataclass(frozen=True)
class Promised:
    condition: Condition
    meet: Form
    verify: Form
    hand_over: Form
    people: Sequence[User]
    is_gone: bool = False

    @property
    def anchor(self) -> str:
        return f"condition-{self.condition.number}"

    @property
    def pill(self) -> str:
        """Its state, as the pills name it."""
        return f"condition_{self.condition.state}"

    @property
    def is_overdue(self) -> bool:
        """By the clock: due, and nobody has verified it."""
        condition = self.condition
        return condition.state in ("open", "met") and condition.due_at <= timezone.now()


@dataclass(frozen=True)
class Deadline:
    held: Hold | None
    hold: Form
    go_on: Form


def questions_of(page: ReleasePage, actor: Actor, sent: Sent | None) -> Questions:
    release = page.release
    titles = {gate.key: gate.title for gate in page.gates}
    rows = release.questions.select_related("asked_by", "asked_of", "settled_by")
    shown = []
    roles = "asked_by__role_assignments__role"
    for question in rows.prefetch_related("answers__answered_by", roles):
        question.release, number = release, question.number
        own = questions.why_not_settle(question, actor=actor)
        back = questions.why_not_withdraw(question, actor=actor)
        why_not, seen = (
            questions.why_not_answer(question, actor=actor),
            questions.as_it_stands(question),
        )
        shown.append(
            AskedQuestion(
                question,
                titles.get(question.gate, question.gate),
                form(release, "question_answer", number, why_not=why_not, sent=sent, seen=seen),
                form(release, "question_settle", number, why_not=own, sent=sent, seen=seen),
                form(release, "question_withdraw", number, why_not=back, sent=sent, seen=seen),
            )
        )
    ask = form(
        release, "question_ask", why_not=questions.why_not_ask(release, actor=actor), sent=sent
    )
    people = [] if ask.why_not else list(holders_of("release.request", *release.scopes))
    return Questions(shown, ask, people, [g for g in page.gates if g.kind != "question"])


def waivers_of(page: ReleasePage, actor: Actor, sent: Sent | None) -> Waivers:
    release = page.release
    allowed, before = waivers.allowed(release), waivers.earlier(release)
    titles = {gate.key: gate.title for gate in page.gates}
    shown = [
        _waiver(release, waiver, titles, actor, sent)
        for waiver in release.waivers.select_related("requested_by", "decided_by")
    ]
    asked = {row.waiver.gate for row in shown if row.waiver.state == "requested"}
    shut = [
        Waivable(
            gate,
            allowed[gate.key]["max_days"],
            allowed[gate.key]["approvers"],
            counted(before[gate.key] + 1),
        )
        for gate in page.gates
        if gate.key in set(allowed) - asked and gate.state == "closed" and gate.verdict != "error"
    ]
    why_not = waivers.why_not_request(release, actor=actor)
    return Waivers(
        shown,
        shut if release.is_open else [],
        [titles[key] for key in allowed if key in titles],
        form(release, "waiver_request", why_not=why_not, sent=sent),
    )


def _waiver(
    release: Release, waiver: Waiver, titles: Mapping[str, str], actor: Actor, sent: Sent | None
) -> AskedWaiver:
    waiver.release, number = release, waiver.number
    held = {
        "waiver_decide": waivers.why_not_decide(waiver, actor=actor),
        "waiver_withdraw": waivers.why_not_withdraw(waiver, actor=actor),
        "waiver_revoke": waivers.why_not_revoke(waiver, actor=actor),
    }
    title = titles.get(waiver.gate, waiver.gate)
    statement = statements.of_waiver(waiver, title=title)
    seen = digest_of(statement)
    decide, withdraw, revoke = (
        form(release, name, number, why_not=why_not, sent=sent, seen=seen)
        for name, why_not in held.items()
    )
    place = counted(waivers.place_of(waiver))
    return AskedWaiver(waiver, title, place, statement, decide, withdraw, revoke)


def counted(place: int) -> str:
    """ "second waiver of this requirement"."""
    word = _ORDINALS[place] if place < len(_ORDINALS) else f"{place}th"
    return f"{word} waiver of this requirement"


def conditions_of(page: ReleasePage, actor: Actor, sent: Sent | None) -> list[Promised]:
    release = page.release
    shown = []
    rows = release.conditions.select_related("owner", "verified_by", "decision")
    people = handing_over.who_answer(release.scopes) if rows else []
    answering = {person.pk for person in people}
    for row in sorted(rows, key=lambda row: row.number):
        row.release = release
        gone = row.state in conditions.WAITING and row.owner_id not in answering
        why_not = handing_over.why_not_condition(row, actor=actor) if gone else ""
        meet, verify = (
            conditions.why_not_meet(row, actor=actor),
            conditions.why_not_verify(row, actor=actor),
        )
        seen = conditions.as_it_stands(row)
        shown.append(
            Promised(
                row,
                form(release, "condition_met", row.number, why_not=meet, sent=sent),
                form(release, "condition_verify", row.number, why_not=verify, sent=sent, seen=seen),
                form(release, "condition_owner", row.number, why_not=why_not, sent=sent),
                people,
                gone,
            )
        )
    return shown


def deadline_of(page: ReleasePage, actor: Actor, sent: Sent | None) -> Deadline | None:
    """None while no review runs: there is no clock to hold."""
    release = page.release
    if release.state != "in_review":
        return None
    why_not = deadlines.why_not_hold(release, actor=actor)
    return Deadline(
        release.holds.select_related("held_by").filter(ended_at=None).first(),
        form(release, "hold", why_not=why_not, sent=sent),
        form(release, "go_on", why_not=why_not, sent=sent),
    )


def challenges_of(page: ReleasePage, actor: Actor, sent: Sent | None) -> dict[str, Any]:
    """The sections of the page, by the name that its templates use."""
    return {
        "questions": questions_of(page, actor, sent),
        "waivers": waivers_of(page, actor, sent),
        "conditions": conditions_of(page, actor, sent),
        "deadline": deadline_of(page, actor, sent),
    }
