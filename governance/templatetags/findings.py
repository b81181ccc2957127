"""How a page writes the severity and the state of a finding: icon, word, colour."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lib.templatetags.look import icon

register = template.Library()
SEVERITIES = {
    "critical": ("fail", "Critical"),
    "high": ("fail", "High"),
    "medium": ("inconclusive", "Medium"),
    "low": ("recorded", "Low"),
}
STATES = {
    "open": ("fail", "Open"),
    "planned": ("inconclusive", "Planned"),
    "rebutted": ("ink", "Rebutted"),
    "resolved": ("ink", "Resolved"),
    "closed": ("pass", "Closed"),
}


@register.simple_tag
def severity(value: str) -> SafeString:
    tone, word = SEVERITIES[value]
    return format_html('<span class="verdict is-{}">{}{}</span>', tone, icon(tone), word)


@register.simple_tag
def finding_state(value: str, size: str = "") -> SafeString:
    tone, word = STATES[value]
    large = " is-large" if size == "large" else ""
    return format_html('<span class="pill is-{}{}">{}{}</span>', tone, large, icon(tone), word)
