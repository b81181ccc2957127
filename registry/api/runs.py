"""REST: runs. They arrive inside the version that they made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from lib.errors import NotFound
from lib.http.cursors import page
from lib.http.query import PAGING, params
from lib.http.views import ApiView
from registry.api.etags import tagged
from registry.api.fields import API
from registry.models import Run


def run_body(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "namespace": run.namespace,
        "job": run.job,
        "code_commit": run.code_commit,
        "parameters": run.parameters,
        "metrics": run.metrics,
        "inputs": [
            {
                "name": given.dataset_version.dataset.name,
                "number": given.dataset_version.number,
                "role": given.role,
            }
            for given in run.inputs.all()
        ],
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "created_at": run.created_at,
        "url": f"{API}/runs/{run.id}",
    }


class RunsView(ApiView):
    required = {"GET": "registry.read"}
    query = PAGING

    def get(self, request: Request) -> Response:
        """The runs you may see, newest first."""
        params(request, self.query)
        rows = Run.objects.visible_to(self.actor(request))
        rows = rows.prefetch_related("inputs__dataset_version__dataset")
        return page(request, rows, order="-pk", render=run_body)


class RunView(ApiView):
    shows = "run:{run_id}"
    required = {"GET": "registry.read"}

    def get(self, request: Request, run_id: UUID) -> Response:
        """One run with its inputs."""
        params(request, ())
        rows = Run.objects.visible_to(self.actor(request))
        run = rows.prefetch_related("inputs__dataset_version__dataset").filter(pk=run_id).first()
        if run is None:
            raise NotFound("There is no such run, or you may not see it.")
        return tagged(request, run_body(run))
