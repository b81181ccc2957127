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
    the model: exact ones from the trees themselves where the format gives them, else antithetic
    permutations over an independent background. Importance is the mean absolute value of a
    feature; its interval, and the interval of its rank, come from resampling the explained rows.
    An order is claimed only between features whose 95% rank intervals do not overlap; the sampling
    error is the relative standard error of importance. Direction is the rank correlation of a
    feature's values with its contributions. Additivity is measured here and not taken on trust:
    base plus contributions, through the link that the explainer names (identity or log-odds),
    against the score that the model gave. Reason codes are the features that lowered a row's score
    most.

    Limits: Explains the model, not the world: a feature may matter because it stands in for
    another. The independent background breaks correlations between features, so correlated ones
    share importance in ways that depend on it. Ranks are given as intervals because their order
    differs from sample to sample. Intervals cover the choice of rows, not the choice of
    background.

    Source: Shapley, A Value for n-Person Games (1953); Lundberg and Lee, A Unified Approach to
    Interpreting Model Predictions (2017); Lundberg et al., Nature Machine Intelligence 2 (2020)
    56-67 (trees); Strumbelj and Kononenko, Knowledge and Information Systems 41 (2014).
    """

    id = "explainability.global_importance"
    version = "2"
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


class Stability(Check):
    """Whether the explanations hold still: the ranking on other rows, and rows that are alike.

    Purpose: Reasons that would read differently had other rows been drawn, or that differ between
    two applicants who are all but the same, cannot be defended before either of them.

    Mechanism: The explained rows are cut into random halves many times over; the two rankings of
    each cut are held against each other: how many of the top features they share, Spearman's
    correlation of the ranks, and whether the top is in the same order. Then each row is held
    against its nearest neighbour (in ranks of the features): how far their contributions differ,
    added up, as a share of how far those of rows picked at random differ. Rows equal in every
    feature ought to have equal contributions; how far they do not is the noise of the method.

    Limits: Halves are smaller than the whole, so the ranking of all rows is steadier than what is
    shown. The interval of the overlap is the range over cuts of these rows. A nearest neighbour
    may still be far off where rows are few or features many. Not computable when the model has no
    more features than the top asked for.

    Source: Alvarez-Melis and Jaakkola, On the Robustness of Interpretability Methods (2018);
    Visani et al., Statistical Stability Indices for LIME, J. Oper. Res. Soc. 73 (2022); Kalousis,
    Prados and Hilario, Knowledge and Information Systems 12 (2007) 95-116.
    """

    id = "explainability.stability"
    title = "Whether explanations hold still"
    component = "explainability"
    needs = frozenset({"scores", "explanations"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "top": Parameter("whole number", 5, "Features that count as the top.", least=1, most=40),
        "splits": Parameter(
            "whole number", 200, "Times the rows are cut into halves.", least=50, most=2000
        ),
        "confidence": CONFIDENCE,
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import explained_stability

        return explained_stability.evidence(self, data, self.settled(parameters), seed)


class SensitiveDependence(Check):
    """What the score owes to sensitive features, and which features set groups of people apart.

    Purpose: A model may weigh a sensitive feature itself, or through others that stand in for it.
    The first is seldom lawful; of the second one wants to know which features it is, and whether
    there is a good reason for each.

    Mechanism: The share of all absolute contributions that the sensitive features have, with an
    interval by resampling rows. Then, for each group and each feature, its mean contribution in
    the group less that in the reference group, with a normal interval from Welch's standard error.
    Contributions add up to the score in every row, so these differences add up to the gap between
    the mean scores of the two groups exactly: they say how much of the gap runs through which
    feature. How often a contribution in one group is above one in the other (Mann and Whitney)
    says how well the feature tells the two apart.

    Limits: Which of two correlated features gets the credit depends on the background and on the
    model, not on the world. A part of the gap is no proof of discrimination: fairness checks judge
    the decisions, this one says where to look. On the log-odds scale the parts add up to the gap
    in mean log-odds, not in mean scores. A group under the floor is listed, not assessed.

    Source: Lundberg, Explaining Quantitative Measures of Fairness (2020); Begley et al.,
    Explainability for Fair Machine Learning (2020); Welch, Biometrika 34 (1947) 28-35; Regulation
    B, 12 CFR 1002.4(a) and 1002.6(b).
    """

    id = "explainability.sensitive_dependence"
    title = "Dependence on sensitive features"
    component = "explainability"
    needs = frozenset({"scores", "explanations"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "attribute": Parameter("text or list of texts", None, "Sensitive columns to compare by."),
        "reference": Parameter("text", None, "Group to compare with; the largest if left out."),
        "forbidden": Parameter(
            "list of texts", None,
            "Features that must not weigh; sensitive inputs, and those derived from sensitive "
            "columns, if left out.",
        ),
        "floor": Parameter("whole number", 30, "Fewest explained rows of a group.", 10),
        "people": Parameter("text", "cases", "What the rows are: applicants."),
        "confidence": CONFIDENCE,
    }  # fmt: skip

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import explained_groups

        return explained_groups.evidence(self, data, self.settled(parameters), seed)


class ReasonCodes(Check):
    """Whether a refusal can be explained by reasons that a person can read and that make sense.

    Purpose: Who is refused credit must be told the principal reasons, specifically. A reason that
    is a column name, that two features share, or that holds a good value against somebody, is
    none.

    Mechanism: For every explained row that was refused, the features that lowered its score most,
    at most four by default. Four statements: every feature has a plain name, no two share one,
    every refused row has a reason, and none of the reasons is a sensitive feature (or, by the
    schema, derived from one). How often each reason is given is counted, by group where
    one is named. Where the schema declares that the score must rise or fall with a feature, a row
    counts against the model when its contribution, held against those of all rows with another
    value, is on the wrong side of more of them than on the right side; Wilson's interval.

    Limits: A reason names a feature, not what to change. Contributions are held against the
    average answer; other starting points (the nearest approved applicant) can give other reasons.
    Where features interact, a contribution may go against the direction of its own feature though
    the model never does: `robustness.monotonicity` tests the model itself. Where fewer than 30
    explained rows were refused, the quarter with the lowest scores stands in for them.

    Source: Regulation B, 12 CFR 1002.9(b)(2) and its official comment; CFPB Circulars 2022-03 and
    2023-03; EU AI Act, Article 86; Kendall, Biometrika 30 (1938) 81-93; Wilson, JASA 22 (1927).
    """

    id = "explainability.reason_codes"
    title = "Reasons for refusals"
    component = "explainability"
    needs = frozenset({"scores", "explanations"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "most": Parameter("whole number", 4, "Reasons given to one row.", least=1, most=10),
        "attribute": Parameter(
            "text or list of texts", None, "Sensitive columns to count reasons by."
        ),
        "confidence": CONFIDENCE,
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import reason_codes

        return reason_codes.evidence(self, data, self.settled(parameters), seed)
