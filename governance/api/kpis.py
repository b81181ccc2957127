"""REST: KPIs and what they were."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import KPI, Observation, Upload
from governance.models.kpis import Attribution, Cadence, Category, Direction
from governance.services import kpis, observations, use_cases
from lib.errors import Invalid, TooLarge
from lib.http.idempotency import idempotent
from lib.http.parser import Unread
from lib.http.query import params
from lib.http.serializers import SlugField, StrictSerializer
from lib.http.views import ApiView, FileView

_FIGURE: dict[str, Any] = {"max_digits": 18, "decimal_places": 4}


class _Terms(StrictSerializer):
    """What may be changed of a KPI."""

    name = serializers.CharField(max_length=200)
    definition = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    category = serializers.ChoiceField(Category.values, required=False)
    baseline = serializers.DecimalField(**_FIGURE)
    baseline_window = serializers.CharField(max_length=100, required=False, allow_blank=True)
    baseline_source = serializers.CharField(max_length=300, required=False, allow_blank=True)
    target = serializers.DecimalField(**_FIGURE)
    target_date = serializers.DateField()
    hurdle = serializers.DecimalField(**_FIGURE, required=False, allow_null=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    grace_days = serializers.IntegerField(min_value=0, max_value=365, required=False)
    worth = serializers.DecimalField(**_FIGURE, required=False, allow_null=True)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    attribution = serializers.ChoiceField(Attribution.values, required=False, allow_blank=True)
    share = serializers.DecimalField(max_digits=5, decimal_places=4, required=False)
    owner = serializers.CharField(max_length=150, required=False, allow_null=True)


class NewKPI(_Terms):
    key = SlugField()
    unit = serializers.CharField(max_length=40)
    direction = serializers.ChoiceField(Direction.values)
    cadence = serializers.ChoiceField(Cadence.values, default=Cadence.MONTHLY.value)


class ChangedKPI(_Terms):
    reason = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False


class NewObservation(StrictSerializer):
    period = serializers.CharField(max_length=7)
    value = serializers.DecimalField(**_FIGURE)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=300, required=False, default="", allow_blank=True
    )
    restates = serializers.CharField(
        max_length=1000,
        required=False,
        default="",
        allow_blank=True,
        help_text="Why the figure that stands for the period is corrected.",
    )


class NewVerification(StrictSerializer):
    note = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


def observation_body(observation: Observation) -> dict[str, Any]:
    verified = getattr(observation, "verification", None)
    return {
        "period": observation.period,
        "value": str(observation.value),
        "source": observation.source,
        "restates": observation.restates_id is not None,
        "reason": observation.reason,
        "recorded_at": observation.recorded_at,
        "verified_at": verified.verified_at if verified else None,
    }


def kpi_body(kpi: KPI) -> dict[str, Any]:
    texts = ("key", "name", "definition", "category", "unit", "direction", "cadence")
    more = ("baseline_window", "baseline_source", "currency", "attribution")
    figures = ("baseline", "target", "hurdle", "worth", "share")
    plain = ("target_date", "starts_on", "grace_days")
    return (
        {name: getattr(kpi, name) for name in (*texts, *more, *plain)}
        | {name: _text(getattr(kpi, name)) for name in figures}
        | {"owner": kpi.owner.username if kpi.owner else None}
        | {"observations": [observation_body(row) for row in kpi.observations.all()]}
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def upload_body(upload: Upload) -> dict[str, Any]:
    return {
        "id": str(upload.pk),
        "file_name": upload.file_name,
        "artifact": upload.artifact,
        "rows": upload.rows,
        "kept": upload.kept,
        "refused": upload.refused,
        "uploaded_at": upload.uploaded_at,
    }


class KPIsView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "POST": "use_case.write"}
    bodies = {"POST": NewKPI}

    def get(self, request: Request, slug: str) -> Response:
        """The KPIs of a use case with all that was observed."""
        use_case = use_cases.find(slug, actor=self.actor(request))
        rows = use_case.kpis.select_related("owner").prefetch_related("observations__verification")
        return Response({"items": [kpi_body(kpi) for kpi in rows]})

    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Define a KPI."""
        actor = self.actor(request)
        kpi = kpis.create_kpi(use_cases.find(slug, actor=actor), actor=actor, **self.body(request))
        return Response(kpi_body(kpi), status=201)


class KPIView(ApiView):
    required = {"PATCH": "use_case.write"}
    bodies = {"PATCH": ChangedKPI}

    def patch(self, request: Request, slug: str, key: str) -> Response:
        """Change what is promised of a KPI. It counts once the value case is approved anew."""
        actor = self.actor(request)
        kpi = kpis.find(use_cases.find(slug, actor=actor), key)
        return Response(kpi_body(kpis.change_kpi(kpi, actor=actor, **self.body(request))))


class ObservationsView(ApiView):
    required = {"POST": "value.record"}
    bodies = {"POST": NewObservation}

    @idempotent
    def post(self, request: Request, slug: str, key: str) -> Response:
        """Record what a KPI was in one period, or restate it with the reason."""
        actor = self.actor(request)
        kpi = kpis.find(use_cases.find(slug, actor=actor), key)
        row = observations.record_observation(kpi, actor=actor, **self.body(request))
        return Response(observation_body(row), status=201)


class VerificationView(ApiView):
    required = {"POST": "value.record"}
    by_people = frozenset({"POST"})
    bodies = {"POST": NewVerification}

    @idempotent
    def post(self, request: Request, slug: str, key: str, period: str) -> Response:
        """Say that the figure that stands was held against its source; not by who recorded it."""
        actor = self.actor(request)
        kpi = kpis.find(use_cases.find(slug, actor=actor), key)
        row = observations.find(kpi, period)
        observations.verify_observation(row, actor=actor, **self.body(request))
        return Response(observation_body(row), status=201)


class UploadsView(FileView):
    """A table of figures, sent as it is."""

    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "POST": "value.record"}
    parser_classes = [Unread]

    def get(self, request: Request, slug: str) -> Response:
        """The tables that were handed in, the newest first, with what could not be kept."""
        use_case = use_cases.find(slug, actor=self.actor(request))
        return Response({"items": [upload_body(row) for row in use_case.uploads.all()[:100]]})

    def post(self, request: Request, slug: str) -> Response:
        """Hand in a CSV file (`kpi,period,value` and `unit,source,restates` where wanted) as the
        body. `keep=good` keeps the rows that can be kept, `keep=all` all or none."""
        actor = self.actor(request)
        given = params(request, ("keep", "name"))
        use_case = use_cases.find(slug, actor=actor)
        upload = observations.take_table(
            use_case,
            data=_whole(request),
            file_name=given.get("name", "figures.csv"),
            keep=given.get("keep", observations.ALL),
            actor=actor,
        )
        return Response(upload_body(upload), status=201)


def _whole(request: Request) -> bytes:
    """Raises TooLarge, Invalid for a body that ended early."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isascii() or not length.isdigit():
        raise Invalid("Send the size of the file as Content-Length.")
    if len(length) > 12 or int(length) > observations.MOST_BYTES:
        raise TooLarge(f"A file holds at most {observations.MOST_BYTES} bytes.")
    data: bytes = request._request.read(int(length))
    if len(data) < int(length):
        raise Invalid("The file ended early: nothing was kept.")
    return data
