"""Explaining one decision: the model is run in the child on the one row asked about, beside a
sample of the version's validation data. Called by workers; what is heavy is imported when needed.

The result, which API and page show: ``score``, ``threshold``, ``decision`` (favourable,
unfavourable or null), ``sentence``; ``base``, ``reasons`` and ``raised`` with {feature, name,
value, contribution, sentence}, ``inputs_used`` with all of them; ``chart`` {title, alt, svg};
``method``, ``link``, ``background``, ``additivity_error``, ``libraries``, ``sandbox``; ``limits``
and ``unusual`` in sentences.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from governance.checks.base import CheckError
from governance.models import Explanation
from governance.scoring import launch
from governance.services import asked_rows, explaining, limiting, suite_files, suite_given, telling
from governance.suites.given import arguments
from jobs.registry import LeasedJob
from lib.errors import ImprimaturError

log = logging.getLogger(__name__)
BACKGROUND: Final = 100
PERMUTATIONS: Final = 8


def explain(explanation: Explanation, job: LeasedJob) -> None:
    """Runs the model and files the answer. Whatever is wrong with model or data becomes the
    explanation's error, in a sentence."""
    try:
        with suite_files.workdir() as workdir, ExitStack() as stack:
            result = _explained(explanation, workdir, stack, job)
    except (launch.ScoringError, CheckError, ImprimaturError) as error:
        explaining.fail(str(explanation.id), str(error))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # What is said of a defect may quote the row, so neither log nor page shows it.
        log.error("explanation %s broke: %s", explanation.id, type(error).__name__)
        explaining.fail(
            str(explanation.id),
            f"The explanation broke ({type(error).__name__}): that is a fault of ours or of the "
            "model, not of what you gave. Tell those who run this server.",
        )
    else:
        explaining.finish(explanation, result=result, job=job)


def seed_of(explanation: Explanation) -> int:
    """Of the sample and of the orders: the same for every decision of a version."""
    return int(explanation.version_digest[:7], 16)


def _explained(
    explanation: Explanation, workdir: Path, stack: ExitStack, job: LeasedJob
) -> dict[str, Any]:
    version, seed = explanation.version, seed_of(explanation)
    columns = explaining.inputs_of(version, explanation.background)
    rows = asked_rows.write(
        suite_files.table(explanation.background),
        columns,
        explanation.inputs,
        seed=seed,
        target=workdir / "rows.arrow",
    )
    found = launch.score(
        suite_files.model_files(version, stack),
        data=rows.path,
        workdir=workdir / "child",
        explain=launch.Explain(
            only=(rows.place,),
            background=BACKGROUND,
            permutations=PERMUTATIONS,
            seed=seed,
            target=_target(explanation),
        ),
        on_progress=lambda share, note: job.heartbeat(share * 0.9, note),
        limits=limiting.of_model(),
        **arguments(suite_given.model_of(version, {}), suite_files.validation_data(version).roles),
    )
    job.heartbeat(0.95, "drawing the chart")
    return telling.result_of(explanation, columns, rows, found)


def _target(explanation: Explanation) -> str:
    """Of several classes the favourable one, so that the reasons say what spoke against it; where
    nobody said which that is, the one that the model chose."""
    if explanation.version.model.task != "multiclass":
        return ""
    return str(explanation.background.roles.get("favourable") or "")
