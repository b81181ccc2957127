"""How long one answer takes: the body of ``robustness.latency``."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from governance.checks import charts_marks
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
from governance.checks.engine import record

Floats = NDArray[np.float64]
_SHARES = {"latency_p50": 0.50, "latency_p99": 0.99}


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    given = (data.case.get("timings") or {}).get("single_ms")
    if not given:
        raise CheckError(
            "No single answers were timed: predictions and counts come without a model that could "
            "answer. Register the model itself, or leave this check out of the policy."
        )
    if not all(_is_time(one) for one in given):
        raise CheckError("Timings must be numbers of milliseconds, finite and not negative.")
    times = np.sort(np.asarray(given, dtype=np.float64))
    n, confidence = len(times), settled["confidence"]
    facts = record.facts(check, settled, seed, n)
    facts["exempt"] = "Timings are no part of what a re-run must repeat."
    facts["intervals"] = {}
    measurements = []
    for name, share in _SHARES.items():
        value = float(times[min(n - 1, math.ceil(share * n) - 1)])
        at_90, at_95 = (between(times, share, level) for level in (0.90, 0.95))
        if at_90 is None or at_95 is None:
            need = rows_for(share, 0.95)
            note = f"Not computable with its interval: {n} timings, {need} are needed."
            measurements.append(Measurement(name, None, n=n, note=note))
            continue
        figure = {"value": value, "n": n, "at_90": list(at_90), "at_95": list(at_95)}
        facts["intervals"][name] = figure
        low, high = at_90 if confidence == 0.90 else at_95
        measurements.append(Measurement(name, value, low, high, confidence, n, note="ms"))
    return Evidence(
        measurements=tuple(measurements),
        tables=(_table(times),),
        charts=(_chart(times),),
        sentence=_sentence(times),
        facts=facts,
    )


def _is_time(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and value >= 0


def between(times: Floats, share: float, confidence: float) -> tuple[float, float] | None:
    """The distribution-free interval of a quantile by order statistics; None with too few.

    David and Nagaraja, Order Statistics (2003), section 7.1: the number of times below the true
    quantile is binomial.
    """
    from scipy import stats

    n, tail = len(times), (1 - confidence) / 2
    low = int(stats.binom.ppf(tail, n, share))
    high = int(stats.binom.ppf(1 - tail, n, share))
    if low < 1 or high >= n:
        return None
    return float(times[low - 1]), float(times[high])


def rows_for(share: float, confidence: float) -> int:
    """Fewest timings for both ends of the quantile's interval to exist."""
    from scipy import stats

    tail = (1 - confidence) / 2
    n = 2
    while (
        stats.binom.ppf(tail, n, share) < 1 or stats.binom.ppf(1 - tail, n, share) >= n
    ) and n < 1_000_000:
        n += max(1, n // 200)
    return n


def _table(times: Floats) -> Table:
    rows = [("answers timed", f"{len(times):,}"), ("mean", f"{times.mean():.3f} ms")]
    for share in (0.5, 0.9, 0.95, 0.99):
        at = float(times[min(len(times) - 1, math.ceil(share * len(times)) - 1)])
        rows.append((f"{share:.0%} are answered within", f"{at:.3f} ms"))
    rows.append(("slowest", f"{times[-1]:.3f} ms"))
    return Table("How long one answer takes", ("what", "figure"), tuple(rows))


def _chart(times: Floats) -> Chart:
    n = len(times)
    places = np.unique(np.linspace(0, n - 1, min(n, 120)).round().astype(int))
    points = [(round(float(times[at]), 4), round((at + 1) / n, 4)) for at in places.tolist()]
    title = "How long one answer takes"
    axes = ("milliseconds", "share of answers")
    alt = f"{title}: half within {float(np.median(times)):.2f} ms, all within {times[-1]:.2f} ms."
    return charts_marks.lines(title, f"{n:,} single rows", axes, {"": points}, alt=alt)


def _sentence(times: Floats) -> str:
    n = len(times)
    at = {share: float(times[min(n - 1, math.ceil(share * n) - 1)]) for share in (0.5, 0.99)}
    return (
        f"Half of {n:,} single answers came within {at[0.5]:.2f} ms and 99 in 100 within "
        f"{at[0.99]:.2f} ms."
    )
