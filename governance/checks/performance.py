"""Performance: how well the model tells outcomes apart, and how often it is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import CONFIDENCE, Check, CheckInput, Evidence, Parameter


class RocAuc(Check):
    """How well the score ranks favourable outcomes above unfavourable ones.

    Purpose: Shows whether the score separates outcomes at all, at any cut-off: 0.5 is chance, 1 is
    perfect. Also for every group of each sensitive column, since a model may rank one group well
    and another no better than chance.

    Mechanism: The exact rank statistic (ties counted half) with DeLong's variance and a normal
    interval cut to [0, 1]; with perfect separation, where that variance is nothing, Wilson's
    interval on the smaller class. Not computable with one outcome only, or when every score is the
    same.

    Limits: Says nothing about the cut-off in use, the cost of errors or calibration. Intervals
    cover sampling error of these rows only, not change over time or in the population.

    Source: DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837-845; Sun and Xu, IEEE
    Signal Processing Letters 21 (2014).
    """

    id = "performance.roc_auc"
    title = "ROC AUC"
    component = "performance"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "confidence": CONFIDENCE,
        "floor": Parameter("whole number", 30, "Fewest rows for a group to be shown.", least=10),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import ranking

        return ranking.evidence(self, data, self.settled(parameters), seed)


class Accuracy(Check):
    """How often the decision agrees with the recorded outcome, and in which direction it errs.

    Purpose: Shows the share of right decisions at the cut-off in use, beside what always giving
    the commoner outcome would reach: a model below that is worse than none.

    Mechanism: Counts decisions against outcomes. Accuracy, recall, specificity and precision with
    Wilson's interval; balanced accuracy from recall and specificity with the two intervals
    combined (Newcombe's square-and-add).

    Limits: With rare outcomes accuracy is high for useless models; read recall and specificity.
    Both kinds of error count alike, which they seldom do in business.

    Source: Wilson, JASA 22 (1927) 209-212; Newcombe, Statistics in Medicine 17 (1998) 873-890.
    """

    id = "performance.accuracy"
    title = "Accuracy"
    component = "performance"
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import deciding

        return deciding.evidence(self, data, self.settled(parameters), seed)
