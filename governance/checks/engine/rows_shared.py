"""Counts rows that stand more than once: the bodies of ``data.duplicates`` and ``data.overlap``.

Rows are compared by their values; empty ones equal each other. A hash of each row only says which
cannot have a twin, so that of a million different rows hardly any is looked at twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from governance.checks.base import (
    JSON,
    Check,
    CheckError,
    CheckInput,
    Evidence,
    Measurement,
    Table,
)
from governance.checks.engine import reading, record, sources

_SHOWN = 10


def duplicates(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    names = settled["columns"] or sources.schema(data.data, "validation").names()
    keys = [name for name in data.features if name != data.label]
    source = reading.frame(data, list(dict.fromkeys([*names, *keys, data.label])))
    rows = source.height
    sizes = _sizes_of(source.select(names))
    repeated = rows - sizes.len()
    measurements = [
        _exact("repeated_rows", repeated, rows, "Rows that stand earlier in the data as well.")
    ]
    contradicting = _contradicting(source, keys, data.label) if keys else None
    if contradicting is None:
        note = "Not computable: the version declares no features."
        measurements.append(Measurement("contradicting_rows", None, n=rows, note=note))
    else:
        note = "Rows alike in every feature of which the label differs."
        measurements.append(_exact("contradicting_rows", contradicting, rows, note))
    largest = int(sizes.max() or 1)  # type: ignore[arg-type]
    shown = _sizes(sizes)
    told = f"{repeated:,} of {rows:,} rows ({repeated / rows:.2%}) repeat an earlier one"
    told += f"; the commonest stands {largest:,} times." if repeated else "."
    if contradicting:
        told += f" {contradicting:,} rows are alike in every feature and differ in the label."
    return Evidence(
        measurements=tuple(measurements),
        tables=(shown,),
        sentence=told,
        facts=record.facts(check, settled, seed, rows),
    )


def _contradicting(source: pl.DataFrame, keys: Sequence[str], label: str) -> int:
    alike = source.filter(_may_have_twins(source.select(keys)))
    groups = alike.group_by(list(keys)).agg(pl.len().alias("n"), pl.col(label).n_unique())
    return int(groups.filter(pl.col(label) > 1).get_column("n").sum())


def _sizes_of(source: pl.DataFrame) -> pl.Series:
    """How many rows each different row stands for."""
    twins = _may_have_twins(source)
    alone = source.height - int(twins.sum())
    sizes = source.filter(twins).group_by(source.columns).len().get_column("len")
    return pl.concat([sizes, pl.repeat(1, alone, dtype=sizes.dtype, eager=True).alias("len")])


def _may_have_twins(source: pl.DataFrame) -> pl.Series:
    """True where another row has the same hash: every row that has a twin, and hardly any other."""
    return source.hash_rows().is_duplicated()


def _sizes(sizes: pl.Series) -> Table:
    counted = sizes.value_counts().sort("len")
    rows = tuple((int(size), int(count)) for size, count in counted.iter_rows())
    columns = ("times a row stands", "different rows")
    kept = rows[:_SHOWN]
    rest = f"And {len(rows) - _SHOWN} higher counts." if len(rows) > _SHOWN else ""
    return Table("How often rows stand in the data", columns, kept, rest)


def _exact(name: str, count: int, rows: int, note: str) -> Measurement:
    return Measurement(name, count / rows, n=rows, note=f"{note} Counted, not estimated.")


def overlap(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    there = sources.schema(data.training, "training").names()
    columns = settled["columns"] or [name for name in [*data.features, data.label] if name in there]
    if not columns:
        raise CheckError("The training data share no feature with the validation data.")
    trained = sources.collected(sources.columns(data.training, columns, "training"), "training")
    source = reading.frame(data, columns)
    _same_types(trained, source)
    different = _sizes_of(trained).len()
    hashes = source.hash_rows()
    alike = source.filter(hashes.is_in(trained.hash_rows().unique()))
    shared = alike.join(trained, on=columns, how="semi", nulls_equal=True).height
    twice = source.height - _sizes_of(source).len()
    rows = source.height
    note = f"By {', '.join(columns[:8])}{' and others' if len(columns) > 8 else ''}."
    measurements = [_exact("rows_in_training", shared, rows, note)]
    if settled["key"]:
        measurements.append(_keys(data, settled["key"]))
    baseline = f"{twice / rows:.2%} of its rows repeat one another"
    sentence = (
        f"{shared:,} of {rows:,} validation rows ({shared / rows:.2%}) stand in the training data "
        f"as well, over {len(columns)} columns."
    )
    if shared and twice:
        sentence += f" Some of that may be chance: within the validation data, {baseline}."
    shown = (
        ("validation rows", f"{rows:,}"),
        ("training rows", f"{trained.height:,}"),
        ("different rows in training", f"{different:,}"),
        ("validation rows that training knows", f"{shared:,}"),
        ("validation rows that repeat one another", f"{twice:,}"),
    )
    return Evidence(
        measurements=tuple(measurements),
        tables=(Table("Rows on both sides", ("what", "rows"), shown),),
        sentence=sentence,
        facts=record.facts(check, settled, seed, rows),
    )


def _keys(data: CheckInput, key: str) -> Measurement:
    trained = sources.collected(sources.columns(data.training, [key], "training"), "training")
    source = reading.frame(data, [key])
    _same_types(trained, source)
    shared = source.drop_nulls().join(trained.unique(), on=key, how="semi").height
    note = f"Rows whose '{key}' was trained on, whatever else differs."
    return _exact("keys_in_training", shared, source.height, note)


def _same_types(trained: pl.DataFrame, source: pl.DataFrame) -> None:
    for name, dtype in source.schema.items():
        if trained.schema[name] != dtype:
            raise CheckError(
                f"Column '{name}' is {trained.schema[name]} in the training data and {dtype} in "
                "the validation data: bring both to one type."
            )
