"""Tables of evidence as people read them: numbers at the right, empty columns left out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from governance.reports.figures import plainly


@dataclass(frozen=True)
class Rows:
    """A table: numbers stand at the right; ``left_out`` rows are only in the evidence."""

    title: str
    columns: list[tuple[str, bool]]
    rows: list[list[tuple[str, bool]]]
    note: str
    left_out: int


def rows_of(table: dict[str, Any], most: int) -> Rows:
    """The first ``most`` rows. A column is at the right when all that stands in it is a number."""
    given = table["rows"]
    shown = [["" if cell is None else plainly(cell) for cell in row] for row in given[:most]]
    used = [
        place
        for place in range(len(table["columns"]))
        if not shown or any(row[place] for row in shown)
    ]
    at_right = {place: all(_is_number(row[place]) for row in given[:most]) for place in used}
    return Rows(
        title=table["title"],
        columns=[(table["columns"][place], at_right[place]) for place in used],
        rows=[[(row[place], at_right[place]) for place in used] for row in shown],
        note=table.get("note", ""),
        left_out=max(0, len(given) - most),
    )


def _is_number(cell: Any) -> bool:
    """Also counts withheld ("<10"), shares ("81.2%") and cells left empty."""
    if isinstance(cell, str):
        return cell == "" or bool(re.fullmatch(r"[<−-]?[\d.,]+%?", cell))
    return cell is None or (isinstance(cell, (int, float)) and not isinstance(cell, bool))
