"""Acts done by calling the services, as a page, a task or a shell would."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import ServiceToken, User
from accounts.services import people, tokens
from governance import models
from governance.services import (
    authorizations,
    conditions,
    deadlines,
    decisions,
    delegations,
    emergencies,
    findings,
    policies,
    questions,
    readiness,
    recertifying,
    releases,
    risk,
    rolling_back,
    stopping,
    use_cases,
    verdicts,
    waivers,
)
from governance.services.conditions import Attached
from lib.actor import Actor
from lib.errors import ImprimaturError
from registry.models import ModelVersion, RegisteredModel
from registry.services import models as registered
from tests.governance.make_risk import METHODOLOGY
from tests.machines.acts import Act, Refusal, StoppedByDatabase
from tests.machines.town import DRAFTS, TOKENS

WHY = "because it was so agreed"


def plain(service: Callable[..., Any], model: Any, **fixed: Any) -> Callable[..., Any]:
    """An act on one row of ``model`` that takes a ``reason`` and what the act's fields say. The
    service is looked up when it is called: a test may have put another in its place."""
    home, name = sys.modules[service.__module__], service.__name__

    def act(target: str, actor: Actor, **fields: Any) -> Any:
        row = model.objects.get(pk=target)
        return getattr(home, name)(row, actor=actor, **fixed, **fields)

    return act


def _request(target: str, actor: Actor, **fields: Any) -> Any:
    version = ModelVersion.objects.get(pk=target)
    return releases.request_release(version, reason=WHY, actor=actor, **fields)


def _decide(target: str, actor: Actor, **fields: Any) -> Any:
    promised = [Attached("measure it again", who, days) for who, days in fields.pop("conditions")]
    return decisions.decide(
        models.Release.objects.get(pk=target),
        meaning="approval",
        reason=WHY,
        actor=actor,
        signer=User.objects.filter(pk=actor.user_id).first() if actor.user_id else None,
        attached=promised,
        **fields,
    )


def _raise(target: str, actor: Actor, **fields: Any) -> Any:
    return findings.raise_finding(
        _model(target),
        title="Something is wrong",
        text=WHY,
        due_on=timezone.localdate() + timedelta(days=30),
        actor=actor,
        **fields,
    )


def _give(target: str, actor: Actor, **fields: Any) -> Any:
    now = timezone.now()
    until = now + timedelta(days=fields.pop("days"))
    return delegations.give(starts_at=now, ends_at=until, reason=WHY, actor=actor, **fields)


def _publish(target: str, actor: Actor, **fields: Any) -> Any:
    author = actor_of(fields["author"])
    version = policies.draft(source=DRAFTS[fields["draft"]].source, actor=author)
    return policies.publish(version, actor=actor)


def _hand_over_model(target: str, actor: Actor, *, owner: str) -> Any:
    person = User.objects.get(username=owner)
    return registered.change_model(_model(target), owner=person, actor=actor)


def _hand_over_use(target: str, actor: Actor, *, owner: str) -> Any:
    return use_cases.hand_over(_use_case(target), owner=owner, reason=WHY, actor=actor)


def _assess(target: str, actor: Actor, *, money: str) -> Any:
    return risk.assess(_use_case(target), answers={"money": money}, actor=actor)


def _publish_methodology(target: str, actor: Actor, *, title: str) -> Any:
    return risk.publish_methodology(source=methodology(title), actor=actor)


def _assign(target: str, actor: Actor, *, role: str) -> Any:
    person = User.objects.get(username=target)
    return people.assign_role(person, role=role, reason=WHY, actor=actor)


def _issue_token(target: str, actor: Actor, *, role: str) -> Any:
    return tokens.issue_token(name=target, role=role, actor=actor)


def methodology(title: str) -> str:
    return METHODOLOGY.replace("title: Small", f"title: {title}")


def _model(name: str) -> RegisteredModel:
    return RegisteredModel.objects.get(name=name)


def _use_case(slug: str) -> models.UseCase:
    return models.UseCase.objects.get(slug=slug)


_FINDING, _AUTHORIZATION = models.Finding, models.Authorization
ACTS: dict[str, Callable[..., Any]] = {
    "releases.request": _request,
    "releases.revise": plain(releases.revise, models.Release, reason=WHY),
    "releases.withdraw": plain(releases.withdraw, models.Release, reason=WHY),
    "decisions.decide": _decide,
    "questions.ask": plain(questions.ask, models.Release, text="Why is it so?"),
    "questions.answer": plain(questions.answer, models.Question, text="It is so."),
    "questions.settle": plain(questions.settle, models.Question, outcome="Settled so."),
    "questions.withdraw": plain(questions.withdraw, models.Question, reason=WHY),
    "findings.raise": _raise,
    "findings.plan": plain(findings.plan, _FINDING, text=WHY),
    "findings.rebut": plain(findings.rebut, _FINDING, text=WHY),
    "findings.resolve": plain(findings.resolve, _FINDING, text=WHY),
    "findings.close": plain(findings.close, _FINDING, text=WHY),
    "findings.reopen": plain(findings.reopen, _FINDING, text=WHY),
    "readiness.state_ready": plain(readiness.state_ready, models.Release, note=WHY),
    "waivers.request": plain(waivers.request, models.Release, reason=WHY),
    "waivers.decide": plain(waivers.decide, models.Waiver, reason=WHY),
    "waivers.withdraw": plain(waivers.withdraw, models.Waiver, reason=WHY),
    "waivers.revoke": plain(waivers.revoke, models.Waiver, reason=WHY),
    "delegations.give": _give,
    "delegations.end": plain(delegations.end, models.Delegation),
    "conditions.meet": plain(conditions.meet, models.Condition, shown=WHY),
    "conditions.verify": plain(conditions.verify, models.Condition, reason=WHY),
    "authorizations.revoke": plain(authorizations.revoke, _AUTHORIZATION, reason=WHY),
    "stopping.suspend": plain(stopping.suspend, _AUTHORIZATION, reason=WHY),
    "stopping.resume": plain(stopping.resume, _AUTHORIZATION, reason=WHY),
    "stopping.retire": plain(stopping.retire, _AUTHORIZATION, reason=WHY),
    "rolling_back.roll_back": plain(rolling_back.roll_back, _AUTHORIZATION, reason=WHY),
    "recertifying.recertify": plain(recertifying.recertify, _AUTHORIZATION, rationale=WHY),
    "deadlines.hold": plain(deadlines.hold, models.Release, reason=WHY),
    "deadlines.go_on": plain(deadlines.go_on, models.Release),
    "emergencies.ask": plain(emergencies.ask, models.Release, incident="INC-7", reason=WHY),
    "emergencies.approve": plain(emergencies.approve, models.EmergencyRequest, reason=WHY),
    "emergencies.decline": plain(emergencies.decline, models.EmergencyRequest, reason=WHY),
    "emergencies.review": plain(emergencies.review, models.EmergencyReview, reason=WHY),
    "policies.publish": _publish,
    "models.hand_over": _hand_over_model,
    "use_cases.hand_over": _hand_over_use,
    "risk.assess": _assess,
    "risk.publish": _publish_methodology,
    "people.assign": _assign,
    "tokens.issue": _issue_token,
}


def actor_of(who: str) -> Actor:
    """As they are now: roles are read anew each time."""
    if who in TOKENS:
        rows = ServiceToken.objects.select_related("role").filter(role=TOKENS[who])
        return rows.latest("pk").actor
    return User.objects.get(username=who).actor


class Services:
    """Does acts by calling services."""

    name = "services"

    def perform(self, act: Act) -> None:
        """Raises Refusal when a service says no, StoppedByDatabase when only the database does."""
        try:
            with transaction.atomic():
                self.do(act)
                settle_constraints()
        except ImprimaturError as error:
            raise Refusal(error.status, error.code, error.detail) from error
        except DatabaseError as error:
            raise StoppedByDatabase(str(error)) from error

    def do(self, act: Act) -> None:
        ACTS[act.name](act.target, actor_of(act.who), **act.fields)

    def verdict(self, *, digest: str, environment: str, purpose: str) -> tuple[bool, str]:
        """Whether it may run, and the code that says why or why not."""
        answer = verdicts.verdict(digest=digest, environment=environment, purpose=purpose)
        return answer.allow, answer.code

    def come_in(self) -> None:
        """Before something is asked: whoever asks is known."""

    def look_away(self) -> None:
        """Time has passed: sessions and the like may have run out."""


def settle_constraints() -> None:
    """What the database checks when a transaction ends, it checks now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
