"""A methodology with one question, and use cases assessed under it."""

from __future__ import annotations

from typing import Any, Final

from governance.models import Methodology, RiskAssessment, UseCase
from governance.services import risk
from lib.actor import SYSTEM, Actor
from tests.governance.make import Bank

METHODOLOGY: Final = """methodology: small
title: Small
review: {tier_1: 100, tier_2: 200, tier_3: 300}
factors:
  - key: money
    title: Money
    question: How much?
    weight: 1
    levels:
      - {key: low, points: 0, title: Little}
      - {key: medium, points: 50, title: Some}
      - {key: high, points: 100, title: Much}
bands:
  - {from: 100, tier: 1}
  - {from: 50, tier: 2}
  - {from: 0, tier: 3}
"""


def make_methodology() -> Methodology:
    return risk.publish_methodology(source=METHODOLOGY, actor=SYSTEM)


def settle(slug: str, tier: int, *, actor: Actor) -> UseCase:
    """Use case ``slug``, assessed so that ``tier`` holds. Publishes the methodology if there is
    none."""
    use_case = UseCase.objects.get(slug=slug)
    if risk.current_methodology() is None:
        make_methodology()
    level = {1: "high", 2: "medium", 3: "low"}[tier]
    risk.assess(use_case, answers={"money": level}, actor=actor)
    return UseCase.objects.get(slug=slug)


def assess(bank: Bank, money: str, **more: Any) -> RiskAssessment:
    """By Rita, who owns nothing, unless ``actor`` says otherwise."""
    fields = {"actor": bank.people.rita.actor} | more
    return risk.assess(UseCase.objects.get(slug="mortgage"), answers={"money": money}, **fields)
