"""REST: findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.use_cases import NewOwner
from governance.models import Finding
from governance.models.findings import Severity
from governance.services import finding_list, findings, handing_over
from lib.http.cursors import page
from lib.http.query import PAGING, params
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView, FileView
from registry.services import models


class NewFinding(StrictSerializer):
    model = serializers.CharField(max_length=256)
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=5000)
    severity = serializers.ChoiceField(Severity.values)
    owner = serializers.CharField(max_length=150)
    due_on = serializers.DateField()


class Step(StrictSerializer):
    text = serializers.CharField(max_length=5000)


class Closing(Step):
    accepted = serializers.BooleanField()


def finding_body(finding: Finding) -> dict[str, Any]:
    return {
        "number": finding.number,
        "model": finding.model.name,
        "title": finding.title,
        "text": finding.text,
        "severity": finding.severity,
        "state": finding.state,
        "is_overdue": finding.is_overdue,
        "owner": finding.owner.full_name,
        "due_on": finding.due_on,
        "plan": finding.plan,
        "raised_at": finding.raised_at,
        "closed_at": finding.closed_at,
        "notes": [
            {"state": note.state, "text": note.text, "at": note.at} for note in finding.notes.all()
        ],
    }


class FindingsView(ApiView):
    required = {"GET": "governance.read", "POST": "finding.raise"}
    bodies = {"POST": NewFinding}
    query = PAGING | finding_list.FILTERS

    def get(self, request: Request) -> Response:
        """Findings of the use cases that you may see, the newest first; all states by default."""
        wanted = finding_list.wanted_of({"state": "any", **params(request, self.query)})
        found = finding_list.narrowed(wanted, actor=self.actor(request)).prefetch_related("notes")
        return page(request, found, order="-number", render=finding_body)

    def post(self, request: Request) -> Response:
        """Raise a finding against a model."""
        fields, actor = self.body(request), self.actor(request)
        model = models.find(fields.pop("model"), actor=actor)
        found = findings.raise_finding(model, actor=actor, **fields)
        return Response(finding_body(found), status=201)


class FindingsFileView(FileView):
    required = {"GET": "governance.read"}
    query = finding_list.FILTERS

    def get(self, request: Request) -> HttpResponse:
        """As a CSV file, by the day they are due; all but closed ones by default."""
        wanted = finding_list.wanted_of(params(request, self.query))
        rows = finding_list.narrowed(wanted, actor=self.actor(request))
        return HttpResponse(
            finding_list.as_csv(rows.order_by("due_on", "number")[: finding_list.MOST]),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": 'attachment; filename="findings.csv"',
                "Cache-Control": "private, no-store",
            },
        )


class FindingView(ApiView):
    shows = "finding:{number}"
    required = {"GET": "governance.read"}

    def get(self, request: Request, number: int) -> Response:
        """One finding with its history."""
        params(request, ())
        return Response(finding_body(findings.find(number, actor=self.actor(request))))


class _Step(ApiView):
    """A step of a finding: ``act`` is the service's."""

    act: ClassVar[Callable[..., Finding]]

    def post(self, request: Request, number: int) -> Response:
        actor = self.actor(request)
        found = findings.find(number, actor=actor)
        done = type(self).act(found, actor=actor, **self.body(request))
        return Response(finding_body(done))


class PlanView(_Step):
    """Its owner says how it will be mended."""

    required = {"POST": "promise.answer"}
    bodies = {"POST": Step}
    act = staticmethod(findings.plan)


class RebuttalView(_Step):
    """Its owner says that it is none, once."""

    required = {"POST": "promise.answer"}
    bodies = {"POST": Step}
    act = staticmethod(findings.rebut)


class ResolutionView(_Step):
    """Its owner says that it is mended."""

    required = {"POST": "promise.answer"}
    bodies = {"POST": Step}
    act = staticmethod(findings.resolve)


class ClosureView(_Step):
    """Somebody else says whether that will do."""

    required = {"POST": "finding.raise"}
    bodies = {"POST": Closing}
    act = staticmethod(findings.close)


class FindingOwnerView(ApiView):
    required = {"PUT": "finding.raise"}
    bodies = {"PUT": NewOwner}

    def put(self, request: Request, number: int) -> Response:
        """Hand it over to somebody else, once its owner can answer for it no longer."""
        actor = self.actor(request)
        found = findings.find(number, actor=actor)
        done = handing_over.hand_over_finding(found, actor=actor, **self.body(request))
        return Response(finding_body(done))


class ReopeningView(_Step):
    """A closed finding was not mended."""

    required = {"POST": "finding.raise"}
    bodies = {"POST": Step}
    act = staticmethod(findings.reopen)
