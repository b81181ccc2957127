"""The dossier as a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from governance.services import dossiers, releases


def download(request: HttpRequest, release_id: UUID) -> HttpResponse:
    user: Any = request.user
    release = releases.find(str(release_id), actor=user.actor)
    if request.method == "HEAD":  # looking whether it is printed is no download
        return HttpResponse(status=200 if dossiers.is_current(release) else 202)
    pdf = dossiers.download(release, actor=user.actor)
    if pdf is None:
        dossiers.require_engine(release)
        context = {
            "title": "The dossier is being prepared",
            "detail": "It is typeset in the background, usually within a minute. Nothing is lost: "
            "come back to this address.",
            "status": 202,
        }
        return TemplateResponse(request, "sentence.html", context, status=202)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{dossiers.file_name(release)}"',
            "Cache-Control": "private, no-store",
        },
    )
