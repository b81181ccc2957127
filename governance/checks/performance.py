"""Performance: how well the model tells outcomes apart, and how often and how far it is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import CONFIDENCE, Check, CheckInput, Evidence, Parameter


class RocAuc(Check):
    """How well the score ranks favourable outcomes above unfavourable ones.

    Purpose: Shows whether the score separates outcomes at all, at any cut-off: 0.5 is chance, 1 is
    perfect. Also for every group of each sensitive column, since a model may rank one group well
    and another no better than chance. Gini, PR AUC (beside the share of favourable outcomes, which
    a model that knows nothing reaches) and KS are given with it. With several classes, each class
    against the rest: averaged over classes, and over rows.

    Mechanism: The exact rank statistic (ties counted half) with DeLong's variance on the logit
    scale; with perfect separation, where that variance is nothing, Wilson's interval on the
    smaller class. PR AUC is average precision and KS the largest distance of the
    two distributions of score, both exact, with the spread of 1,000 multinomial bootstrap
    replicates of the scores counted in 1,024 bins. Sample weights enter every sum; weighted rows
    have a Poisson bootstrap. Not computable with one outcome only, fewer than two cases of one, or
    when every score is the same.

    Limits: Says nothing about the cut-off in use, the cost of errors or calibration. Intervals
    cover sampling error of these rows only, not change over time or in the population. PR AUC
    depends on how common the outcome is and compares only where that is alike.

    Source: DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837-845; Sun and Xu, IEEE
    Signal Processing Letters 21 (2014); Davis and Goadrich, ICML 2006 (PR AUC); Hand and Till,
    Machine Learning 45 (2001) 171-186 (several classes).
    """

    id = "performance.roc_auc"
    version = "2"
    title = "ROC AUC"
    exact_on_counts = False
    component = "performance"
    accepts: ClassVar[frozenset[str]] = frozenset({"counts"})
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
    the commoner outcome would reach: a model below that is worse than none. With several classes
    also precision, recall and F1 averaged over classes (macro), by class size (weighted) and over
    rows (micro, which is accuracy when every row has one class).

    Mechanism: Counts decisions against outcomes once; every figure is a function of those counts.
    Accuracy, recall, specificity and precision with Wilson's interval; F1 with Wilson's interval
    for its share of hits; balanced accuracy from recall and specificity with the two intervals
    combined (Newcombe's square-and-add). Several classes: 1,000 multinomial bootstrap replicates
    of the counts. Weighted rows: Wilson's interval on the effective number of rows for shares, a
    Poisson bootstrap on the cells' sums for the rest. A figure with nothing in
    its denominator is not computable, never 0 or 1.

    Limits: With rare outcomes accuracy is high for useless models; read recall and specificity.
    Both kinds of error count alike, which they seldom do in business.

    Source: Wilson, JASA 22 (1927) 209-212; Newcombe, Statistics in Medicine 17 (1998) 873-890;
    Sokolova and Lapalme, Information Processing and Management 45 (2009) 427-437 (averages).
    """

    id = "performance.accuracy"
    version = "2"
    title = "Accuracy"
    component = "performance"
    accepts: ClassVar[frozenset[str]] = frozenset({"counts"})
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import deciding

        return deciding.evidence(self, data, self.settled(parameters), seed)


class Probabilities(Check):
    """How good the probabilities are as statements about each row: log-loss and Brier score.

    Purpose: Prices, expected losses and limits use the probability itself, not only its rank. Both
    losses are smallest for the true probabilities and so cannot be gamed; they are shown beside
    those of giving every row the shares of the outcomes.

    Mechanism: Means over rows with a normal interval; sample weights enter by linearisation. Brier
    is the squared distance to what happened (for several classes summed over them). Log-loss takes
    probabilities no nearer to 0 and 1 than 2e-16 and says for how many rows that mattered.

    Limits: The sizes depend on how common the outcome is: compare models on the same rows only.
    A few confident errors can make up most of the log-loss. Needs scores between 0 and 1, adding
    up to 1 over several classes.

    Source: Brier, Monthly Weather Review 78 (1950) 1-3; Good, JRSS B 14 (1952) 107-114; Gneiting
    and Raftery, JASA 102 (2007) 359-378.
    """

    id = "performance.probabilities"
    title = "Log-loss and Brier score"
    component = "performance"
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import probable

        return probable.evidence(self, data, self.settled(parameters), seed)


class Regression(Check):
    """How far predicted numbers are from the recorded ones.

    Purpose: Shows the size of errors in the unit of the outcome (mean and median absolute error,
    root mean squared error), whether they lean one way (bias: predicted minus recorded), and the
    share of variance explained (R²).

    Mechanism: Means over rows, and smooth functions of them by linearisation, with normal
    intervals; the median with the interval of order statistics. Sample weights enter every sum.
    R² is not computable when the recorded outcome is the same everywhere.

    Limits: Root mean squared error and R² hang on the few largest errors, whose intervals are
    too narrow when tails are heavy; read the median too. R² depends on the spread of these rows.

    Source: Willmott and Matsuura, Climate Research 30 (2005) 79-82; Woodruff, JASA 47 (1952)
    635-646 (median); Deville, Survey Methodology 25 (1999) 193-203 (linearisation).
    """

    id = "performance.regression"
    title = "Errors of predicted numbers"
    component = "performance"
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import erring

        return erring.evidence(self, data, self.settled(parameters), seed)


class Ranking(Check):
    """How well scores put graded rows in order.

    Purpose: For models whose output is an order (leads, cases to look at, search results): whether
    better rows come first, overall (concordance, the ROC AUC of grades) and at the top (NDCG).

    Mechanism: Concordance is the share of pairs of different grade in which the better row has
    the higher score, ties half. NDCG discounts each grade by the logarithm of its place and
    divides by the best order; tied scores share their places. Both are averaged over queries,
    whose scatter gives the interval.

    Limits: Without a query column there is one list and no interval, so that a bound is compared
    with the value alone. A query whose grades or scores are all the same is left out.

    Source: Järvelin and Kekäläinen, ACM TOIS 20 (2002) 422-446; McSherry and Najork, ECIR 2008
    (ties); Harrell, Lee and Mark, Statistics in Medicine 15 (1996) 361-387 (concordance).
    """

    id = "performance.ranking"
    title = "Order by score"
    component = "performance"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "confidence": CONFIDENCE,
        "query": Parameter("text", None, "Column that is the same for rows ranked together."),
        "top": Parameter("whole number", None, "Places that NDCG counts; all if left out.", 1),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import graded

        return graded.evidence(self, data, self.settled(parameters), seed)
