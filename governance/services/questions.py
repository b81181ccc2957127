"""Challenge and response: what a reviewer wants to know, what was answered, what came of it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.people import holders_of
from audit.services import record
from governance.models import Answer, Question, Release
from governance.services.advancing import advance
from governance.services.statements import refuse_unread
from governance.services.transitions import lock
from governance.states import QUESTION, require
from governance.subjects import of_release
from lib.actor import Actor
from lib.canonical import digest_of
from lib.errors import Conflict, Invalid, NotFound, Refused, refusal

LONGEST = 4_000


@transaction.atomic
def ask(
    release: Release,
    *,
    text: str,
    actor: Actor,
    gate: str = "",
    blocking: bool = True,
    to: str = "",
) -> Question:
    """Whoever may sign asks: the person ``to`` (a username), or everybody who may answer. A
    blocking question closes the way until it is settled.

    Raises Conflict when the release is over, Invalid for an empty text, an unknown gate or a person
    who could not answer.
    """
    release = lock(release)
    _refuse_asker(release, actor)
    asked_of = _who_answers(release, to)
    if gate and not release.gates.filter(revision=release.revision, key=gate).exists():
        raise Invalid(f"{release.label} has no gate “{gate}”.", errors={"gate": "unknown"})
    question = Question.objects.create(
        release=release,
        number=release.questions.count() + 1,
        revision=release.revision,
        gate=gate,
        text=_said(text, "text"),
        blocking=blocking,
        asked_of=asked_of,
        asked_by=_person(actor),
        asked_at=timezone.now(),
    )
    _tell(question, "ask", actor, reason=question.text)
    advance(release, actor=actor)
    return question


@transaction.atomic
def answer(question: Question, *, text: str, actor: Actor, seen: str = "") -> Answer:
    """Whoever may ask for the release answers, whomever it was put to: who answered stands beside
    it. ``seen`` is how it stood when it was read. Raises Conflict when it was settled already,
    PreconditionFailed when it stands otherwise."""
    question = _held(question, seen)
    release = question.release
    _refuse_answerer(release, actor)
    given = Answer.objects.create(
        question=question,
        text=_said(text, "text"),
        answered_by=_person(actor),
        answered_at=timezone.now(),
    )
    _move(question, "answered")
    _tell(question, "answer", actor, reason=given.text)
    advance(release, actor=actor)
    return given


@transaction.atomic
def settle(
    question: Question, *, satisfied: bool, outcome: str, actor: Actor, seen: str = ""
) -> Question:
    """Who asked says whether the answer will do, and what came of it. If it will not, the question
    is open again. Raises Refused to anybody else, and what ``answer`` does."""
    question = _held(question, seen)
    _refuse_others(question, actor)
    question.outcome = _said(outcome, "outcome")
    if satisfied:
        question.settled_by_id, question.settled_at = actor.user_id, timezone.now()
    _move(question, "settled" if satisfied else "asked", "outcome", "settled_by", "settled_at")
    _tell(question, "settle" if satisfied else "ask_again", actor, reason=question.outcome)
    advance(question.release, actor=actor)
    return question


@transaction.atomic
def withdraw(question: Question, *, reason: str, actor: Actor, seen: str = "") -> Question:
    """Who asked takes it back; or, when they have left or may sign here no longer, whoever may."""
    question = _held(question, seen)
    _refuse_strangers(question, actor)
    question.outcome = _said(reason, "reason")
    _move(question, "withdrawn", "outcome")
    _tell(question, "withdraw", actor, reason=question.outcome)
    advance(question.release, actor=actor)
    return question


def as_it_stands(question: Question) -> str:
    """A digest of what a reader sees of it that changes: its answers and what came of them."""
    answers = [given.pk for given in question.answers.all()]
    return digest_of(
        {"state": question.state, "outcome": question.outcome, "answers": sorted(answers)}
    )


def why_not_ask(release: Release, *, actor: Actor) -> str:
    """Why ``actor`` may not ask here; empty when they may."""
    return refusal(lambda: _refuse_asker(release, actor))


def why_not_answer(question: Question, *, actor: Actor) -> str:
    """Why ``actor`` may not answer; empty when they may."""
    return refusal(lambda: _refuse_answerer(question.release, actor))


def why_not_settle(question: Question, *, actor: Actor) -> str:
    """Why ``actor`` may not say whether the answer will do; empty when they may."""
    return refusal(lambda: _refuse_others(question, actor))


def why_not_withdraw(question: Question, *, actor: Actor) -> str:
    """Why ``actor`` may not take it back; empty when they may."""
    return refusal(lambda: _refuse_strangers(question, actor))


def _refuse_strangers(question: Question, actor: Actor) -> None:
    if actor.user_id is not None and actor.user_id == question.asked_by_id:
        return
    asker, scopes = question.asked_by, question.release.scopes
    gone = not asker.is_active or not asker.actor.may("decision.sign", *scopes)
    if not (gone and actor.is_person and actor.may("decision.sign", *scopes)):
        raise Refused("Only who asked takes a question back.", code="not_the_asker")


def _refuse_asker(release: Release, actor: Actor) -> None:
    actor.require("decision.sign", *release.scopes)
    _person_id(actor)
    if not release.is_open:
        raise Conflict(f"{release.label} is over: nobody is left to answer.", code="closed")


def _refuse_answerer(release: Release, actor: Actor) -> None:
    actor.require("release.request", *release.scopes)
    _person_id(actor)


def _refuse_others(question: Question, actor: Actor) -> None:
    if actor.user_id != question.asked_by_id:
        raise Refused("Only who asked says whether the answer will do.", code="not_the_asker")


def _who_answers(release: Release, username: str) -> User | None:
    if not username:
        return None
    found = holders_of("release.request", *release.scopes).filter(username=username).first()
    if found is None:
        raise Invalid(
            "Nobody of that name could answer here.", errors={"to": "who may ask for the release"}
        )
    return found


def find(release: Release, number: int) -> Question:
    """Raises NotFound."""
    found = release.questions.filter(number=number).first()
    if found is None:
        raise NotFound(f"{release.label} has no question {number}.")
    return found


def _held(question: Question, seen: str) -> Question:
    """Under the release's lock. Raises Conflict when the release is over, PreconditionFailed when
    it stands otherwise than it was ``seen``."""
    release = lock(question.release)
    if not release.is_open:
        raise Conflict(f"{release.label} is over: its record stays as it is.", code="closed")
    held = Question.objects.select_for_update(of=("self",)).select_related("asked_by")
    found = held.get(pk=question.pk)
    found.release = release
    refuse_unread(seen, as_it_stands(found))
    return found


def _move(question: Question, state: str, *fields: str) -> None:
    require(QUESTION, question.state, state, what=f"Question {question.number}")
    question.state = state
    question.save(update_fields=["state", *fields])


def _said(text: str, key: str) -> str:
    said = text.strip()
    if not 3 <= len(said) <= LONGEST:
        raise Invalid(
            f"Write from 3 to {LONGEST:,} characters.", errors={key: "too short or too long"}
        )
    return said


def _person(actor: Actor) -> User:
    return User.objects.get(pk=_person_id(actor))


def _person_id(actor: Actor) -> int:
    if actor.user_id is None:
        raise Refused("People ask and answer: tokens do not.", code="people_only")
    return actor.user_id


def _tell(question: Question, what: str, actor: Actor, *, reason: str) -> None:
    record(
        actor=actor,
        action=f"question.{what}",
        subject=of_release(question.release),
        reason=reason,
        details={
            "question": question.number,
            "gate": question.gate,
            "blocking": question.blocking,
            "asked_of": question.asked_of.pseudonym if question.asked_of else None,
            "state": question.state,
        },
    )
