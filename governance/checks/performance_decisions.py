"""Performance: what the model decides, at its own threshold and at any other, as counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import CONFIDENCE, Check, CheckInput, Evidence, Parameter


class Decisions(Check):
    """How many cases are decided which way, at the threshold in use and at others.

    Purpose: What a decision is worth depends on what each kind of outcome brings, and that is for
    the business to say, before or after the model was measured. The counts are kept, so that
    whatever amounts hold on the day can be laid over them: a version's worth, what another
    threshold would be worth, and what it brings beyond the champion.

    Mechanism: Decisions are counted against recorded outcomes, as the model made them and at about
    100 round thresholds that lie across its scores (a score at the threshold is a yes). Where the
    champion has scored the same rows, cases are counted by what both decided and what came out.
    No row leaves the worker: the evidence holds whole numbers.

    Limits: Counts say nothing of money until somebody states what outcomes bring. Outcomes are as
    they were recorded: if they are known of those alone whom an earlier model said yes to, other
    thresholds look better or worse than they are. The best threshold on some rows is a little
    less good on others. Weighted rows are not counted.

    Source: Elkan, The Foundations of Cost-Sensitive Learning, IJCAI 2001; Provost and Fawcett,
    Machine Learning 42 (2001) 203-231 (decisions under changing costs).
    """

    id = "performance.decisions"
    title = "Decisions at each threshold"
    component = "performance"
    accepts: ClassVar[frozenset[str]] = frozenset({"counts"})
    may_use: ClassVar[frozenset[str]] = frozenset({"champion_scores"})
    exact_on_counts = False
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import thresholds

        return thresholds.evidence(self, data, self.settled(parameters), seed)
