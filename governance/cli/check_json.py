"""The outcome as JSON. ``docs/cli.md`` describes the shape; SCHEMA moves when it changes."""

from __future__ import annotations

from typing import Any

from governance.checks.catalog import all_checks
from governance.cli.check_outcome import Outcome, Result
from governance.cli.check_policies import NEEDS_SERVER, PolicyFile
from governance.components import component_of
from governance.suites.given import Table
from lib.canonical import plain

SCHEMA = "imprimatur.check/1"


def document(outcome: Outcome) -> dict[str, Any]:
    """Plain JSON types only. Times are ISO 8601 in UTC, seconds are floats."""
    given, prepared = outcome.prepared.given, outcome.prepared
    champion = given.champion.model
    found: dict[str, Any] = plain(
        {
            "schema": SCHEMA,
            "verdict": outcome.verdict,
            "exit_code": outcome.exit_code,
            "sentence": outcome.sentence,
            "started_at": outcome.started,
            "finished_at": outcome.finished,
            "seconds": round(outcome.seconds, 3),
            "model": _model(outcome),
            "data": _table(given.validation)
            | {"rows": prepared.rows, "roles": dict(given.validation.roles)}
            | ({"signed_by": prepared.signed_by} if given.validation.counted else {}),
            "training": _table(given.training),
            "reference": _table(given.reference),
            "champion": {"name": champion.label, "digest": champion.digest} if champion else None,
            "policies": [_policy(one) for one in outcome.plan.policies],
            "requirements": outcome.plan.requirements,
            "seed": given.seed,
            "sandbox": {
                "tier": outcome.tier,
                "limits": dict(outcome.limits),
                "behaviour": outcome.facts.get("behaviour") or {},
            },
            "libraries": outcome.facts.get("libraries") or {},
            "notes": list(prepared.notes),
            "error": outcome.broken,
            "counts": {tone: number for tone, number, _ in outcome.counts},
            "checks": [_check(one) for one in outcome.results],
            "not_run": [
                {**_named(asked), "reason": why, "needs_server": why == NEEDS_SERVER}
                for asked, why in outcome.plan.not_run
            ],
            "asked_at_server": {
                "documents": list(outcome.plan.documents),
                "criteria": list(outcome.plan.criteria),
                "decisions": list(outcome.plan.decisions),
            },
        }
    )
    return found


def _model(outcome: Outcome) -> dict[str, Any]:
    model = outcome.prepared.given.model
    return {
        "name": model.label,
        "format": model.format,
        "task": model.task,
        "digest": model.digest,
        "files": dict(model.digests),
        "bytes": outcome.prepared.model_size,
        "features": model.features,
        "decision_threshold": model.signature.get("decision_threshold"),
    }


def _table(table: Table | None) -> dict[str, Any]:
    return {"name": table.label, "digest": table.digest} if table else {}


def _policy(one: PolicyFile) -> dict[str, Any]:
    return {
        "policy": one.name,
        "title": one.document["title"],
        "file": one.path.name,
        "digest": one.digest,
        "applies": not one.left_out,
        "left_out": one.left_out,
    }


def _named(asked: Any) -> dict[str, Any]:
    check = str(asked["check"])
    return {
        "key": asked["key"],
        "name": asked["name"],
        "check": check,
        "title": all_checks()[check].title,
        "component": component_of(check),
        "policy": asked["source"],
    }


def _check(one: Result) -> dict[str, Any]:
    return {
        **_named(one.asked),
        "version": one.version,
        "verdict": one.verdict,
        "recorded": one.tone == "recorded",
        "sentence": one.sentence,
        "steps": list(one.steps),
        "threshold": one.asked["threshold"],
        "parameters": one.asked["parameters"],
        "on_inconclusive": one.asked["on_inconclusive"],
        "seconds": round(one.seconds, 3),
        "judgement": dict(one.judgement),
        "evidence": dict(one.measured),
        "evidence_digest": one.digest,
    }
