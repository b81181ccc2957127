"""A methodology with one question, and use cases assessed under it."""

from __future__ import annotations

from typing import Any, Final

from governance.models import Methodology, RiskAssessment, UseCase
from governance.services import risk
from lib.actor import SYSTEM
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


def assess(bank: Bank, money: str, **more: Any) -> RiskAssessment:
    """By Rita, who owns nothing, unless ``actor`` says otherwise."""
    fields = {"actor": bank.people.rita.actor} | more
    return risk.assess(UseCase.objects.get(slug="mortgage"), answers={"money": money}, **fields)
