"""Short names of checks for addresses: ``Fairness by race`` -> ``fairness-by-race``."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import slugify


def anchors(keys: Iterable[str]) -> dict[str, str]:
    """A name for each key, no two alike. The order of ``keys`` decides who is numbered."""
    taken: dict[str, str] = {}
    for key in keys:
        plain = slugify(key) or "check"
        name, number = plain, 1
        while name in taken.values():
            number += 1
            name = f"{plain}-{number}"
        taken[key] = name
    return taken
