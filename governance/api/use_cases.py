"""REST: use cases."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import UseCase
from governance.models.use_cases import Archetype
from governance.services import use_cases
from lib.http.cursors import page
from lib.http.idempotency import idempotent
from lib.http.query import PAGING, params
from lib.http.serializers import SlugField, StrictSerializer
from lib.http.views import ApiView


class NewPurpose(StrictSerializer):
    key = SlugField()
    name = serializers.CharField(max_length=200)


class NewUseCase(StrictSerializer):
    slug = SlugField()
    name = serializers.CharField(max_length=200)
    objective = serializers.CharField(max_length=5000)
    hypothesis = serializers.CharField(
        max_length=5000, required=False, default="", allow_blank=True
    )
    users = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)
    archetype = serializers.ChoiceField(
        Archetype.values, required=False, default="", allow_blank=True
    )
    business_unit = SlugField()
    owner = serializers.CharField(max_length=150)
    tier = serializers.IntegerField(
        min_value=1,
        max_value=3,
        help_text="A proposal: it is held to tier 1 until its risk is assessed.",
    )
    purposes = NewPurpose(many=True)


class ApprovedPurpose(NewPurpose):
    reason = serializers.CharField(max_length=5000)


class NewOwner(StrictSerializer):
    owner = serializers.CharField(max_length=150)
    reason = serializers.CharField(max_length=5000)


class Description(StrictSerializer):
    objective = serializers.CharField(max_length=5000, required=False)
    hypothesis = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    users = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    archetype = serializers.ChoiceField(Archetype.values, required=False, allow_blank=True)


def use_case_body(use_case: UseCase) -> dict[str, Any]:
    return {
        "slug": use_case.slug,
        "name": use_case.name,
        "objective": use_case.objective,
        "hypothesis": use_case.hypothesis,
        "users": use_case.users,
        "archetype": use_case.archetype,
        "business_unit": use_case.business_unit,
        "owner": use_case.owner.username,
        "tier": use_case.tier,
        "is_assessed": use_case.is_assessed,
        "tier_note": use_case.tier_note,
        "phase": use_case.phase,
        "purposes": [{"key": p.key, "name": p.name} for p in use_case.purposes.all()],
        "created_at": use_case.created_at,
        "url": f"/api/v1/use-cases/{use_case.slug}",
    }


class UseCasesView(ApiView):
    required = {"GET": "governance.read", "POST": "use_case.write"}
    bodies = {"POST": NewUseCase}
    query = PAGING

    def get(self, request: Request) -> Response:
        """Use cases, by slug."""
        params(request, self.query)
        rows = UseCase.objects.visible_to(self.actor(request)).select_related("owner")
        return page(
            request,
            rows.prefetch_related("purposes", "assessments"),
            order="slug",
            render=use_case_body,
        )

    @idempotent
    def post(self, request: Request) -> Response:
        """Create a use case with its owner, approved purposes and the tier that is proposed; it is
        held to tier 1 until it is assessed."""
        created = use_cases.create_use_case(actor=self.actor(request), **self.body(request))
        return Response(use_case_body(created), status=201)


class UseCaseView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "PATCH": "use_case.write"}
    bodies = {"PATCH": Description}

    def get(self, request: Request, slug: str) -> Response:
        """One use case."""
        params(request, ())
        return Response(use_case_body(use_cases.find(slug, actor=self.actor(request))))

    def patch(self, request: Request, slug: str) -> Response:
        """Change what is said of it: objective, hypothesis, users, archetype."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        return Response(
            use_case_body(use_cases.describe(use_case, actor=actor, **self.body(request)))
        )


class PurposesView(ApiView):
    required = {"POST": "use_case.write"}
    bodies = {"POST": ApprovedPurpose}

    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Approve one more purpose. Somebody who owns neither the use case nor a model of it."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        use_cases.approve_purpose(use_case, actor=actor, **self.body(request))
        return Response(use_case_body(use_cases.find(slug, actor=actor)), status=201)


class OwnerView(ApiView):
    required = {"PUT": "use_case.write"}
    bodies = {"PUT": NewOwner}

    def put(self, request: Request, slug: str) -> Response:
        """Hand it over. Neither the former nor the new owner does."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        return Response(
            use_case_body(use_cases.hand_over(use_case, actor=actor, **self.body(request)))
        )
