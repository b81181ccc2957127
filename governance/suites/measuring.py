"""Measures one check: the document that is kept as evidence, or a sentence that says why not."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping
from typing import Any

from governance.checks import judge
from governance.checks.base import Check, CheckError
from governance.checks.judgement import Judgement
from governance.suites import inputs
from governance.suites.given import Given
from governance.suites.scoring import Scored, libraries

log = logging.getLogger(__name__)
# What single checks import when they are first asked, because it takes seconds together.
HEAVY = (
    "fairlearn.metrics",
    "pandas",
    "scipy.spatial",
    "scipy.special",
    "scipy.stats",
    "sklearn.ensemble",
    "sklearn.metrics",
    "vl_convert",
)


class Broke(Exception):
    """The check gave no evidence, a sentence says why: its verdict is ``error`` (V4)."""


def warm() -> None:
    """Imports what checks import, so that processes forked afterwards need not, each for itself."""
    for name in HEAVY:
        importlib.import_module(name)


def measure(
    check: Check,
    given: Given,
    scored: Scored,
    case: Mapping[str, Any],
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """Parameters with every default, names of the features, and the evidence, as plain JSON.

    The same check, parameters and files give the same document, bit for bit (V2). Raises Broke.
    """
    try:
        data = inputs.of_check(check, given, scored, case)
        settled = check.settled(parameters)
        evidence = check.measure(data, settled, given.seed)
    except CheckError as error:
        raise Broke(str(error)) from error
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # A defect of the check, not of the infrastructure: trying again would break it again.
        log.exception("check %s broke", check.id)
        raise Broke(f"The check broke: {error!r}") from error
    return {
        "check": check.id,
        "version": check.version,
        "parameters": settled,
        "seed": given.seed,
        "model": given.model.digest,
        "data": given.validation.digest,
        "libraries": libraries_of(check, scored),
        "names": given.validation.titles,
        **evidence.to_json(),
    }


def libraries_of(check: Check, scored: Scored) -> dict[str, str]:
    """The child's belong to what it answered, and to nothing else."""
    if inputs.reads_data_alone(check):
        return libraries()
    return dict(scored.facts.get("libraries", {}))


def frozen(
    check: Check, measured: Mapping[str, Any], threshold: Mapping[str, Any], scores: str
) -> dict[str, Any]:
    """The document that is kept: ``measured`` with the threshold it is judged by, and the digest of
    the scores it rests on, if it rests on any."""
    rests_on = "" if inputs.reads_data_alone(check) else scores
    return {**measured, "threshold": dict(threshold), "scores": rests_on}


def judged(check_id: str, measured: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    """What ``threshold`` makes of it."""
    return judge.judge(check_id, dict(measured), dict(threshold))
