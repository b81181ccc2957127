"""Finds personal data among the columns by name and by value: ``privacy.identifiers``.

No value ever leaves this module: evidence holds counts and kinds only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from governance.checks.base import JSON, Check, CheckInput, Evidence, Table
from governance.checks.engine import intervals, items, reading, sources
from governance.checks.engine.check_digits import KINDS
from governance.checks.engine.items import Item
from governance.checks.engine.personal import NAMES, WITHIN

MOST_VALUES = 5000
_FEWEST = 20
_SEPARATORS = re.compile(r"[\s./-]")


@dataclass(frozen=True)
class Found:
    """A kind of personal data in a column: in how many of the distinct values looked at."""

    kind: str
    hits: int
    looked_at: int


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    present = sources.schema(data.data, "validation").names()
    names = list(data.features) or [name for name in present if name != data.label]
    also = [name for name in present if name not in names] if settled["all_columns"] else []
    allowed = set(settled["allowed"] or ())
    source = reading.frame(data, [*names, *also])
    told: list[Item] = []
    rows = []
    for name in [*names, *also]:
        by_name = named(name)
        by_value = valued(source.get_column(name))
        told += _items(name, by_name, by_value, name in allowed, name in names)
        said = ", ".join(f"{one.kind} ({one.hits:,} of {one.looked_at:,})" for one in by_value)
        if by_name or by_value:
            rows.append((name, "feature" if name in names else "other", by_name, said))
    for item, what in (("named", "names a person or how to reach one"), ("valued", "values do")):
        if not any(one.item == item for one in told):
            good = f"No feature {what}." if item == "named" else "No feature's values do either."
            told.append(Item(item, items.MET, good))
    note = f"At most {MOST_VALUES:,} different values of each column; values are never shown."
    columns = ("column", "used as", "by its name", "by its values (different values)")
    table = Table("Columns that hold personal data", columns, tuple(rows), note)
    return items.evidence(
        check, settled, seed, told, rows=source.height, tables=(table,) if rows else ()
    )


def _items(
    name: str, by_name: str, by_value: Sequence[Found], allowed: bool, is_feature: bool
) -> list[Item]:
    state = items.BROKEN if is_feature and not allowed else items.MET
    role = "the feature" if is_feature else "the column"
    tail = ", which the policy allows." if allowed else "." if is_feature else "; it is no feature."
    told = []
    if by_name:
        told.append(Item("named", state, f"By its name, {role} '{name}' is {by_name}{tail}", name))
    for one in by_value:
        sentence = (
            f"{one.hits:,} of {one.looked_at:,} different values of {role} '{name}' "
            f"look like a {one.kind}{tail}"
        )
        told.append(Item("valued", state, sentence, name))
    return told


def named(name: str) -> str:
    """What a column's name says it holds; empty when nothing personal."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    plain = re.sub(r"[\s.-]+", "_", plain).strip("_")
    plain = re.sub(r"_(hash|hashed|raw|no|num|number|\d+)$", "", plain)
    for kind, words in NAMES.items():
        if any(plain == word or plain.endswith(f"_{word}") for word in words):
            return kind
    return ""


def valued(column: pl.Series) -> list[Found]:
    """Kinds of personal data among the distinct values of a column of text or whole numbers."""
    if not (column.dtype in (pl.String, pl.Categorical, pl.Enum) or column.dtype.is_integer()):
        return []
    distinct = column.drop_nulls().unique().sort().cast(pl.String).drop_nulls()
    if distinct.len() > MOST_VALUES:  # spread over the sorted values: no chance in it
        distinct = distinct.gather_every(-(-distinct.len() // MOST_VALUES))
    values = [value.strip()[:2000] for value in distinct.to_list()]
    if not values:
        return []
    text = not column.dtype.is_integer()
    found = []
    if text:
        for kind, pattern in WITHIN.items():
            hits = sum(pattern.search(value) is not None for value in values)
            if hits:
                found.append(Found(kind, hits, len(values)))
    plain = [_SEPARATORS.sub("", value).upper() for value in values]
    numbers = [_proved(one.name, one.holds, one.chance, plain, text) for one in KINDS]
    return found + _likeliest([one for one in numbers if one])


def _proved(
    kind: str, holds: Callable[[str], bool], chance: float, values: Sequence[str], text: bool
) -> Found | None:
    """The kind if more values pass its rule than random digits would; see ``Kind.chance``.

    Where letters are part of the rule one value is enough; digits need twenty that pass, a share
    surely above twice that of luck, and half of all values.
    """
    hits = sum(holds(value) for value in values)
    if not hits:
        return None
    if chance == 0.0:
        return Found(kind, hits, len(values)) if text else None
    surely = intervals.wilson(hits, len(values), 0.95).low
    if hits < _FEWEST or surely < 0.5 or surely < min(0.95, 2 * chance):
        return None
    return Found(kind, hits, len(values))


def _likeliest(found: Sequence[Found]) -> list[Found]:
    """Of kinds that the same digits may be, the one that most values pass."""
    most = max((one.hits for one in found), default=0)
    return [one for one in found if one.hits == most or one.hits < _FEWEST]
