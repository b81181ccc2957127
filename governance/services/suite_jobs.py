"""A suite's jobs in the queue: their kinds, whose work each is by its key, and taking them out."""

from __future__ import annotations

from typing import Final

import jobs.services
from governance.models import ValidationRun
from jobs.models import Job

SCORE: Final = "validation.score"  # key: the run
CHECK: Final = "validation.check"  # key: the check
COUNT: Final = "validation.count"  # key: the run and the number of a part


def key_of_part(run: ValidationRun, part: int) -> str:
    return f"{run.pk}:{part}"


def run_of(key: str) -> str:
    """The run that a job of that key scores, or counts a part of."""
    return key.partition(":")[0]


def take_out(run: ValidationRun) -> None:
    """Nothing of the run is queued or done any more; whoever works on it is fenced out."""
    mine = Job.objects.filter(kind=COUNT, key__startswith=f"{run.pk}:")
    jobs.services.cancel(SCORE, str(run.pk))
    jobs.services.cancel(COUNT, *mine.values_list("key", flat=True))
    jobs.services.cancel(CHECK, *map(str, run.checks.values_list("pk", flat=True)))
