"""REST: releases, their gates and decisions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from governance.api.signing import SignedReason, SignedView
from governance.models import CheckRun, Decision, Gate, Release
from governance.models.decisions import Meaning, Outcome
from governance.services import cancelling, decisions, reading, releases
from governance.services.check_reading import measurements_of
from governance.services.conditions import Attached
from governance.services.reading import ReleasePage
from governance.services.slots import Slot
from lib.canonical import digest_of
from lib.http.cursors import page
from lib.http.idempotency import idempotent
from lib.http.query import PAGING, params, whole_number
from lib.http.serializers import DigestField, Reason, SlugField, StrictSerializer
from lib.http.views import ApiView
from registry.services import versions


class NewRelease(StrictSerializer):
    model = serializers.CharField(max_length=256)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    environment = SlugField()
    purpose = SlugField()
    reason = serializers.CharField(max_length=5000)


class NewCondition(StrictSerializer):
    """What an approval with conditions hangs on: done by ``owner`` (a user name) in ``days``."""

    text = serializers.CharField(max_length=2000)
    owner = serializers.CharField(max_length=150)
    days = serializers.IntegerField(min_value=1, max_value=3650)


class NewDecision(SignedReason):
    slot = serializers.CharField(max_length=200)
    outcome = serializers.ChoiceField(Outcome.values)
    meaning = serializers.ChoiceField(Meaning.values)
    evidence_digest = DigestField()
    conditions = serializers.ListField(
        child=NewCondition(), required=False, default=list, max_length=50
    )


def line_of(release: Release) -> dict[str, Any]:
    """A release as one line of a list."""
    return {
        "id": str(release.id),
        "number": release.number,
        "model": release.version.model.name,
        "version": release.version.number,
        "digest": release.version_digest,
        "environment": release.environment.name,
        "purpose": release.purpose.key,
        "state": release.state,
        "tier": release.tier,
        "revision": release.revision,
        "requested_at": release.requested_at,
        "requested_by": release.requester_name,
        "due_at": release.due_at,
        "closed_at": release.closed_at,
        "url": f"/api/v1/releases/{release.id}",
    }


def release_body(shown: ReleasePage) -> dict[str, Any]:
    """A release with gates, checks and decisions: enough to act on without a page."""
    release, run, authorization = shown.release, shown.run, shown.authorization
    return line_of(release) | {
        "reason": release.reason,
        "use_case": release.use_case.slug,
        "policies": release.requirement_set.document["policies"],
        "requirements": release.requirement_set_id,
        "evidence_digest": release.evidence_digest,
        "progress": run.progress if run else 0.0,
        "note": run.note if run else "",
        "validation": run.state if run else "",
        "error": run.error if run else "",
        "waiting": shown.standing,
        "gates": [_gate_body(gate) for gate in shown.gates],
        "checks": [_check_body(check) for check in shown.checks],
        "slots": [_slot_body(slot) for slot in shown.slots],
        "decisions": [_decision_body(decision) for decision in shown.decisions],
        "authorization": authorization.digest if authorization else None,
        "documents": [
            {"kind": d.kind, "title": d.title, "artifact": d.artifact_id} for d in shown.documents
        ],
    }


def _gate_body(gate: Gate) -> dict[str, Any]:
    return {
        "key": gate.key,
        "kind": gate.kind,
        "title": gate.title,
        "state": gate.state,
        "verdict": gate.verdict,
        "reasons": gate.reasons,
        "policy": gate.source,
    }


def _slot_body(slot: Slot) -> dict[str, Any]:
    return {
        "slot": slot.key,
        "title": slot.title,
        "role": slot.role,
        "needed": slot.needed,
        "approved": slot.approved,
        "filled": slot.is_filled,
        "stage": slot.stage,
        "after": slot.after or None,
        "for_whom": slot.for_whom.full_name if slot.for_whom else None,
        "why_not": slot.why_not,
    }


def _decision_body(decision: Decision) -> dict[str, Any]:
    return {
        "slot": decision.slot,
        "revision": decision.revision,
        "outcome": decision.outcome,
        "meaning": decision.meaning,
        "name": decision.signer_name,
        "for_whom": decision.for_whom_name or None,
        "reason": decision.reason,
        "statement": decision.statement,
        "digest": decision.digest,
        "signed_at": decision.signed_at,
    }


def _check_body(check: CheckRun) -> dict[str, Any]:
    return {
        "check": check.check_id,
        "name": check.key,
        "version": check.check_version,
        "state": check.state,
        "verdict": check.verdict,
        "sentence": check.sentence,
        "error": check.error,
        "parameters": check.parameters,
        "threshold": check.threshold,
        "measurements": measurements_of(check),
        "evidence_digest": check.evidence_digest,
    }


def _respond(
    release_id: UUID | str, request: Request, view: ApiView, status: int = 200
) -> Response:
    body = release_body(reading.page_of(str(release_id), actor=view.actor(request)))
    etag = f'"{digest_of(body)[:32]}"'
    asked = request.headers.get("If-None-Match", "").replace("W/", "")
    if status == 200 and etag in [each.strip() for each in asked.split(",")]:
        return Response(status=304, headers={"ETag": etag})
    location = {"Location": body["url"]} if status in (201, 202) else {}
    return Response(body, status=status, headers={"ETag": etag, **location})


class ReleasesView(ApiView):
    required = {"GET": "governance.read", "POST": "release.request"}
    bodies = {"POST": NewRelease}
    query = PAGING | {"model", "environment", "state", "number"}

    def get(self, request: Request) -> Response:
        """Releases, newest first. ``number`` is the one that pages show."""
        given = params(request, self.query)
        names = {
            "model": "version__model__name",
            "environment": "environment__name",
            "state": "state",
        }
        filters: dict[str, str | int] = {
            names[name]: text for name, text in given.items() if name in names
        }
        if "number" in given:
            filters["number"] = whole_number("number", given["number"], low=1, high=2**31 - 1)
        rows = Release.objects.visible_to(self.actor(request)).with_names().filter(**filters)
        return page(request, rows, order="-number", render=line_of)

    @idempotent
    def post(self, request: Request) -> Response:
        """Ask that a version may run in an environment for a purpose. The suite is queued."""
        fields, actor = self.body(request), self.actor(request)
        version = versions.find(fields.pop("model"), fields.pop("version"), actor=actor)
        release = releases.request_release(version, actor=actor, **fields)
        return _respond(release.id, request, self, status=202)


class ReleaseView(ApiView):
    shows = "release:{release_id}"
    required = {"GET": "governance.read"}

    def get(self, request: Request, release_id: UUID) -> Response:
        """State, gates with reasons, checks with progress, decisions. ETag for cheap polling."""
        params(request, ())
        return _respond(release_id, request, self)


class RevisionsView(ApiView):
    required = {"POST": "release.request"}
    bodies = {"POST": Reason}

    @idempotent
    def post(self, request: Request, release_id: UUID) -> Response:
        """Measure again under today's policies; earlier decisions no longer count."""
        actor = self.actor(request)
        release = releases.find(str(release_id), actor=actor)
        releases.revise(release, actor=actor, **self.body(request))
        return _respond(release_id, request, self, status=202)


class WithdrawalView(ApiView):
    required = {"POST": "release.request"}
    bodies = {"POST": Reason}

    def post(self, request: Request, release_id: UUID) -> Response:
        """Withdraw the request for good."""
        actor = self.actor(request)
        release = releases.find(str(release_id), actor=actor)
        releases.withdraw(release, actor=actor, **self.body(request))
        return _respond(release_id, request, self)


class CancellationView(ApiView):
    required = {"POST": "validation.cancel"}
    bodies = {"POST": Reason}

    def post(self, request: Request, release_id: UUID) -> Response:
        """Stop the checks while they run. What has no result is an error; revise to run again."""
        actor = self.actor(request)
        release = releases.find(str(release_id), actor=actor)
        cancelling.cancel(release, actor=actor, **self.body(request))
        return _respond(release_id, request, self)


class DecisionsView(SignedView):
    required = {"POST": "governance.read"}  # a delegate may hold no role that signs
    bodies = {"POST": NewDecision}

    def post(self, request: Request, release_id: UUID) -> Response:
        """Sign. People only, in a session with CSRF, having proved again who they are; whoever
        holds no slot of their own signs under a delegation."""
        fields, actor, signer = self.body(request), self.actor(request), request.user
        release = releases.find(str(release_id), actor=actor)
        assert isinstance(signer, User)  # nobody else proves anything
        attached = [Attached(**one) for one in fields.pop("conditions")]
        decisions.decide(release, signer=signer, actor=actor, attached=attached, **fields)
        return _respond(release_id, request, self, status=201)
