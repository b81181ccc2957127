"""How checks and runs end: their last state, its entry, and what follows from the last result.

In the transaction of whoever ends them, which holds the release's lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from governance.models import CheckRun, ValidationRun
from governance.services import evidence, gates, suite_files, suite_jobs
from governance.services.transitions import lock
from governance.states import CHECK_RUN, VALIDATION_RUN, require
from governance.subjects import of_release
from lib.actor import SYSTEM

OPEN = ("queued", "running")


def tell(run: ValidationRun, *, progress: float, note: str) -> None:
    """What the page shows while work is going on. Not a state, so not an entry.

    A run that has ended stays as it is: whoever is late says nothing.
    """
    going_on = ValidationRun.objects.filter(pk=run.pk, finished_at=None)
    going_on.update(progress=progress, note=note[:300])


def move_run(run: ValidationRun, state: str, *fields: str, **values: Any) -> None:
    """The one place where a run's state is written."""
    require(VALIDATION_RUN, run.state, state, what="The validation run")
    run.state = state
    for name, value in values.items():
        setattr(run, name, value)
    run.save(update_fields=["state", *fields, *values])


def end_check(
    check: CheckRun, state: str, *fields: str, told: Mapping[str, Any] | None = None, **values: Any
) -> None:
    """A check's result or its failure, written once, with its entry, which ``told`` adds to."""
    require(CHECK_RUN, check.state, state, what=check.check_id)
    check.state = state
    check.finished_at = timezone.now()
    for name, value in values.items():
        setattr(check, name, value)
    check.save(update_fields=["state", "finished_at", *fields, *values])
    record(
        actor=SYSTEM,
        action="check.finish",
        subject=of_release(check.run.release),
        details={
            "check": check.check_id,
            "key": check.key,
            "verdict": check.verdict,
            "evidence": check.evidence_digest,
            "attempt": check.attempt,
            **(told or {}),
        },
        evidence=[check.evidence_digest] if check.evidence_digest else [],
    )


def end_run_if_done(check: CheckRun) -> None:
    """The release's lock is taken first: the last two checks may finish at the same moment."""
    release = lock(check.run.release)
    run = ValidationRun.objects.select_for_update().select_related("release").get(pk=check.run_id)
    states = list(run.checks.values_list("state", flat=True))
    done = sum(state not in OPEN for state in states)
    if done < len(states) or run.state != "checking":
        if run.state == "checking":
            share = 0.5 + 0.5 * done / len(states)
            tell(run, progress=share, note=f"{done} of {len(states)} checks")
        if release.is_open:  # it may have been withdrawn meanwhile: its gates stay as they were
            gates.refresh(release, actor=SYSTEM)
        return
    end_run(run)


def end_run(run: ValidationRun) -> None:
    """All checks have ended: the evidence is frozen, people may decide."""
    move_run(run, "finished", finished_at=timezone.now(), progress=1.0, note="Finished")
    _ended(run)


def break_off(run: ValidationRun, state: str, *, error: str, **values: Any) -> None:
    """The run ends as ``state`` before all its checks have: nobody works on it any more, and a
    check without a result is an error, which is neither a pass nor a fail (V4).

    ``error`` says why, of the run and of each such check: gates point to it and do not repeat it.
    """
    told = {"error": error, "progress": 1.0, "note": state.capitalize()}
    move_run(run, state, finished_at=timezone.now(), **told, **values)
    suite_jobs.take_out(run)
    for check in run.checks.filter(state__in=OPEN):
        end_check(check, "failed", verdict="error", error=error, sentence=error)
    _ended(run)


def _ended(run: ValidationRun) -> None:
    """The entry that tells how, the evidence for people, and no files that jobs shared here."""
    record(
        actor=SYSTEM,
        action="validation.finish",
        subject=of_release(run.release),
        details={
            "run": str(run.id),
            "state": run.state,
            "error": run.error,
            "scores": run.scores_digest,
            "explanations": run.explanations_digest,
            "sandbox": run.facts.get("sandbox", ""),
        },
    )
    evidence.freeze(run)
    transaction.on_commit(partial(suite_files.forget, run))
