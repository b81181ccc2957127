"""REST: the value case of a use case, as a draft and as it was approved."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import ValueCase, ValueCaseVersion
from governance.services import use_cases, value_cases
from lib.canonical import digest_of
from lib.errors import NotFound
from lib.http.serializers import DigestField, StrictSerializer
from lib.http.views import ApiView

_AMOUNT: dict[str, Any] = {"max_digits": 18, "decimal_places": 2, "min_value": 0}


class ValueCaseFields(StrictSerializer):
    currency = serializers.RegexField(
        r"^[A-Z]{3}\Z", error_messages={"invalid": "three capital letters (ISO 4217)"}
    )
    promised_annual_benefit = serializers.DecimalField(**_AMOUNT)
    investment = serializers.DecimalField(**_AMOUNT)
    annual_run_cost = serializers.DecimalField(**_AMOUNT)
    price_year = serializers.IntegerField(min_value=1990, max_value=2100, required=False)
    starts_on = serializers.DateField(required=False)
    ramp_months = serializers.IntegerField(min_value=0, max_value=60, required=False)
    horizon_years = serializers.IntegerField(min_value=1, max_value=20, required=False)
    narrative = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)
    approver = serializers.CharField(max_length=150, required=False)


class ApprovedValueCase(StrictSerializer):
    digest = DigestField(help_text="Of the draft that was read.")
    reason = serializers.CharField(max_length=5000)


def value_case_body(case: ValueCase) -> dict[str, Any]:
    document = value_cases.document_of(case)
    newest = value_cases.current(case.use_case)
    problems = value_cases.problems_of(case, document)
    return {
        **{name: value for name, value in document.items() if name != "kpis"},
        "approver": case.approver.username if case.approver else None,
        "digest": digest_of(document),
        "missing": problems,
        "approved": version_body(newest) if newest else None,
    }


def version_body(version: ValueCaseVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "digest": version.digest,
        "reason": version.reason,
        "approved_by": version.approved_name,
        "approved_at": version.approved_at,
        "document": version.document,
    }


class ValueCaseView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "PUT": "use_case.write"}
    bodies = {"PUT": ValueCaseFields}

    def get(self, request: Request, slug: str) -> Response:
        """What the use case is to bring: the draft, what it lacks, and what was approved."""
        use_case = use_cases.find(slug, actor=self.actor(request))
        value_case = getattr(use_case, "value_case", None)
        if value_case is None:
            raise NotFound("This use case has no value case yet.")
        return Response(value_case_body(value_case))

    def put(self, request: Request, slug: str) -> Response:
        """Set what the use case promises per year and what it costs. What was approved stays."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        case = value_cases.set_value_case(use_case, actor=actor, **self.body(request))
        return Response(value_case_body(case))


class ValueCaseApprovalView(ApiView):
    required = {"POST": "governance.read"}
    bodies = {"POST": ApprovedValueCase}
    by_people = frozenset({"POST"})

    def post(self, request: Request, slug: str) -> Response:
        """Approve the draft as it was read; by the person whom it names, who owns nothing of it."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        version = value_cases.approve_value_case(use_case, actor=actor, **self.body(request))
        return Response(version_body(version), status=201)
