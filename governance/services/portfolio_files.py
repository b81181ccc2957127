"""Rows of the portfolio as CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

_OF_CASE: Final = (
    *("slug", "name", "business_unit", "tier", "phase", "value_case", "currency"),
    *("promised_a_year", "promised_so_far", "realised_so_far", "cost_so_far"),
    *("realised_of_promised", "roi", "promised_roi", "months_known", "months_unknown"),
    *("kpis", "kpis_by_status", "for_review", "overdue_reviews", "overdue_findings"),
    *("models", "shares", "share", "as_of"),
)
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "use-cases": _OF_CASE,
    "models": ("model", "use_case", "business_unit", "owner", "registered_at"),
    "versions": ("model", "version", "use_case", "registered_at", "days_until_authorized"),
    "reviews": (
        *("authorization", "model", "version", "environment", "use_case", "review_due_at"),
    ),
    "findings": (
        *("number", "title", "severity", "state", "model", "use_case", "owner", "due_on"),
    ),
    "checks": (
        *("release", "check", "check_id", "component", "verdict", "sentence"),
        *("model", "version", "use_case"),
    ),
}


def as_csv(kind: str, found: Iterable[Mapping[str, Any]]) -> str:
    """With a heading; amounts bare, their currency in a column of its own; ratios with four
    decimals; what is unknown is empty. What a spreadsheet would take for a formula is told as
    text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS[kind])
    for record in found:
        writer.writerow([_cell(record.get(name)) for name in COLUMNS[kind]])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "amount"):
        return f"{value.amount:f}"
    if isinstance(value, Decimal):
        return f"{value:.4f}"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if not isinstance(value, str):
        return str(value)
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
