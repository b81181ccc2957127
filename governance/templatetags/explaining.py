"""How the sheet of one explained decision writes values and effects."""

from __future__ import annotations

from typing import Any

from django import template

from lib.templatetags.look import figure

register = template.Library()


@register.filter
def shown(value: Any) -> str:
    """A value that somebody gave: a figure as written, a truth as yes or no, a text as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return figure(round(value, 6) if isinstance(value, float) else value)


@register.filter
def signed(value: float) -> str:
    """An effect: always with its sign, to three places."""
    return f"{value:+.3f}".replace("-", "\N{MINUS SIGN}")


@register.filter
def tiny(value: float) -> str:
    """An error of computing, as a power of ten."""
    return "the last digit" if value == 0 else f"{value:.0e}".replace("e-0", "e-")
