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
