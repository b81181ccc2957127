"""What has to be known of a use case, by tier, and what is missing. Pure.

Source: PRA SS1/23 principle 1 and OSFI E-23 (an inventory with its fields, more for higher risk),
Regulation (EU) 2024/1689 Art. 6 (the class), NIST AI RMF MAP 1.4 and 3.1 (value).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """``lightest`` is the last tier that has to have it: 3 is every use case, 1 the riskiest."""

    key: str
    title: str
    lightest: int


FIELDS: Final = (
    Field("objective", "Objective", 3),
    Field("archetype", "Archetype", 3),
    Field("determination", "Model or not", 3),
    Field("assessment", "Risk assessment by questionnaire", 3),
    Field("eu_class", "Class under the EU AI Act", 3),
    Field("users", "Users", 2),
    Field("hypothesis", "Hypothesis", 2),
    Field("kpi", "A KPI", 1),
    Field("value_case", "Value case", 1),
)


@dataclass(frozen=True, slots=True)
class Completeness:
    """``gaps`` are titles of missing fields; ``percent`` is cut, so that 100 means all."""

    percent: int
    gaps: tuple[str, ...]


def completeness(tier: int, known: Mapping[str, bool]) -> Completeness:
    """``known``: key of each field -> whether it is filled in."""
    asked = [field for field in FIELDS if tier <= field.lightest]
    gaps = tuple(field.title for field in asked if not known[field.key])
    return Completeness((len(asked) - len(gaps)) * 100 // len(asked), gaps)
