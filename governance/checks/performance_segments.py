"""Performance: where the model does worst."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import Check, CheckInput, Evidence, Parameter


class WeakSegments(Check):
    """Kinds of rows, by one column or two together, in which the model errs more than elsewhere.

    Purpose: A good average can hide people or products the model does not work for. Names the
    worst segments in the words of the data, so that somebody can go and look.

    Mechanism: Numbers are cut at their quartiles, texts into their eight commonest values, and
    every column and pair of columns is searched. A segment's share of wrong decisions (or its
    error relative to the mean error) is held against that of all other rows, with Newcombe's or
    Welch's interval. The p-values shown are Holm-adjusted for every segment searched, and a
    segment fails a limit only when it lies beyond it at 95% simultaneously over all of them.
    Segments with few rows are not searched.

    Limits: The worst of many looks worse than it is, even when its interval allows for the search;
    measure it again on new rows before acting. Weakness in three columns together, or inside a
    band, is not seen. More errors somewhere may only mean that outcomes there are harder to tell.
    A tight limit passes only when every segment has several hundred rows; raise the floor, or the
    limit, where there are fewer.

    Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70; Chung et al., Slice Finder,
    ICDE 2019, 1550-1553; Newcombe, Statistics in Medicine 17 (1998) 873-890.
    """

    id = "performance.weak_segments"
    title = "Weak segments"
    component = "performance"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "columns": Parameter(
            "list of texts", None, "Columns to search; else the features and sensitive columns."
        ),
        "most_columns": Parameter("whole number", 20, "Columns searched at most.", 1, 60),
        "depth": Parameter("whole number", 2, "Columns crossed: 1 or 2.", choices=(1, 2)),
        "floor": Parameter("whole number", 100, "Fewest rows of a segment.", least=30),
        "floor_share": Parameter("number", 0.05, "Smallest share of rows.", 0.0, 0.5),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import weak

        return weak.evidence(self, data, self.settled(parameters), seed)
