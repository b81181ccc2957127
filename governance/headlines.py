"""What a verdict rests on, one line per comparison: for tables, for the champion, for print. Pure.

A judgement keeps its rows as plain JSON, each kind of judge with the keys that it needs; here they
become lines of one shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.checks.judging_bounds import settle_words
from governance.checks.metric_words import SPOKEN, spoken
from governance.checks.words import RATE_NAMES, capital

SEVERITY = ("fail", "inconclusive", "error", "", "pass")
Pair = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One figure beside its limit. ``key`` is what it is about, to find it in another run."""

    key: tuple[str, str, str]
    label: str
    value: float | None = None
    at_90: Pair | None = None
    at_95: Pair | None = None
    limit: str = ""
    n: str = ""
    verdict: str = ""
    note: str = ""


def lines_of(judgement: Mapping[str, Any]) -> list[Line]:
    """Every comparison behind a verdict, the worst first, otherwise as the judge gave them."""
    lines = [_line(row) for row in judgement.get("rows", ())]
    return sorted(lines, key=lambda line: rank(line.verdict))


def headlines(
    judgement: Mapping[str, Any], measurements: Sequence[Mapping[str, Any]], most: int = 6
) -> list[Line]:
    """The few lines that stand for a check: the figures it was judged by, else the statements,
    else what it measured first of all rows."""
    judged = lines_of(judgement)
    figures = [line for line in judged if line.value is not None]
    if judged:
        return (figures or judged)[:most]
    found = [one for one in measurements if one.get("value") is not None]
    overall = [one for one in found if not one.get("group")]
    return [_measured(one) for one in (overall or found)[:most]]


def rank(verdict: str) -> int:
    """Where a verdict stands when the worst comes first."""
    return SEVERITY.index(verdict) if verdict in SEVERITY else len(SEVERITY)


def _line(row: Mapping[str, Any]) -> Line:
    rate, about = str(row.get("rate", "")), str(row.get("about", ""))
    comparison = str(row["comparison"])
    return Line(
        key=(rate, comparison, about),
        label=_label(rate, str(row.get("name") or comparison), about),
        value=row.get("value"),
        at_90=_pair(row.get("at_90")),
        at_95=_pair(row.get("at_95")),
        limit=_limit(row),
        n=_n(row),
        verdict=str(row.get("verdict", "")),
        note=_note(row),
    )


def _label(rate: str, comparison: str, about: str) -> str:
    """ "selection rate: not white / white"; a measurement goes by its spoken name."""
    what = SPOKEN.get(comparison) or (spoken(comparison) if not rate else comparison)
    told = f"{RATE_NAMES.get(rate) or spoken(rate)}: {what}" if rate else what
    return capital(f"{about}, {told}" if about else told)


def _limit(row: Mapping[str, Any]) -> str:
    if "between" in row:
        return " to ".join(f"{end:g}" for end in row["between"])
    if "top" in row:
        return f"below the top {row['top']}"
    limit = row.get("limit")
    return f"{limit:g}".replace("-", "\N{MINUS SIGN}") if isinstance(limit, (int, float)) else ""


def _n(row: Mapping[str, Any]) -> str:
    if "n_a" in row and row.get("n_b") is not None:
        return f"{_count(row['n_a'])} and {_count(row['n_b'])}"
    return _count(row.get("n", row.get("n_a")))


def _count(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if isinstance(value, (int, float)) else str(value)


def _note(row: Mapping[str, Any]) -> str:
    """What the row says of itself, and what would settle it."""
    told = [str(row["note"])] if row.get("note") else []
    if row.get("input") is False:
        told.append("No input of the model.")
    if row.get("rank_90"):
        low, high = row["rank_90"]
        told.append(f"Rank {row['rank']}, 90% interval {low} to {high}.")
    if row.get("needed") and row.get("verdict") == "inconclusive":
        told.append(capital(settle_words(row["needed"])) + ".")
    return " ".join(told)


def _measured(found: Mapping[str, Any]) -> Line:
    name, group = str(found["name"]), str(found.get("group", ""))
    at = _pair((found.get("low"), found.get("high")))
    told = capital(spoken(name)) + (f": {group}" if group else "")
    is_95 = found.get("confidence") == 0.95
    return Line(
        key=("", name, group),
        label=told,
        value=found["value"],
        at_90=None if is_95 else at,
        at_95=at if is_95 else None,
        n=_count(found.get("n") or None),
        note=str(found.get("note") or ""),
    )


def _pair(given: Any) -> Pair | None:
    if given is None or None in tuple(given):
        return None
    low, high = given
    return float(low), float(high)
