"""What the operator's page and its API show: queue, workers, what is stuck, what failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from governance.models import CheckRun, Release, ValidationRun
from governance.services import repairing
from governance.services.suite_jobs import CHECK, COUNT, SCORE
from jobs import broker, figures, workers
from jobs.models import Job
from lib.actor import Actor

PAGE = 25
SHOWN = 50
KINDS = {
    SCORE: "Run the model",
    CHECK: "Measure a check",
    COUNT: "Count shards",
    "explanation.make": "Explain a decision",
    "model_version.seal": "Seal a version",
    "release.dossier": "Print a dossier",
    "audit.export": "Make an export",
    "webhook.deliver": "Tell a webhook",
    "notice.mail": "Send notices by e-mail",
}


@dataclass(frozen=True, slots=True)
class Work:
    """A job in words: what it does, for which check of which release."""

    job: Job
    title: str
    about: str = ""
    release: Release | None = None

    @property
    def seconds(self) -> float:
        since = self.job.leased_at or self.job.created_at
        return (timezone.now() - since).total_seconds()


@dataclass(frozen=True, slots=True)
class WorkerAt:
    line: figures.WorkerLine
    busy: list[Work]


@dataclass(frozen=True, slots=True)
class Operations:
    """The whole page, gathered with a fixed number of queries."""

    kinds: list[tuple[str, figures.KindLine]]
    broker: bool
    workers: list[WorkerAt]
    silent: list[Work]
    waiting: list[Work]
    lost: int
    dead: list[Work]
    dead_total: int
    page: int
    hour: figures.Throughput

    @property
    def alive(self) -> int:
        return sum(each.line.is_alive for each in self.workers)

    @property
    def idle(self) -> int:
        """Processes of living workers that hold nothing."""
        lines = [each.line for each in self.workers if each.line.is_alive]
        return sum(max(0, line.worker.concurrency - len(line.busy)) for line in lines)

    @property
    def pages(self) -> int:
        return max(1, -(-self.dead_total // PAGE))

    @property
    def stuck(self) -> int:
        """Of those that are shown."""
        return len(self.silent) + len(self.waiting)

    @property
    def is_well(self) -> bool:
        return bool(self.broker and self.alive) and not (self.silent or self.waiting or self.lost)


def operations(*, actor: Actor, page: int = 1) -> Operations:
    """Raises Refused for whoever may not see all of the house."""
    actor.require_everywhere("operations.read")
    lines = sorted(figures.worker_lines(), key=lambda line: not line.is_alive)
    silent = list(figures.without_heartbeat()[:SHOWN])
    waiting = list(figures.waiting_long()[:SHOWN])
    total = figures.dead().count()
    page = max(1, min(page, max(1, -(-total // PAGE))))
    dead = list(figures.dead()[(page - 1) * PAGE : page * PAGE])
    told = _told([*silent, *waiting, *dead, *(job for line in lines for job in line.busy)])
    return Operations(
        kinds=[(KINDS.get(line.kind, line.kind), line) for line in figures.by_kind()],
        broker=broker.answers(),
        workers=[WorkerAt(line, [told[job.pk] for job in line.busy]) for line in lines],
        silent=[told[job.pk] for job in silent],
        waiting=[told[job.pk] for job in waiting],
        lost=repairing.lost_runs().count() + repairing.lost_checks().count(),
        dead=[told[job.pk] for job in dead],
        dead_total=total,
        page=page,
        hour=figures.last_hour(),
    )


def standing_of(run: ValidationRun | None, checks: Iterable[CheckRun]) -> str:
    """In words, what an unfinished suite waits for; empty while somebody works on it."""
    if run is None or run.finished_at is not None:
        return ""
    keys = [str(run.pk), *(str(each.pk) for each in checks if each.finished_at is None)]
    job = figures.first_open(keys)
    if job is None or job.state != "queued":
        return ""
    if not workers.alive().exists():
        return (
            "No worker is running: the checks start as soon as one does. "
            "Nothing is lost; an operator has to start a worker."
        )
    if job.run_after is not None and job.run_after > timezone.now():
        return f"It failed for a passing reason and is tried again (attempt {job.tries + 1})."
    ahead = figures.ahead_of(job)
    if not ahead:
        return "Next in the queue."
    return f"Waiting in the queue: {ahead} {'job is' if ahead == 1 else 'jobs are'} before it."


def _told(found: list[Job]) -> dict[object, Work]:
    """Jobs in words, whichever they are, in two queries."""
    check_ids = [job.key for job in found if job.kind == CHECK]
    run_ids = [job.key.partition(":")[0] for job in found if job.kind in (SCORE, COUNT)]
    names = ("release__version__model", "release__environment")
    checks = {
        str(each.pk): each
        for each in CheckRun.objects.select_related(*(f"run__{name}" for name in names)).filter(
            pk__in=check_ids
        )
    }
    runs = {
        str(each.pk): each.release
        for each in ValidationRun.objects.select_related(*names).filter(pk__in=run_ids)
    }
    told: dict[object, Work] = {}
    for job in found:
        title = KINDS.get(job.kind, job.kind)
        check = checks.get(job.key)
        release = check.run.release if check else runs.get(job.key.partition(":")[0])
        told[job.pk] = Work(job, title, check.key if check else "", release)
    return told
