"""Numbers, times and digests as they are printed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

MINUS = "\N{MINUS SIGN}"


def utc(moment: datetime | None) -> str:
    """The exact second: print has no "3 hours ago"."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else ""


def until(start: datetime | None, end: datetime | None) -> str:
    return " to ".join(filter(None, (utc(start), utc(end))))


def day(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}" if moment else ""


def short(digest: str | None) -> str:
    return (digest or "")[:12]


def number(given: float | Decimal | None) -> str:
    """At most three decimals, thousands apart, a true minus sign."""
    if given is None:
        return ""
    value = float(given)
    if value == int(value):
        text = f"{int(value):,}"
    elif abs(value) >= 1000:
        text = f"{value:,.0f}"
    elif abs(value) >= 0.001:
        text = f"{value:.3f}".rstrip("0")
    else:
        text = f"{value:.2g}"
    return text.replace("-", MINUS)


def measured(value: float | None, whole: bool = False) -> str:
    """A measurement: always with its decimals, so that columns line up, unless it is ``whole``."""
    if value is None:
        return "not computable"
    if whole:
        return f"{value:,.0f}"
    if 0 < abs(value) < 0.001:
        return f"{value:.1e}".replace("-", MINUS)
    digits = 3 if abs(value) < 100 else 1
    return f"{value:,.{digits}f}".replace("-", MINUS)


def with_interval(measurement: Mapping[str, Any]) -> tuple[str, str]:
    """The value and its interval. Ranks and counts, whole throughout, have no decimals."""
    value, low, high = (measurement.get(key) for key in ("value", "low", "high"))
    bounds = [bound for bound in (value, low, high) if bound is not None]
    whole = all(bound == int(bound) and bound >= 1 for bound in bounds)
    if low is None or high is None:
        return measured(value, whole), ""
    return measured(value, whole), f"[{measured(low, whole)}, {measured(high, whole)}]"


def plainly(value: Any) -> str:
    """A parameter or table cell as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "not set"
    if isinstance(value, (int, float, Decimal)):
        return number(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(plainly(item) for item in value) or "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {plainly(item)}" for key, item in value.items()) or "none"
    return str(value)


def spoken(name: str) -> str:
    """``selection_rate`` -> ``selection rate``."""
    return name.replace("_", " ").replace("abs shap", "absolute shap").replace("roc auc", "ROC AUC")


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
