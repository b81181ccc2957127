"""What a new text of the methodology changes, in sentences, and for whom. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from governance.policy.comparing import Difference, Kind
from governance.tiering import TIERS

Document = Mapping[str, Any]


def compare(old: Document, new: Document) -> list[Difference]:
    """Everything in which ``new`` computes tiers otherwise than ``old``; both as parsed. Where more
    may come to a stricter tier it is stricter."""
    return [
        *_factors(old, new),
        *_bands(old["bands"], new["bands"]),
        *_matrix(old["matrix"], new["matrix"]),
        *_overrides(old["overrides"], new["overrides"]),
        *_review(old["review"], new["review"]),
    ]


def _factors(old: Document, new: Document) -> Iterator[Difference]:
    before = {each["key"]: each for each in old["factors"]}
    after = {each["key"]: each for each in new["factors"]}
    for key, factor in after.items():
        if key not in before:
            sentence = f"{factor['title']} is now asked: {factor['question']}"
            yield Difference("added", "factors", sentence)
        else:
            yield from _factor(before[key], factor)
    for key, factor in before.items():
        if key not in after:
            yield Difference("removed", "factors", f"{factor['title']} is no longer asked.")


def _factor(old: Document, new: Document) -> Iterator[Difference]:
    title = new["title"]
    if old["question"] != new["question"]:
        yield Difference("changed", "factors", f"{title} is asked otherwise: {new['question']}")
    if old["weight"] != new["weight"]:
        sentence = f"{title} weighs {new['weight']}, no longer {old['weight']}."
        yield Difference("changed", "factors", sentence)
    before = {each["key"]: each for each in old["levels"]}
    after = {each["key"]: each for each in new["levels"]}
    for key, level in after.items():
        if key not in before:
            sentence = f"{title} can now be “{level['title']}” ({level['points']} points)."
            yield Difference("added", "factors", sentence)
        elif before[key]["points"] != level["points"]:
            was, now = before[key]["points"], level["points"]
            kind: Kind = "stricter" if now > was else "looser"
            sentence = f"{title}, “{level['title']}”: {now} points, no longer {was}."
            yield Difference(kind, "factors", sentence)
    for key, level in before.items():
        if key not in after:
            sentence = f"{title} can no longer be “{level['title']}”."
            yield Difference("removed", "factors", sentence)


def _bands(old: list[dict[str, int]], new: list[dict[str, int]]) -> Iterator[Difference]:
    """The score from which a tier or a stricter one holds; above 100 when no score comes to it."""
    for tier in TIERS[:-1]:
        was, now = (_begins(bands, tier) for bands in (old, new))
        if was != now:
            kind: Kind = "stricter" if now < was else "looser"
            words = f"from a score of {now}" if now <= 100 else "by no score"
            before = f"from {was}" if was <= 100 else "by no score"
            yield Difference(kind, "bands", f"Tier {tier} is reached {words}, before {before}.")


def _begins(bands: list[dict[str, int]], tier: int) -> int:
    return min((band["from"] for band in bands if band["tier"] <= tier), default=101)


def _matrix(old: Document | None, new: Document | None) -> Iterator[Difference]:
    if old is None or new is None:
        if new is not None:
            yield Difference("stricter", "matrix", "A matrix is now read beside the score.")
        elif old is not None:
            yield Difference("looser", "matrix", "No matrix is read beside the score any more.")
        return
    if (old["rows"], old["columns"]) != (new["rows"], new["columns"]):
        sentence = f"The matrix is now of {new['rows']} by {new['columns']}."
        yield Difference("changed", "matrix", sentence)
        return
    for row, cells in new["tiers"].items():
        for column, now in cells.items():
            was = old["tiers"].get(row, {}).get(column, now)
            if was != now:
                kind: Kind = "stricter" if now < was else "looser"
                where = f"By the matrix, {new['rows']} “{row}” with {new['columns']} “{column}”"
                yield Difference(kind, "matrix", f"{where} is tier {now}, no longer {was}.")


def _overrides(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Difference]:
    for rule in new:
        if rule not in old:
            sentence = f"At least tier {rule['tier']}: {rule['reason'].rstrip('.')}."
            yield Difference("stricter", "overrides", sentence)
    for rule in old:
        if rule not in new:
            sentence = f"No longer at least tier {rule['tier']}: {rule['reason'].rstrip('.')}."
            yield Difference("looser", "overrides", sentence)


def _review(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[Difference]:
    for tier in TIERS:
        was, now = old[str(tier)], new[str(tier)]
        if was != now:
            kind: Kind = "stricter" if now < was else "looser"
            sentence = f"Tier {tier} is assessed again after {now} days, no longer {was}."
            yield Difference(kind, "review", sentence)
