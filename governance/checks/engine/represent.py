"""Measures whether the validation data look like the reference: ``data.representativeness``."""

from __future__ import annotations

from typing import Any

from governance.checks import charts, theme
from governance.checks.base import (
    JSON,
    Check,
    CheckError,
    CheckInput,
    Evidence,
    Measurement,
    Table,
)
from governance.checks.charts import Bar
from governance.checks.engine import drift, estimates, profiles, record
from governance.checks.engine.drift import Compared

_DRAWN = 20


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    groups = settled["groups"] or list(data.sensitive)
    keys = settled["columns"] or list(data.features)
    if not groups and not keys:
        raise CheckError("Nothing to compare: declare sensitive columns or features.")
    found = drift.compared(data, [*groups, *keys], 10, settled["floor"], seed)
    by_name = {one.name: one for one in found}
    shares = [row for name in dict.fromkeys(groups) for row in _shares(by_name[name], data)]
    features = [by_name[name] for name in dict.fromkeys(keys)]
    rows = max((one.rows for one in found), default=0)
    facts = record.facts(check, settled, seed, rows, "scipy")
    facts["several"] = {
        "share_difference": {"spoken": "difference in share", "digits": 3, "rows": shares},
        "psi": drift.several(features)["psi"],
    }
    confidence = settled["confidence"]
    assessed = [row for row in shares if row["value"] is not None]
    chart = (_chart(assessed, confidence),) if assessed else ()
    return Evidence(
        measurements=tuple(_measured(row, confidence) for row in shares),
        tables=(_table(shares), *_features(features, data)),
        charts=chart,
        sentence=_sentence(assessed, features, data),
        facts=facts,
    )


def _shares(one: Compared, data: CheckInput) -> list[JSON]:
    """The share of every group on both sides, as absolute differences."""
    if one.why:
        return [{"subject": one.name, "value": None, "n": one.rows, "why": one.why}]
    n_a, n_b = int(one.a.sum()), int(one.b.sum())
    names = profiles.bin_names(one.profile)
    given = data.group_names.get(one.name, {})
    rows = []
    for place, name in enumerate(names):
        a, b = int(one.a[place]), int(one.b[place])
        if a + b == 0:
            continue
        spoken = given.get(name, name)
        first, second = ((b, n_b), (a, n_a)) if b * n_a >= a * n_b else ((a, n_a), (b, n_b))
        rows.append(
            {
                "subject": f"{one.name} {spoken}", "n": n_b,
                "value": first[0] / first[1] - second[0] / second[1],
                "a": list(first), "b": list(second),
                "validation": b / n_b, "reference": a / n_a,
            }
        )  # fmt: skip
    return rows


def _measured(row: JSON, confidence: float) -> Measurement:
    if row["value"] is None:
        note = f"Not assessed: {row['why']}."
        return Measurement("share_difference", None, n=row["n"], group=row["subject"], note=note)
    at = estimates.interval(row, confidence)
    note = f"{row['validation']:.1%} here, {row['reference']:.1%} in the reference."
    return Measurement(
        "share_difference",
        row["value"],
        at.low,
        at.high,
        confidence,
        row["n"],
        row["subject"],
        note,
    )


def _table(shares: list[JSON]) -> Table:
    rows: list[tuple[Any, ...]] = []
    for row in shares:
        if row["value"] is None:
            rows.append((row["subject"], "", "", row["why"]))
            continue
        at = estimates.interval(row, 0.90)
        away = row["validation"] - row["reference"]
        low, high = (at.low, at.high) if away >= 0 else (-at.high, -at.low)
        between = f"{100 * away:+.1f} points, 90% {100 * low:+.1f} to {100 * high:+.1f}"
        sides = (f"{row['validation']:.1%}", f"{row['reference']:.1%}")
        rows.append((row["subject"], *sides, between.replace("-", "\N{MINUS SIGN}")))
    columns = ("group", "validation", "reference", "difference")
    return Table("Shares of groups", columns, tuple(rows))


def _features(features: list[Compared], data: CheckInput) -> list[Table]:
    rows: list[tuple[Any, ...]] = []
    for one in features:
        name = data.feature_names.get(one.name, one.name)
        if one.why:
            rows.append((name, "", "", one.why))
            continue
        effect = one.effects["psi"]
        at = estimates.interval(effect.figure(one.name, one.rows, one.p), 0.90)
        between = f"{effect.excess:.4f}, 90% {at.low:.4f} to {at.high:.4f}"
        sides = (f"{effect.raw:.4f}", f"{effect.null:.4f}", between)
        rows.append((name, *(text.replace("-", "\N{MINUS SIGN}") for text in sides)))
    columns = ("feature", "PSI", "by chance", "above chance")
    return [Table("Key features", columns, tuple(rows))] if rows else []


def _chart(shares: list[JSON], confidence: float) -> Any:
    bars = []
    for row in shares[:_DRAWN]:
        at = estimates.interval(row, confidence)
        away = row["validation"] - row["reference"]
        low, high = (at.low, at.high) if away >= 0 else (-at.high, -at.low)
        bars.append(Bar(row["subject"], away, low, high, f"n = {row['n']:,}", theme.INK))
    title = "Whom the validation data hold too many or too few of"
    rest = f", first {_DRAWN} of {len(shares)}" if len(shares) > _DRAWN else ""
    said = "; ".join(f"{bar.name} {100 * bar.value:+.1f} points" for bar in bars)
    return charts.intervals(
        title, f"Share here minus share in the reference, {confidence:.0%} interval{rest}",
        "percentage points", bars, alt=f"{title}: {said}.", unit=" pts", digits=1,
    )  # fmt: skip


def _sentence(shares: list[JSON], features: list[Compared], data: CheckInput) -> str:
    told = []
    if shares:
        worst = max(shares, key=lambda row: (row["value"], row["subject"]))
        told.append(
            f"Furthest from the reference is the share of {worst['subject']}: "
            f"{worst['validation']:.1%} here, {worst['reference']:.1%} there."
        )
    adjusted = drift.adjusted_p(features)
    moved = [name for name, p in adjusted.items() if p <= 0.05]
    if adjusted:
        names = ", ".join(data.feature_names.get(name, name) for name in moved[:5])
        which = f" ({names})" if names else ""
        told.append(
            f"{len(moved)} of {len(adjusted)} features differ by more than chance explains{which}."
        )
    return " ".join(told) or "Nothing could be compared with the reference."
