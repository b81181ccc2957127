"""REST: lineage."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from lib.errors import Invalid
from lib.http.query import params, whole_number
from lib.http.reading import tell
from lib.http.views import ApiView
from registry.services import models, versions
from registry.services.lineage import lineage_of_model, lineage_of_version


class LineageView(ApiView):
    required = {"GET": "registry.read"}
    query = frozenset({"model", "version"})

    def get(self, request: Request) -> Response:
        """data -> run -> model -> deployment, as {nodes, edges}: of one version, or of the
        newest twenty of a model."""
        given, actor = params(request, self.query), self.actor(request)
        if "model" not in given:
            raise Invalid("Name a model.", errors={"model": "is missing"})
        if "version" not in given:
            drawn = lineage_of_model(models.find(given["model"], actor=actor))
            tell(request, actor, "model:{model}", given)
            return Response(drawn.as_dict())
        number = whole_number("version", given["version"], low=1, high=2**31 - 1)
        version = versions.find(given["model"], number, actor=actor)
        tell(request, actor, "model_version:{model}/{version}", given | {"version": str(number)})
        return Response(lineage_of_version(version).as_dict())
