"""How long the model takes for one row, asked one row at a time. Runs in the child."""

from __future__ import annotations

import time

from governance.scoring.answers import Columns, Model

MOST_CALLS = 500
SECONDS = 3.0
_WARM_UP, _WARM_SECONDS = 20, 1.0


def single_rows(model: Model, columns: Columns, calls: int) -> list[float]:
    """Milliseconds of each of up to ``calls`` calls; fewer when ``SECONDS`` are over.

    The rows asked are spread over the data, and a few calls before them are not counted.
    """
    total = len(next(iter(columns.values())))
    calls = min(calls, MOST_CALLS)
    begun = time.perf_counter()
    for turn in range(_WARM_UP):
        _one(model, columns, turn * total // _WARM_UP)
        if time.perf_counter() - begun > _WARM_SECONDS:
            break
    taken: list[float] = []
    begun = time.perf_counter()
    for turn in range(calls):
        taken.append(_one(model, columns, turn * total // calls))
        if time.perf_counter() - begun > SECONDS:
            break
    return taken


def _one(model: Model, columns: Columns, row: int) -> float:
    only = {name: values[row : row + 1] for name, values in columns.items()}
    clock = time.perf_counter()
    model.answers(only)
    return round((time.perf_counter() - clock) * 1000, 4)
