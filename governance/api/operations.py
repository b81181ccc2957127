"""REST: queue, workers, what is stuck; trying failed work again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from governance.services import operations, queues
from jobs.models import Job
from lib.http.query import params, whole_number
from lib.http.serializers import Reason
from lib.http.views import ApiView


def _work(work: queues.Work) -> dict[str, Any]:
    job = work.job
    return {
        "id": str(job.id),
        "kind": job.kind,
        "title": work.title,
        "about": work.about,
        "release": str(work.release.pk) if work.release else None,
        "state": job.state,
        "attempts": job.tries,
        "error": job.error,
        "created_at": job.created_at,
        "started_at": job.leased_at,
        "ended_at": job.finished_at,
        "progress": job.progress,
        "note": job.note,
    }


def _worker(at: queues.WorkerAt) -> dict[str, Any]:
    worker = at.line.worker
    return {
        "id": worker.id,
        "name": worker.name,
        "alive": at.line.is_alive,
        "seen_at": worker.seen_at,
        "started_at": worker.started_at,
        "processes": worker.concurrency,
        "queues": worker.queues,
        "facts": worker.facts,
        "busy": [_work(work) for work in at.busy],
    }


class OperationsView(ApiView):
    required = {"GET": "operations.read"}
    query = frozenset({"page"})

    def get(self, request: Request) -> Response:
        """Queue by kind, broker, workers, what is stuck, dead letters (25 a page)."""
        given = params(request, self.query)
        page = whole_number("page", given.get("page", "1"), low=1, high=100_000)
        found = queues.operations(actor=self.actor(request), page=page)
        body = {
            "broker": "ok" if found.broker else "does not answer",
            "queue": [
                {
                    "kind": line.kind,
                    "queued": line.queued,
                    "running": line.running,
                    "backing_off": line.backing_off,
                    "oldest": line.oldest,
                }
                for _, line in found.kinds
            ],
            "workers": [_worker(at) for at in found.workers],
            "stuck": {
                "without_heartbeat": [_work(work) for work in found.silent],
                "waiting_long": [_work(work) for work in found.waiting],
                "without_job": found.lost,
            },
            "dead": {
                "total": found.dead_total,
                "page": found.page,
                "pages": found.pages,
                "items": [_work(work) for work in found.dead],
            },
            "last_hour": {"done": found.hour.done, "median_wait": found.hour.median_wait},
        }
        return Response(body)


class WakeView(ApiView):
    required = {"POST": operations.MANAGE}

    def post(self, request: Request) -> Response:
        """Send the wake-ups of all waiting jobs again."""
        return Response({"woken": operations.wake_workers(actor=self.actor(request))})


class RetryView(ApiView):
    required = {"POST": operations.MANAGE}
    bodies = {"POST": Reason}

    def post(self, request: Request, job_id: UUID) -> Response:
        """Try a dead job again. 409 where its result, an error, is written already."""
        fields = self.body(request)
        return _answer(operations.try_again(job_id, actor=self.actor(request), **fields))


class DismissalView(ApiView):
    required = {"POST": operations.MANAGE}
    bodies = {"POST": Reason}

    def post(self, request: Request, job_id: UUID) -> Response:
        """Take a dead job off the list."""
        fields = self.body(request)
        return _answer(operations.put_aside(job_id, actor=self.actor(request), **fields))


def _answer(job: Job) -> Response:
    return Response({"id": str(job.id), "kind": job.kind, "state": job.state})
