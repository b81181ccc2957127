"""Explainability: what the model's answers rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import CONFIDENCE, Check, CheckInput, Evidence, Parameter


class GlobalImportance(Check):
    """Which features move the score, how much, in which direction, and how sure their order is.

    Purpose: Shows what decisions rest on, so that a feature that must not weigh (race, a proxy for
    it, a leak of the outcome) is seen, and so that reasons can be given to the people decided
    upon.

    Mechanism: Shapley values of a seeded sample of rows, computed by the child process that runs
    the model (shap's permutation explainer, independent background). Importance is the mean
    absolute value of a feature; its interval, and the interval of its rank, come from resampling
    the explained rows. Direction is the rank correlation of a feature's values with its
    contributions. Contributions and base value must add up to the score: the largest deviation is
    reported. Reason codes are the features that lowered a row's score most.

    Limits: Explains the model, not the world: a feature may matter because it stands in for
    another. The independent background breaks correlations between features, so correlated ones
    share importance in ways that depend on it. Ranks are given as intervals because their order
    differs from sample to sample. Intervals cover the choice of rows, not the choice of
    background.

    Source: Lundberg and Lee, A Unified Approach to Interpreting Model Predictions (2017);
    Strumbelj and Kononenko, Knowledge and Information Systems 41 (2014); shap's
    PermutationExplainer.
    """

    id = "explainability.global_importance"
    title = "What the score rests on"
    component = "explainability"
    needs = frozenset({"scores", "explanations"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "confidence": CONFIDENCE,
        "shown": Parameter("whole number", 12, "Features drawn in the chart.", least=1, most=40),
        "reasons": Parameter(
            "whole number", 4, "Reason codes given per example.", least=1, most=10
        ),
        "examples": Parameter("whole number", 3, "Examples given.", least=0, most=10),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import explained

        return explained.evidence(self, data, self.settled(parameters), seed)
