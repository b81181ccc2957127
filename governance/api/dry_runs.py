"""REST: dry runs of a policy."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import DryRun
from governance.services import dry_runs, policies
from lib.actor import Actor
from lib.errors import NotFound
from lib.http.query import params
from lib.http.views import ApiView


def dry_run_body(run: DryRun, actor: Actor) -> dict[str, Any]:
    return {
        "state": run.state,
        "progress": run.progress,
        "asked_at": run.asked_at,
        "finished_at": run.finished_at,
        "error": run.error,
        "result": dry_runs.shown(run, actor=actor),
    }


class DryRunView(ApiView):
    shows = "policy:{slug}"
    required = {"GET": "governance.read", "POST": "policy.write"}

    def get(self, request: Request, slug: str, number: int) -> Response:
        """The newest dry run of a version: which released versions would not get through, as far
        as the caller may see them."""
        params(request, ())
        run = policies.find(slug, number).dry_runs.first()
        if run is None:
            raise NotFound("Nobody has asked for a dry run of this version.")
        return Response(dry_run_body(run, self.actor(request)))

    def post(self, request: Request, slug: str, number: int) -> Response:
        """Ask for a dry run; the one under way answers while there is one."""
        actor = self.actor(request)
        run = dry_runs.ask(policies.find(slug, number), actor=actor)
        return Response(dry_run_body(run, actor), status=202)
