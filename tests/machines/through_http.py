"""The same acts over HTTP: people in sessions, the robot with its token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from governance import signed_acts
from governance.models import (
    Condition,
    EmergencyRequest,
    EmergencyReview,
    Finding,
    Question,
    Waiver,
)
from registry.models import ModelVersion
from tests import cast
from tests.machines.acts import Act, Refusal, StoppedByDatabase
from tests.machines.through_services import WHY, Services, methodology, settle_constraints
from tests.machines.town import DRAFTS, ROBOT, TOKENS

SIGNED = frozenset(each.act for each in signed_acts.SIGNED)
Call = tuple[str, str, dict[str, Any]]
"""Method, address below /api/v1, body."""


def _of_release(path: str, **said: Any) -> Callable[[Act], Call]:
    return lambda act: ("POST", f"/releases/{act.target}/{path}", {**said, **act.fields})


def _of_authorization(path: str, **said: Any) -> Callable[[Act], Call]:
    return lambda act: ("POST", f"/authorizations/{act.target}/{path}", {**said, **act.fields})


def _of_part(model: Any, path: str, **said: Any) -> Callable[[Act], Call]:
    """Questions and conditions are numbered within their release."""

    def call(act: Act) -> Call:
        row = model.objects.get(pk=act.target)
        kind = {Question: "questions", Condition: "conditions"}[model]
        address = f"/releases/{row.release_id}/{kind}/{row.number}/{path}"
        return "POST", address, {**said, **act.fields}

    return call


def _of_numbered(model: Any, path: str, **said: Any) -> Callable[[Act], Call]:
    def call(act: Act) -> Call:
        kind = {Finding: "findings", Waiver: "waivers"}[model]
        number = model.objects.get(pk=act.target).number
        return "POST", f"/{kind}/{number}/{path}", {**said, **act.fields}

    return call


def _request(act: Act) -> Call:
    version = ModelVersion.objects.select_related("model").get(pk=act.target)
    names = {"model": version.model.name, "version": version.number, "reason": WHY}
    return "POST", "/releases", {**names, **act.fields}


def _decide(act: Act) -> Call:
    said = dict(act.fields)
    promised = [
        {"text": "measure it again", "owner": who, "days": days}
        for who, days in said.pop("conditions")
    ]
    body = {"meaning": "approval", "reason": WHY, **said}
    if promised:
        body["conditions"] = promised
    return "POST", f"/releases/{act.target}/decisions", body


def _raise(act: Act) -> Call:
    due = timezone.localdate() + timedelta(days=30)
    said = {"model": act.target, "title": "Something is wrong", "text": WHY, "due_on": str(due)}
    return "POST", "/findings", {**said, **act.fields}


def _give(act: Act) -> Call:
    now, said = timezone.now(), dict(act.fields)
    until = now + timedelta(days=said.pop("days"))
    times = {"starts_at": now.isoformat(), "ends_at": until.isoformat()}
    return "POST", "/delegations", {"reason": WHY, **times, **said}


def _emergency(approved: bool) -> Callable[[Act], Call]:
    def call(act: Act) -> Call:
        release = EmergencyRequest.objects.get(pk=act.target).release_id
        body = {"approved": approved, "reason": WHY}
        return "POST", f"/releases/{release}/emergency/decision", body

    return call


def _review(act: Act) -> Call:
    digest = EmergencyReview.objects.get(pk=act.target).authorization_id
    return "POST", f"/authorizations/{digest}/emergency-review", {"reason": WHY, **act.fields}


CALLS: dict[str, Callable[[Act], Call]] = {
    "releases.request": _request,
    "releases.revise": _of_release("revisions", reason=WHY),
    "releases.withdraw": _of_release("withdrawal", reason=WHY),
    "decisions.decide": _decide,
    "questions.ask": _of_release("questions", text="Why is it so?"),
    "questions.answer": _of_part(Question, "answers", text="It is so."),
    "questions.settle": _of_part(Question, "settlement", outcome="Settled so."),
    "questions.withdraw": _of_part(Question, "withdrawal", reason=WHY),
    "findings.raise": _raise,
    "findings.plan": _of_numbered(Finding, "plan", text=WHY),
    "findings.rebut": _of_numbered(Finding, "rebuttal", text=WHY),
    "findings.resolve": _of_numbered(Finding, "resolution", text=WHY),
    "findings.close": _of_numbered(Finding, "closure", text=WHY),
    "findings.reopen": _of_numbered(Finding, "reopening", text=WHY),
    "readiness.state_ready": _of_release("readiness", note=WHY),
    "waivers.request": _of_release("waivers", reason=WHY),
    "waivers.decide": _of_numbered(Waiver, "decision", reason=WHY),
    "waivers.withdraw": _of_numbered(Waiver, "withdrawal", reason=WHY),
    "waivers.revoke": _of_numbered(Waiver, "revocation", reason=WHY),
    "delegations.give": _give,
    "delegations.end": lambda act: ("POST", f"/delegations/{act.target}/ending", {}),
    "conditions.meet": _of_part(Condition, "met", shown=WHY),
    "conditions.verify": _of_part(Condition, "verification", reason=WHY),
    "authorizations.revoke": _of_authorization("revocation", reason=WHY),
    "stopping.suspend": _of_authorization("suspension", reason=WHY),
    "stopping.resume": _of_authorization("resumption", reason=WHY),
    "stopping.retire": _of_authorization("retirement", reason=WHY),
    "rolling_back.roll_back": _of_authorization("rollback", reason=WHY),
    "recertifying.recertify": _of_authorization("reviews", rationale=WHY),
    "deadlines.hold": _of_release("hold", reason=WHY),
    "deadlines.go_on": lambda act: ("DELETE", f"/releases/{act.target}/hold", {}),
    "emergencies.ask": _of_release("emergency", incident="INC-7", reason=WHY),
    "emergencies.approve": _emergency(True),
    "emergencies.decline": _emergency(False),
    "emergencies.review": _review,
    "models.hand_over": lambda act: ("PATCH", f"/models/{act.target}", {**act.fields}),
    "use_cases.hand_over": lambda act: (
        "PUT", f"/use-cases/{act.target}/owner", {"reason": WHY, **act.fields},
    ),
    "risk.assess": lambda act: (
        "POST", f"/use-cases/{act.target}/assessments", {"answers": {**act.fields}},
    ),
    "risk.publish": lambda act: (
        "POST", "/risk-methodologies", {"source": methodology(act.fields["title"])},
    ),
    "people.assign": lambda act: (
        "POST", f"/people/{act.target}/roles", {"reason": WHY, **act.fields},
    ),
    "tokens.issue": lambda act: ("POST", "/tokens", {"name": act.target, **act.fields}),
}  # fmt: skip


class Http(Services):
    """Does acts by asking the server; reads the verdict as a pipeline does."""

    name = "http"

    def __init__(self) -> None:
        self._clients: dict[str, APIClient] = {}

    def perform(self, act: Act) -> None:
        for who in (act.who, act.fields.get("author", act.who)):
            self._client(who)  # a refusal takes back what the act wrote, and a session with it
        super().perform(act)

    def do(self, act: Act) -> None:
        if act.name == "policies.publish":
            source = DRAFTS[act.fields["draft"]].source
            made = self._ask(act.fields["author"], "POST", "/policies", {"source": source})
            self._ask(act.who, "POST", made["url"].removeprefix("/api/v1") + "/publish", {})
        else:
            method, path, body = CALLS[act.name](act)
            if act.name in SIGNED:
                body["password"] = cast.PASSWORD
            self._ask(act.who, method, path, body)

    def verdict(self, *, digest: str, environment: str, purpose: str) -> tuple[bool, str]:
        asked = {"digest": digest, "environment": environment, "purpose": purpose}
        answer = self._client(ROBOT).get("/api/v1/verdict", asked)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        return body["verdict"] == "allow", body["reasons"][0]["code"]

    def come_in(self) -> None:
        self._client(ROBOT)  # its key is made, so that what the verdict writes is its own

    def look_away(self) -> None:
        self._clients.clear()

    def _ask(self, who: str, method: str, path: str, body: dict[str, Any]) -> Any:
        """The body of a 2xx. Raises Refusal for a 4xx and StoppedByDatabase for a 500."""
        with transaction.atomic():
            answer = getattr(self._client(who), method.lower())(
                f"/api/v1{path}", body, format="json"
            )
            settle_constraints()
        if answer.status_code >= 500:
            raise StoppedByDatabase(f"{method} {path}: {answer.content.decode()[:500]}")
        told = answer.json() if answer.content else {}
        if answer.status_code >= 400:
            raise Refusal(answer.status_code, told.get("code", ""), told.get("detail", ""))
        return told

    def _client(self, who: str) -> APIClient:
        if who not in self._clients:
            token = TOKENS.get(who)
            self._clients[who] = cast.api(token or User.objects.get(username=who))
        return self._clients[who]
