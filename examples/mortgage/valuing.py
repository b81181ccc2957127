"""Plays the people who promise something of mortgage lending and look at what came of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import promise
from registering import USE_CASE
from sdk import ClientError, Release

if TYPE_CHECKING:
    from load import Cast

AT = f"/use-cases/{USE_CASE}"


def envision(cast: Cast) -> None:
    """The product manager writes the plan, the KPIs and the value case; the business approves."""
    petra, today = cast.person("petra"), date.today()
    petra.patch(f"{AT}/plan", promise.PLAN)
    petra.post(f"{AT}/payoffs", promise.PAYOFFS)
    for kpi in promise.kpis(today):
        petra.post(f"{AT}/kpis", {name: kpi[name] for name in kpi if name != "values"})
    case = petra.put(f"{AT}/value-case", promise.value_case(today))
    approval = {"digest": case["digest"], "reason": promise.APPROVED}
    cast.person("bo").post(f"{AT}/value-case/approval", approval)


def report(cast: Cast) -> None:
    """A year of figures as a table, one of them corrected, half of them verified by another."""
    petra, today = cast.person("petra"), date.today()
    address = f"{AT}/observation-files?keep=all&name=lending-operations.csv"
    kept = petra.upload(address, promise.figures(today).encode())
    if kept["refused"]:
        raise ClientError(f"The figures were not kept: {kept['refused'][0]}")
    newest = f"{promise.months(today)[-1]:%Y-%m}"
    corrected = {
        "period": newest,
        "value": "5.6",
        "source": "Lending operations report, corrected",
        "restates": "Two branches reported late.",
    }
    petra.post(f"{AT}/kpis/time_to_decision/observations", corrected)
    bo = cast.person("bo")
    for key in promise.VERIFIED:
        for month in promise.months(today):
            bo.post(
                f"{AT}/kpis/{key}/observations/{month:%Y-%m}/verification",
                {"note": "Held against the lending ledger."},
            )


def state_ready(cast: Cast, release: Release) -> None:
    petra = cast.person("petra")
    for area, note in promise.READY.items():
        petra.post(
            f"/releases/{release.id}/readiness", {"area": area, "is_ready": True, "note": note}
        )


def review(cast: Cast, release: Release) -> None:
    """Somebody of the second line holds what runs against what was promised."""
    issued = cast.ci.release(release).authorization
    cast.person("ravi").post(
        f"/authorizations/{issued}/reviews",
        {"outcome": "continue", "rationale": promise.REVIEW, "password": cast.password},
    )
