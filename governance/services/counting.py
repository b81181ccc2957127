"""Counting a scored dataset shard by shard, by as many workers as there are.

Where decisions come with the data in several shards and the suite asks nothing that whole numbers
cannot tell, no single process has to read all rows: jobs of the kind ``validation.count`` count
some shards each, whoever ends last wakes the scoring job again, which puts the counts together. The
checks then read one counts file; what they find is what they would find on the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.db import transaction

import jobs.services
from governance.checks import catalog
from governance.checks.base import CheckError
from governance.checks.engine import shards
from governance.counting import CountingError, Counts, Spec, count, files, merged
from governance.counting.files import CountsFile
from governance.models import ValidationRun
from governance.services import ending, suite_files, validation
from governance.services.suite_jobs import COUNT, SCORE, key_of_part
from governance.suites.given import favourable
from governance.suites.inputs import OF_THE_MODEL
from jobs.registry import LeasedJob
from lib.actor import SYSTEM
from lib.canonical import sha256
from registry import artifacts
from registry.models import DatasetVersion
from registry.services.artifacts import keep

MOST_JOBS: Final = 256
COUNTING: Final = "counting"  # in the facts of a run: how many jobs, and what each has counted


def applies(run: ValidationRun) -> bool:
    """The dataset is in shards, holds decisions, and every check of them takes counts exactly.

    What a column of CSV holds shows in all its shards together, so those are read together.
    """
    version = run.release.version
    dataset = suite_files.dataset_in(version, "validation")
    if version.format != "predictions" or version.model.task != "binary" or dataset is None:
        return False
    if not dataset.roles.get("prediction") or dataset.roles.get("weight"):
        return False
    known = [catalog.all_checks()[check.check_id] for check in run.checks.all()]
    asking = [check for check in known if check.needs & OF_THE_MODEL]
    exact = all("counts" in check.accepts and check.exact_on_counts for check in asking)
    tables = suite_files.tables_of(dataset)
    typed = not tables[0]["path"].lower().endswith(".csv")
    return bool(asking) and exact and typed and len(tables) > 1


@transaction.atomic
def ready(run: ValidationRun, job: LeasedJob) -> bool:
    """Whether all parts are counted. If not, queues those that nobody works on and ends the job.

    Under the run's lock, so that the last part either is seen here or queues the job anew.
    """
    run = ValidationRun.objects.select_for_update().get(pk=run.pk)
    jobs.services.hold(job)
    if COUNTING not in run.facts:
        parts = min(MOST_JOBS, len(suite_files.tables_of(_data(run))))
        run.facts = {**run.facts, COUNTING: {"jobs": parts, "counts": {}}}
        run.save(update_fields=["facts"])
    counting = run.facts[COUNTING]
    missing = [part for part in range(counting["jobs"]) if str(part) not in counting["counts"]]
    for part in missing:
        jobs.services.enqueue(COUNT, key=key_of_part(run, part), payload={"part": part})
    if missing:
        jobs.services.finish(job)
    return not missing


def count_part(run_id: str, job: LeasedJob) -> None:
    """Counts this job's shards and keeps what it found. A table that cannot be counted is the
    suite's error, in a sentence."""
    run = ValidationRun.objects.select_related("release__version__model").get(pk=run_id)
    part = str(job.payload["part"])
    counting = run.facts.get(COUNTING)
    if run.state != "scoring" or counting is None or part in counting["counts"]:
        return
    dataset = _data(run)
    mine = suite_files.tables_of(dataset)[int(part) :: counting["jobs"]]
    try:
        found = _counted(dataset, mine)
    except (CountingError, CheckError) as error:
        validation.scoring_failed(run_id, str(error), job=job)
        return
    digest = keep(CountsFile(found).written(None), actor=SYSTEM).digest
    _part_counted(run_id, part, digest, job)


def _counted(dataset: DatasetVersion, mine: Sequence[dict[str, Any]]) -> Counts:
    spec = spec_of(dataset)
    with ExitStack() as stack:
        found = []
        for file in mine:
            blob = stack.enter_context(artifacts.store().path(file["digest"]))
            found.append(count(_scanned(Path(file["path"]), blob), spec, part=True))
    return merged(*found, part=True)


def _scanned(path: Path, blob: Path) -> pl.LazyFrame:
    """A shard where it lies in the store, which knows no endings: its path tells what it is."""
    kind = path.suffix.lower()
    try:
        return shards.scan(blob, kind)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CountingError(f"The data file {path.name} cannot be read: {error}") from error


def spec_of(dataset: DatasetVersion) -> Spec:
    """What the roles of a dataset with decisions ask to be counted."""
    roles = dataset.roles
    return Spec(
        label=roles.get("label") or "",
        prediction=roles["prediction"],
        sensitive=tuple(roles.get("sensitive", ())),
        favourable=favourable(roles),
    )


@transaction.atomic
def _part_counted(run_id: str, part: str, digest: str, job: LeasedJob) -> None:
    """Notes one part; the last wakes the scoring job. Late results are fenced out (V1)."""
    run = ValidationRun.objects.select_for_update().get(pk=run_id)
    jobs.services.hold(job)
    if run.state == "scoring":
        counting = run.facts[COUNTING]
        counting["counts"][part] = digest
        run.save(update_fields=["facts"])
        done, of = len(counting["counts"]), counting["jobs"]
        ending.tell(run, progress=0.5 * done / of, note=f"Counting shards: {done} of {of}")
        if done == of:
            jobs.services.enqueue(SCORE, key=run_id)
    jobs.services.finish(job)


def put_together(run: ValidationRun) -> tuple[CountsFile, str]:
    """The counts of all parts and their digest."""
    run.refresh_from_db(fields=["facts"])
    counting = run.facts[COUNTING]
    parts = []
    for digest in counting["counts"].values():
        with artifacts.store().open(digest) as file:
            parts.append(files.opened(file.read()).counts)
    whole = CountsFile(merged(*parts), {"name": _data(run).label, "files": counting["jobs"]})
    content = whole.written(None)
    keep(content, actor=SYSTEM)
    return whole, sha256(content)


def _data(run: ValidationRun) -> DatasetVersion:
    return suite_files.validation_data(run.release.version)
