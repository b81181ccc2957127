"""Robustness: whether small changes of rows, samples or runs change what the model says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import CONFIDENCE, Check, CheckInput, Evidence, Parameter

KINDS = ("noise", "missing", "swap", "unit")


class Stability(Check):
    """How many decisions change when rows are altered a little, as life alters them.

    Purpose: A decision that turns on a rounding, an empty field or a mistyped category is not one
    to defend before an applicant.

    Mechanism: A sample of rows is altered and scored again: numbers moved by noise, values emptied
    at random, every category of one column swapped for another, and numbers given in the wrong
    unit. The share of decisions that change has Wilson's interval; the mean move of the score is
    in its own standard deviations. Unit errors are shown and by default not judged: a model that
    notices them ought to move.

    Limits: Alterations are made one kind at a time and without regard to how columns hang together,
    so some altered rows could not occur.

    Source: Hendrycks and Dietterich, Benchmarking Neural Network Robustness, ICLR (2019); Wilson,
    JASA 22 (1927); EU AI Act, Article 15(4).
    """

    id = "robustness.stability"
    title = "Stability under altered rows"
    component = "robustness"
    needs: ClassVar[frozenset[str]] = frozenset({"scores", "probes"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "kinds": Parameter(
            "list of texts", ["noise", "missing", "swap"],
            f"Kinds of alteration that are judged: {', '.join(KINDS)}.",
        ),
        "confidence": CONFIDENCE,
    }  # fmt: skip

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import stability

        return stability.stability(self, data, self.settled(parameters), seed)

    def problems(self, parameters: Mapping[str, Any]) -> list[str]:
        found = super().problems(parameters)
        kinds = parameters.get("kinds")
        if not found and kinds:
            known = ", ".join(KINDS)
            found = [
                f"{self.id}: 'kinds' knows {known}, not {kind!r}."
                for kind in kinds
                if kind not in KINDS
            ]
        return found


class Reproducibility(Check):
    """Whether the model gives the same rows the same scores a second time.

    Purpose: A score that differs from run to run can be neither audited nor appealed against.

    Mechanism: Scores the same rows twice in the same child process and counts rows whose score
    differs by more than the tolerance, or whose decision differs. Counted, not estimated.

    Limits: One machine, one process: other hardware or library versions may differ in the last
    digits.

    Source: EU AI Act, Article 15(1) (consistent performance); Pineau et al., JMLR 22 (2021).
    """

    id = "robustness.reproducibility"
    title = "The same scores twice"
    component = "robustness"
    needs: ClassVar[frozenset[str]] = frozenset({"scores", "probes"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "tolerance": Parameter("number", 0.0, "Difference of a score that is overlooked.", 0.0),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import stability

        return stability.reproducibility(self, data, self.settled(parameters), seed)


class Monotonicity(Check):
    """Whether the score moves with a feature in the direction that is declared.

    Purpose: People and regulators expect some features to work one way only: with all else equal,
    more arrears must not raise a credit score.

    Mechanism: For each feature that the schema declares increasing or decreasing, up to 200 rows
    are scored with that feature at 15 quantiles of its values and everything else as it is. A row
    counts against the model when any step goes the wrong way; the share of rows has Wilson's
    interval.

    Limits: Looks at the quantiles only, so a dip between two of them is missed, and at one feature
    at a time.

    Source: Goldstein et al., Peeking Inside the Black Box, J. Comp. Graph. Statistics 24 (2015);
    Wilson, JASA 22 (1927).
    """

    id = "robustness.monotonicity"
    title = "Monotonicity where declared"
    component = "robustness"
    needs: ClassVar[frozenset[str]] = frozenset({"probes"})
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import stability

        return stability.monotonicity(self, data, self.settled(parameters), seed)


class WorstSlice(Check):
    """Where the model errs most: the worst of all slices by one or two columns.

    Purpose: A good average hides the customers for whom the model is wrong most of the time.

    Mechanism: Cuts the rows by every category and every quarter of a number, alone and two columns
    together (ten columns at most), and compares the error of each slice with that of all other
    rows: Newcombe's interval of the difference of error rates, or for numbers a normal interval of
    the difference of mean absolute errors in standard deviations of the truth. The judge corrects
    for the number of slices by Holm's method.

    Limits: The worst of many slices looks worse than it is; only what survives the correction is
    sure. Slices under the floor are counted, not shown.

    Source: Chung et al., Slice Finder, IEEE ICDE (2019); Newcombe, Statistics in Medicine 17
    (1998); Holm, Scandinavian Journal of Statistics 6 (1979).
    """

    id = "robustness.worst_slice"
    title = "Worst slice"
    component = "robustness"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "columns": Parameter(
            "list of texts", None, "Columns to slice by; sensitive columns and features."
        ),
        "depth": Parameter("whole number", 2, "Columns crossed at most.", 1, 2),
        "floor": Parameter("whole number", 100, "Fewest rows for a slice to be looked at.", 30),
        "confidence": CONFIDENCE,
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import slices

        return slices.worst(self, data, self.settled(parameters), seed)


class Resampling(Check):
    """How far the headline metric would vary from sample to sample.

    Purpose: A metric that moves more by the luck of the rows than by the choice of model supports
    no decision between models.

    Mechanism: Resamples the rows with replacement (ROC AUC: 200 resamples of the counts at each
    score, each outcome by itself; accuracy for several classes: 1,000; mean absolute error for
    numbers: 200) and shows the range of the metric.

    Limits: Shows the luck of these rows, not of training the model again on others.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 6 and 13.
    """

    id = "robustness.resampling"
    title = "Variation from sample to sample"
    component = "robustness"
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import slices

        return slices.resampled(self, data, self.settled(parameters), seed)


class Latency(Check):
    """How long one answer takes: the median, and the slowest one in a hundred.

    Purpose: A model that answers too late is bypassed, and then decides nothing.

    Mechanism: Reads the times of single answers that the child process measured after warming up,
    and gives quantiles with distribution-free intervals by order statistics. With too few times
    for an interval the quantile is not computable (about 370 for the 99th percentile at 95%).

    Limits: Measured in the sandbox of this host, without network or queue. Timings are exempt from
    being repeated bit for bit.

    Source: David and Nagaraja, Order Statistics, 3rd edition (2003), section 7.1.
    """

    id = "robustness.latency"
    title = "Latency"
    component = "robustness"
    needs: ClassVar[frozenset[str]] = frozenset({"case", "timings"})
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import latency

        return latency.evidence(self, data, self.settled(parameters), seed)
