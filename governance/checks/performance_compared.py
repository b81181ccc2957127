"""Performance: the candidate against the champion, a simple rule and its own training rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import CONFIDENCE, Check, CheckInput, Evidence, Parameter


class Champion(Check):
    """Whether the candidate is no worse than the model in use, on the same rows.

    Purpose: A new version should not quietly lose what the old one had. The policy sets a margin
    that may be lost (non-inferiority), or asks for an improvement.

    Mechanism: Both models score the same rows, so each comparison is paired: Newcombe's interval
    for paired proportions on the joint cells (both right, one right, neither), 1,000 multinomial
    replicates of the joint cells for figures such as F1, DeLong's covariance for ROC AUC, and
    differences row by row for losses. Weighted rows: Poisson bootstrap and weighted differences.
    Above 0 is better, whichever way a figure runs. A margin passes when the 90% interval of the
    gain lies above minus the margin (one-sided 5%), fails when the 95% one lies below.

    Limits: Says which model does better on these rows, not whether either is good enough. If the
    champion chose whose outcomes became known, the rows favour it. Without a champion the verdict
    is inconclusive and says so.

    Source: Newcombe, Statistics in Medicine 17 (1998) 2635-2650; DeLong, DeLong and
    Clarke-Pearson, Biometrics 44 (1988) 837-845; ICH E9 (1998), 3.3.2 (non-inferiority).
    """

    id = "performance.champion"
    title = "Against the champion"
    component = "performance"
    needs = frozenset({"scores", "champion_scores"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "confidence": CONFIDENCE,
        "query": Parameter("text", None, "For rankings: column of rows ranked together."),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import comparing

        return comparing.champion(self, data, self.settled(parameters), seed)


class Baseline(Check):
    """Whether the model beats knowing nothing: always the commonest outcome, or the mean.

    Purpose: High accuracy on a rare outcome, or a small error on a nearly constant number, can be
    worth nothing. What a rule without features reaches is the least a model has to beat.

    Mechanism: The baseline is learnt from the training data when the version has them, else from
    the rows themselves, which flatters it a little. Paired on the same rows, as against the
    champion: accuracy, log-loss and Brier score, or mean and root mean squared error.

    Limits: Beating this baseline is necessary and far from sufficient. With rare outcomes a useful
    model may not beat it in accuracy; judge it by Brier score or ROC AUC.

    Source: Newcombe, Statistics in Medicine 17 (1998) 2635-2650; Murphy, Monthly Weather Review
    116 (1988) 2417-2424 (skill against a reference).
    """

    id = "performance.baseline"
    title = "Against a simple rule"
    component = "performance"
    needs = frozenset({"scores", "training"})
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import comparing

        return comparing.baseline(self, data, self.settled(parameters), seed)


class Degradation(Check):
    """How much worse the model does on new rows than on those it learnt from.

    Purpose: A large drop means that the model learnt the training rows by heart, or that the
    validation rows differ; either way it will do worse in use than its developer saw.

    Mechanism: Each figure on validation minus the same on training rows; the two are different
    rows, so their variances add up (accuracy with Newcombe's interval, the confusion matrices of
    each resampled by themselves for the rest).

    Limits: Some drop is normal, for every model fits its training rows a little too well. A small
    drop is no proof of soundness: leaks of the outcome, or the same people in both sets, hide it.
    The interval takes the training rows as a sample of their own, not as chosen by the fit.

    Source: Efron, JASA 81 (1986) 461-470 (optimism of the training error); Newcombe, Statistics in
    Medicine 17 (1998) 873-890.
    """

    id = "performance.degradation"
    title = "From training to validation"
    component = "performance"
    needs = frozenset({"scores", "training_scores"})
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import comparing

        return comparing.degradation(self, data, self.settled(parameters), seed)
