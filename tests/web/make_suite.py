"""A release whose policy asks for many checks, with results such as workers write."""

from __future__ import annotations

from typing import Any

from governance.checks.catalog import all_checks
from governance.models import Release
from governance.services import validation
from tests.governance.make import CHART, Bank, leased, make_release, publish

HEAD = """
policy: staging
title: Everything, in staging
applies: {tiers: [1], environments: [staging]}
checks:
"""
TAIL = """
documents: []
decisions:
  - {role: validator, title: Validator}
authorization: {valid_days: 365, restrictions: []}
"""
ATTRIBUTE = "{attribute: race}"


def policy_of(checks: list[str]) -> str:
    """Every check recorded, without a limit, under the title it has."""
    known = all_checks()
    lines = [
        f"  - {{check: {check}, name: 'Asked {place}: {known[check].component}', "
        f"parameters: {ATTRIBUTE if check.startswith('fairness.') else '{}'}, "
        "threshold: {recorded: true}}"
        for place, check in enumerate(checks)
    ]
    return HEAD + "\n".join(lines) + TAIL


def make_suite(bank: Bank, checks: list[str], **verdicts: str) -> Release:
    """A release measured by ``checks``; ``verdicts`` by the id of the check, dots as underscores.

    ``pass`` is what the others come out as.
    """
    publish(policy_of(checks))
    release = make_release(bank, environment="staging")
    run = release.runs.get()
    validation.begin_scoring(str(run.id))
    facts = {"artifact_verified": {"ok": True, "sentence": "1 file hashed again."}}
    validation.scored(run, scores="5" * 64, explanations="", facts=facts, job=leased(run.id))
    for check in run.checks.order_by("key"):
        verdict = verdicts.get(check.check_id.replace(".", "_"), "pass")
        job = leased(check.id)
        begun = validation.begin_check(str(check.id), attempt=job.attempt)
        assert begun is not None
        if verdict == "error":
            validation.check_broke(str(check.id), "The column 'rase' is not in the data.")
        else:
            write(begun, verdict, job)
    release.refresh_from_db()
    return release


def write(check: Any, verdict: str, job: Any) -> None:
    row = {
        "comparison": "not white / white", "rate": "selection_rate", "value": 0.78,
        "at_90": [0.73, 0.83], "at_95": [0.72, 0.84], "limit": 0.8, "n_a": 308, "n_b": 1681,
        "verdict": verdict,
    }  # fmt: skip
    needed = {"group": "not white", "rows": 1800, "rows_to_fail": None, "leans": "fail"}
    measured = {
        "parameters": check.parameters,
        "libraries": {"numpy": "2.4.6"},
        "measurements": [{"name": "roc_auc", "value": 0.8, "low": 0.7, "high": 0.9,
                          "confidence": 0.9, "n": 400, "group": "", "note": ""}],
        "tables": [{"title": "Rates by race", "columns": ["race", "rate"],
                    "rows": [["white", 0.9]], "note": "A note."}],
        "facts": {"secret": "x" * 5000},
    }  # fmt: skip
    validation.check_measured(
        check,
        verdict=verdict,
        sentence=f"{check.key} came out as {verdict}.",
        judgement={"rows": [row], "needed": needed if verdict == "inconclusive" else {}},
        measured=measured,
        digest="e" * 64,
        charts=[{**CHART, "svg": CHART["svg"].replace("/>", ' fill="#14213D"/>')}],
        job=job,
    )
