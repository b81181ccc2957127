"""Judges one figure of many subjects: {every: psi, at_most: 0.10}.

Pass iff every subject's 90% interval lies on the good side (intersection-union: no correction).
Fail iff some subject lies beyond the limit after correction for looking at many: Holm at 95%, or,
where the check says ``control: "bh"`` and gives p-values of "nothing happened", the subjects that
Benjamini-Hochberg picks out at 5%, each with the interval that selection allows (Benjamini and
Yekutieli, JASA 100, 2005: confidence 1 - 0.05 R/m). Else inconclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.base import JSON
from governance.checks.engine import estimates
from governance.checks.engine.gate import round_up
from governance.checks.engine.intervals import Interval
from governance.checks.judgement import Judgement
from governance.checks.judging_bounds import settle_words
from governance.checks.words import capital, listed

_FALSE = 0.05


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    name = str(threshold["every"])
    found = evidence["facts"].get("several", {}).get(name)
    above = "at_most" in threshold
    limit = float(threshold["at_most"] if above else threshold["at_least"])
    spoken = (found or {}).get("spoken", name.replace("_", " "))
    told = (spoken, (found or {}).get("join", "of"))
    figures = (found or {}).get("rows", [])
    assessed = [one for one in figures if one["value"] is not None]
    left_out = tuple(
        {"group": one["subject"], "n": one["n"], "why": one.get("why", "")}
        for one in figures
        if one["value"] is None
    )
    if not assessed:
        why = f" Not assessed: {_left_out(left_out)}." if left_out else ""
        return Judgement(
            "inconclusive", f"{capital(spoken)}: nothing could be measured.{why}", (), {}, left_out
        )
    rows = _rows(assessed, limit, above, bh=(found or {}).get("control") == "bh")
    verdict = next(
        (one for one in ("fail", "inconclusive") if any(row["verdict"] == one for row in rows)),
        "pass",
    )
    telling = _telling(rows, verdict, above)
    digits = int((found or {}).get("digits", 3))
    called = evidence.get("names", {}).get(telling["comparison"], telling["comparison"])
    named = telling | {"comparison": called}
    sentence = _sentence(told, rows, named, verdict, above, digits)
    if left_out:
        blocks = threshold.get("not_assessed", "block") == "block"
        sentence += f" Not assessed: {_left_out(left_out)}."
        verdict = "inconclusive" if blocks and verdict == "pass" else verdict
    needed = telling["needed"] if verdict == "inconclusive" else {}
    return Judgement(verdict, sentence, tuple(rows), needed, left_out)


def _rows(figures: list[Any], limit: float, above: bool, *, bh: bool) -> list[JSON]:
    if bh:
        surely, adjusted = _discovered(figures, limit, above)
    else:
        tested = [estimates.beyond(one, limit, above=above) for one in figures]
        adjusted = estimates.holm(tested)
        surely = [p <= _FALSE / 2 for p in adjusted]  # wholly outside a two-sided 95% interval
    rows = []
    for one, fails, p in zip(figures, surely, adjusted, strict=True):
        at_90, at_95 = estimates.interval(one, 0.90), estimates.interval(one, 0.95)
        good = at_90.high <= limit if above else at_90.low >= limit
        verdict = "fail" if fails else "pass" if good else "inconclusive"
        open_ = verdict == "inconclusive"
        rows.append(
            {
                "comparison": one["subject"], "value": one["value"], "n": one["n"], "limit": limit,
                "at_90": [at_90.low, at_90.high], "at_95": [at_95.low, at_95.high],
                "adjusted_p": p, "verdict": verdict,
                "needed": _needed(one, at_90, at_95, limit, above) if open_ else {},
            }
        )  # fmt: skip
    return rows


def _discovered(figures: list[Any], limit: float, above: bool) -> tuple[list[bool], list[float]]:
    """Which subjects are picked out and lie beyond the limit in their adjusted interval."""
    adjusted = estimates.benjamini_hochberg([float(one["p"]) for one in figures])
    picked = [q <= _FALSE for q in adjusted]
    if not any(picked):
        return picked, adjusted
    confidence = 1 - _FALSE * sum(picked) / len(figures)
    surely = []
    for one, is_picked in zip(figures, picked, strict=True):
        at = estimates.interval(one, confidence)
        surely.append(is_picked and (at.low > limit if above else at.high < limit))
    return surely, adjusted


def _needed(one: Any, at_90: Interval, at_95: Interval, limit: float, above: bool) -> JSON:
    """Rows by which the interval shrinks clear of the limit, since width goes with 1 / sqrt(n)."""
    value, n = float(one["value"]), int(one["n"])
    good = value <= limit if above else value >= limit

    def rows(at: Interval) -> int | None:
        side = at.high - value if value <= limit else value - at.low
        distance = abs(value - limit)
        if distance <= 0 or (side / distance) ** 2 * n > 10_000_000:
            return None
        return int(round_up(max(1.0, n * ((side / distance) ** 2 - 1))))

    return {
        "group": one["subject"], "rows": rows(at_90),
        "rows_to_fail": None if good else rows(at_95), "leans": "pass" if good else "fail",
    }  # fmt: skip


def _telling(rows: list[JSON], verdict: str, above: bool) -> JSON:
    """The worst of the rows that made the verdict."""
    mine = [row for row in rows if row["verdict"] == verdict]
    return max(mine, key=lambda row: row["value"] if above else -row["value"])


def _sentence(
    told: tuple[str, str], rows: list[JSON], one: JSON, verdict: str, above: bool, digits: int
) -> str:
    low, high = one["at_90"]
    between = "" if low == high else f", 90% interval {low:.{digits}f} to {high:.{digits}f}"
    spoken, join = told
    start = f"{capital(spoken)} {join} {one['comparison']} is {one['value']:.{digits}f}{between}"
    start = start.replace("-", "\N{MINUS SIGN}") if low < 0 else start
    limit, others = f"{one['limit']:g}", sum(row["verdict"] == verdict for row in rows) - 1
    if verdict == "pass":
        side = "at most" if above else "at least"
        which = f", and so for all {len(rows)}" if len(rows) > 1 else ""
        return f"{start}: {side} {limit}{which}."
    also = "" if not others else f" The same holds for {others} more."
    if verdict == "fail":
        return f"{start}: {'above' if above else 'below'} {limit} beyond doubt.{also}"
    settle = settle_words(one["needed"])
    return f"{start}: too close to {limit} to call with {one['n']:,} rows; {settle}.{also}"


def _left_out(left_out: tuple[JSON, ...]) -> str:
    told = [f"{one['group']} ({one['why']})" if one["why"] else one["group"] for one in left_out]
    return listed([*told[:6], f"{len(told) - 6} more"] if len(told) > 6 else told)
