"""The static layout of the log under /tlog/: read-only, made for caches and other people's tools.

Closed to all but readers of the whole trail, until the setting TLOG_PUBLIC opens it: "tiles" opens
the checkpoint and the hashes, which tell nothing about what happened; "entries" opens what
happened too.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from audit.services.cosignatures import cosigned_note
from audit.services.layout import file_at
from audit.services.proofs import latest_checkpoint
from audit.services.reading import the_log
from audit.tlog import TilePath
from lib.errors import NotFound
from lib.http.permissions import DefaultDeny
from lib.http.query import params
from lib.http.reading import tell
from lib.http.views import FileView

_YEAR = 365 * 86_400


class OpenOrReader(DefaultDeny):
    """Anybody where the setting opens the address; else who may read the whole trail."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if view.is_open:
            return True
        allowed = super().has_permission(request, view)
        view.actor(request).require_everywhere("audit.read")
        return allowed


class LayoutView(FileView):
    """``opened_by``: the values of TLOG_PUBLIC under which no sign-in is needed."""

    required = {"GET": "audit.read"}
    permission_classes = [OpenOrReader]
    opened_by: frozenset[str] = frozenset({"tiles", "entries"})

    @property
    def is_open(self) -> bool:
        return settings.TLOG_PUBLIC in self.opened_by

    def get_authenticators(self) -> list[BaseAuthentication]:
        """None where anybody may read, so that a shared cache sees one answer for all."""
        return [] if self.is_open else super().get_authenticators()

    def file(self, text: str) -> HttpResponse:
        try:
            path = TilePath.parse(text)
        except ValueError as error:
            raise NotFound("There is no such tile.") from error
        response = HttpResponse(file_at(path), content_type="application/octet-stream")
        whose = "public" if self.is_open else "private"
        response["Cache-Control"] = f"{whose}, max-age={_YEAR}, immutable"
        return response


class LayoutCheckpointView(LayoutView):
    def get(self, request: Request) -> HttpResponse:
        """The latest checkpoint with the cosignatures of witnesses, a signed note."""
        params(request, ())
        note = cosigned_note(latest_checkpoint())
        response = HttpResponse(note, content_type="text/plain; charset=utf-8")
        response["Cache-Control"] = "no-cache"
        return response


class TileView(LayoutView):
    def get(self, request: Request, rest: str) -> HttpResponse:
        """A tile of hashes, ``<L>/<N>`` or ``<L>/<N>.p/<W>`` (c2sp.org/tlog-tiles)."""
        params(request, ())
        return self.file(rest)


@method_decorator(gzip_page, name="dispatch")
class EntryBundleView(LayoutView):
    opened_by = frozenset({"entries"})

    def get(self, request: Request, rest: str) -> HttpResponse:
        """Up to 256 entries, each after its length in two bytes, big-endian."""
        params(request, ())
        found = self.file(f"entries/{rest}")
        if not self.is_open:
            tell(request._request, self.actor(request), "{log}", {"log": the_log()})
        return found
