"""REST: the risk methodology, and what a use case is in risk and in law."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.eu_act import PRESETS, STRICTEST_FIRST
from governance.models import Classification, Determination, Methodology, RiskAssessment
from governance.services import classifying, methodologies, risk, use_cases
from governance.tiering_words import reading
from lib.http.cursors import page
from lib.http.idempotency import idempotent
from lib.http.query import PAGING, params
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView


class MethodologySource(StrictSerializer):
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=200_000, trim_whitespace=False
    )


class NewAssessment(StrictSerializer):
    answers = serializers.DictField(child=serializers.CharField(max_length=120))
    override = serializers.IntegerField(
        min_value=1, max_value=3, required=False, allow_null=True, default=None
    )
    reason = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)


class NewDetermination(StrictSerializer):
    is_model = serializers.BooleanField()
    rationale = serializers.CharField(max_length=5000)


class NewClassification(StrictSerializer):
    preset = serializers.ChoiceField(list(PRESETS), required=False)
    eu_class = serializers.ChoiceField(list(STRICTEST_FIRST), required=False)
    articles = serializers.CharField(max_length=200, required=False)
    rationale = serializers.CharField(max_length=5000)


def methodology_body(methodology: Methodology) -> dict[str, Any]:
    return {
        "number": methodology.number,
        "title": methodology.document["title"],
        "digest": methodology.digest,
        "factors": methodology.document["factors"],
        "published_at": methodology.published_at,
        "url": f"/api/v1/risk-methodologies/{methodology.number}",
    }


def assessment_body(row: RiskAssessment) -> dict[str, Any]:
    return {
        "tier": row.tier,
        "computed_tier": row.computed_tier,
        "score": row.score,
        "answers": row.answers,
        "override_reason": row.override_reason,
        "methodology": row.methodology.number if row.methodology else None,
        "assessed_by": row.assessed_name,
        "assessed_at": row.assessed_at,
    }


def determination_body(row: Determination) -> dict[str, Any]:
    return {
        "is_model": row.is_model,
        "rationale": row.rationale,
        "determined_by": row.determined_by.username,
        "determined_at": row.determined_at,
    }


def classification_body(row: Classification) -> dict[str, Any]:
    return {
        "eu_class": row.eu_class,
        "articles": row.articles,
        "rationale": row.rationale,
        "assessed_by": row.assessed_by.username,
        "assessed_at": row.assessed_at,
    }


class MethodologiesView(ApiView):
    required = {"GET": "governance.read", "POST": "policy.publish"}
    bodies = {"POST": MethodologySource}
    query = PAGING

    def get(self, request: Request) -> Response:
        """Every version of the risk methodology, newest first; the first one holds."""
        params(request, self.query)
        return page(request, Methodology.objects.all(), order="-number", render=methodology_body)

    @idempotent
    def post(self, request: Request) -> Response:
        """Publish a methodology as YAML. Errors name line and key."""
        made = risk.publish_methodology(actor=self.actor(request), **self.body(request))
        return Response(methodology_body(made), status=201)


class MethodologyView(ApiView):
    shows = "methodology:{number}"
    required = {"GET": "governance.read"}

    def get(self, request: Request, number: int) -> Response:
        """One version with its text."""
        params(request, ())
        found = risk.find_methodology(number)
        return Response(methodology_body(found) | {"source": found.source})


class MethodologyCheckView(ApiView):
    required = {"POST": "policy.publish"}
    bodies = {"POST": MethodologySource}

    def post(self, request: Request) -> Response:
        """Say what is wrong with a methodology, line by line, or what it changes and for whom,
        and write nothing."""
        found = methodologies.proof(self.body(request)["source"], actor=self.actor(request))
        return Response(
            {
                "valid": found.document is not None,
                "problems": [
                    {"line": line, "key": key, "text": text} for line, key, text in found.problems
                ],
                "reading": reading(found.document) if found.document else [],
                "against": found.newest.number if found.newest else None,
                "unchanged": found.unchanged,
                "changes": [each.to_json() for each in found.differences],
                "use_cases": [
                    {"slug": each.use_case.slug, "now": each.use_case.tier, "tier": each.tier}
                    for each in found.effects
                ],
            }
        )


class AssessmentsView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "POST": "use_case.write"}
    bodies = {"POST": NewAssessment}
    query = PAGING

    def get(self, request: Request, slug: str) -> Response:
        """Assessments of a use case, newest first; the first one holds."""
        params(request, self.query)
        use_case = use_cases.find(slug, actor=self.actor(request))
        rows = use_case.assessments.select_related("methodology")
        return page(request, rows, order="-pk", render=assessment_body)

    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Answer the questionnaire: the tier follows. A lower one takes somebody who is no
        owner; another one than the answers come to, a reason."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        made = risk.assess(use_case, actor=actor, **self.body(request))
        return Response(assessment_body(made), status=201)


class DeterminationsView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "POST": "use_case.write"}
    bodies = {"POST": NewDetermination}
    query = PAGING

    def get(self, request: Request, slug: str) -> Response:
        """Whether it is a model, and why: newest first; the first one holds."""
        params(request, self.query)
        use_case = use_cases.find(slug, actor=self.actor(request))
        rows = use_case.determinations.select_related("determined_by")
        return page(request, rows, order="-pk", render=determination_body)

    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Determine whether it is a model. People do, and machines' keys do not."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        made = classifying.determine(use_case, actor=actor, **self.body(request))
        return Response(determination_body(made), status=201)


class ClassificationsView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "POST": "use_case.write"}
    bodies = {"POST": NewClassification}
    query = PAGING

    def get(self, request: Request, slug: str) -> Response:
        """Classes under the EU AI Act, newest first; the first one holds."""
        params(request, self.query)
        use_case = use_cases.find(slug, actor=self.actor(request))
        rows = use_case.classifications.select_related("assessed_by")
        return page(request, rows, order="-pk", render=classification_body)

    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Classify, by a preset or with the path of articles. Prohibited: what runs is revoked."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        made = classifying.classify(use_case, actor=actor, **self.body(request))
        return Response(classification_body(made), status=201)
