"""Fairness once reasons are allowed for: what is left of a gap, and what could stand in for a
group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import Check, CheckInput, Evidence, Parameter
from governance.checks.fairness import GROUP_PARAMETERS

_OF = Parameter(
    "text", "decision",
    "What is compared: the model's decision, or the outcome recorded in the label column.",
    choices=("decision", "recorded"),
)  # fmt: skip


class ConditionalDisparity(Check):
    """What is left of a gap among people alike in a legitimate factor.

    Purpose: A gap may come from a factor that a decision may rest on, or hide behind one. Compares
    like with like, as the Court of Justice's and the UK's reading of indirect discrimination asks
    for (conditional demographic disparity), and shows it when the order of groups turns round once
    people are compared within the factor (Simpson's paradox).

    Mechanism: Rows are put into strata of the columns in 'by' (numbers into bands with alike many
    rows). Every pair of groups gets Mantel-Haenszel's common difference with Sato's variance and
    common ratio with Greenland and Robins's; also the odds ratio, the Cochran-Mantel-Haenszel test
    and Cochran's Q for strata that disagree. Strata with one group only compare nobody and are
    counted.

    Limits: Whether a factor is legitimate is for people to say: one that is itself the result of
    discrimination explains it away. A common value says little where strata disagree: see the
    table.

    Source: Mantel and Haenszel, JNCI 22 (1959); Sato, Biometrics 45 (1989); Greenland and Robins,
    Biometrics 41 (1985); Bickel, Hammel and O'Connell, Science 187 (1975); Wachter, Mittelstadt and
    Russell, Why Fairness Cannot Be Automated (2021).
    """

    id = "fairness.conditional_disparity"
    title = "Disparity at the same legitimate factor"
    component = "fairness"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        **GROUP_PARAMETERS,
        "by": Parameter("text or list of texts", None, "Legitimate factor: column or columns."),
        "bands": Parameter("whole number", 5, "Bands a number is put into.", least=2, most=20),
        "of": _OF,
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import conditional

        return conditional.evidence(self, data, self.settled(parameters), seed)


class AdjustedDisparity(Check):
    """What is left of a gap when several legitimate factors are held alike at once.

    Purpose: The study of the Boston Fed asked whether race still mattered to mortgage approvals
    once income, debts and credit history were alike. The same question, put to a model's decisions
    or to the recorded ones.

    Mechanism: A linear probability model with one column for each group but the reference, and the
    controls (numbers as they are, categories as 0 or 1). The group's coefficient is the difference
    left, with heteroscedasticity-robust standard errors (HC1 by default) or classical ones; beside
    it the difference without controls on the same rows, and logistic regression's odds ratio and
    average marginal effect. Rows with an empty control are left out and counted.

    Limits: Controls that stand in for the group hide discrimination, controls that were forgotten
    feign it. Few rows for each coefficient make robust errors too small: HC3 is more careful.

    Source: Munnell, Tootell, Browne and McEneaney, American Economic Review 86 (1996) 25-53; White
    (1980); MacKinnon and White (1985); Wooldridge, Introductory Econometrics, computer exercise C8
    of chapter 7.
    """

    id = "fairness.adjusted_disparity"
    title = "Disparity with controls held alike"
    component = "fairness"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        **GROUP_PARAMETERS,
        "controls": Parameter("text or list of texts", None, "Legitimate factors to hold alike."),
        "errors": Parameter(
            "text", "HC1", "Standard errors of the linear model.",
            choices=("classical", "HC0", "HC1", "HC3"),
        ),
        "of": _OF,
    }  # fmt: skip

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import adjusted

        return adjusted.evidence(self, data, self.settled(parameters), seed)


class ProxyStrength(Check):
    """Whether the group can be told from the features, so that leaving it out hides nothing.

    Purpose: A model that is not given race may still see it, through an address, a school or a
    first name. Shows how much the features say about the group, and which of them say it.

    Mechanism: Five-fold cross-validation of gradient-boosted trees of fixed size, telling each
    group from all others; the mean of the folds' AUCs with an interval from their DeLong errors. A
    feature's part is the AUC lost on held-out rows when it is shuffled, beside its AUC alone. The
    attribute itself is left out, and told of when it is an input. At most 20,000 rows, drawn by the
    seed. A policy limits the AUC; 0.5 is chance.

    Limits: A group that can be told need not be treated differently: a proxy is a reason to look at
    disparities, not one by itself. Another learner may find more. Features that say the same take
    the loss from each other: read both columns.

    Source: Feldman, Friedler, Moeller, Scheidegger and Venkatasubramanian, Certifying and Removing
    Disparate Impact (2015); LeDell, Petersen and van der Laan (2015); Breiman (2001).
    """

    id = "fairness.proxy_strength"
    title = "Whether features stand in for the group"
    component = "fairness"
    needs: ClassVar[frozenset[str]] = frozenset()
    parameters: ClassVar[Mapping[str, Parameter]] = {
        **{
            name: one
            for name, one in GROUP_PARAMETERS.items()
            if name not in ("outcome", "reference")
        },
        "most_rows": Parameter("whole number", 20_000, "Most rows used.", 200, 200_000),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import proxy

        return proxy.evidence(self, data, self.settled(parameters), seed)
