"""What every page of a use case has around it: the ways to its other pages, and how far it
is, phase by phase."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse

from governance.models import UseCase
from governance.services.phases import criteria_of
from governance.web.stones import stones_of
from lib.actor import Actor

TABS: Final = (
    ("use_case", "Overview"),
    ("use_case_plan", "Plan"),
    ("use_case_value", "Value"),
    ("use_case_worth", "Decisions in money"),
    ("use_case_risk", "Risk"),
    ("use_case_law", "Law"),
)
"""Names of pages, in the order in which they are shown."""


def framed(use_case: UseCase, *, here: str, actor: Actor) -> dict[str, Any]:
    """For ``governance/use_case_frame.html``; ``here`` is the name of the page."""
    stood = criteria_of(use_case)
    return {
        "use_case": use_case,
        "facts": stood.facts,
        "stones": stones_of(use_case, stood),
        "tabs": [
            {
                "title": title,
                "address": reverse(f"admin:{name}", args=[use_case.slug]),
                "is_here": name == here,
            }
            for name, title in TABS
        ],
        "may_write": actor.may("use_case.write", *use_case.scopes),
    }
