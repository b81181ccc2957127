"""What came out of the child, as something that a complainant can be told. Called by workers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from governance.answers import Answer, reasons
from governance.checks.base import CheckError
from governance.columns import Column
from governance.models import Explanation
from governance.scoring.launch import ScoringResult
from governance.services.asked_rows import AskedRows
from governance.services.suite_inputs import favourable
from registry.models import DatasetVersion

LIMITS: Final = (
    "It says how the model came to its score. People decide with it, and may have weighed other "
    "things.",
    "It explains the model and not the world: an input may matter because it stands in for "
    "something else.",
    "Each part is an average over other cases: held against other people's, it would differ a "
    "little, and inputs that go together share their part.",
    "It does not say what to change to be decided otherwise.",
)


def result_of(
    explanation: Explanation, columns: Sequence[Column], rows: AskedRows, found: ScoringResult
) -> dict[str, Any]:
    """The result as ``services.explained`` describes it. Raises CheckError when the child left no
    explanation of the row."""
    import polars as pl

    if found.explanations is None or found.explanation_facts is None:
        raise CheckError("The model could be run and not explained: its format has no way to.")
    facts = json.loads(found.explanation_facts.read_text())
    parts = pl.read_ipc(found.explanations).row(0, named=True)
    answer = pl.read_ipc(found.scores).row(rows.place, named=True)
    data = explanation.background
    told = _told(explanation, columns, rows, parts, answer, float(facts["base_value"]))
    return told | {
        "method": _method(facts, data.label),
        "link": facts.get("link", ""),
        "additivity_error": float(facts["additivity_error"]),
        "background": {
            "dataset": data.label,
            "digest": data.digest,
            "rows": facts["background"],
            "sample": rows.sample,
            "of": rows.total,
            "seed": facts["seed"],
        },
        "libraries": {**found.facts.get("libraries", {}), **facts.get("libraries", {})},
        "sandbox": found.facts.get("sandbox", {}),
        "limits": list(LIMITS),
        "unusual": list(rows.unusual),
    }


def _told(
    explanation: Explanation,
    columns: Sequence[Column],
    rows: AskedRows,
    parts: Mapping[str, float],
    answer: Mapping[str, Any],
    base: float,
) -> dict[str, Any]:
    told = _answer(explanation, parts, answer, base)
    if not all(map(math.isfinite, (told.score, base, *(parts[c.name] for c in columns)))):
        raise CheckError(_no_number(columns, rows))
    used = [
        {
            "feature": column.name,
            "name": column.title,
            "value": rows.values[column.name],
            "contribution": float(parts[column.name]),
        }
        for column in columns
    ]
    lowered, raised = reasons(used)
    return {
        "score": told.score,
        "threshold": told.threshold,
        "decision": told.decision,
        "sentence": told.sentence,
        "base": base,
        "reasons": lowered,
        "raised": raised,
        "inputs_used": used,
    }


def _no_number(columns: Sequence[Column], rows: AskedRows) -> str:
    empty = [f"“{c.title}”" for c in columns if rows.values[c.name] is None]
    if not empty:
        return "The model answers these inputs with no number, so there is nothing to explain."
    return (
        f"The model answers with no number when {' and '.join(empty)} "
        f"{'is' if len(empty) == 1 else 'are'} empty: it needs a value there."
    )


def _answer(
    explanation: Explanation, parts: Mapping[str, float], answer: Mapping[str, Any], base: float
) -> Answer:
    """What the model said. A model of several classes is explained by the score of its favourable
    one; a model that answers with a figure decides nothing."""
    model, data = explanation.version.model, explanation.background
    explained = base + sum(value for name, value in parts.items() if name != "row")
    score = answer.get("score")
    decides = model.task in ("binary", "multiclass")
    good = favourable(data.roles)
    wanted = {str(good), "1"} if model.task == "binary" else {str(good)}
    return Answer(
        score=float(explained if score is None else score),
        threshold=explanation.version.signature.get("decision_threshold"),
        favourable=str(answer.get("prediction")) in wanted if decides else None,
        outcome=_outcome(data, good),
    )


def _outcome(data: DatasetVersion, good: Any) -> str:
    """What the favourable answer is called: by the names of the label's values, else its title."""
    columns = {column["name"]: column for column in data.schema}
    label = columns.get(data.roles.get("label"), {})
    return str((label.get("names") or {}).get(str(good)) or label.get("title") or "")


def _method(facts: Mapping[str, Any], data: str) -> str:
    return (
        "The model was run again on exactly these inputs. The part of each is its Shapley value: "
        "what it adds to the score, averaged over the orders in which the inputs can become known "
        f"({facts['permutations']} orders, each taken forwards and backwards), when the others "
        f"are as in one of {facts['background']} cases drawn from {data}. From the average score "
        "of those cases the parts add up to this score."
    )
