"""What people do on the release page besides signing. Each act is an address that takes a form,
calls one service and leads back; what may not stand comes back with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.services import signing
from governance import signed_acts
from governance.models import Release
from governance.services import (
    conditions,
    deadlines,
    handing_over,
    questions,
    readiness,
    reading,
    releases,
    waivers,
)
from governance.web.emergency_acts import ask_emergency, decide_emergency, review_emergency
from governance.web.forms import Sent
from governance.web.release_page import render
from governance.web.typed import chosen, whole
from lib.actor import Actor
from lib.errors import ImprimaturError, Invalid, NotFound
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable

LONGEST = 5000
Typed = Mapping[str, str]
Perform = Callable[[Release, Typed, int, Actor], str]


@dataclass(frozen=True)
class Act:
    """``path`` within the release; ``section`` is where on the page it leads back to."""

    name: str
    path: str
    accepts: str
    section: str
    fields: tuple[str, ...]
    perform: Perform

    @property
    def is_signed(self) -> bool:
        """It takes a fresh proof of who sends it."""
        return signed_acts.is_signed(self.name)

    @property
    def changes(self) -> bool:
        """Sent with a permission to read: the service says who may, and never the third line."""
        return self.accepts == SEE

    def view(self, request: HttpRequest, release_id: UUID, number: int = 0) -> HttpResponse:
        """POST acts, when it is signed after a proof of who does; anything else leads to the
        release."""
        back = f"{reverse('admin:release', args=[release_id])}#{self.section}"
        if request.method != "POST":
            return redirect(back)
        actor = actor_of(request)
        typed = {name: request.POST.get(name, "") for name in self.fields}
        release = releases.find(str(release_id), actor=actor)
        try:
            _refuse_unfit(typed)
            if self.is_signed:
                _prove(request)
            told = self.perform(release, typed, number, actor)
        except NotFound:
            raise
        except ImprimaturError as error:
            page = reading.page_of(str(release_id), actor=actor)
            return render(request, page, sent=Sent(self.name, number, typed, error))
        messages.success(request, told)
        return redirect(back)


def _prove(request: HttpRequest) -> None:
    user: Any = request.user
    signing.prove(user, session=request.session, password=request.POST.get("password", ""))


def _refuse_unfit(typed: Typed) -> None:
    for name, text in typed.items():
        refuse_unstorable(text, name)
        if len(text) > LONGEST:
            raise Invalid(f"At most {LONGEST:,} characters, please.", errors={name: "too long"})


def _ask(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    asked = questions.ask(
        release,
        text=typed["text"],
        gate=typed["gate"],
        blocking=chosen(typed, "blocking"),
        to=typed["to"],
        actor=actor,
    )
    return f"Question {asked.number} is asked."


def _answer(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    question = questions.find(release, number)
    questions.answer(question, text=typed["text"], seen=typed["seen"], actor=actor)
    return f"Question {number} is answered. Whoever asked says whether that will do."


def _settle(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    satisfied = chosen(typed, "satisfied")
    question = questions.find(release, number)
    said = {"outcome": typed["outcome"], "seen": typed["seen"]}
    questions.settle(question, satisfied=satisfied, actor=actor, **said)
    return f"Question {number} is {'settled' if satisfied else 'asked again'}."


def _withdraw_question(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    questions.withdraw(questions.find(release, number), **typed, actor=actor)
    return f"Question {number} is withdrawn."


def _ask_waiver(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    asked = waivers.request(
        release,
        gate=typed["gate"],
        days=whole(typed, "days"),
        reason=typed["reason"],
        actor=actor,
    )
    return f"{asked.label} is asked for. Somebody else decides about it."


def _decide_waiver(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    granted = chosen(typed, "granted")
    waiver = waivers.find_of(release, number)
    said = {"reason": typed["reason"], "seen": typed["seen"]}
    decided = waivers.decide(waiver, granted=granted, actor=actor, **said)
    return f"{decided.label} is {'granted' if granted else 'refused'}."


def _withdraw_waiver(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    waiver = waivers.find_of(release, number)
    waivers.withdraw(waiver, reason=typed["reason"], actor=actor)
    return f"{waiver.label} is withdrawn."


def _revoke_waiver(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    waiver = waivers.find_of(release, number)
    waivers.revoke(waiver, **typed, actor=actor)
    return f"{waiver.label} is revoked."


def _meet(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    conditions.meet(conditions.find(release, number), shown=typed["shown"], actor=actor)
    return f"Condition {number} is said to be met. Somebody else verifies it."


def _verify(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    accepted = chosen(typed, "accepted")
    found = conditions.find(release, number)
    said = {"reason": typed["reason"], "seen": typed["seen"]}
    conditions.verify(found, accepted=accepted, actor=actor, **said)
    return f"Condition {number} is {'verified' if accepted else 'open again'}."


def _hand_over(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    found = conditions.find(release, number)
    done = handing_over.hand_over_condition(found, **typed, actor=actor)
    return f"{done.owner.full_name} owns condition {number} from now on."


def _state_ready(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    is_ready = chosen(typed, "is_ready")
    area = readiness.area_at(number)
    readiness.state_ready(release, area=area, is_ready=is_ready, note=typed["note"], actor=actor)
    return f"{area.capitalize()}: it is said to be {'ready' if is_ready else 'not ready'}."


def _hold(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    deadlines.hold(release, reason=typed["reason"], actor=actor)
    return "The deadline stands still. Nothing else does: validities run on."


def _go_on(release: Release, typed: Typed, number: int, actor: Actor) -> str:
    deadlines.go_on(release, actor=actor)
    return "The deadline runs again, later by as long as it stood still."


SEE, ASK, SIGN = "governance.read", "release.request", "decision.sign"
_ONE_QUESTION, _ONE_WAIVER = "questions/<int:number>/", "waivers/<int:number>/"
_ONE_CONDITION = "conditions/<int:number>/"
ACTS = (
    Act("question_ask", "questions/", SIGN, "questions", ("text", "gate", "blocking", "to"), _ask),
    Act("question_answer", f"{_ONE_QUESTION}answer/", ASK, "questions", ("text", "seen"), _answer),
    Act(
        "question_settle",
        f"{_ONE_QUESTION}settle/",
        SIGN,
        "questions",
        ("satisfied", "outcome", "seen"),
        _settle,
    ),
    Act(
        "question_withdraw",
        f"{_ONE_QUESTION}withdraw/",
        SIGN,
        "questions",
        ("reason", "seen"),
        _withdraw_question,
    ),
    Act("waiver_request", "waivers/", ASK, "waivers", ("gate", "days", "reason"), _ask_waiver),
    Act(
        "waiver_decide",
        f"{_ONE_WAIVER}decide/",
        SIGN,
        "waivers",
        ("granted", "reason", "seen"),
        _decide_waiver,
    ),
    Act(
        "waiver_withdraw", f"{_ONE_WAIVER}withdraw/", ASK, "waivers", ("reason",), _withdraw_waiver
    ),
    Act(
        "waiver_revoke",
        f"{_ONE_WAIVER}revoke/",
        "authorization.revoke",
        "waivers",
        ("reason", "seen"),
        _revoke_waiver,
    ),
    Act(
        "condition_met", f"{_ONE_CONDITION}met/", "promise.answer", "conditions", ("shown",), _meet
    ),
    Act(
        "condition_verify",
        f"{_ONE_CONDITION}verify/",
        SIGN,
        "conditions",
        ("accepted", "reason", "seen"),
        _verify,
    ),
    Act(
        "condition_owner",
        f"{_ONE_CONDITION}owner/",
        SIGN,
        "conditions",
        ("owner", "reason"),
        _hand_over,
    ),
    Act("ready", "readiness/<int:number>/", SEE, "ready", ("is_ready", "note"), _state_ready),
    Act("hold", "hold/", SIGN, "deadline", ("reason",), _hold),
    Act("go_on", "go-on/", SIGN, "deadline", (), _go_on),
    Act("emergency_ask", "emergency/", ASK, "emergency", ("incident", "reason"), ask_emergency),
    Act(
        "emergency_decide",
        "emergency/decide/",
        SIGN,
        "emergency",
        ("approved", "reason", "seen"),
        decide_emergency,
    ),
    Act(
        "emergency_review",
        "emergency/review/",
        SIGN,
        "emergency",
        ("ratified", "reason", "seen"),
        review_emergency,
    ),
)
