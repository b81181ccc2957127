"""Tables of figures in the browser: handing one in, and what became of its rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from governance.services import observations, use_cases
from governance.web import value
from governance.web.frame import framed
from lib.errors import ImprimaturError, Invalid, NotFound, TooLarge
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable

SHOWN = 500


def take(request: HttpRequest, slug: str) -> HttpResponse:
    """POST keeps the file; its page says what became of each row."""
    actor = actor_of(request)
    use_case = use_cases.find(slug, actor=actor)
    if request.method != "POST":
        return redirect("admin:use_case_value", slug=slug)
    try:
        name, data = _file(request)
        upload = observations.take_table(
            use_case, data=data, file_name=name, keep=request.POST.get("keep", ""), actor=actor
        )
    except ImprimaturError as error:
        return value.page(request, use_case, "upload", error)
    if not upload.refused:
        messages.success(request, f"All {upload.kept:,} figures of {upload.file_name} are kept.")
    return redirect("admin:figure_file", slug=slug, upload_id=upload.pk)


def show(request: HttpRequest, slug: str, upload_id: UUID) -> HttpResponse:
    """What became of a file: how many rows were kept, and each that was not with why."""
    actor = actor_of(request)
    use_case = use_cases.find(slug, actor=actor)
    upload = use_case.uploads.filter(pk=upload_id).first()
    if upload is None:
        raise NotFound("There is no such file of figures.")
    context: dict[str, Any] = {
        **framed(use_case, here="use_case_value", actor=actor),
        "title": upload.file_name,
        "crumbs": [
            ("Use cases", "/use-cases/"),
            (use_case.name, reverse("admin:use_case", args=[use_case.slug])),
            ("Value", reverse("admin:use_case_value", args=[use_case.slug])),
        ],
        "upload": upload,
        "refused": upload.refused[:SHOWN],
        "more": max(0, len(upload.refused) - SHOWN),
    }
    return TemplateResponse(request, "governance/figure_file.html", context)


def _file(request: HttpRequest) -> tuple[str, bytes]:
    """Raises Invalid without one, TooLarge."""
    given = request.FILES.get("file")
    if given is None or not given.name:
        raise Invalid("Choose a file.", errors={"file": "a CSV file"})
    refuse_unstorable(given.name, "file")
    if given.size is None or given.size > observations.MOST_BYTES:
        most = observations.MOST_BYTES // 1024**2
        raise TooLarge(f"A file holds at most {most} MiB: send it in parts.")
    return given.name, given.read()
