"""Fairness as audits ask for it: impact ratios, all error rates, and gaps beside the champion's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import Check, CheckInput, Evidence, Parameter
from governance.checks.fairness import GROUP_PARAMETERS


class ImpactRatio(Check):
    """The tables of New York City's bias audit: impact ratios by sex, race and both.

    Purpose: Local Law 144 asks employers who screen with an automated tool to publish, for every
    sex, every race or ethnicity and every combination, how many were assessed, the selection or
    scoring rate, and the rate over the highest one. It sets no pass mark: the threshold
    {recorded: true} asks only that the figures are there; an own limit may be set beside it.

    Mechanism: Counts once by all sensitive columns together. The scoring rate is the share of a
    category scored above the median of the whole sample. People whose category is not stated are
    counted and left out. A category under 2% of the data may be left out of the ratios when
    'exclusion_reason' says why; its count and rate are shown all the same. An own limit is judged
    by the gate rule over all pairs, with the usual floors.

    Limits: A ratio to the highest rate makes a small lucky group the measure of all; intervals are
    drawn beside it. Counts under ten read "<10" here: who must publish them whole has the data.

    Source: NYC Administrative Code 20-870 to 20-874 (Local Law 144 of 2021); 6 RCNY 5-300 to 5-304.
    """

    id = "fairness.impact_ratio"
    title = "Impact ratio by category (LL144)"
    exact_on_counts = False  # the median of all scores needs rows
    component = "fairness"
    accepts: ClassVar[frozenset[str]] = frozenset({"counts"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        **{name: one for name, one in GROUP_PARAMETERS.items() if name != "reference"},
        "of": Parameter(
            "text", "selection", "Decisions, or scores above the median of all.",
            choices=("selection", "scoring"),
        ),
        "exclusion_reason": Parameter(
            "text", None, "Why categories under 2% of the data are left out; else they are not."
        ),
    }  # fmt: skip

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import impact

        return impact.evidence(self, data, self.settled(parameters), seed)


class ErrorRates(Check):
    """All the ways a decision can be right or wrong, group by group.

    Purpose: One place to read true- and false-positive, false-negative, positive and negative
    predictive rates side by side, as differences or ratios: the errors fall on different people,
    and which of them matters most is a question of the use case.

    Mechanism: Counts once; each rate has its own denominator and floor, Wilson's interval, and
    every pair Newcombe's (difference) or Katz's (ratio). Balanced accuracy and F1 get percentile
    intervals from 1,000 multinomial draws of the cells, which is the row bootstrap.

    Limits: Where base rates differ no imperfect model equals them all (Chouldechova 2017; Kleinberg
    et al. 2016). Judging all of them asks much of the data: Holm's adjustment counts every pair of
    every rate.

    Source: fairlearn's MetricFrame; Newcombe (1998); Efron and Tibshirani (1993); Angwin, Larson,
    Mattu and Kirchner, Machine Bias (ProPublica, 2016).
    """

    id = "fairness.error_rates"
    title = "Error rates of every group"
    component = "fairness"
    accepts: ClassVar[frozenset[str]] = frozenset({"counts"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        **GROUP_PARAMETERS,
        "compare": Parameter(
            "text", "difference", "How pairs are shown.", choices=("difference", "ratio")
        ),
        "rates": Parameter(
            "list of texts",
            (
                "true_positive_rate", "false_positive_rate", "false_negative_rate",
                "positive_predictive_value", "negative_predictive_value",
            ),
            "Rates measured and judged.",
        ),
    }  # fmt: skip

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import error_rates

        return error_rates.evidence(self, data, self.settled(parameters), seed)


class ChampionGap(Check):
    """Whether the candidate widens a gap between groups, beside the model it would replace.

    Purpose: A better model may be better for some. Shows on the same rows how much wider (or
    narrower) each gap between groups is than the champion's, with a margin it may not exceed.

    Mechanism: Counts once by group, outcome, the candidate's decision and the champion's; the
    change of each gap's size gets its error from 1,000 multinomial draws of those joint cells, so
    what the two models have in common cancels. Non-inferiority: pass when the 90% interval ends
    below the margin.

    Limits: A gap no wider than the champion's may still be wide: judge the gap itself too. Where
    it is open which way a gap leans, the interval is widened to hold whichever way it does.

    Source: Efron and Tibshirani (1993), ch. 6; Walker and Nowacki, Journal of General Internal
    Medicine 26 (2011) 192-196 (non-inferiority).
    """

    id = "fairness.champion_gap"
    title = "Gaps beside the champion's"
    component = "fairness"
    needs: ClassVar[frozenset[str]] = frozenset({"scores", "champion_scores"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        **GROUP_PARAMETERS,
        "rates": Parameter(
            "list of texts", ("selection_rate",),
            "selection_rate, true_positive_rate, false_positive_rate.",
        ),
    }  # fmt: skip

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import champion_gap

        return champion_gap.evidence(self, data, self.settled(parameters), seed)
