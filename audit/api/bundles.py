"""REST: bundles. Downloading one is an entry in the trail."""

from __future__ import annotations

from django.http import FileResponse
from rest_framework.request import Request

from audit.services.exports import export_bundle
from audit.subjects import Subject
from lib.errors import Invalid
from lib.http.query import params, whole_number
from lib.http.views import FileView


class BundleView(FileView):
    required = {"GET": "audit.export"}
    query = frozenset({"subject", "previous"})
    http_method_names = ["get", "options"]  # a HEAD would leave an entry and give nothing

    def get(self, request: Request) -> FileResponse:
        """The bundle of a subject such as ``release:ID``, as a zip with its own verifier.

        ``previous`` is the size of a checkpoint that the caller holds: the bundle then proves
        that the log before it is unchanged.
        """
        given = params(request, self.query)
        if "subject" not in given:
            raise Invalid("“subject” is missing.", errors={"subject": "type:key"})
        previous = (
            whole_number("previous", given["previous"], low=1, high=2**53)
            if "previous" in given
            else None
        )
        bundle = export_bundle(
            Subject.parse(given["subject"]), actor=self.actor(request), previous=previous
        )
        response = FileResponse(
            bundle.file,
            as_attachment=True,
            filename=bundle.filename,
            content_type="application/zip",
        )
        response["X-Entry"] = str(bundle.export.pk)
        response["Cache-Control"] = "no-store"
        return response
