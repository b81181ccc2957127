"""Finds what was measured before, so that nothing is computed twice.

The rows of earlier checks are the store: they are governed, so nobody can slip a number in. A
result stands for another when the check, its version and parameters, the seed, the libraries, and
every digest of what it read are the same. What the registry knows changes by the day, and timings
are never the same twice: checks that read of them are always measured anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Exact, IsNull

from governance.checks.base import Check, CheckError
from governance.models import CheckRun, ValidationRun
from governance.suites import measuring
from governance.suites.scoring import Scored

_OTHERS = frozenset({"probes", "training_scores", "champion_scores"})
_OF_THE_OTHER = ("threshold", "scores")


@dataclass(frozen=True)
class Earlier:
    """``measured`` as ``measuring.measure`` gave it, in the run of that id."""

    measured: dict[str, Any]
    run: str


def find(check: Check, check_run: CheckRun) -> Earlier | None:
    """The newest result that stands for what ``check_run`` is about to measure."""
    if "case" in check.needs or not settings.REUSE_MEASUREMENTS:
        return None
    try:
        settled = check.settled(check_run.parameters)
    except CheckError:
        return None
    wanted = {
        "check": check.id,
        "version": check.version,
        "parameters": settled,
        "seed": check_run.run.seed,
        "model": check_run.run.release.version.digest,
        "libraries": measuring.libraries_of(check, Scored(facts=check_run.run.facts)),
    }
    for row in _alike(check, check_run).order_by("-finished_at")[:5]:
        if all(row.evidence.get(name) == value for name, value in wanted.items()):
            kept = {k: v for k, v in row.evidence.items() if k not in _OF_THE_OTHER}
            return Earlier(kept, str(row.run_id))
    return None


def _alike(check: Check, check_run: CheckRun) -> QuerySet[CheckRun]:
    """Finished runs of the check on the same version, whose data are frozen with it, and on the
    same answers of the model, as far as it reads any."""
    run = check_run.run
    found = CheckRun.objects.filter(
        check_id=check.id,
        check_version=check.version,
        state="finished",
        run__seed=run.seed,
        run__release__version=run.release.version_id,
    )
    if "scores" in check.needs:
        found = found.filter(run__scores_digest=run.scores_digest)
    if "explanations" in check.needs:
        found = found.filter(run__explanations_digest=run.explanations_digest)
        found = _with_fact(found, "explanation_facts", run)
    if check.reads & _OTHERS:
        found = _with_fact(found, "others_digest", run)
    return found


def _with_fact(found: QuerySet[CheckRun], name: str, run: ValidationRun) -> QuerySet[CheckRun]:
    value, told = run.facts.get(name), KeyTextTransform(name, "run__facts")
    return found.filter(Exact(told, Value(value))) if value else found.filter(IsNull(told, True))
