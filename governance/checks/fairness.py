"""Fairness: whether groups of people are treated alike, with how sure we can be of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from governance.checks.base import CONFIDENCE, Check, CheckInput, Evidence, Parameter

ATTRIBUTE = Parameter(
    "text or list of texts", None,
    "Sensitive column whose groups are compared, or several to be crossed. "
    "May be left out when the data declare only one.",
)  # fmt: skip
GROUP_PARAMETERS: Mapping[str, Parameter] = {
    "attribute": ATTRIBUTE,
    "reference": Parameter("text", None, "Group all others are compared with; else all pairs."),
    "floor": Parameter("whole number", 30, "Fewest rows for a group to be assessed.", least=10),
    "floor_share": Parameter("number", 0.02, "Smallest share of rows to be assessed.", 0.0, 0.5),
    "confidence": CONFIDENCE,
    "people": Parameter("text", "cases", "What the rows are, in the plural: applicants."),
    "outcome": Parameter("text", "selected", "What the favourable outcome is: approved."),
}  # fmt: skip


class _GroupRates(Check):
    """What these checks share: rates of groups, and one way to compare two of them."""

    component = "fairness"
    parameters = GROUP_PARAMETERS
    accepts = frozenset({"counts"})
    rates: ClassVar[Sequence[str]] = ("selection_rate",)
    kind: ClassVar[str] = "ratio"

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import compared  # heavy: listing checks goes without it

        settled = self.settled(parameters)
        return compared.evidence(self, data, settled, seed, rates=self.rates, kind=self.kind)


class SelectionRateRatio(_GroupRates):
    """How often each group gets the favourable outcome, as a ratio between groups.

    Purpose: Shows adverse impact: the four-fifths rule of US employment law, used in credit too,
    asks that the group selected least often be selected at least 0.8 times as often as the others.

    Mechanism: Counts each group's rows and favourable predictions once. The ratio of every pair
    (or of each group to the declared reference) gets a log interval (Katz), or Koopman's score
    interval where a group has only one outcome; rates get Wilson's. Weighted rows count as the
    number of equal rows that would say as much. The same for every other sensitive column and for
    all of them crossed, as tables. Groups under the floor are listed as not assessed, never
    dropped. On data up to 20,000 rows the rates are held against fairlearn's.

    Limits: A ratio says nothing about why groups differ, nor whether decisions are right for each
    (see equalized odds). A model may pass here and still treat like people differently. Small
    groups give wide intervals: that is a finding about the data, not about the model.

    Source: 29 CFR 1607.4(D) (four-fifths rule); Katz et al., Biometrics 34 (1978); Koopman,
    Biometrics 40 (1984); Korn and Graubard, Survey Methodology 24 (1998) for weights; fairlearn's
    demographic_parity_ratio.
    """

    id = "fairness.selection_rate_ratio"
    title = "Selection rate ratio between groups"


class SelectionRateDifference(_GroupRates):
    """How often each group gets the favourable outcome, as a difference between groups.

    Purpose: Shows how far apart groups are in percentage points (demographic parity difference),
    which reads better than a ratio where the outcome is rare.

    Mechanism: Counts once, as for the ratio. The difference of every pair (or of each group
    against the declared reference) gets Newcombe's hybrid score interval, which keeps its coverage
    in small groups and at rates near 0 or 1.

    Limits: The same difference means more at low rates than at middling ones. It says nothing
    about why groups differ, nor whether decisions are right for each.

    Source: Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10; fairlearn's
    demographic_parity_difference.
    """

    id = "fairness.selection_rate_difference"
    title = "Selection rate difference between groups"
    kind = "difference"


class EqualizedOdds(_GroupRates):
    """Whether the model errs equally often for every group, given the true outcome.

    Purpose: Shows whether people of different groups who turn out alike are treated alike: those
    with a favourable true outcome (true-positive rate) and those without (false-positive rate).

    Mechanism: Counts once per group, label and prediction. Both rates are compared for every pair
    (or against the declared reference) as differences with Newcombe's hybrid score interval. The
    floor counts in each rate's own denominator, so a group may be assessed in one rate and not in
    the other.

    Limits: Takes the recorded outcome as the truth. Where past decisions were biased, agreeing
    with them equally is no proof of fairness. Rare outcomes leave few rows and wide intervals.

    Source: Hardt, Price and Srebro, Equality of Opportunity in Supervised Learning (2016);
    Newcombe (1998), method 10; fairlearn's equalized_odds_difference.
    """

    id = "fairness.equalized_odds"
    title = "Equalized odds between groups"
    rates = ("true_positive_rate", "false_positive_rate")
    kind = "difference"


class EqualOpportunity(_GroupRates):
    """Whether those who deserve the favourable outcome get it equally often in every group.

    Purpose: The half of equalized odds that matters to people who were turned away wrongly: of
    those with a favourable true outcome, how many the model selects.

    Mechanism: The true-positive rate of every group with Wilson's interval, every pair as a
    difference with Newcombe's. The floor counts rows with a favourable true outcome.

    Limits: Silent on those whose true outcome was unfavourable, and blind where the outcome of
    people who were refused was never seen: then the truth holds only those once accepted.

    Source: Hardt, Price and Srebro (2016); Newcombe (1998), method 10; fairlearn's
    equal_opportunity_difference.
    """

    id = "fairness.equal_opportunity"
    title = "Equal opportunity between groups"
    rates = ("true_positive_rate",)
    kind = "difference"


class PredictiveParity(_GroupRates):
    """Whether a decision means the same for every group.

    Purpose: Shows whether those selected turn out well equally often (positive predictive value),
    and those refused turn out badly equally often (negative predictive value), whoever they are.

    Mechanism: Counts once per group, label and prediction; both values are compared for every pair
    as differences with Newcombe's interval. The floor counts those selected, and those refused.

    Limits: Where true outcomes are more frequent in one group than in another, no imperfect model
    has both predictive parity and equalized odds (Chouldechova 2017): choose with reasons.

    Source: Chouldechova, Fair Prediction with Disparate Impact, Big Data 5 (2017) 153-163;
    Newcombe (1998), method 10.
    """

    id = "fairness.predictive_parity"
    title = "Predictive parity between groups"
    rates = ("positive_predictive_value", "negative_predictive_value")
    kind = "difference"
