"""REST: KPIs, observations and the value case of a use case."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import KPI, Observation
from governance.models.value import Cadence, Direction
from governance.services import use_cases, value
from lib.errors import NotFound
from lib.http.idempotency import idempotent
from lib.http.query import params
from lib.http.serializers import SlugField, StrictSerializer
from lib.http.views import ApiView


class NewKPI(StrictSerializer):
    key = SlugField()
    name = serializers.CharField(max_length=200)
    unit = serializers.CharField(max_length=40)
    direction = serializers.ChoiceField(Direction.values)
    baseline = serializers.DecimalField(max_digits=18, decimal_places=4)
    target = serializers.DecimalField(max_digits=18, decimal_places=4)
    target_date = serializers.DateField()
    cadence = serializers.ChoiceField(Cadence.values, default=Cadence.MONTHLY.value)


class NewObservation(StrictSerializer):
    period = serializers.CharField(max_length=7)
    value = serializers.DecimalField(max_digits=18, decimal_places=4)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=300, required=False, default="", allow_blank=True
    )
    restate = serializers.BooleanField(default=False)


class ValueCaseFields(StrictSerializer):
    currency = serializers.RegexField(
        r"^[A-Z]{3}\Z", error_messages={"invalid": "three capital letters (ISO 4217)"}
    )
    promised_annual_benefit = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0)
    investment = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0)
    annual_run_cost = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0)
    narrative = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)


def observation_body(observation: Observation) -> dict[str, Any]:
    return {
        "period": observation.period,
        "value": str(observation.value),
        "source": observation.source,
        "restates": observation.restates_id is not None,
        "recorded_at": observation.recorded_at,
    }


def kpi_body(kpi: KPI) -> dict[str, Any]:
    return {
        "key": kpi.key,
        "name": kpi.name,
        "unit": kpi.unit,
        "direction": kpi.direction,
        "baseline": str(kpi.baseline),
        "target": str(kpi.target),
        "target_date": kpi.target_date,
        "cadence": kpi.cadence,
        "observations": [observation_body(row) for row in kpi.observations.all()],
    }


class KPIsView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "POST": "use_case.write"}
    bodies = {"POST": NewKPI}

    def get(self, request: Request, slug: str) -> Response:
        """The KPIs of a use case with all that was observed."""
        params(request, ())
        use_case = use_cases.find(slug, actor=self.actor(request))
        rows = use_case.kpis.prefetch_related("observations")
        return Response({"items": [kpi_body(kpi) for kpi in rows]})

    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Define a KPI."""
        actor = self.actor(request)
        kpi = value.create_kpi(use_cases.find(slug, actor=actor), actor=actor, **self.body(request))
        return Response(kpi_body(kpi), status=201)


class ObservationsView(ApiView):
    required = {"POST": "value.record"}
    bodies = {"POST": NewObservation}

    @idempotent
    def post(self, request: Request, slug: str, key: str) -> Response:
        """Record what a KPI was in one period."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        kpi = use_case.kpis.filter(key=key).first()
        if kpi is None:
            raise NotFound(f"The use case has no KPI “{key}”.")
        row = value.record_observation(kpi, actor=actor, **self.body(request))
        return Response(observation_body(row), status=201)


class ValueCaseView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "PUT": "use_case.write"}
    bodies = {"PUT": ValueCaseFields}

    def get(self, request: Request, slug: str) -> Response:
        """What the use case promised."""
        params(request, ())
        use_case = use_cases.find(slug, actor=self.actor(request))
        value_case = getattr(use_case, "value_case", None)
        if value_case is None:
            raise NotFound("This use case has no value case yet.")
        return Response(_value_case_body(value_case))

    def put(self, request: Request, slug: str) -> Response:
        """Set what the use case promises per year and what it costs."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        return Response(
            _value_case_body(value.set_value_case(use_case, actor=actor, **self.body(request)))
        )


def _value_case_body(value_case: Any) -> dict[str, Any]:
    names = ("promised_annual_benefit", "investment", "annual_run_cost")
    amounts = {name: str(getattr(value_case, name)) for name in names}
    return {"currency": value_case.currency, **amounts, "narrative": value_case.narrative}
