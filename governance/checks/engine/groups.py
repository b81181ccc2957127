"""Groups of people: who is compared, who is too few to be, and the cells of each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from governance.checks.base import JSON, CheckError, CheckInput
from governance.checks.engine import counted as counted_file
from governance.checks.engine import reading
from governance.checks.engine.gate import GroupRate
from governance.checks.engine.group_rates import FEW, Floor, denominators, rate_of
from governance.counting.cells import Cells, Tally, gathered, tally, top_of

__all__ = ["FEW", "Floor", "Grouping", "denominators", "rates"]

MOST_HELD = 20_000  # rows up to which rates are held against another library's
_LOOK = 10_000  # rows looked at to tell groups from numbers


@dataclass(frozen=True)
class Grouping:
    """The cells of every group of one sensitive column, or of several crossed."""

    columns: tuple[str, ...]
    cells: tuple[Cells, ...]

    @property
    def title(self) -> str:
        return " × ".join(self.columns)

    @property
    def rows(self) -> int:
        return sum(cell.n for cell in self.cells)


def attribute_columns(data: CheckInput, attribute: str | Sequence[str] | None) -> tuple[str, ...]:
    """The declared attribute as columns; the only sensitive column when none is declared."""
    if attribute is None:
        if len(data.sensitive) == 1:
            return data.sensitive
        have = ", ".join(data.sensitive) or "none"
        raise CheckError(
            f"Say which sensitive column to compare with 'attribute'; the data declare {have}."
        )
    return (attribute,) if isinstance(attribute, str) else tuple(attribute)


def outcomes(data: CheckInput, columns: Sequence[str]) -> pl.DataFrame:
    """label and prediction (0/1), score, weight if there is one, and ``columns``.

    Of several classes the favourable one is held against all others. Raises CheckError.
    """
    if data.task == "binary":
        return reading.outcomes(data, columns)
    if data.task != "multiclass":
        raise CheckError(
            f"Selections are compared for binary and multiclass models, and this is {data.task}: "
            "use fairness.regression_parity for predicted numbers."
        )
    more = [data.label, *columns, *([data.weight] if data.weight else [])]
    source = reading.frame(data, more)
    scores = reading.score_rows(data, source.height)
    label, share = source.get_column(data.label), f"score_{reading.as_text(data.favourable)}"
    made = [
        _is_favourable(label, data.favourable, f"label column '{data.label}'").alias("label"),
        _is_favourable(scores.get_column("prediction"), data.favourable, "").alias("prediction"),
        pl.Series("score", [math.nan] * source.height)
        if share not in scores.columns
        else scores.get_column(share).alias("score"),
    ]
    if data.weight:
        made.append(reading.weights(source.get_column(data.weight)).alias("weight"))
    return pl.DataFrame([*made, *(source.get_column(one) for one in dict.fromkeys(columns))])


def _is_favourable(values: pl.Series, favourable: Any, what: str) -> pl.Series:
    """1 where a class is the favourable one. With ``what`` said, it must occur at least once."""
    values = reading.filled(values, what or "predictions")
    texts = values.unique().to_list()
    matching = [value for value in texts if reading.as_text(value) == reading.as_text(favourable)]
    if what and not matching:
        raise CheckError(
            f"The {what} never holds '{reading.as_text(favourable)}': "
            "say which class is the favourable one."
        )
    return values.is_in(matching).cast(pl.Int8)


def groupings(data: CheckInput, attribute: tuple[str, ...]) -> tuple[pl.DataFrame, list[Grouping]]:
    """The outcomes, and the groupings: the declared attribute, each column, all columns crossed.

    The rows are counted once, by all columns together; every grouping adds up those counts.
    """
    columns = tuple(dict.fromkeys((*attribute, *data.sensitive)))
    source, counted = _counted(data, columns)
    wanted = [attribute, *((column,) for column in columns)]
    if len(columns) > 1:
        wanted.append(columns)
    found = [grouping(which, columns, counted, data) for which in dict.fromkeys(wanted)]
    return source, found


def _counted(data: CheckInput, columns: Sequence[str]) -> tuple[pl.DataFrame, list[Tally]]:
    """The outcomes and their counts; of a counts file no more rows than are held against others."""
    if data.counts is not None:
        counted = counted_file.tallies(data, columns)
        return counted_file.rows_of(counted, columns, MOST_HELD), counted
    source = outcomes(data, columns)
    return source, counted_by(source, columns)


def counted_by(source: pl.DataFrame, columns: Sequence[str]) -> list[Tally]:
    """The cells of every combination of values of ``columns``. Raises CheckError."""
    for column in columns:  # before grouping by what may be a number of its own in every row
        if source.get_column(column).head(_LOOK).n_unique() > reading.MOST_GROUPS:
            reading.few_enough(source.get_column(column).n_unique(), column)
    weight, top = "", 0.0
    if "weight" in source.columns:
        weight, top = "weight", top_of(float(source.select(pl.max("weight")).item()))
    counted = tally(source, columns, weight, top)
    for place, column in enumerate(columns):
        reading.few_enough(len({one.key[place] for one in counted}), column)
    return counted


def grouping(
    which: tuple[str, ...], columns: tuple[str, ...], counted: list[Tally], data: CheckInput
) -> Grouping:
    """The cells by ``which`` of the ``columns`` that were counted by."""
    places = [columns.index(column) for column in which]

    def name(key: tuple[Any, ...]) -> str:
        return " × ".join(reading.group_name(key[place], columns[place], data) for place in places)

    cells = gathered(counted, name)
    if len(which) == 1:  # groups that were declared and have no rows are told, not forgotten
        seen = {cell.group for cell in cells}
        named = dict.fromkeys(data.group_names.get(which[0], {}).values())
        cells += [Cells(one, 0, 0, 0, 0) for one in named if one not in seen]
    return Grouping(which, tuple(cells))


def labelled(source: pl.DataFrame, columns: Sequence[str], data: CheckInput) -> pl.DataFrame:
    """label, prediction, score (and weight) and the ``group`` of every row."""
    group = reading.group_column(source, columns, data)
    weight = ["weight"] if "weight" in source.columns else []
    score = ["score"] if "score" in source.columns else []
    kept = source.select("label", "prediction", *score, *weight)
    return kept.with_columns(group.alias("group"))


def rates(grouping: Grouping, rate: str, floor: Floor) -> list[GroupRate]:
    """The rate of every group, those under the floor marked not assessed."""
    return [rate_of(cell, rate, floor, grouping.rows) for cell in grouping.cells]


def published(rate: GroupRate) -> JSON:
    """A group's rate as the evidence keeps it; tiny groups without their numbers."""
    few = rate.n < FEW
    found: JSON = {
        "group": rate.group,
        "count": None if few else int(rate.count),
        "n": None if few else int(rate.n),
        "assessed": rate.assessed,
        "why": rate.why,
    }
    if rate.rows is not None:  # weighted: effective numbers, which are no whole ones
        found |= {"rows": None if few else rate.rows}
        found |= {} if few else {"count": rate.count, "n": rate.n}
    return found


def reference_group(grouping: Grouping, reference: Any) -> str | None:
    """The reference as a group's name. Raises CheckError if the data have no such group."""
    rows = {cell.group: cell.n for cell in grouping.cells}
    return known_reference(grouping.title, rows, reference)


def known_reference(title: str, rows: Mapping[str, int], reference: Any) -> str | None:
    """``reference`` when one of the groups in ``rows`` is called so and has any."""
    if reference is None:
        return None
    if reference not in rows:
        raise CheckError(
            f"There is no group '{reference}' in {title}; the groups are "
            + ", ".join(f"'{name}'" for name in sorted(rows)) + "."
        )  # fmt: skip
    if not rows[reference]:
        raise CheckError(
            f"The reference group '{reference}' has no rows: compare with a group that has."
        )
    return str(reference)


def floor_of(settled: Mapping[str, Any]) -> Floor:
    return Floor(rows=int(settled["floor"]), share=float(settled["floor_share"]))
