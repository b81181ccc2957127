"""The counts of a table: all that a check of decisions needs to know of its rows, whole numbers.

Cells by group, label and decision; scores in 1,024 bins by group and label; other columns in the
bins of a profile. Counts of parts add up to the counts of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from governance.counting.cells import Cells, Mass
from governance.counting.spec import MOST_GROUPS, CountingError, Spec
from governance.counting.texts import as_text

Key = tuple[str | None, ...]
Bins = dict[int, int]


@dataclass(frozen=True)
class Group:
    """The rows with one combination of sensitive values: cells, and per label its scores' bins."""

    cells: Cells
    scores: tuple[Bins, Bins] = field(default_factory=lambda: ({}, {}))

    def plus(self, other: Group) -> Group:
        low, high = (_added(a, b) for a, b in zip(self.scores, other.scores, strict=True))
        return Group(self.cells.plus(other.cells), (low, high))


@dataclass(frozen=True)
class Counts:
    """``groups`` by their values of ``spec.sensitive``, as text (None: not stated); ``labels``:
    the recorded outcomes that were seen."""

    spec: Spec
    rows: int
    groups: Mapping[Key, Group]
    columns: Mapping[str, tuple[int, ...]]
    labels: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Integers and text only; keys in order, so that equal counts are equal bytes."""
        order = sorted(self.groups, key=lambda key: [(one is not None, one or "") for one in key])
        return {
            "rows": self.rows,
            "labels": list(self.labels),
            "groups": [_group_json(key, self.groups[key]) for key in order],
            "columns": {name: list(bins) for name, bins in sorted(self.columns.items())},
        }


def merged(*parts: Counts, part: bool = False) -> Counts:
    """The counts of several parts of one table: equal to counting the whole, or to a
    larger ``part`` of it.

    Raises CountingError when they were not counted alike.
    """
    if not parts:
        raise CountingError("There are no counts to put together.")
    total = parts[0]
    for one in parts[1:]:
        if one.spec != total.spec:
            raise CountingError("These counts are of different columns: count all parts alike.")
        groups = dict(total.groups)
        for key, group in one.groups.items():
            groups[key] = groups[key].plus(group) if key in groups else group
        columns = {
            name: tuple(a + b for a, b in zip(bins, one.columns[name], strict=True))
            for name, bins in total.columns.items()
        }
        total = replace(
            total,
            rows=total.rows + one.rows,
            groups=groups,
            columns=columns,
            labels=tuple(sorted({*total.labels, *one.labels})),
        )
    return total if part else whole(total)


def whole(counts: Counts) -> Counts:
    """``counts`` of a whole table. Raises CountingError when it is no table of two outcomes."""
    spec, wanted = counts.spec, as_text(counts.spec.favourable)
    what = f"label column '{spec.label}'"
    if len(counts.labels) > 2:
        raise CountingError(
            f"The {what} holds {len(counts.labels):,} different values; a binary outcome has two."
        )
    if wanted not in counts.labels and set(counts.labels) - {"0", "false", "no"}:
        have = ", ".join(f"'{one}'" for one in counts.labels)
        raise CountingError(
            f"The {what} holds {have} and never {wanted}: say which value is the favourable one."
        )
    for place, column in enumerate(spec.sensitive):
        values = len({key[place] for key in counts.groups})
        if values > MOST_GROUPS:
            raise CountingError(
                f"The column '{column}' has {values:,} different values, too many to be "
                f"groups (at most {MOST_GROUPS}): put it into bands first."
            )
    return counts


def from_json(spec: Spec, found: Mapping[str, Any]) -> Counts:
    """What ``to_json`` wrote. Raises CountingError for anything else."""
    try:
        groups = {
            tuple(one["of"]): Group(
                _cells(one, spec.top),
                (_bins(one["scores"][0]), _bins(one["scores"][1])),
            )
            for one in found["groups"]
        }
        columns = {name: tuple(map(_whole, bins)) for name, bins in found["columns"].items()}
        rows, labels = _whole(found["rows"]), tuple(map(str, found["labels"]))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise CountingError("This is no counts file that we can read.") from error
    counts = Counts(spec, rows, groups, columns, labels)
    _add_up(counts)
    return counts


def _add_up(counts: Counts) -> None:
    """Raises CountingError when the numbers of a file contradict each other."""
    groups = list(counts.groups.items())
    strange = next((key for key, _ in groups if len(key) != len(counts.spec.sensitive)), None)
    if strange is not None or set(counts.columns) != set(counts.spec.columns):
        raise CountingError("The groups or columns of the counts file are not those it names.")
    right = sum(group.cells.n for _, group in groups) == counts.rows > 0
    right &= all(sum(bins) == counts.rows for bins in counts.columns.values())
    if counts.spec.score:
        for _, group in groups:
            label = (group.cells.negatives, group.cells.positives)
            right &= tuple(sum(bins.values()) for bins in group.scores) == label
    if not right:
        raise CountingError("The numbers of the counts file do not add up to its rows.")


def _group_json(key: Key, group: Group) -> dict[str, Any]:
    cells = group.cells
    found: dict[str, Any] = {
        "of": list(key),
        "cells": [cells.n, cells.selected, cells.positives, cells.true_positives],
        "scores": [[[at, n] for at, n in sorted(bins.items())] for bins in group.scores],
    }
    if cells.masses is not None:  # larger than JSON's numbers hold
        found["masses"] = [[str(mass.weight), str(mass.square)] for mass in cells.masses]
    return found


def _cells(one: Mapping[str, Any], top: float) -> Cells:
    n, selected, positives, hits = (_whole(number) for number in one["cells"])
    if not (hits <= min(selected, positives) and selected + positives - hits <= n):
        raise ValueError("impossible cells")
    masses = None
    if "masses" in one:
        a, b, c, d = (Mass(int(weight), int(square), top) for weight, square in one["masses"])
        masses = (a, b, c, d)
    return Cells("", n, selected, positives, hits, masses)


def _bins(pairs: Any) -> Bins:
    return {_whole(at): _whole(n) for at, n in pairs}


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _added(a: Bins, b: Bins) -> Bins:
    return {at: a.get(at, 0) + b.get(at, 0) for at in {*a, *b}}
