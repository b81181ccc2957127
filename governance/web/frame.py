"""What every page of a use case has around it: the ways to its other pages, and its phase."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse

from governance.models import UseCase
from governance.models.use_cases import Phase
from lib.actor import Actor

TABS: Final = (
    ("use_case", "Overview"),
    ("use_case_risk", "Risk"),
    ("use_case_law", "Law"),
    ("use_case_worth", "Decisions in money"),
)
"""Names of pages, in the order in which they are shown."""
PHASES: Final = (
    (Phase.ENVISION, "Envision", "objective, hypothesis, value case"),
    (Phase.BUILD, "Build", "models registered and measured"),
    (Phase.DEPLOY, "Deploy", "released under a policy"),
    (Phase.MONITOR, "Monitor", "figures against the promise"),
)


def framed(use_case: UseCase, *, here: str, actor: Actor) -> dict[str, Any]:
    """For ``governance/use_case_frame.html``; ``here`` is the name of the page."""
    return {
        "use_case": use_case,
        "stones": _stones(use_case),
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


def _stones(use_case: UseCase) -> list[dict[str, str]]:
    """The four phases; those before the present one are behind."""
    present = [phase for phase, _, _ in PHASES].index(Phase(use_case.phase))
    return [
        {
            "title": title,
            "about": about,
            "standing": "done" if place < present else "now" if place == present else "ahead",
        }
        for place, (_, title, about) in enumerate(PHASES)
    ]
