"""Measures drift of the validation data against the reference: the body of ``data.drift``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks import charts, charts_marks, theme
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
from governance.checks.engine import counted as counted_file
from governance.checks.engine import drift_measures as measures
from governance.checks.engine import estimates, profiles, record, sources

Ints = NDArray[np.int64]
EXACT_KS_ROWS = 200_000
_DRAWN = 20
SPOKEN = {
    "psi": "PSI above chance",
    "js": "Jensen-Shannon divergence above chance",
    "tvd": "total variation distance above chance",
    "ks": "Kolmogorov-Smirnov distance above chance",
    "phi_squared": "chi-squared effect above chance",
}


@dataclass(frozen=True)
class Compared:
    """One column: its rows in bins on both sides, or why they are not compared."""

    name: str
    profile: JSON
    a: Ints
    b: Ints
    effects: dict[str, measures.Effect]
    p: float = 1.0
    why: str = ""

    @property
    def rows(self) -> int:
        return int(self.b.sum())


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    names = settled["columns"] or [*data.features, *data.sensitive]
    found = compared(data, names, settled["bins"], settled["floor"], seed)
    adjusted = adjusted_p(found)
    rows = max((one.rows for one in found), default=0)
    facts = record.facts(check, settled, seed, rows, "scipy")
    facts["several"] = several(found)
    facts["adjusted_p"] = adjusted
    facts["profiles"] = {one.name: one.profile for one in found if one.profile}
    confidence = settled["confidence"]
    return Evidence(
        measurements=tuple(m for one in found for m in _measurements(one, confidence)),
        tables=(_table(found, adjusted, data),),
        charts=tuple(_charts(found, data, confidence)),
        sentence=_sentence(found, adjusted, data),
        facts=facts,
    )


def compared(
    data: CheckInput, names: Sequence[str], bins: int, floor: int, seed: int
) -> list[Compared]:
    """Every column of ``names`` against the stored profile, or else the reference."""
    if not names:
        raise CheckError("No columns to compare: the version declares no features.")
    if data.counts is not None:
        return _of_counts(data, names, floor, seed)
    stored = data.case.get("profiles") or {}
    kept = {name: profiles.sound(stored, name) for name in names if name in stored}
    current = sources.columns(data.data, names, "validation")
    kinds = {n: profiles.kind_of(t) for n, t in current.collect_schema().items()}
    fresh = [name for name in names if name not in kept and kinds[name]]
    reference = None
    if fresh:
        reference = sources.columns(data.reference, fresh, "reference")
        _same_kinds(reference, {name: kinds[name] for name in fresh})
        kept |= profiles.made(reference, {name: kinds[name] for name in fresh}, bins)
    for name, profile in kept.items():
        if kinds[name] != profile["kind"]:
            raise CheckError(
                f"Column '{name}' is a {profile['kind']} in the stored profile and "
                f"{kinds[name] or 'something else'} in the validation data: make the profile again."
            )
    counts = profiles.counted(current, {n: kept[n] for n in dict.fromkeys(names) if n in kept})
    values = (current, reference) if reference is not None else None
    return [
        _compared(name, kept.get(name), counts.get(name), floor, seed, values, set(fresh))
        for name in dict.fromkeys(names)
    ]


def _of_counts(data: CheckInput, names: Sequence[str], floor: int, seed: int) -> list[Compared]:
    """Columns as a counts file has them, beside the reference it was counted against."""
    counts = counted_file.counts_of(data)
    stored, binned = data.case.get("profiles") or {}, counts.spec.columns
    found = []
    for name in dict.fromkeys(names):
        if name not in binned:
            raise CheckError(
                f"The counts file has no column '{name}': count again with it, against the "
                "reference (--edges-from)."
            )
        profile = profiles.sound(stored if name in stored else binned, name)
        if profiles.marks(profile) != profiles.marks(profiles.sound(binned, name)):
            raise CheckError(
                f"Column '{name}' was counted in other bins than those stored: count again with "
                "the stored profiles (--edges-from)."
            )
        bins = np.array(counts.columns[name], dtype=np.int64)
        found.append(_compared(name, profile, bins, floor, seed, None, set()))
    return found


def _same_kinds(reference: pl.LazyFrame, kinds: dict[str, str]) -> None:
    for name, dtype in reference.collect_schema().items():
        if profiles.kind_of(dtype) != kinds[name]:
            raise CheckError(
                f"Column '{name}' is {dtype} in the reference data and a {kinds[name]} in the "
                "validation data: bring both to one type."
            )


def _compared(
    name: str,
    profile: JSON | None,
    counts: Ints | None,
    floor: int,
    seed: int,
    values: Any,
    fresh: set[str],
) -> Compared:
    nothing = np.zeros(0, dtype=np.int64)
    if profile is None or counts is None:
        return Compared(name, {}, nothing, nothing, {}, why="dates and lists drift by nature")
    a, b = profiles.reference_counts(profile), counts
    fewest = min(int(a.sum()), int(b.sum()))
    if fewest < floor:
        why = f"{fewest:,} rows on one side, fewer than {floor}"
        return Compared(name, profile, a, b, {}, why=why)
    x, y = measures.compared_bins(a, b)
    phi, p = measures.phi_squared(x, y)
    effects = {
        "psi": measures.psi(x, y),
        "js": measures.js(x, y),
        "tvd": measures.tvd(x, y),
        "phi_squared": phi,
    }
    if profile["kind"] == "number" and min(a[:-2].sum(), b[:-2].sum()) >= floor:
        small = int(a.sum() + b.sum()) <= EXACT_KS_ROWS
        effects["ks"] = (
            measures.ks_of_values(*(_values(side, name) for side in values))
            if small and values and name in fresh and "names" not in profile
            else measures.ks(a[:-2], b[:-2], record.subseed(seed, "ks", name))
        )
    return Compared(name, profile, a, b, effects, p)


def _values(frame: pl.LazyFrame, name: str) -> NDArray[np.float64]:
    column = frame.select(pl.col(name).cast(pl.Float64)).collect().get_column(name)
    return np.asarray(column.fill_nan(None).drop_nulls().to_numpy(), dtype=np.float64)


def adjusted_p(found: Sequence[Compared]) -> dict[str, float]:
    """Benjamini and Hochberg's adjusted p-values of "nothing moved", by column."""
    tested = [one for one in found if not one.why]
    adjusted = estimates.benjamini_hochberg([one.p for one in tested])
    return {one.name: p for one, p in zip(tested, adjusted, strict=True)}


def several(found: Sequence[Compared]) -> JSON:
    """The figures that thresholds judge, by kind of distance."""
    told: JSON = {}
    for kind, spoken in SPOKEN.items():
        rows = []
        for one in found:
            if one.why:
                rows.append({"subject": one.name, "value": None, "n": one.rows, "why": one.why})
            elif kind in one.effects:
                rows.append(one.effects[kind].figure(one.name, one.rows, one.p))
        told[kind] = {"spoken": spoken, "control": "bh", "digits": 3, "rows": rows}
    return told


def _measurements(one: Compared, confidence: float) -> list[Measurement]:
    if one.why:
        return [Measurement("psi", None, n=one.rows, group=one.name, note=f"{one.why}.")]
    told = []
    for kind, effect in one.effects.items():
        at = estimates.interval(effect.figure(one.name, one.rows, one.p), confidence)
        note = f"{effect.raw:.4f} as it is; {effect.null:.4f} by chance alone."
        told.append(
            Measurement(kind, effect.excess, at.low, at.high, confidence, one.rows, one.name, note)
        )
    return told


def _table(found: Sequence[Compared], adjusted: dict[str, float], data: CheckInput) -> Table:
    rows: list[tuple[Any, ...]] = []
    for one in found:
        name = data.feature_names.get(one.name, one.name)
        if one.why:
            rows.append((name, "", "", "", "", "", "", one.why))
            continue
        psi, ks = one.effects["psi"], one.effects.get("ks")
        by_chance = f"{psi.null:.4f} (95%: {psi.null_95:.4f})"
        others = [f"{one.effects[kind].raw:.4f}" for kind in ("js", "tvd")]
        rows.append(
            (
                name, f"{psi.raw:.4f}", by_chance, f"{psi.excess:.4f}", *others,
                f"{ks.raw:.4f}" if ks else "", f"{adjusted[one.name]:.2g}",
            )
        )  # fmt: skip
    columns = ("column", "PSI", "by chance", "above chance", "JS (bits)", "TVD", "KS", "adjusted p")
    note = (
        "By chance: the mean and 95th percentile of PSI if nothing had moved. Adjusted p: "
        "chi-squared test of the same bins, Benjamini-Hochberg over the columns."
    )
    return Table("Drift by column", columns, tuple(rows), note)


def _charts(found: Sequence[Compared], data: CheckInput, confidence: float) -> list[Chart]:
    tested = [one for one in found if not one.why]
    if not tested:
        return []
    order = sorted(tested, key=lambda one: (-one.effects["psi"].excess, one.name))
    bars = []
    for one in order[:_DRAWN]:
        effect = one.effects["psi"]
        at = estimates.interval(effect.figure(one.name, one.rows, one.p), confidence)
        name = data.feature_names.get(one.name, one.name)
        note = f"chance {effect.null:.3f}"
        bars.append(Bar(name, effect.excess, at.low, at.high, note, theme.INK))
    title = "Drift above what chance explains"
    rest = f", the {_DRAWN} largest of {len(order)}" if len(order) > _DRAWN else ""
    subtitle = f"PSI minus its mean without drift, {confidence:.0%} interval{rest}"
    said = "; ".join(f"{bar.name} {bar.value:.3f}" for bar in bars)
    first = charts.intervals(
        title, subtitle, "PSI above chance", bars,
        alt=f"{title}: {said}.", threshold="every:psi", digits=3,
    )  # fmt: skip
    return [first, shares_of(order[0], data)]


def shares_of(one: Compared, data: CheckInput) -> Chart:
    """Shares by bin of one column, reference and validation side by side."""
    name = data.feature_names.get(one.name, one.name)
    a, b = one.a / one.a.sum(), one.b / one.b.sum()
    kept = [place for place in range(len(a)) if a[place] + b[place] > 0]
    bins = [profiles.bin_names(one.profile)[place] for place in kept]
    sides = {"reference": [float(a[k]) for k in kept], "validation": [float(b[k]) for k in kept]}
    title = f"Where {name} has moved most"
    widest = max(kept, key=lambda place: abs(float(a[place] - b[place])))
    label = profiles.bin_names(one.profile)[widest]
    alt = (
        f"{title}: {label} holds {float(a[widest]):.1%} of the reference and "
        f"{float(b[widest]):.1%} of the validation data."
    )
    subtitle = "Shares of rows in the bins of the reference"
    return charts_marks.shares(title, subtitle, bins, sides, alt=alt)


def _sentence(found: Sequence[Compared], adjusted: dict[str, float], data: CheckInput) -> str:
    tested = [one for one in found if not one.why]
    if not tested:
        return "No column could be compared with the reference."
    moved = [one for one in tested if adjusted[one.name] <= 0.05]
    if not moved:
        return (
            f"None of {len(tested)} columns differs from the reference by more than chance "
            "explains."
        )
    worst = max(moved, key=lambda one: (one.effects["psi"].excess, one.name))
    effect = worst.effects["psi"]
    at = estimates.interval(effect.figure(worst.name, worst.rows, worst.p), 0.90)
    return (
        f"{len(moved)} of {len(tested)} columns differ from the reference by more than chance "
        f"explains; most of all {data.feature_names.get(worst.name, worst.name)}: PSI "
        f"{effect.raw:.3f}, of which chance alone gives {effect.null:.3f}, so {effect.excess:.3f} "
        f"above it, 90% interval {at.low:.3f} to {at.high:.3f}."
    )
