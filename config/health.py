"""Alive, ready, and a few figures for Prometheus."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from governance.models import Release
from jobs.figures import gauges
from jobs.models import Job
from registry.artifacts import store


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, broker and artefact store answer; 503 names those that do not."""
    parts = {"database": _database(), "artifacts": _artifacts(), "broker": _broker()}
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return "ok"


def _artifacts() -> str:
    try:
        store().exists("0" * 64)
    except Exception:  # whatever the store's client raises, the answer is the same
        return "does not answer"
    return "ok"


def _broker() -> str:
    """Requests are kept as rows while the broker is away, but checks would start late."""
    from config.celery import app

    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # every transport has its own errors
        return "does not answer"
    return "ok"


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text. Counts only, so it needs no sign-in; keep it off the public side."""
    lines = []
    for name, rows in (
        ("imprimatur_jobs", Job.objects.values_list("state").annotate(Count("pk"))),
        ("imprimatur_releases", Release.objects.values_list("state").annotate(Count("pk"))),
    ):
        lines.append(f"# TYPE {name} gauge")
        lines += [f'{name}{{state="{state}"}} {count}' for state, count in sorted(rows)]
    for name, count in gauges().items():
        lines += [f"# TYPE imprimatur_queue_{name} gauge", f"imprimatur_queue_{name} {count}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")
