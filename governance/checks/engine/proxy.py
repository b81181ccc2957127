"""How well a group can be told from the features: the body of ``fairness.proxy_strength``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks import charts, group_words
from governance.checks.base import (
    JSON,
    Chart,
    Check,
    CheckError,
    CheckInput,
    Evidence,
    Measurement,
    Table,
)
from governance.checks.charts import Bar
from governance.checks.engine import groups, intervals, proxy_model, reading, record
from governance.checks.engine.group_rates import FEW
from governance.checks.engine.proxy_model import FOLDS, Told
from governance.checks.engine.record import subseed
from governance.checks.words import Words, capital, listed

_SHOWN = 12


@dataclass(frozen=True)
class _Data:
    """Features as numbers, the group of every row, in an order that only the rows decide."""

    group: NDArray[np.object_]
    features: NDArray[np.float64]
    names: tuple[str, ...]
    left_out: tuple[str, ...]
    rows: int


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    attribute = groups.attribute_columns(data, settled["attribute"])
    title, floor = " × ".join(attribute), groups.floor_of(settled)
    source = _read(data, attribute, settled["most_rows"], seed)
    sizes = _sizes(source.group)
    why = {name: floor.why_not(n, n, len(source.group)) for name, n in sizes.items()}
    kept = [name for name, n in sizes.items() if not why[name] and n < len(source.group)]
    if len(kept) == 2 and len(sizes) == 2:  # telling one from the other is one question, not two
        kept = [min(kept, key=lambda name: (sizes[name], name))]
    told = {
        name: proxy_model.told(
            source.features, source.group == name, subseed(seed, check.id, str(place))
        )
        for place, name in enumerate(kept)
    }
    words = Words(settled["people"], "selected", title)
    facts = record.facts(check, settled, seed, source.rows, "scikit-learn") | {
        "attribute": title, "telling": "proxy", "folds": FOLDS,
        "rows_used": len(source.group), "attribute_left_out": list(source.left_out),
        "floor": {"rows": floor.rows, "share": floor.share, "of": len(source.group)},
        "words": {"people": words.people, "outcome": words.outcome, "attribute": title},
        "contrasts": {"proxy": {"proxy_auc": [_contrast(k, told[k], sizes[k]) for k in kept]}},
        "left_out": {"proxy_auc": [_left_out(name, sizes[name], why[name]) for name in sizes]},
        "carried_by": {name: _carriers(one, source, data) for name, one in told.items()},
        "features": {name: _carried(one, source.names) for name, one in told.items()},
    }  # fmt: skip
    confidence = settled["confidence"]
    return Evidence(
        measurements=tuple(
            one for name in kept for one in _measured(title, name, told[name], source, confidence)
        ),
        tables=tuple(_table(title, name, told[name], source, data) for name in kept),
        charts=tuple(_charts(title, told, source, data, confidence)),
        sentence=_sentence(words, told, source, data),
        facts=facts,
    )


def _read(data: CheckInput, attribute: tuple[str, ...], most: int, seed: int) -> _Data:
    features = tuple(name for name in dict.fromkeys(data.features) if name not in attribute)
    left_out = tuple(name for name in dict.fromkeys(data.features) if name in attribute)
    if not features:
        raise CheckError(
            "The version declares no features but the attribute itself: there is nothing to tell "
            "the group from."
        )
    source = reading.frame(data, (*attribute, *features))
    group = reading.group_column(source, attribute, data)
    numbers = pl.DataFrame([proxy_model.coded(source.get_column(name)) for name in features])
    table = numbers.with_columns(group).sort([*features, "group"], nulls_last=True)
    if table.get_column("group").n_unique() < 2:
        raise CheckError(
            f"All rows have the same {' × '.join(attribute)}: there is nobody to tell."
        )
    rows = table.height
    if rows > most:
        chosen = np.random.default_rng(subseed(seed, "rows")).choice(rows, most, replace=False)
        table = table[np.sort(chosen)]
    values = table.select(features).to_numpy()
    return _Data(
        table.get_column("group").to_numpy(),
        np.asarray(values, np.float64),
        features,
        left_out,
        rows,
    )


def _sizes(group: NDArray[np.object_]) -> dict[str, int]:
    names, counts = np.unique(group.astype(str), return_counts=True)
    found = {str(name): int(n) for name, n in zip(names, counts, strict=True)}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _contrast(group: str, one: Told, n: int) -> JSON:
    return {
        "a": group, "b": "", "value": one.auc, "error": max(one.error, 0.5 / n),
        "n_a": n, "n_b": 0, "scale": "linear", "note": "",
    }  # fmt: skip


def _left_out(name: str, n: int, why: str) -> JSON:
    return {"group": name, "n": None if n < FEW else n, "assessed": not why, "why": why}


def _carried(one: Told, names: Sequence[str]) -> list[JSON]:
    return [
        {
            "feature": names[k], "drop": one.drops[k], "error": one.drop_errors[k],
            "alone": one.alone[k],
        }
        for k in _order(one)
    ]  # fmt: skip


def _order(one: Told) -> list[int]:
    return sorted(range(len(one.drops)), key=lambda k: (-one.drops[k], -one.alone[k], k))


def _measured(
    title: str, group: str, one: Told, source: _Data, confidence: float
) -> list[Measurement]:
    n = int((source.group == group).sum())
    about = f"{title}: {group}"
    half = intervals.z_of(confidence) * one.error
    low, high = max(0.0, one.auc - half), min(1.0, one.auc + half)
    found = [Measurement("proxy_auc", one.auc, low, high, confidence, n, about)]
    for k in _order(one)[:_SHOWN]:
        wide = intervals.z_of(confidence) * one.drop_errors[k]
        name = f"{about}, {source.names[k]}"
        drop = one.drops[k]
        found.append(Measurement("auc_lost", drop, drop - wide, drop + wide, confidence, n, name))
    return found


def _table(title: str, group: str, one: Told, source: _Data, data: CheckInput) -> Table:
    rows = tuple(
        (
            data.feature_names.get(source.names[k], source.names[k]),
            f"{one.drops[k]:.3f}", f"{one.alone[k]:.3f}",
        )
        for k in _order(one)
    )  # fmt: skip
    columns = ("feature", "AUC lost without it", "AUC of it alone")
    note = f"Telling {group} from all others: AUC {one.auc:.3f} ({one.error:.3f}); 0.5 is chance."
    if source.left_out:
        note += f" {listed(list(source.left_out))} itself is an input of the model and left out."
    return Table(f"What tells {title} {group}", columns, rows, note)


def _charts(
    title: str, told: Mapping[str, Told], source: _Data, data: CheckInput, confidence: float
) -> list[Chart]:
    z = intervals.z_of(confidence)
    bars = [
        Bar(name, one.auc, one.auc - z * one.error, min(1.0, one.auc + z * one.error),
            f"n = {int((source.group == name).sum()):,}")
        for name, one in told.items()
    ]  # fmt: skip
    if not bars:
        return []
    said = "; ".join(f"{bar.name} {bar.value:.2f}" for bar in bars)
    found = [
        charts.intervals(
            f"How well {title} can be told from the features",
            f"AUC of each group against the others, {confidence:.0%} interval; 0.5 is chance",
            "AUC", bars, alt=f"AUC of telling {title} from the features: {said}.",
            threshold="most", digits=3,
        )
    ]  # fmt: skip
    for name, one in list(told.items())[:2]:
        lost = []
        for k in _order(one)[:_SHOWN]:
            half, drop = z * one.drop_errors[k], max(0.0, one.drops[k])
            called = data.feature_names.get(source.names[k], source.names[k])
            note = f"{one.drops[k]:.3f} · alone {one.alone[k]:.2f}"
            lost.append(Bar(called, drop, max(0.0, drop - half), max(0.0, drop + half), note))
        heading = f"What tells {title} {name}"
        first = "; ".join(f"{bar.name} {bar.value:.3f}" for bar in lost[:3])
        found.append(
            charts.importance(
                heading, f"AUC lost when a feature is shuffled, {confidence:.0%} interval",
                "AUC lost", lost, alt=f"{heading}: {first}.",
            )
        )  # fmt: skip
    return found


def _sentence(words: Words, told: Mapping[str, Told], source: _Data, data: CheckInput) -> str:
    if not told:
        return f"No group of {words.attribute} has enough rows to be told from the others."
    name, one = max(told.items(), key=lambda item: (item[1].auc, item[0]))
    z = intervals.z_of(0.90)
    low, high = one.auc - z * one.error, min(1.0, one.auc + z * one.error)
    itself = ""
    if source.left_out:
        itself = f" {capital(listed(list(source.left_out)))} itself is an input of the model."
    carriers = _carriers(one, source, data)
    return f"{group_words.told_apart(words, name, carriers, one.auc, low, high)}.{itself}"


def _carriers(one: Told, source: _Data, data: CheckInput) -> list[str]:
    """Up to three features whose loss is beyond chance, in plain names."""
    z = intervals.z_of(0.90)
    carry = [k for k in _order(one)[:3] if one.drops[k] > z * one.drop_errors[k]]
    return [data.feature_names.get(source.names[k], source.names[k]) for k in carry]
