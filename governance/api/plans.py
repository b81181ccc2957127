"""REST: the plan of a use case, and what its dials mean."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import UseCase
from governance.services import envisioning, plans, use_cases
from governance.services.phases import facts_of
from governance.value import dials, phases
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView

_TEXT: dict[str, Any] = {"max_length": plans.LONGEST, "required": False, "allow_blank": True}
_LEVEL: dict[str, Any] = {
    "min_value": 0,
    "max_value": dials.HIGHEST,
    "required": False,
    "allow_null": True,
}


class DialLevels(StrictSerializer):
    """Those that are sent change; null is not set."""

    fairness = serializers.IntegerField(**_LEVEL)
    robustness = serializers.IntegerField(**_LEVEL)
    privacy = serializers.IntegerField(**_LEVEL)
    security = serializers.IntegerField(**_LEVEL)
    accountability = serializers.IntegerField(**_LEVEL)
    explainability = serializers.IntegerField(**_LEVEL)


class ProtectedAttribute(StrictSerializer):
    attribute = serializers.CharField(max_length=dials.LONGEST, help_text="A column.")
    reference = serializers.CharField(
        max_length=dials.LONGEST, help_text="The group that others are held against."
    )


class PlanFields(StrictSerializer):
    objective = serializers.CharField(max_length=plans.LONGEST, required=False)
    why = serializers.CharField(**_TEXT)
    decision_maker = serializers.CharField(**_TEXT)
    users = serializers.CharField(**_TEXT, help_text="Who works with its answers.")
    domain_experts = serializers.CharField(**_TEXT)
    product_manager = serializers.CharField(
        max_length=150, required=False, allow_blank=True, allow_null=True, help_text="A user name."
    )
    success = serializers.CharField(**_TEXT)
    hypothesis = serializers.CharField(**_TEXT)
    trust_hypothesis = serializers.CharField(**_TEXT)
    dials = DialLevels(required=False)
    protected = ProtectedAttribute(many=True, required=False, help_text="All of them.")
    workflow = serializers.CharField(**_TEXT)
    protection = serializers.CharField(**_TEXT)
    reason = serializers.CharField(
        **_TEXT, help_text="Needed where guardrails are loosened after a release or approval."
    )


def plan_body(use_case: UseCase) -> dict[str, Any]:
    plan, facts = plans.find(use_case), facts_of(use_case)
    manager = plan.product_manager
    return {
        **{name: getattr(use_case, name) for name in plans.DESCRIBED},
        **{name: getattr(plan, name) for name in plans.TEXTS},
        "product_manager": manager.username if manager else None,
        "dials": plan.dials,
        "protected": plan.protected,
        "asks": dials.asks(plans.levels_of(plan), plans.protected_of(plan)),
        "criteria": [
            {
                "key": one.criterion.key,
                "title": one.criterion.title,
                "is_met": one.is_met,
                "why_not": one.why_not,
            }
            for one in envisioning.progress(facts)
        ],
        "is_brain_in_a_jar": phases.is_brain_in_a_jar(facts),
        "updated_at": plan.updated_at,
    }


class PlanView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "PATCH": "use_case.write"}
    bodies = {"PATCH": PlanFields}

    def get(self, request: Request, slug: str) -> Response:
        """What is planned: texts, people, dials, the checks that they ask for of a release
        (``asks``), and which criteria of the Envision phase are met."""
        return Response(plan_body(use_cases.find(slug, actor=self.actor(request))))

    def patch(self, request: Request, slug: str) -> Response:
        """Change any fields and leave the others. Guardrails that something rests on are loosened,
        with a reason, by somebody who owns neither the use case nor a model of it, and who
        neither asked for an open release of it nor developed its version."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        plans.set_plan(use_case, actor=actor, **self.body(request))
        return Response(plan_body(use_cases.find(slug, actor=actor)))


class DialsView(ApiView):
    required = {"GET": "governance.read"}

    def get(self, request: Request) -> Response:
        """The six dials: what each level means, and which checks it adds to the levels below."""
        return Response({"items": [_dial_body(dial) for dial in dials.dials()]})


def _dial_body(dial: dials.Dial) -> dict[str, Any]:
    return {
        "component": dial.component,
        "title": dial.title,
        "question": dial.question,
        "levels": [
            {
                "level": number,
                "title": level.title,
                "means": level.means,
                "checks": list(level.checks),
            }
            for number, level in enumerate(dial.levels)
        ],
    }
