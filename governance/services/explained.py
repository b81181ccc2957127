"""Explaining one decision: the model is run in the child on the one row asked about, beside a sample
of the version's validation data. Called by workers; everything heavy is imported when needed.

The result, which API and page show: ``score``, ``threshold``, ``decision`` (favourable, unfavourable
or null), ``sentence``; ``base`` and ``reasons`` and ``raised`` with {feature, name, value,
contribution, sentence}, ``inputs_used`` with all of them; ``chart`` {title, alt, svg}; ``method``,
``link``, ``background``, ``additivity_error``, ``libraries``, ``sandbox``; ``limits`` and
``unusual`` in sentences.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from governance.checks.base import CheckError
from governance.models import Explanation
from governance.scoring import launch
from governance.services import asked_rows, explaining, telling
from governance.services.asked_rows import AskedRows
from jobs.registry import LeasedJob
from lib.errors import ImprimaturError
from registry import artifacts
from registry.models import DatasetVersion, ModelVersion

log = logging.getLogger(__name__)
TABLES: Final = (".parquet", ".csv", ".arrow")
BACKGROUND: Final = 100
PERMUTATIONS: Final = 8


def explain(explanation: Explanation, job: LeasedJob) -> None:
    """Runs the model and files the answer. Whatever is wrong with model or data becomes the
    explanation's error, in a sentence."""
    try:
        with _workdir() as workdir, ExitStack() as stack:
            result = _explained(explanation, workdir, stack, job)
    except (launch.ScoringError, CheckError, ImprimaturError) as error:
        explaining.fail(str(explanation.id), str(error))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # What is said of a defect may quote the row, so neither log nor page shows it.
        log.error("explanation %s broke: %s", explanation.id, type(error).__name__)  # noqa: TRY400
        explaining.fail(
            str(explanation.id),
            f"The explanation broke ({type(error).__name__}): that is a fault of ours or of the "
            "model, not of what you gave. Tell those who run this server.",
        )
    else:
        explaining.finish(explanation, result=result, job=job)


def _explained(
    explanation: Explanation, workdir: Path, stack: ExitStack, job: LeasedJob
) -> dict[str, Any]:
    version, seed = explanation.version, int(explanation.version_digest[:7], 16)
    columns = explaining.inputs_of(version, explanation.background)
    rows = asked_rows.write(
        _data(explanation.background, workdir / "data", stack),
        columns,
        explanation.inputs,
        seed=seed,
        target=workdir / "rows.arrow",
    )
    found = launch.score(
        _model_files(version, stack),
        format=version.format,
        data=rows.path,
        features=[column.name for column in columns],
        workdir=workdir / "child",
        threshold=version.signature.get("decision_threshold"),
        explain=launch.Explain(
            rows=1,
            only=(rows.place,),
            background=BACKGROUND,
            permutations=PERMUTATIONS,
            seed=seed,
        ),
        on_progress=lambda share, note: job.heartbeat(share * 0.9, note),
    )
    job.heartbeat(0.95, "drawing the chart")
    return telling.result_of(explanation, columns, rows, found)


def _data(dataset: DatasetVersion, folder: Path, stack: ExitStack) -> Path:
    """The table of a dataset, or the folder of its shards; reading them checks digests (G1)."""
    tables = [file for file in dataset.manifest if file["path"].endswith(TABLES)]
    if not tables:
        raise launch.ScoringError(
            f"{dataset.label} holds no table ({', '.join(TABLES)}) to hold the decision against."
        )
    folder.mkdir(parents=True)
    store = artifacts.store()
    for position, file in enumerate(tables):
        link = folder / f"{position:05d}{Path(file['path']).suffix}"
        link.symlink_to(stack.enter_context(store.path(file["digest"])))
    return link if len(tables) == 1 else folder


def _model_files(version: ModelVersion, stack: ExitStack) -> dict[str, Path]:
    """Every file of the version, its digest checked now, before anything loads it (V3)."""
    store = artifacts.store()
    return {
        file["path"]: stack.enter_context(store.path(file["digest"])) for file in version.manifest
    }


@contextmanager
def _workdir() -> Iterator[Path]:
    """What is written here is personal: it goes, however the work ends."""
    settings.WORK_DIR.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="explanation-", dir=settings.WORK_DIR))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
