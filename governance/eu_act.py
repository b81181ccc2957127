"""Classes of Regulation (EU) 2024/1689 (the AI Act), and the paths that are walked most. Pure.

What stands here are flags with their articles, to be confirmed by a person who gives a rationale;
none of it is legal advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STRICTEST_FIRST: Final = ("prohibited", "high", "transparency", "minimal")


@dataclass(frozen=True, slots=True)
class Preset:
    """A use that the Act names, with the path of articles that leads to its class."""

    title: str
    eu_class: str
    articles: str


PRESETS: Final = {
    "credit_scoring": Preset(
        "Creditworthiness or credit score of people (other than finding fraud)",
        "high",
        "Art. 6(2), Annex III 5(b)",
    ),
    "insurance_pricing": Preset(
        "Risk and price of people in life and health insurance",
        "high",
        "Art. 6(2), Annex III 5(c)",
    ),
    "recruitment": Preset(
        "Recruitment or selection of people: adverts, filtering, evaluating",
        "high",
        "Art. 6(2), Annex III 4(a)",
    ),
}


def is_milder(now: str, than: str) -> bool:
    """True when class ``now`` asks less of us than class ``than`` did."""
    return STRICTEST_FIRST.index(now) > STRICTEST_FIRST.index(than)
