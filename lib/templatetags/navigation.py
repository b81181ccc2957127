"""What the navigation says beside a line of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.module_loading import import_string

from lib.http.pages import actor_of

register = template.Library()
MOST = 99


@register.simple_tag(takes_context=True)
def counted(context: Mapping[str, Any], item: Mapping[str, Any]) -> str:
    """How many await whoever looks, at an item that names who counts them (a dotted path to a
    function of the actor); empty for none and for items that count nothing."""
    where = item.get("counted_by")
    number = import_string(where)(actor_of(context["request"])) if where else 0
    return f"{MOST}+" if number > MOST else str(number or "")
