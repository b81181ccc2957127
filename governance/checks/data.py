"""Data: whether the data are what they are declared to be, and like what the model learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import CONFIDENCE, Check, CheckInput, Evidence, Parameter

_FLOOR = Parameter("whole number", 50, "Fewest rows on each side to be compared.", least=20)
_COLUMNS = Parameter("list of texts", None, "Columns to look at; all features if left out.")


class _OfData(Check):
    component = "data"
    needs: ClassVar[frozenset[str]] = frozenset()


class Schema(_OfData):
    """Whether the data have the columns and types that they declare.

    Purpose: A renamed, dropped or retyped column is the commonest way for a model to be fed
    something else than it learnt from; here it is found before anybody reads a metric.

    Mechanism: Holds names and types of the validation data against the schema of their registered
    version: every declared column must be there, none may be there undeclared, and each type must
    be the declared one (a whole number passes as a number, a date as a point in time).

    Limits: Looks at names and types only: see the check of values for what the columns hold. A
    CSV file has no types; they are those its text can be read as.

    Source: Breck et al., Data Validation for Machine Learning, MLSys (2019).
    """

    id = "data.schema"
    title = "Columns and types as declared"
    needs: ClassVar[frozenset[str]] = frozenset({"case"})

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import declared

        return declared.schema_evidence(self, data, self.settled(parameters), seed)


class Values(_OfData):
    """Whether the columns hold what is declared of them: ranges, empty values, categories.

    Purpose: An age of 999, a column gone empty or a new spelling of a category changes what the
    model does without any error being raised.

    Mechanism: Counts, for every declared column, empty values (NaN counts as empty), values below
    the declared minimum or above the declared maximum, and values outside the declared categories.

    Limits: Only what is declared can be held against the data; a value within its range may still
    be wrong.

    Source: Breck et al., Data Validation for Machine Learning, MLSys (2019).
    """

    id = "data.values"
    title = "Values as declared"
    needs: ClassVar[frozenset[str]] = frozenset({"case"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "most_nulls": Parameter(
            "number", 0.05, "Share of empty values allowed where nothing is declared.", 0.0, 1.0
        ),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import declared

        return declared.values_evidence(self, data, self.settled(parameters), seed)


class Duplicates(_OfData):
    """How many validation rows repeat one another, and how many contradict each other.

    Purpose: Repeated rows make every interval look narrower than it is. Rows alike in all features
    with different labels put a ceiling on what any model can reach.

    Mechanism: Compares rows by their values over all columns (or those named). The figures are
    counted on the data as they are, so they have no interval.

    Limits: In data of few, coarse columns repeated rows are natural and say nothing. Near
    duplicates are not found.

    Source: Barz and Denzler, Do We Train on Test Data?, Journal of Imaging 6 (2020).
    """

    id = "data.duplicates"
    title = "Repeated rows"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "columns": Parameter("list of texts", None, "Columns that make a row; all if left out."),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import rows_shared

        return rows_shared.duplicates(self, data, self.settled(parameters), seed)


class Leakage(_OfData):
    """Whether a feature gives the label away: alone, as a copy of it, or because it comes after.

    Purpose: A feature that is written down after the outcome, or derived from it, makes a model
    look excellent in validation and useless in production.

    Mechanism: For every feature, the ROC AUC with which it alone tells the label, the largest of
    three: by its order, by its value (rates by decile or category, learnt on one half of the rows
    and measured on the other), and by whether it is missing; with DeLong's interval. Classes are
    told one against the rest, numbers above against below their median. Besides: features that
    are the label under other values, and what the schema declares of when each becomes known
    (``known_at``) and of what it is computed (``derived_from``).

    Limits: A strong feature need not leak, and features may leak only together. The largest of
    three looks is a little too high by chance.

    Source: Kaufman, Rosset, Perlich and Stitelman, Leakage in Data Mining, ACM TKDD 6 (2012);
    Kapoor and Narayanan, Patterns 4 (2023).
    """

    id = "data.leakage"
    title = "Label leakage"
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import leakage

        return leakage.evidence(self, data, self.settled(parameters), seed)


class Overlap(_OfData):
    """How many validation rows the model has already seen in training.

    Purpose: What was trained on cannot test: shared rows make the model look better than it is.

    Mechanism: Compares rows by their values over the features and the label (or the columns
    named), and by a key column where one is given, since two rows of one person share more than
    chance. Beside it stands how many validation rows repeat one another: in coarse data, part of
    the overlap is chance.

    Limits: Rows changed a little are not found; a key finds them.

    Source: Kapoor and Narayanan, Leakage and the Reproducibility Crisis in Machine-Learning-Based
    Science, Patterns 4 (2023).
    """

    id = "data.overlap"
    title = "Overlap with the training data"
    needs: ClassVar[frozenset[str]] = frozenset({"training"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "columns": Parameter("list of texts", None, "Columns that make a row."),
        "key": Parameter("text", None, "Column that names the person or thing of a row."),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import rows_shared

        return rows_shared.overlap(self, data, self.settled(parameters), seed)


class Representativeness(_OfData):
    """Whether the validation data hold the same people as the reference.

    Purpose: Figures measured on other people than the model will decide about promise nothing.

    Mechanism: The share of every group of the sensitive columns here and in the reference, with
    Newcombe's interval of the difference; for the key features, PSI over deciles of the reference
    minus what chance alone gives, as in the drift check.

    Limits: Only as good as the reference: a reference that leaves people out finds nothing missing.

    Source: Newcombe, Statistics in Medicine 17 (1998) 873-890; EU AI Act, Article 10(3).
    """

    id = "data.representativeness"
    title = "Representativeness of the validation data"
    needs: ClassVar[frozenset[str]] = frozenset({"reference"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "groups": Parameter("list of texts", None, "Columns of groups; the sensitive ones."),
        "columns": _COLUMNS,
        "floor": _FLOOR,
        "confidence": CONFIDENCE,
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import represent

        return represent.evidence(self, data, self.settled(parameters), seed)


class Drift(_OfData):
    """How far each column has moved from the reference, beyond what chance explains.

    Purpose: A model answers for the population it learnt from; this shows which columns are no
    longer that population, and by how much.

    Mechanism: Cuts numbers at the deciles of the reference, which are kept with their counts and
    used again, and measures PSI, Jensen-Shannon divergence, total variation and Kolmogorov-Smirnov
    distance and the chi-squared effect. Each is shown with the mean it would have if nothing had
    moved ((1/n + 1/m)(bins - 1) for PSI) and judged by what is above it, with an interval.
    Benjamini-Hochberg over the chi-squared tests of all columns says which have moved at all;
    intervals of those are widened for the selection. Fewer than ten rows in a bin on both sides
    together join the other such bins; where a bin is empty on one side, half a row is added to
    every bin of both.

    Limits: A fixed limit on PSI without its chance mean fires on 36% of unchanged populations of
    200 rows. Binning decides PSI: the same data give other figures by equal widths. Columns are
    looked at one by one, so a change in how they hang together is not seen.

    Source: Yurdakul and Naranjo, Journal of Risk Model Validation 14 (2020) (law of PSI); Lin,
    IEEE Trans. Information Theory 37 (1991); Benjamini and Hochberg, JRSS B 57 (1995); Benjamini
    and Yekutieli, JASA 100 (2005).
    """

    id = "data.drift"
    title = "Drift against the reference"
    accepts: ClassVar[frozenset[str]] = frozenset({"counts"})
    needs: ClassVar[frozenset[str]] = frozenset({"reference"})
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "columns": Parameter(
            "list of texts", None, "Columns to compare; features and sensitive columns."
        ),
        "bins": Parameter("whole number", 10, "Bins of equal share of the reference.", 2, 50),
        "floor": _FLOOR,
        "confidence": CONFIDENCE,
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import drift

        return drift.evidence(self, data, self.settled(parameters), seed)
