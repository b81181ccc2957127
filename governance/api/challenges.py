"""REST: what holds a release up and lets it go on: questions, conditions, holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.use_cases import NewOwner
from governance.models import Condition, Question, Release
from governance.services import (
    conditions,
    deadlines,
    handing_over,
    questions,
    releases,
)
from lib.http.query import params
from lib.http.serializers import Reason, StrictSerializer
from lib.http.views import ApiView


class Text(StrictSerializer):
    text = serializers.CharField(max_length=questions.LONGEST)


class NewQuestion(Text):
    gate = serializers.CharField(max_length=160, required=False, default="")
    blocking = serializers.BooleanField(default=True)
    to = serializers.CharField(max_length=150, required=False, default="")


class Seen(StrictSerializer):
    """``seen`` as it came with what is acted on: 412 when that stands otherwise by now."""

    seen = serializers.CharField(required=False, default="", max_length=64)


class Reply(Seen):
    text = serializers.CharField(max_length=questions.LONGEST)


class Settlement(Seen):
    satisfied = serializers.BooleanField()
    outcome = serializers.CharField(max_length=questions.LONGEST)


class QuestionWithdrawal(Seen):
    reason = serializers.CharField(max_length=5000)


class Shown(StrictSerializer):
    shown = serializers.CharField(max_length=5000)


class Acceptance(Seen):
    accepted = serializers.BooleanField()
    reason = serializers.CharField(max_length=5000)


def question_body(question: Question) -> dict[str, Any]:
    return {
        "number": question.number,
        "text": question.text,
        "gate": question.gate,
        "blocking": question.blocking,
        "state": question.state,
        "asked_by": question.asked_by.full_name,
        "asked_of": question.asked_of.full_name if question.asked_of else None,
        "asked_at": question.asked_at,
        "answers": [
            {
                "text": answer.text,
                "answered_by": answer.answered_by.full_name,
                "answered_at": answer.answered_at,
            }
            for answer in question.answers.all()
        ],
        "outcome": question.outcome,
        "settled_at": question.settled_at,
        "seen": questions.as_it_stands(question),
    }


def condition_body(condition: Condition) -> dict[str, Any]:
    return {
        "number": condition.number,
        "text": condition.text,
        "owner": condition.owner.full_name,
        "state": condition.state,
        "due_at": condition.due_at,
        "met_at": condition.met_at,
        "met_with": condition.met_with,
        "verified_by": condition.verified_by.full_name if condition.verified_by else None,
        "verified_at": condition.verified_at,
        "seen": conditions.as_it_stands(condition),
    }


class OfRelease(ApiView):
    """Below the address of a release."""

    def release(self, request: Request, release_id: UUID) -> Release:
        return releases.find(str(release_id), actor=self.actor(request))


class QuestionsView(OfRelease):
    shows = "release:{release_id}"
    required = {"GET": "governance.read", "POST": "decision.sign"}
    bodies = {"POST": NewQuestion}

    def get(self, request: Request, release_id: UUID) -> Response:
        """Challenge and response, in the order of asking."""
        params(request, ())
        rows = self.release(request, release_id).questions.select_related("asked_by", "asked_of")
        found = rows.prefetch_related("answers__answered_by")
        return Response({"items": [question_body(row) for row in found]})

    def post(self, request: Request, release_id: UUID) -> Response:
        """Ask. A blocking question closes the way until it is settled."""
        release = self.release(request, release_id)
        asked = questions.ask(release, actor=self.actor(request), **self.body(request))
        return Response(question_body(asked), status=201)


class AnswersView(OfRelease):
    required = {"POST": "release.request"}
    bodies = {"POST": Reply}

    def post(self, request: Request, release_id: UUID, number: int) -> Response:
        """Answer. Whoever asked then says whether it will do."""
        question = questions.find(self.release(request, release_id), number)
        questions.answer(question, actor=self.actor(request), **self.body(request))
        question.refresh_from_db()
        return Response(question_body(question), status=201)


class SettlementView(OfRelease):
    required = {"POST": "decision.sign"}
    bodies = {"POST": Settlement}

    def post(self, request: Request, release_id: UUID, number: int) -> Response:
        """Say whether the answer will do, and what came of it."""
        question = questions.find(self.release(request, release_id), number)
        settled = questions.settle(question, actor=self.actor(request), **self.body(request))
        return Response(question_body(settled))


class QuestionWithdrawalView(OfRelease):
    required = {"POST": "decision.sign"}
    bodies = {"POST": QuestionWithdrawal}

    def post(self, request: Request, release_id: UUID, number: int) -> Response:
        """Take a question back."""
        question = questions.find(self.release(request, release_id), number)
        back = questions.withdraw(question, actor=self.actor(request), **self.body(request))
        return Response(question_body(back))


class ConditionsView(OfRelease):
    shows = "release:{release_id}"
    required = {"GET": "governance.read"}

    def get(self, request: Request, release_id: UUID) -> Response:
        """What the approvals hang on."""
        params(request, ())
        rows = self.release(request, release_id).conditions
        found = rows.select_related("owner", "verified_by")
        return Response({"items": [condition_body(row) for row in found]})


class MetView(OfRelease):
    required = {"POST": "promise.answer"}
    bodies = {"POST": Shown}

    def post(self, request: Request, release_id: UUID, number: int) -> Response:
        """Its owner says that a condition is met, and what shows it."""
        row = conditions.find(self.release(request, release_id), number)
        return Response(
            condition_body(conditions.meet(row, actor=self.actor(request), **self.body(request)))
        )


class VerificationView(OfRelease):
    required = {"POST": "decision.sign"}
    bodies = {"POST": Acceptance}

    def post(self, request: Request, release_id: UUID, number: int) -> Response:
        """Somebody who does not own a condition says whether it is met."""
        row = conditions.find(self.release(request, release_id), number)
        said = self.body(request)
        return Response(condition_body(conditions.verify(row, actor=self.actor(request), **said)))


class ConditionOwnerView(OfRelease):
    required = {"PUT": "decision.sign"}
    bodies = {"PUT": NewOwner}

    def put(self, request: Request, release_id: UUID, number: int) -> Response:
        """Hand a condition over to somebody else, once its owner can answer for it no longer."""
        row = conditions.find(self.release(request, release_id), number)
        said = self.body(request)
        done = handing_over.hand_over_condition(row, actor=self.actor(request), **said)
        return Response(condition_body(done))


class HoldView(OfRelease):
    required = {"POST": "decision.sign", "DELETE": "decision.sign"}
    bodies = {"POST": Reason}

    def post(self, request: Request, release_id: UUID) -> Response:
        """Let the deadline of the review stand still."""
        release = self.release(request, release_id)
        held = deadlines.hold(release, actor=self.actor(request), **self.body(request))
        return Response({"reason": held.reason, "started_at": held.started_at}, status=201)

    def delete(self, request: Request, release_id: UUID) -> Response:
        """Let it run again."""
        release = self.release(request, release_id)
        held = deadlines.go_on(release, actor=self.actor(request))
        return Response({"started_at": held.started_at, "ended_at": held.ended_at})
