"""From answers to a risk tier: the methodology as data, and the sum it prescribes. Pure.

A methodology asks one question per factor; each answer is a level worth 0 to 100 points. The score
is the mean of the points by weight. Three readings give a tier, and the strictest holds: the bands
of the score, a matrix of two factors (if there is one), and rules that stand above both, each with
its reason. Tier 1 is the highest risk.

Source: factors as asked for by PRA SS1/23 principle 1 (materiality, complexity), OSFI E-23 and
NIST AI RMF GOVERN 1.6; the points and weights are this house's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.policy.text import Node, Problems, compose

TIERS = (1, 2, 3)
MOST_POINTS = 100
_KEYS = {"methodology", "title", "review", "factors", "bands", "matrix", "overrides"}
_LONGEST_REVIEW = 3660


class AnswersError(Exception):
    """``problems``: factor -> what is wrong with its answer."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{key}: {text}" for key, text in problems.items()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Computed:
    """``score`` from 0 to 100, cut (never rounded up) to two decimals; ``why`` as sentences."""

    score: float
    tier: int
    why: tuple[str, ...]


def parse(source: str) -> dict[str, Any]:
    """The document in ``source`` (YAML). Raises PolicyError naming every line that is wrong."""
    node, problems = compose(source.replace("\r\n", "\n")), Problems()
    node.only(_KEYS, problems)
    factors = _factors(node, problems)
    levels = {each["key"]: [level["key"] for level in each["levels"]] for each in factors}
    document = {
        "methodology": node.text("methodology", problems, slug=True),
        "title": node.text("title", problems, longest=200),
        "review": _review(node, problems),
        "factors": factors,
        "bands": _bands(node, problems),
        "matrix": _matrix(node, problems, levels) if node.has("matrix") else None,
        "overrides": _overrides(node, problems, levels),
    }
    problems.raise_if_any()
    return document


def _review(node: Node, problems: Problems) -> dict[str, int]:
    """Days after which an assessment is to be made again, by tier."""
    within = node.child("review", problems)
    names = [f"tier_{tier}" for tier in TIERS]
    within.only(set(names), problems)
    days = {
        str(tier): within.integer(name, problems, low=1, high=_LONGEST_REVIEW)
        for tier, name in zip(TIERS, names, strict=True)
    }
    if not days["1"] <= days["2"] <= days["3"]:
        problems.add(node, "review", "a higher risk is never looked at less often")
    return days


def _factors(node: Node, problems: Problems) -> list[dict[str, Any]]:
    factors, seen = [], set()
    for each in node.items("factors", problems):
        each.only({"key", "title", "question", "weight", "levels"}, problems)
        key = each.text("key", problems, slug=True)
        if key in seen:
            problems.add(each, "key", f"“{key}” is asked twice")
        seen.add(key)
        factors.append(
            {
                "key": key,
                "title": each.text("title", problems, longest=200),
                "question": each.text("question", problems),
                "weight": each.integer("weight", problems, low=1, high=100),
                "levels": _levels(each, problems),
            }
        )
    if not factors:
        problems.add(node, "factors", "ask at least one question")
    return factors


def _levels(factor: Node, problems: Problems) -> list[dict[str, Any]]:
    levels: list[dict[str, Any]] = []
    for each in factor.items("levels", problems):
        each.only({"key", "title", "points"}, problems)
        key = each.text("key", problems, slug=True)
        if key in {level["key"] for level in levels}:
            problems.add(each, "key", f"the level “{key}” stands twice")
        points = each.integer("points", problems, low=0, high=MOST_POINTS)
        if levels and points < levels[-1]["points"]:
            problems.add(each, "points", "levels go from the lowest risk to the highest")
        title = each.text("title", problems, longest=300)
        levels.append({"key": key, "title": title, "points": points})
    if len(levels) < 2:
        problems.add(factor, "levels", "give at least two levels to choose from")
    return levels


def _bands(node: Node, problems: Problems) -> list[dict[str, int]]:
    """From the highest score down; the last begins at 0, so that every score has a tier."""
    bands: list[dict[str, int]] = []
    for each in node.items("bands", problems):
        each.only({"from", "tier"}, problems)
        band = {
            "from": each.integer("from", problems, low=0, high=MOST_POINTS),
            "tier": each.integer("tier", problems, low=1, high=3),
        }
        if bands and band["from"] >= bands[-1]["from"]:
            problems.add(each, "from", "bands go from the highest score down")
        if bands and band["tier"] <= bands[-1]["tier"]:
            problems.add(each, "tier", "a lower score has a lower risk: tiers go from 1 to 3")
        bands.append(band)
    if not bands or bands[-1]["from"] != 0:
        problems.add(node, "bands", "the last band begins at 0, so that every score has a tier")
    return bands


def _matrix(node: Node, problems: Problems, levels: dict[str, list[str]]) -> dict[str, Any]:
    """Two factors and a tier for every pair of their levels."""
    within = node.child("matrix", problems)
    within.only({"rows", "columns", "tiers"}, problems)
    rows = _factor_named("rows", within, problems, levels)
    columns = _factor_named("columns", within, problems, levels)
    if rows and rows == columns:
        problems.add(within, "columns", "name another factor than that of the rows")
    cells, tiers = within.child("tiers", problems), {}
    cells.only(set(levels.get(rows, ())), problems)
    for row in levels.get(rows, ()):
        line = cells.child(row, problems)
        line.only(set(levels.get(columns, ())), problems)
        tiers[row] = {
            column: line.integer(column, problems, low=1, high=3)
            for column in levels.get(columns, ())
        }
    return {"rows": rows, "columns": columns, "tiers": tiers}


def _factor_named(key: str, node: Node, problems: Problems, levels: dict[str, list[str]]) -> str:
    name = node.text(key, problems)
    if name and name not in levels:
        problems.add(node, key, f"there is no factor “{name}”")
    return name if name in levels else ""


def _overrides(
    node: Node, problems: Problems, levels: dict[str, list[str]]
) -> list[dict[str, Any]]:
    """Rules above the score: they make a tier stricter, never lighter."""
    found = []
    for each in node.items("overrides", problems):
        each.only({"when", "tier", "reason"}, problems)
        when = each.child("when", problems)
        when.only(set(levels), problems)
        asked = {key: when.texts(key, problems) for key in levels if when.has(key)}
        if not asked:
            problems.add(each, "when", "name at least one factor with its levels")
        for key, wanted in asked.items():
            if unknown := [level for level in wanted if level not in levels[key]]:
                known = ", ".join(levels[key])
                problems.add(when, key, f"no level “{unknown[0]}”; there are {known}")
        found.append(
            {
                "when": asked,
                "tier": each.integer("tier", problems, low=1, high=2),
                "reason": each.text("reason", problems),
            }
        )
    return found


def compute(document: Mapping[str, Any], answers: Mapping[str, Any]) -> Computed:
    """The tier that ``answers`` (factor -> level) come to under ``document`` (as parsed).

    Raises AnswersError naming every factor that is unanswered, unknown or answered with no level.
    """
    chosen = _chosen(document, answers)
    weight = sum(factor["weight"] for factor in document["factors"])
    sum_ = sum(f["weight"] * chosen[f["key"]]["points"] for f in document["factors"])
    # Whole numbers only, so that a score on the edge of a band is on it on every machine.
    band = next(each for each in document["bands"] if sum_ >= each["from"] * weight)
    score = sum_ * 100 // weight / 100
    readings = [
        (
            band["tier"],
            f"The score of {score:g} out of {MOST_POINTS} lies in the band from {band['from']}: "
            f"tier {band['tier']}.",
        ),
        *_from_matrix(document, chosen),
        *_from_overrides(document, chosen),
    ]
    tier = min(reading for reading, _ in readings)
    heaviest = sorted(document["factors"], key=lambda f: -f["weight"] * chosen[f["key"]]["points"])
    most = heaviest[0]
    parts = [sentence for _, sentence in readings]
    if chosen[most["key"]]["points"]:
        said = chosen[most["key"]]["title"]
        parts.append(f"Most of the score comes from {most['title'].lower()}: {said}.")
    return Computed(score, tier, tuple(parts))


def _chosen(document: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Factor -> the level that was answered."""
    wrong: dict[str, str] = {}
    chosen = {}
    for factor in document["factors"]:
        key, levels = factor["key"], {level["key"]: level for level in factor["levels"]}
        answer = answers.get(key)
        if isinstance(answer, str) and answer in levels:
            chosen[key] = levels[answer]
        else:
            wrong[key] = f"answer with one of {', '.join(levels)}"
    for key in sorted(set(answers) - {factor["key"] for factor in document["factors"]}):
        wrong[key[:80]] = "is not asked"
    if wrong:
        raise AnswersError(wrong)
    return chosen


def _from_matrix(
    document: Mapping[str, Any], chosen: Mapping[str, dict[str, Any]]
) -> list[tuple[int, str]]:
    matrix = document["matrix"]
    if not matrix:
        return []
    titles = {factor["key"]: factor["title"].lower() for factor in document["factors"]}
    row, column = chosen[matrix["rows"]], chosen[matrix["columns"]]
    tier = matrix["tiers"][row["key"]][column["key"]]
    sentence = (
        f"By the matrix, {titles[matrix['rows']]} “{row['key']}” with "
        f"{titles[matrix['columns']]} “{column['key']}” is tier {tier}."
    )
    return [(tier, sentence)]


def _from_overrides(
    document: Mapping[str, Any], chosen: Mapping[str, dict[str, Any]]
) -> list[tuple[int, str]]:
    return [
        (rule["tier"], f"At least tier {rule['tier']}: {rule['reason'].rstrip('.')}.")
        for rule in document["overrides"]
        if all(chosen[key]["key"] in levels for key, levels in rule["when"].items())
    ]
