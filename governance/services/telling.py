"""What came out of the child, as something that a complainant can be told. Called by workers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from governance.answers import Answer
from governance.checks.base import CheckError
from governance.checks.charts_reasons import waterfall
from governance.checks.engine.reasons import IDENTITY, LINKS, MARGIN, of_link, reasons
from governance.checks.render import render_svg
from governance.columns import Column, as_category
from governance.models import Explanation
from governance.scoring.launch import ScoringResult
from governance.services.asked_rows import AskedRows
from governance.suites.given import favourable
from registry.models import DatasetVersion

MOST: Final = 4
"""Reasons each way: more are not likely to help (12 CFR 1002, supplement I, 9(b)(2)-1)."""
STEPS: Final = 9
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

    answer = pl.read_ipc(found.scores).row(rows.place, named=True)
    if any(isinstance(each, float) and not math.isfinite(each) for each in answer.values()):
        raise CheckError(_no_number(columns, rows))
    if found.explanations is None or found.explanation_facts is None:
        why = found.facts.get("not_explained") or "The child left no explanation."
        raise CheckError(f"The model could be run and not explained. {why}")
    facts = json.loads(found.explanation_facts.read_text())
    parts = pl.read_ipc(found.explanations).row(0, named=True)
    data = explanation.background
    scale = _Scale(float(facts["base_value"]), str(facts.get("link") or IDENTITY))
    target = (facts.get("targets") or [""])[0]
    told = _told(explanation, columns, rows, parts, (answer, target), scale)
    return told | {
        "method": _method(facts, data.label),
        "link": scale.link,
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


@dataclass(frozen=True)
class _Scale:
    """What the parts add up on: from ``base``, on the score itself, on its log-odds, or on a scale
    of the model's own from which there is no way back to the score."""

    base: float
    link: str

    @property
    def leads_back(self) -> bool:
        return self.link in LINKS and self.link != MARGIN

    def total(self, parts: Mapping[str, float]) -> float:
        return self.base + math.fsum(parts.values())

    def as_score(self, value: float) -> float | None:
        return of_link(value, self.link) if self.leads_back else None


def _told(
    explanation: Explanation,
    columns: Sequence[Column],
    rows: AskedRows,
    row: Mapping[str, float],
    answer: tuple[Mapping[str, Any], str],
    scale: _Scale,
) -> dict[str, Any]:
    parts = {column.name: float(row[column.name]) for column in columns}
    told = _answer(explanation, *answer)
    titles = {column.name: column.title for column in columns}
    named = {c.name: _called(c, rows.values[c.name]) for c in columns}
    used = {
        name: {"feature": name, "name": titles[name], "value": rows.values[name],
               "called": named[name], "contribution": part}
        for name, part in parts.items()
    }  # fmt: skip
    found = reasons(
        parts,
        scale.base,
        told.score if scale.leads_back else scale.total(parts),
        named,
        titles,
        most=MOST,
        link=scale.link if scale.leads_back else IDENTITY,
    )
    meant = {column.name: column.description for column in columns}
    given = [
        used[one.feature] | {"sentence": one.sentence, "description": meant[one.feature]}
        for one in found
    ]
    return {
        "score": told.score,
        "threshold": told.threshold,
        "decision": told.decision,
        "sentence": told.sentence,
        "base": scale.as_score(scale.base),
        "reasons": [one for one in given if one["contribution"] < 0],
        "raised": [one for one in given if one["contribution"] > 0],
        "inputs_used": list(used.values()),
        "chart": _chart(told, scale, list(used.values())),
    }


def _called(column: Column, value: Any) -> Any:
    """A value as people call it."""
    return column.names.get(as_category(value), value)


def _chart(told: Answer, scale: _Scale, used: list[dict[str, Any]]) -> dict[str, str]:
    """The strongest steps from the average answer to this score; the rest is one more."""
    strongest = sorted(used, key=lambda one: (-abs(one["contribution"]), one["feature"]))[:STEPS]
    steps = [(str(one["name"]), float(one["contribution"])) for one in strongest]
    total = scale.total({one["feature"]: one["contribution"] for one in used})
    on_scale = scale.link == IDENTITY
    chart = waterfall(
        "From the average answer to this score",
        "what each input added, or took away",
        scale.base,
        steps,
        told.score if on_scale else total,
        told.sentence,
        axis="score" if on_scale else f"{scale.link} of the score",
    )
    return {"title": chart.title, "alt": chart.alt, "svg": render_svg(chart.spec)}


def _no_number(columns: Sequence[Column], rows: AskedRows) -> str:
    empty = [f"“{c.title}”" for c in columns if rows.values[c.name] is None]
    if not empty:
        return "The model answers these inputs with no number, so there is nothing to explain."
    return (
        f"The model answers with no number when {' and '.join(empty)} "
        f"{'is' if len(empty) == 1 else 'are'} empty: it needs a value there."
    )


def _answer(explanation: Explanation, row: Mapping[str, Any], target: str) -> Answer:
    """What the model said. Of several classes one is explained (``target``); a model that answers
    with a figure decides nothing."""
    task, data = explanation.version.model.task, explanation.background
    good, said = favourable(data.roles), str(row.get("prediction"))
    if target:
        decides = data.roles.get("favourable") is not None
        return Answer(
            score=float(row[f"score_{target}"]),
            favourable=said == str(good) if decides else None,
            outcome=_outcome(data, good) if decides else "",
            chosen=said,
        )
    return Answer(
        score=float(row["score"]),
        threshold=explanation.version.signature.get("decision_threshold"),
        favourable=said == "1" if task == "binary" else None,
        outcome=_outcome(data, good),
    )


def _outcome(data: DatasetVersion, good: Any) -> str:
    """What the favourable answer is called: by the names of the label's values, else its title."""
    columns = {column["name"]: column for column in data.schema}
    label = columns.get(data.roles.get("label"), {})
    return str((label.get("names") or {}).get(str(good)) or label.get("title") or "")


def _method(facts: Mapping[str, Any], data: str) -> str:
    begun = "The model was run again on exactly these inputs. The part of each is its Shapley value"
    if not facts.get("background"):
        return (
            f"{begun}: what it adds to the score, worked out exactly from the model itself "
            f"({facts['method']}), held against the cases that it learned from. From their average "
            "the parts add up to this score."
        )
    return (
        f"{begun}: what it adds to the score, averaged over the orders in which the inputs can "
        f"become known ({facts['permutations']} orders, each taken forwards and backwards), when "
        f"the others are as in one of {facts['background']} cases drawn from {data}. From the "
        "average score of those cases the parts add up to this score."
    )
