"""Fairness of scores and predicted numbers: do they rank, mean and miss alike for every group?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import Check, CheckInput, Evidence, Parameter
from governance.checks.fairness import GROUP_PARAMETERS

_PARAMETERS = {name: one for name, one in GROUP_PARAMETERS.items() if name != "outcome"}


class GroupAuc(Check):
    """Whether the score ranks outcomes equally well within every group.

    Purpose: A score that separates good from bad outcomes in one group and guesses in another makes
    arbitrary decisions about the second, whatever its selection rates.

    Mechanism: The exact AUC of each group (ties half) with DeLong's error on the logit scale. Two
    groups share no rows, so the interval of their difference adds the squared distances to their
    own limits (MOVER). A group needs the floor of rows, and ten of its rarer outcome.

    Limits: Says nothing about how a group is ranked against another (see equalized odds), nor about
    the level of scores (see calibration). A group with more alike people has a lower AUC by itself.

    Source: DeLong et al., Biometrics 44 (1988); Zou and Donner, Statistics in Medicine 27 (2008)
    for differences from separate intervals; Pepe (2003), 5.2.
    """

    id = "fairness.group_auc"
    title = "ROC AUC of every group"
    component = "fairness"
    parameters: ClassVar[Mapping[str, Parameter]] = _PARAMETERS

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import group_figures

        settled = self.settled(parameters)
        figures = {"roc_auc": group_figures.roc_auc}
        return group_figures.evidence(self, data, settled, seed, figures)


class GroupCalibration(Check):
    """Whether a score means the same for every group.

    Purpose: Among people given a 70% score, 70% of each group should turn out well. Where one group
    does better than its scores say, that group is underrated, and held back by a common cut-off.

    Mechanism: The recorded less the mean predicted rate of every group (calibration in the large)
    with the standard error of that mean, compared between groups by their intervals (MOVER). As
    tables and curves: tenths of each group by score, and the expected calibration error beside what
    perfect calibration would show with so many rows.

    Limits: Needs scores that are probabilities. Groups may agree on average and differ along the
    curve: look at it. Calibration within groups and equal error rates exclude each other where base
    rates differ (Kleinberg et al. 2016).

    Source: Pleiss et al., On Fairness and Calibration (2017); Kleinberg, Mullainathan and Raghavan,
    Inherent Trade-Offs (2016); Van Calster et al., BMC Medicine 17 (2019).
    """

    id = "fairness.group_calibration"
    title = "Calibration of every group"
    component = "fairness"
    parameters: ClassVar[Mapping[str, Parameter]] = _PARAMETERS

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import group_calibration, group_figures, group_rows

        settled = self.settled(parameters)
        _, title = group_rows.named(settled, data)
        figures = {"calibration_gap": group_figures.calibration_gap}
        return group_figures.evidence(
            self, data, settled, seed, figures,
            lambda found, estimates: group_calibration.curves(found, estimates, title),
        )  # fmt: skip


class RegressionParity(Check):
    """Whether a predicted number misses alike for every group.

    Purpose: For prices, limits, incomes or waiting times: whether one group is predicted too low or
    too high on average, and whether the prediction is less accurate for it.

    Mechanism: Residuals are actual less predicted, so a group above 0 is predicted too low. Mean
    residual with its standard error, median residual with the interval of order statistics, mean
    absolute error on the log scale; groups are compared by their intervals (MOVER). A policy limits
    the gap in the label's own unit, or the ratio of mean absolute errors.

    Limits: Equal residuals do not make the predicted quantity itself fair. Means follow outliers:
    compare with the median. A group with a wider range of outcomes has larger errors by itself.

    Source: Zou and Donner (2008); Hettmansperger and Sheather, Statistics and Probability Letters 4
    (1986) for the median; Agarwal, Dudik and Wu, Fair Regression (2019).
    """

    id = "fairness.regression_parity"
    title = "Errors of predicted numbers by group"
    component = "fairness"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        **_PARAMETERS,
        "unit": Parameter("text", None, "Unit of the label, for sentences: EUR."),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import group_figures, samples

        samples.tasks(data, self.id, "regression")
        settled = self.settled(parameters)
        settled["unit"] = settled["unit"] or ""
        figures = {
            "mean_residual": group_figures.mean_residual,
            "median_residual": group_figures.median_residual,
            "mae": group_figures.mae,
        }
        return group_figures.evidence(self, data, settled, seed, figures)
