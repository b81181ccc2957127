"""Measures how well scores order graded rows: the body of ``performance.ranking``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from governance.checks.base import JSON, Check, CheckError, CheckInput, Evidence
from governance.checks.engine import figure_chart, losses, ordering, record, samples
from governance.checks.engine.figures import UNIT, Figure, Linear, judged, missing
from governance.checks.engine.samples import Sample

Floats = NDArray[np.float64]
NAMES = ("ndcg", "concordance")


def per_query(sample: Sample, query: str | None, k: int | None) -> dict[str, Floats]:
    """Each figure for each query, NaN where not computable, and the queries' weights."""
    if query is None:
        lists = [np.arange(sample.rows)]
    else:
        codes = sample.frame.get_column(query).rank("dense").fill_null(0).to_numpy()
        order = np.argsort(codes, kind="stable")
        starts = np.flatnonzero(np.diff(codes[order])) + 1
        lists = np.split(order, starts)
    found: dict[str, list[float]] = {name: [] for name in (*NAMES, "weight")}
    for rows in lists:
        grade, score = sample.grades[rows], sample.score[rows]
        constant = len(rows) < 2 or score.min() == score.max()
        ndcg = None if constant else ordering.ndcg(grade, score, k)
        together = ordering.concordance(grade, score)
        found["ndcg"].append(np.nan if ndcg is None else ndcg)
        found["concordance"].append(np.nan if together is None else together)
        found["weight"].append(1.0 if sample.weight is None else float(sample.weight[rows].mean()))
    return {name: np.asarray(values) for name, values in found.items()}


def linear(sample: Sample, name: str, query: str | None, k: int | None) -> Linear | str:
    """The mean over queries with its parts, a part per query; or why there is none."""
    found = per_query(sample, query, k)
    values, weight = found[name], found["weight"]
    sound = np.isfinite(values) & (weight > 0)
    if not sound.any():
        return "no query has rows of different grade and different score"
    one = losses.mean(values[sound], None if sample.weight is None else weight[sound])
    parts = np.zeros(len(values))
    parts[sound] = one.parts
    return Linear(one.value, parts, int(sound.sum()))


def figures(sample: Sample, query: str | None, k: int | None) -> list[Figure]:
    """NDCG and concordance; with a single list there is no interval."""
    found = []
    for name in NAMES:
        one = linear(sample, name, query, k)
        if isinstance(one, str):
            found.append(missing(name, one, sample.rows))
        elif one.n < 2:
            note = "One list only: no interval without several queries."
            found.append(Figure(name, one.value, sample.rows, note=note))
        else:
            found.append(one.figure(name, UNIT))
    return found


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    samples.tasks(data, check.id, "ranking")
    query, k, confidence = settled["query"], settled["top"], settled["confidence"]
    sample = samples.read(data, [query] if query else [])
    found = figures(sample, query, k)
    queries = sample.frame.get_column(query).n_unique() if query else 1
    if queries == sample.rows:
        raise CheckError(
            f"Every row has its own '{query}': name the column that is the same for the rows "
            "ranked against each other."
        )
    facts = record.facts(check, settled, seed, sample.rows, "scipy")
    facts |= {"task": sample.task, "queries": queries, "intervals": judged(found)}
    return Evidence(
        measurements=tuple(one.measurement(confidence) for one in found),
        tables=(figure_chart.table("Order by score", found, confidence),),
        charts=tuple(figure_chart.rows("Order by score", found, confidence, digits=3)),
        sentence=_sentence(found, queries, k),
        facts=facts,
    )


def _sentence(found: list[Figure], queries: int, k: int | None) -> str:
    ndcg, together = found
    if together.value is None:
        return f"The order cannot be measured. {together.note}"
    lists = f"over {queries:,} queries" if queries > 1 else "in one list"
    start = (
        f"Of two rows of different grade the score puts the better one first "
        f"{together.value:.0%} of the time {lists}"
    )
    if together.at_90 is not None:
        start += f", 90% interval {together.at_90.low:.0%} to {together.at_90.high:.0%}"
    if ndcg.value is None:
        return f"{start}."
    top = f" of the first {k}" if k else ""
    return f"{start}; NDCG{top} {ndcg.value:.3f}."
