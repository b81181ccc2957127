"""How an assessment came to its tier, part by part, and what a methodology says. Pure.

Everything is worked out anew from the frozen methodology and the answers that were kept, so that
what a page explains is what was computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.tiering import MOST_POINTS, TIERS, compute


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One answer: ``points`` out of 100, and what they bring to the score by ``weight``."""

    key: str
    title: str
    answer: str
    points: int
    weight: int
    brings: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A tier in the matrix; ``here`` is where the answers lie."""

    tier: int
    here: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """Tiers by two factors. ``columns`` are levels as (key in words, title), and with such a one
    each line begins."""

    rows: str
    columns_of: str
    columns: tuple[tuple[str, str], ...]
    lines: tuple[tuple[tuple[str, str], tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """``why`` are the readings as sentences; the strictest of them is ``tier``."""

    score: float
    tier: int
    why: tuple[str, ...]
    factors: tuple[FactorLine, ...]
    matrix: Matrix | None


def explain(document: Mapping[str, Any], answers: Mapping[str, Any]) -> Explained:
    """What ``answers`` (factor -> level) come to under ``document`` (as parsed), part by part.

    Raises AnswersError as ``compute`` does.
    """
    computed = compute(document, answers)
    weights = sum(factor["weight"] for factor in document["factors"])
    lines = tuple(_line(factor, answers, weights) for factor in document["factors"])
    matrix = matrix_of(document, answers)
    return Explained(computed.score, computed.tier, computed.why, lines, matrix)


def _line(factor: Mapping[str, Any], answers: Mapping[str, Any], weights: int) -> FactorLine:
    level = next(each for each in factor["levels"] if each["key"] == answers[factor["key"]])
    brings = factor["weight"] * level["points"] * 100 // weights / 100
    return FactorLine(
        factor["key"], factor["title"], level["title"], level["points"], factor["weight"], brings
    )


def matrix_of(
    document: Mapping[str, Any], answers: Mapping[str, Any] | None = None
) -> Matrix | None:
    """The matrix in words, with the cell of ``answers`` marked; None when there is no matrix."""
    matrix = document["matrix"]
    if not matrix:
        return None
    answers = answers or {}
    factors = {factor["key"]: factor for factor in document["factors"]}
    rows, columns = factors[matrix["rows"]], factors[matrix["columns"]]
    lines = tuple(
        (
            _named(row),
            tuple(
                Cell(
                    matrix["tiers"][row["key"]][column["key"]],
                    answers.get(rows["key"]) == row["key"]
                    and answers.get(columns["key"]) == column["key"],
                )
                for column in columns["levels"]
            ),
        )
        for row in rows["levels"]
    )
    heads = tuple(_named(level) for level in columns["levels"])
    return Matrix(rows["title"], columns["title"], heads, lines)


def _named(level: Mapping[str, Any]) -> tuple[str, str]:
    return level["key"].replace("_", " "), level["title"]


def _levels(factor: Mapping[str, Any]) -> str:
    """ "Low 0, medium 50, high 100 points." """
    parts = [f"{_named(level)[0]} {level['points']}" for level in factor["levels"]]
    told = ", ".join(parts)
    return f"{told[:1].upper()}{told[1:]} points."


def reading(document: Mapping[str, Any]) -> list[str]:
    """The methodology in plain English, a sentence each."""
    weights = sum(factor["weight"] for factor in document["factors"])
    told = [
        f"{factor['title']} weighs {factor['weight']} of {weights}: {factor['question']} "
        f"{_levels(factor)}"
        for factor in document["factors"]
    ]
    told.append(f"The score is the mean of the points by weight, from 0 to {MOST_POINTS}.")
    upper = ""
    for band in document["bands"]:
        told.append(f"A score from {band['from']}{upper} is tier {band['tier']}.")
        upper = f" to below {band['from']}"
    if document["matrix"]:
        told.append("A matrix of two factors is read beside the score, and the stricter holds.")
    told += [
        f"At least tier {rule['tier']}, whatever the score: {rule['reason'].rstrip('.')}."
        for rule in document["overrides"]
    ]
    days = ", ".join(f"tier {tier} after {document['review'][str(tier)]} days" for tier in TIERS)
    return [*told, f"It is assessed again: {days}."]
