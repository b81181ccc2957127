"""REST: the trail as files that are streamed. Each download is an entry, written before it."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from audit.api.entries import FILTERS, selection
from audit.services.streams import choose, record_stream, written
from lib.http.query import params
from lib.http.views import FileView


class StreamView(FileView):
    """Constant memory, whatever is asked for."""

    required = {"GET": "audit.export"}
    query = FILTERS
    http_method_names = ["get", "options"]  # a HEAD would leave an entry and give nothing
    what, content_type = "", ""

    def stream(self, request: Request) -> StreamingHttpResponse:
        asked = selection(params(request, self.query))
        actor = self.actor(request)
        actor.require_everywhere("audit.export")
        chosen = choose(asked)
        entry = record_stream(asked, chosen, what=self.what, actor=actor)
        name = f"trail-{chosen.first}-{chosen.end}.{self.what}"
        return StreamingHttpResponse(
            written(chosen, self.what),
            content_type=self.content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "X-Leaf-From": str(chosen.first),
                "X-Leaf-To": str(chosen.end),
                "X-Entry": str(entry.pk),
                "Cache-Control": "no-store",
            },
        )


class JsonLinesView(StreamView):
    what, content_type = "jsonl", "application/jsonl; charset=utf-8"

    def get(self, request: Request) -> StreamingHttpResponse:
        """Entries in the order of the log, one JSON object a line: ``entry`` (the exact bytes of
        the leaf), ``index``, ``opened``. ``from`` and ``to`` are leaf indices: to resume, ask
        again ``from`` the last index that arrived, plus 1, ``to`` the X-Leaf-To of the answer."""
        return self.stream(request)


class CsvView(StreamView):
    what, content_type = "csv", "text/csv; charset=utf-8; header=present"

    def get(self, request: Request) -> StreamingHttpResponse:
        """The same as a table. Cells that a spreadsheet would run begin with an apostrophe."""
        return self.stream(request)
