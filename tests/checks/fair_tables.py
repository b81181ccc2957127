"""Published tables of groups and decisions, as counts, and the data sets made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from governance.checks.base import CheckInput
from tests.checks.make import make_input

# Bickel, Hammel and O'Connell, Science 187 (1975): (admitted, applicants) of men and women
BERKELEY = {
    "A": ((512, 825), (89, 108)),
    "B": ((353, 560), (17, 25)),
    "C": ((120, 325), (202, 593)),
    "D": ((138, 417), (131, 375)),
    "E": ((53, 191), (94, 393)),
    "F": ((22, 373), (24, 341)),
}
# Charig, Webb, Payne and Wickham, BMJ 292 (1986): successes of open surgery and of lithotripsy
KIDNEY_STONES = {"small": ((81, 87), (234, 270)), "large": ((192, 263), (55, 80))}
# Angwin et al., Machine Bias, ProPublica (2016), two-year recidivism: of those who did not
# reoffend (low risk, high risk), of those who did (low risk, high risk)
COMPAS = {"Black": ((990, 805), (532, 1369)), "White": ((1139, 349), (461, 505))}
# 6 RCNY 5-301 (Local Law 144), the example of selection rates: applicants, selected
LL144_SEX = {"Male": (1390, 667), "Female": (1181, 555)}
LL144_RACE = {
    "Hispanic or Latino": (408, 204),
    "White": (797, 412),
    "Black or African American": (390, 170),
    "Native Hawaiian or Pacific Islander": (119, 52),
    "Asian": (616, 302),
    "Native American or Alaska Native": (41, 18),
    "Two or More Races": (213, 96),
}
LL144_RACE_RATIOS = (0.97, 1.00, 0.84, 0.85, 0.95, 0.85, 0.87)


def make_strata(folder: Path, strata: Any, names: tuple[str, str], **more: Any) -> CheckInput:
    """Rows of two groups within strata; the label agrees with the decision."""
    rows = [
        (name, stratum, int(place < cases))
        for stratum, both in strata.items()
        for name, (cases, n) in zip(names, both, strict=True)
        for place in range(n)
    ]
    frame = pl.DataFrame(rows, schema=["group", "stratum", "chosen"], orient="row")
    return make_input(
        folder, frame, prediction=frame["chosen"], label="chosen", sensitive=("group",), **more
    )


def make_confusion(folder: Path, groups: Any, **more: Any) -> CheckInput:
    """Rows of groups by label and prediction: ((negative: refused, selected), (positive: ...))."""
    rows = [
        (name, label, prediction)
        for name, table in groups.items()
        for label, cells in enumerate(table)
        for prediction, n in enumerate(cells)
        for _ in range(n)
    ]
    frame = pl.DataFrame(rows, schema=["race", "label", "prediction"], orient="row")
    return make_input(
        folder, frame.select("race", "label"), prediction=frame["prediction"], label="label", **more
    )
