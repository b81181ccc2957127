"""REST: a release's dossier as PDF."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from governance.services import dossiers, releases
from lib.http.query import params
from lib.http.views import FileView

WAIT_SECONDS = 5


class DossierView(FileView):
    required = {"GET": "governance.read"}

    def head(self, request: Request, release_id: UUID) -> Response:
        """Whether it is printed; looking is no download, so it leaves no entry."""
        release = releases.find(str(release_id), actor=self.actor(request))
        return Response(status=200 if dossiers.is_current(release) else 202)

    def get(self, request: Request, release_id: UUID) -> HttpResponse | Response:
        """The dossier as it is now. 202 while it is being prepared, 503 where PDFs are off."""
        params(request, ())
        actor = self.actor(request)
        release = releases.find(str(release_id), actor=actor)
        pdf = dossiers.download(release, actor=actor)
        if pdf is None:
            dossiers.require_engine(release)
            waiting = {"state": "being prepared", "release": str(release.id)}
            return Response(waiting, status=202, headers={"Retry-After": str(WAIT_SECONDS)})
        return HttpResponse(
            pdf,
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'attachment; filename="{dossiers.file_name(release)}"',
                "Cache-Control": "private, no-store",
            },
        )
