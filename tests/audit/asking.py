"""Asking for exports, and being the worker that makes them."""

from __future__ import annotations

from typing import Any

import audit.tasks  # noqa: F401  (the worker knows the job)
import jobs.services
import jobs.tasks
from audit.models import Export
from audit.services import export_jobs
from jobs.models import Job
from jobs.registry import LeasedJob

API = "/api/v1/audit/exports"


def ask(client: Any, **asked: Any) -> Any:
    answer = client.post(API, {"kind": "jsonl", **asked}, format="json")
    assert answer.status_code == 202, answer.content
    return answer


def made(client: Any, **asked: Any) -> dict[str, Any]:
    """What the API says once a worker was there."""
    address = ask(client, **asked)["Location"]
    work()
    body: dict[str, Any] = client.get(address).json()
    return body


def work() -> None:
    for job in Job.objects.filter(kind=export_jobs.KIND, state="queued"):
        jobs.tasks.run(str(job.pk))


def download(client: Any, body: dict[str, Any]) -> bytes:
    answer = client.get(body["link"])
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def leased(export: Export) -> LeasedJob:
    job = jobs.services.lease(Job.objects.get(pk=export.job_id).pk)
    assert job is not None
    return job
