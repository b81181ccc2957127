"""Figures of KPIs as they are handed in, a table of them or one: which can be kept, and what is
wrong with each that cannot. Pure.

A table is CSV with a line of names: ``kpi``, ``period`` and ``value``; ``unit``, ``source`` and
``restates`` where they are wanted. ``restates`` says why a figure that is there is corrected.
Cells are parted by commas, or by semicolons where the line of names has those alone.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Final, TypeVar

from governance.value.periods import NoPeriod, Period

NEEDED: Final = ("kpi", "period", "value")
COLUMNS: Final = (*NEEDED, "unit", "source", "restates")
MOST_ROWS: Final = 200_000
WHOLE_DIGITS, PLACES = 14, 4  # what the column holds
LONGEST_SOURCE, LONGEST_REASON = 300, 1000
NUL: Final = "\0"  # which no column of text holds
T = TypeVar("T")


class NoTable(ValueError):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Given:
    """A row as it stands in the file. ``line`` counts from 1, the names' line included. ``nul``
    names a column whose cell held a NUL; ``cells`` are without."""

    line: int
    cells: Mapping[str, str]
    nul: str = ""

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure that can be kept. ``restates`` is empty for the first of its period."""

    line: int
    kpi: str
    period: Period
    value: Decimal
    source: str = ""
    restates: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell. ``is_clash``: with what stands already, not with the cell."""

    column: str
    sentence: str
    is_clash: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    given: Given
    faults: tuple[Fault, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(fault.sentence for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one KPI. ``reported`` holds what stands for each period as it is written;
    ``first`` is the period that its figures begin with, None where nobody said."""

    unit: str
    cadence: str
    reported: Mapping[str, Decimal] = field(default_factory=dict)
    first: Period | None = None


def table(lines: Iterable[str]) -> Iterator[Given]:
    """Each row of a CSV file. Raises NoTable for a file without the columns or with too many rows,
    when it comes to that."""
    unread = iter(lines)
    first = next(unread, "")
    parted = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(chain([first], unread), delimiter=parted, strict=True)
    names = [name.strip().lower() for name in _next(reader, [])]
    if names and names[0].startswith("\ufeff"):
        names[0] = names[0].lstrip("\ufeff")
    _refuse_names(names)
    count = 0
    while (cells := _next(reader, None)) is not None:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise NoTable(f"A file holds at most {MOST_ROWS:,} rows: send it in parts.")
        if len(cells) > len(names):
            yield _given(reader.line_num, {"surplus": ", ".join(cells[len(names) :])})
        else:
            yield _given(reader.line_num, dict(zip(names, cells, strict=False)))
    if not count:
        raise NoTable("The file has no rows below the line of names.")


def _given(line: int, cells: dict[str, str]) -> Given:
    nul = next((name for name, text in cells.items() if NUL in text), "")
    if nul:
        cells = {name: text.replace(NUL, "") for name, text in cells.items()}
    return Given(line, cells, nul)


def sort(
    rows: Iterable[Given], known: Mapping[str, Known], today: date
) -> tuple[list[Reading], list[Refused]]:
    """Which rows can be kept, and which not and why. ``known`` is by key of the KPI."""
    kept: list[Reading] = []
    refused: list[Refused] = []
    seen: dict[tuple[str, Period], int] = {}
    for row in rows:
        found = _read(row, known, today)
        if isinstance(found, Refused):
            refused.append(found)
            continue
        place = (found.kpi, found.period)
        if place in seen:
            sentence = f"{found.kpi} of {found.period} stands in line {seen[place]} already"
            refused.append(Refused(row, (Fault("period", sentence),)))
            continue
        seen[place] = row.line
        kept.append(found)
    return kept, refused


def _read(row: Given, known: Mapping[str, Known], today: date) -> Reading | Refused:
    if "surplus" in row.cells:
        sentence = f"more cells than there are names: {row['surplus'][:80]}"
        return Refused(row, (Fault("surplus", sentence),))
    if row.nul:
        return Refused(row, (Fault(row.nul, f"the {row.nul} holds a NUL character"),))
    kpi = known.get(row["kpi"])
    if kpi is None:
        return Refused(row, (Fault("kpi", f"there is no KPI “{row['kpi'][:80]}” here"),))
    faults: list[Fault] = []
    value = _attempt(number, row, "value", faults)
    period = _attempt(lambda text: _period(text, kpi, today), row, "period", faults)
    faults += _text_faults(row, kpi)
    if period is not None:
        faults += _clash(row, kpi, period)
    if faults or value is None or period is None:
        return Refused(row, tuple(faults))
    return Reading(row.line, row["kpi"], period, value, row["source"], row["restates"])


def number(text: str) -> Decimal:
    """``text`` as a figure. Raises ValueError with what to write instead."""
    try:
        value = Decimal(text) if text.isascii() and "_" not in text else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite():
        hint = ": write 1234.5, without marks between thousands" if "," in text else ""
        raise ValueError(f"“{text[:40]}” is no number{hint}" if text else "the value is missing")
    if value.adjusted() >= WHOLE_DIGITS:
        raise ValueError(f"{text[:40]} is too large: at most {WHOLE_DIGITS} digits")
    if value != value.quantize(Decimal(1).scaleb(-PLACES)):
        raise ValueError(f"{text[:40]} has more than {PLACES} decimal places")
    return value


def _period(text: str, kpi: Known, today: date) -> Period:
    """Raises ValueError. What stands before the first period may still be restated."""
    if not text:
        raise ValueError("the period is missing")
    period = Period.parse(text, kpi.cadence)
    if period.first > today:
        raise ValueError(f"{period} has not begun")
    if period.last >= today:
        raise ValueError(f"{period} is not over yet")
    if kpi.first is not None and period < kpi.first and str(period) not in kpi.reported:
        raise ValueError(f"its figures begin with {kpi.first}")
    return period


def _text_faults(row: Given, kpi: Known) -> list[Fault]:
    found = []
    if row["unit"] and row["unit"] != kpi.unit:
        found.append(Fault("unit", f"the unit is {kpi.unit}, not {row['unit'][:40]}"))
    if len(row["source"]) > LONGEST_SOURCE:
        sentence = f"the source is longer than {LONGEST_SOURCE} characters"
        found.append(Fault("source", sentence))
    if len(row["restates"]) > LONGEST_REASON:
        sentence = f"the reason to restate is longer than {LONGEST_REASON} characters"
        found.append(Fault("restates", sentence))
    return found


def _clash(row: Given, kpi: Known, period: Period) -> list[Fault]:
    there = kpi.reported.get(str(period))
    if there is not None and not row["restates"]:
        sentence = (
            f"{period} has the figure {there.normalize():f}: say why it is corrected (restates)"
        )
        return [Fault("restates", sentence, is_clash=True)]
    if there is None and row["restates"]:
        return [Fault("restates", f"{period} has no figure to restate", is_clash=True)]
    return []


def _attempt(read: Callable[[str], T], row: Given, column: str, faults: list[Fault]) -> T | None:
    try:
        return read(row[column])
    except (ValueError, NoPeriod) as error:
        faults.append(Fault(column, str(error)))
        return None


def _refuse_names(names: list[str]) -> None:
    if not any(names):
        raise NoTable(f"The file is empty. Its first line names the columns: {', '.join(COLUMNS)}.")
    if missing := [name for name in NEEDED if name not in names]:
        raise NoTable(
            f"The first line names no column {' and '.join(missing)}. It may name "
            f"{', '.join(COLUMNS)}."
        )
    if unknown := [name for name in names if name not in COLUMNS]:
        raise NoTable(f"Nobody knows the column “{unknown[0][:40]}”: {', '.join(COLUMNS)}.")
    if len(set(names)) < len(names):
        raise NoTable("The first line names a column twice.")


def _next(reader: Iterator[list[str]], last: T) -> list[str] | T:
    """The next row, or ``last``. Raises NoTable for what is no CSV."""
    try:
        return next(reader, last)
    except csv.Error as error:
        raise NoTable(f"The file cannot be read as CSV: {error}.") from error
