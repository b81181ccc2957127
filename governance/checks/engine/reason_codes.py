"""Whether reasons can be given, and make sense: the body of ``explainability.reason_codes``."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.base import JSON, Check, CheckError, CheckInput, Evidence, Measurement
from governance.checks.engine import contributions, groups, reading, reason_codes_shown
from governance.checks.engine.contributions import Floats, Sample, name_of
from governance.checks.engine.estimates import interval
from governance.checks.engine.explained_groups import sensitive_inputs
from governance.checks.engine.items import Item, held
from governance.checks.engine.reasons import NEGLIGIBLE

_DIRECTIONS = {"increasing": 1.0, "decreasing": -1.0}
_CODED = re.compile(r"_|\d|[a-z][A-Z]")
_FEW_REFUSED = 30


@dataclass(frozen=True)
class Against:
    """One declared feature: rows whose contribution goes against its direction (``rows``), and how
    often such a contribution was given as a reason."""

    feature: str
    name: str
    direction: str
    n: int
    rows: int
    given: int


@dataclass(frozen=True)
class Told:
    """Whom reasons are given to: which rows, how they were chosen, and their reasons in order."""

    rows: NDArray[np.int64]
    how: str
    given: tuple[tuple[str, ...], ...]


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    asked = settled["attribute"]
    columns = groups.attribute_columns(data, asked) if asked or len(data.sensitive) == 1 else ()
    sample = contributions.read(data, columns)
    contributions.one_target(sample)
    told = reasons_given(sample, data, int(settled["most"]))
    against = against_direction(sample, data, told)
    named = _groups(sample, data, columns)
    facts = contributions.facts_of(check, settled, seed, sample)
    statements = _statements(data, sample, told)
    facts["items"] = [one.to_json() for one in statements]
    facts["several"] = {"against_direction": _several(against)}
    facts["told"] = {"rows": len(told.rows), "how": told.how}
    facts["frequency"] = dict(sorted(Counter(r for row in told.given for r in row).items()))
    confidence = settled["confidence"]
    shown = reason_codes_shown.Shown(sample, data, told, against, statements, named)
    return Evidence(
        measurements=tuple(_measurements(against, told, confidence)),
        tables=shown.tables(),
        charts=shown.charts(),
        sentence=shown.sentence(),
        facts=facts,
    )


def reasons_given(sample: Sample, data: CheckInput, most: int) -> Told:
    """The reasons of every explained row that was refused; where fewer than 30 were, or a model
    refuses nobody, those of the quarter with the lowest scores."""
    rows, how = np.empty(0, dtype=np.int64), ""
    if data.task in ("binary", "multiclass"):
        recorded = reading.score_rows(data, sample.total).get_column("prediction")
        wanted = "1" if data.task == "binary" else reading.as_text(data.favourable)
        given = recorded[sample.places].to_list()
        refused = [reading.as_text(value) != wanted for value in given]
        rows, how = np.flatnonzero(refused), "decided unfavourably"
    if len(rows) < _FEW_REFUSED:
        lowest = np.argsort(sample.outputs, kind="stable")[: max(1, sample.n // 4)]
        rows, how = np.sort(lowest), "with the lowest quarter of scores"
    order = np.argsort(sample.values[rows], axis=1, kind="stable")[:, :most]
    reasons = tuple(
        tuple(sample.features[j] for j in places if sample.values[row, j] < -NEGLIGIBLE)
        for row, places in zip(rows, order, strict=True)
    )
    return Told(rows, how, reasons)


def against_direction(sample: Sample, data: CheckInput, told: Told) -> list[Against]:
    """For each feature declared monotone, the rows whose contribution goes the wrong way."""
    found = []
    declared = {str(one.get("name")): one for one in data.case.get("schema") or ()}
    for place, name in enumerate(sample.features):
        direction = declared.get(name, {}).get("monotone")
        if not direction:
            continue
        known, wrong = _wrong(
            sample.rows.get_column(name), sample.values[:, place], str(direction), name
        )
        rows = set(np.flatnonzero(known)[wrong].tolist())
        pairs = zip(told.rows.tolist(), told.given, strict=True)
        given = sum(row in rows and name in reasons for row, reasons in pairs)
        found.append(
            Against(
                name, name_of(data, name), str(direction), int(known.sum()), int(wrong.sum()), given
            )
        )
    return found


def _wrong(
    column: pl.Series, parts: Floats, direction: str, name: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows with a value, and which of them go against ``direction``: held against all rows with
    another value, more have their contribution on the wrong side than on the right one."""
    if direction not in _DIRECTIONS:
        raise CheckError(f"'{name}' must be declared increasing or decreasing, not {direction!r}.")
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        raise CheckError(f"'{name}' is declared {direction} and is no number.")
    values = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    known = np.isfinite(values)
    # In places of the sorted values: signs of differences are what counts, and integers are fast.
    x = _placed(values[known])
    y = _placed(np.round(parts[known] * _DIRECTIONS[direction] / NEGLIGIBLE))
    balance = np.zeros(len(x), dtype=np.int64)
    for start in range(0, len(x), 500):
        part = slice(start, start + 500)
        ahead, above = np.subtract.outer(x[part], x), np.subtract.outer(y[part], y)
        balance[part] = (np.sign(ahead) * np.sign(above)).sum(axis=1)
    return known, balance < 0


def _placed(values: Floats) -> NDArray[np.int32]:
    """The place of each value among the different values, from 0."""
    return np.unique(values, return_inverse=True)[1].astype(np.int32)


def _groups(sample: Sample, data: CheckInput, columns: tuple[str, ...]) -> list[str]:
    """The group of every explained row; empty when no attribute is asked for."""
    return reading.group_column(sample.rows, columns, data).to_list() if columns else []


def _statements(data: CheckInput, sample: Sample, told: Told) -> list[Item]:
    names = {name: name_of(data, name) for name in sample.features}
    coded = [name for name, plain in names.items() if plain == name and _CODED.search(name)]
    times = Counter(plain.casefold() for plain in names.values())
    shared = sorted({plain for plain in names.values() if times[plain.casefold()] > 1})
    without = sum(not reasons for reasons in told.given)
    quoted = ", ".join(f"'{name}'" for name in coded[:4])
    return [
        held(
            "named", not coded, "Every feature has a name that people can read.",
            f"{len(coded)} features have no plain name ({quoted}{' ...' if coded[4:] else ''}): "
            "give each column a title in the schema of the dataset.",
        ),
        held(
            "unique", not shared, "No two features share a name.",
            f"Several features are called {', '.join(shared)}: a reason would not say which.",
        ),
        held(
            "given", not without,
            f"All {len(told.rows):,} rows {told.how} have at least one reason.",
            f"{without:,} of {len(told.rows):,} rows {told.how} have no reason: nothing lowered "
            "their score.",
        ),
        _allowed(data, told),
    ]  # fmt: skip


def _allowed(data: CheckInput, told: Told) -> Item:
    """Whether any reason is a sensitive feature: that it weighed is bad enough, and no reason."""
    given = Counter(name for reasons in told.given for name in reasons)
    barred = [
        f"{name_of(data, name)}, a sensitive feature, is a reason in {given[name]:,} of "
        f"{len(told.rows):,} rows."
        for name in sensitive_inputs(data, None)
        if given[name]
    ]
    return held("allowed", not barred, "No reason is a sensitive feature.", " ".join(barred))


def _several(against: list[Against]) -> JSON:
    rows = [
        {"subject": one.name, "n": one.n, "count": one.rows, "value": one.rows / one.n}
        if one.n
        else {"subject": one.name, "n": 0, "value": None, "why": "no row states it"}
        for one in against
    ]
    spoken = "share of rows whose contribution moves against the declared direction"
    return {"spoken": spoken, "join": "for", "rows": rows}


def _measurements(against: list[Against], told: Told, confidence: float) -> list[Measurement]:
    found = []
    for one in against:
        if not one.n:
            note = "No row states it."
            found.append(Measurement("against_direction", None, group=one.name, note=note))
            continue
        share = one.rows / one.n
        at = interval({"value": share, "n": one.n, "count": one.rows}, confidence)
        found.append(
            Measurement("against_direction", share, at.low, at.high, confidence, one.n, one.name)
        )
    n = len(told.given)
    reasoned = sum(bool(reasons) for reasons in told.given)
    note = f"Rows {told.how}. Counted, not estimated."
    found.append(Measurement("rows_with_reasons", reasoned / n, n=n, note=note))
    return found
