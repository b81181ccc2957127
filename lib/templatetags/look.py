"""The small words of the pages: marks, pills, digests, times, numbers. The same everywhere."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from lib.colours import with_variables

register = template.Library()

# Shape carries the meaning as well as colour does: tick, cross, tilde, broken ring, clip, ring.
SHAPES = {
    "pass": "M3 8.6l3.3 3.4L13 4.6",
    "fail": "M4 4l8 8M12 4l-8 8",
    "inconclusive": "M2.5 9.2c1.8-3.4 3.6-3.4 5.5-1.2s3.7 2.2 5.5-1.2",
    "error": "M5.6 3.3a5.3 5.3 0 0 0 0 9.4M10.4 3.3a5.3 5.3 0 0 1 0 9.4M8 5v3.4M8 10.8v.1",
    "recorded": "M4.2 2.8h5l2.6 2.7v7.7H4.2zM6.3 8h3.4M6.3 10.4h3.4",
    "waived": "M11.5 5.5l-4.8 4.9a1.6 1.6 0 0 1-2.3-2.3l5.1-5.1a2.7 2.7 0 0 1 3.9 3.9l-5.3 5.3",
    "running": "M3.5 8h.1M8 8h.1M12.5 8h.1",
    "waiting": "M8 2.7a5.3 5.3 0 1 1 0 10.6a5.3 5.3 0 0 1 0-10.6z",
    "ink": "M8 2.7a5.3 5.3 0 1 1 0 10.6a5.3 5.3 0 0 1 0-10.6zM8 5.2v3l2 1.2",
}
WORDS = {
    "pass": "Pass",
    "fail": "Fail",
    "inconclusive": "Inconclusive",
    "error": "Error",
    "waived": "Conditional",
    "waiting": "Waiting",
    "recorded": "On record",
}
# state -> (tone, word)
STATES = {
    "validating": ("running", "Validating"),
    "blocked": ("fail", "Blocked"),
    "in_review": ("ink", "In review"),
    "changes_requested": ("inconclusive", "Changes requested"),
    "released": ("pass", "Released"),
    "rejected": ("fail", "Rejected"),
    "withdrawn": ("waiting", "Withdrawn"),
    "active": ("pass", "Active"),
    "superseded": ("waiting", "Superseded"),
    "revoked": ("fail", "Revoked"),
    "suspended": ("fail", "Suspended"),
    "condition_overdue": ("fail", "Condition overdue"),
    "review_overdue": ("fail", "Review overdue"),
    "retired": ("waiting", "Retired"),
    "expired": ("fail", "Expired"),
    "sealed": ("pass", "Sealed"),
    "unsealed": ("inconclusive", "Unsealed"),
    "deleted": ("waiting", "Deleted"),
    "draft": ("waiting", "Draft"),
    "published": ("pass", "Published"),
    "approve": ("pass", "Approved"),
    "approve_with_conditions": ("waived", "Approved with conditions"),
    "abstain": ("waiting", "Abstained"),
    "reject": ("fail", "Rejected"),
    "asked": ("inconclusive", "Asked"),
    "answered": ("ink", "Answered"),
    "settled": ("pass", "Settled"),
    "requested": ("inconclusive", "Requested"),
    "granted": ("waived", "Granted"),
    "refused": ("fail", "Refused"),
    "condition_open": ("waived", "Open"),
    "condition_met": ("ink", "Met, to be verified"),
    "condition_verified": ("pass", "Verified"),
    "condition_dropped": ("waiting", "Fell away"),
    "emergency_asked": ("inconclusive", "Asked"),
    "emergency_declined": ("waiting", "Declined"),
    "emergency_open": ("inconclusive", "Awaits review"),
    "emergency_ratified": ("pass", "Ratified"),
    "emergency_refused": ("fail", "Refused"),
    "request_changes": ("inconclusive", "Changes requested"),
    "running": ("pass", "Running"),
    "runs_now": ("pass", "Runs now"),
    "ended": ("waiting", "Ended"),
    "queued": ("waiting", "Queued"),
    "finished": ("pass", "Finished"),
    "failed": ("error", "Failed"),
    "cancelled": ("waiting", "Cancelled"),
    "delivered": ("pass", "Delivered"),
    "disabled": ("fail", "Stopped"),
}


@register.simple_tag
def icon(tone: str) -> SafeString:
    """The shape of a state, for beside its word."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        '<path d="{}"/></svg>',
        SHAPES.get(tone, SHAPES["waiting"]),
    )


@register.simple_tag
def verdict(value: str, word: str = "") -> SafeString:
    """A check's verdict: icon, word, colour."""
    tone = value if value in WORDS else "waiting"
    text = word or WORDS[tone]
    return format_html('<span class="verdict is-{}">{}{}</span>', tone, icon(tone), text)


@register.simple_tag
def pill(state: str, size: str = "") -> SafeString:
    """A state as a pill."""
    tone, word = STATES.get(state, ("waiting", str(state).replace("_", " ").capitalize()))
    large = " is-large" if size == "large" else ""
    return format_html('<span class="pill is-{}{}">{}{}</span>', tone, large, icon(tone), word)


@register.simple_tag
def digest(value: str | None) -> SafeString:
    """Twelve characters, the whole on hover, a button that copies it."""
    if not value:
        return format_html('<span class="soft">{}</span>', "none")
    return format_html(
        '<span class="digest"><span title="{0}">{1}</span>'
        '<button type="button" class="copy" data-copy="{0}" aria-label="Copy {1}" title="Copy">'
        '<svg class="icon" viewBox="0 0 16 16" fill="none" stroke="currentColor" '
        'stroke-width="1.5" aria-hidden="true"><rect x="5.5" y="5.5" width="8" height="8" '
        'rx="1.5"/><path d="M10.5 3.5v-1h-8v8h1"/></svg></button></span>',
        value,
        str(value)[:12],
    )


_UNITS = (
    (86_400 * 365, "year"),
    (86_400 * 30, "month"),
    (86_400, "day"),
    (3_600, "h"),
    (60, "min"),
)


def _span(seconds: float) -> str:
    for size, unit in _UNITS:
        if seconds >= size:
            count = int(seconds // size)
            plural = "s" if count > 1 and unit not in ("h", "min") else ""
            return f"{count} {unit}{plural}"
    return f"{int(seconds)} s"


@register.filter
def when(moment: datetime | None) -> SafeString:
    """Relative, with the exact UTC on hover."""
    if moment is None:
        return SafeString("–")
    seconds = (timezone.now() - moment).total_seconds()
    if abs(seconds) < 5:
        words = "just now"
    else:
        words = f"{_span(seconds)} ago" if seconds > 0 else f"in {_span(-seconds)}"
    exact = f"{moment.astimezone(timezone.get_default_timezone()):%Y-%m-%d %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, words)


@register.filter
def is_past(moment: datetime | None) -> bool:
    return moment is not None and moment < timezone.now()


@register.filter
def day(moment: datetime | None) -> str:
    return f"{moment:%-d %B %Y}" if moment else "–"


@register.filter
def number(value: Any) -> str:
    """Three significant places and a true minus sign; words and whole numbers stay as they are."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return str(value)
    text = _rounded(float(value))
    return text.replace("-", "\N{MINUS SIGN}")


def _rounded(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.1f}"
    if abs(value) < 0.001:
        return f"{value:.2g}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.2f}"


@register.filter
def figure(value: Any) -> str:
    """A figure as somebody recorded it: no places added, no trailing noughts."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return str(value)
    text = f"{value:,.10f}".rstrip("0").rstrip(".") if not isinstance(value, int) else f"{value:,}"
    return text.replace("-", "\N{MINUS SIGN}")


@register.filter
def is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


@register.filter
def money(value: Any, currency: str = "") -> str:
    """1,200,000 -> USD 1.2 m."""
    amount = float(value)
    for size, unit in ((1e9, " bn"), (1e6, " m"), (1e3, " k")):
        if abs(amount) >= size:
            return f"{currency} {amount / size:.3g}{unit}".strip()
    return f"{currency} {amount:,.0f}".strip()


@register.filter
def pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True, default=str)


@register.filter
def words(value: Any) -> str:
    """roc_auc -> roc auc."""
    return str(value).replace("_", " ")


@register.filter
def field_words(name: str) -> str:
    """conditions[0].owner -> Condition 1, owner."""
    found = re.fullmatch(r"conditions\[(\d+)\]\.(\w+)", name)
    return f"Condition {int(found[1]) + 1}, {found[2]}" if found else words(name).capitalize()


@register.filter
def setting(value: Any) -> str:
    """A parameter or limit as somebody would say it."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(setting(item) for item in value) or "none"
    return figure(value)


@register.filter
def size(count: int | None) -> str:
    """Bytes as people say them."""
    amount = float(count or 0)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


@register.filter
def percent(value: float | None) -> int:
    """A share as a whole percentage."""
    return round(100 * (value or 0.0))


@register.filter
def themed(svg: str) -> SafeString:
    """SVG of our own renderers with its colours as tokens, so that it is right in both themes."""
    return mark_safe(with_variables(svg))  # noqa: S308  (only pictures that our own code drew)


@register.filter
def gate_tone(gate: Any) -> str:
    """The tone of a gate row: what is open passes, what waits for people waits."""
    if gate.state == "open":
        return "waived" if gate.verdict == "inconclusive" else "pass"
    if gate.verdict in ("fail", "inconclusive", "error"):
        return str(gate.verdict)
    return "fail" if gate.state == "closed" else "waiting"


@register.filter
def gate_word(gate: Any) -> str:
    """The gate's state in a word or two, for those who do not see the icon."""
    if gate.state == "open":
        return "Open, conditionally" if gate.verdict == "inconclusive" else "Open"
    standing = {"closed": "Closed", "pending": "Waiting"}[gate.state]
    return f"{standing}: {gate.verdict}" if gate.verdict else standing
