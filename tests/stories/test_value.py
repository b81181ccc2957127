"""From the first idea to the second look: a use case is envisioned, built, deployed and monitored,
and a re-certification holds what runs against what was promised.

Everybody goes through the pages, as a browser without scripts would. Only the checks' results are
written by hand, and the day is set: it is April, and the promise began in January.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from governance.models import Authorization, Release, ValueStanding
from tests.cast import PASSWORD, People
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable
from tests.web.acting import do, fresh, page, sign_on_page
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
AT = "/use-cases/mortgage/"
DEMANDS = """
criteria: [objective, people, dials, value_case, payoff, ready_data, ready_people]
recertification: {every_days: 90, grace_days: 10, reviewer: validator}
"""
PLAN = {
    "why": "One applicant in nine leaves before the answer.",
    "decision_maker": "The head of retail lending",
    "users": "Underwriters",
    "domain_experts": "Two senior underwriters",
    "product_manager": "petra",
    "success": "Four fifths are decided within a day.",
    "hypothesis": "A model decides the plain cases as well as people do.",
    "trust_hypothesis": "No group is refused more often for it.",
    "workflow": "Underwriters look at what is close, and at every refusal.",
    "protection": "Race is read by the checks alone.",
}
COMPONENTS = (
    *("fairness", "robustness", "privacy", "security", "accountability", "explainability"),
)
KPI = {
    "key": "hours",
    "name": "Hours an application takes",
    "definition": "From the lending ledger.",
    "category": "cost",
    "unit": "hours",
    "direction": "down",
    "cadence": "monthly",
    "baseline": "9",
    "target": "1",
    "target_date": "2027-01-01",
    "hurdle": "8",
    "starts_on": "2026-01-01",
    "grace_days": "10",
    "worth": "5000",
    "currency": "EUR",
    "share": "1",
    "attribution": "control",
    "owner": "petra",
}
CASE = {
    "act": "case",
    "currency": "EUR",
    "promised_annual_benefit": "480000",
    "investment": "250000",
    "annual_run_cost": "60000",
    "price_year": "2026",
    "starts_on": "2026-01-01",
    "ramp_months": "0",
    "horizon_years": "3",
    "approver": "bo",
    "narrative": "Hours of underwriters.",
}
PAYOFF = {
    "currency": "EUR",
    "true_positive": "1900",
    "false_positive": "-9500",
    "false_negative": "-650",
    "true_negative": "40",
    "meaning": "The mortgage is approved",
    "cases_a_year": "12000",
    "reason": "Margin less funding; expected loss; applicants who leave.",
}
FIGURES = b"kpi,period,value,unit\nhours,2026-01,8.5,hours\nhours,2026-02,8.6,hours\nhours,x,7,\n"
PROBLEM = "Hours an application takes: short of the hurdle for 2 periods."


@pytest.fixture
def bank(people: People, monkeypatch: pytest.MonkeyPatch) -> Bank:
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(2026, 3, 12))
    return make_bank(people, policy=POLICY + DEMANDS)


def shown(who: User, address: str) -> str:
    answer = signed_in(fresh(who)).get(address)
    assert answer.status_code == 200
    return reads(answer.content.decode())


def reads(html: str) -> str:
    """What somebody sees of a page: its text, with single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def sent(client: Client, address: str, form: dict[str, Any]) -> str:
    answer = client.post(address, form, follow=True)
    assert answer.status_code == 200, reads(answer.content.decode())[:2000]
    return reads(answer.content.decode())


def envision(bank: Bank) -> None:
    people = bank.people
    petra = signed_in(people.petra)
    assert "brain in a jar" in shown(people.elena, AT).lower()
    for name, text in PLAN.items():  # each field as it is left
        kept = petra.post(f"{AT}plan/", {name: text}, headers={"HX-Request": "true"})
        assert kept.status_code == 200
        assert "Saved" in kept.content.decode()
    dials = {f"dial.{component}": "0" for component in COMPONENTS}
    sent(petra, f"{AT}plan/", {"guardrails": "1", "attribute": "", "reference": "", **dials})
    assert "is defined" in sent(petra, f"{AT}value/new-kpi/", KPI)
    assert "The draft is kept" in sent(petra, f"{AT}value/", CASE)
    bo = signed_in(people.bo)
    digest = re.search(r'name="digest" value="(\w{64})"', bo.get(f"{AT}value/").content.decode())
    assert digest
    approval = {"act": "approve", "digest": digest[1], "reason": "The committee agreed."}
    own = petra.post(f"{AT}value/", approval)
    assert own.status_code == 403, "who carries it does not approve it"
    assert "Version 1 is approved and frozen" in sent(bo, f"{AT}value/", approval)
    assert "brain in a jar" not in shown(people.elena, AT).lower()


def build(bank: Bank) -> Release:
    petra = signed_in(bank.people.petra)
    assert "counts now" in sent(petra, f"{AT}decisions/", PAYOFF)
    return make_reviewable(bank)


def deploy(bank: Bank, release: Release) -> Authorization:
    people = bank.people
    release.refresh_from_db()
    assert release.state != "in_review", "two areas are not ready"
    before = reads(page(people.rita, release))
    assert "Its data feeds deliver what it reads" in before
    for place, note in ((2, "Delivered for 30 days."), (5, "All 46 were trained.")):
        done = do(people.petra, release, f"readiness/{place}", is_ready="yes", note=note)
        assert done.status_code == 200
    release.refresh_from_db()
    assert release.state == "in_review"
    sign_on_page(people.ravi, release, "validator")
    sign_on_page(people.rita, release, "officer")
    release.refresh_from_db()
    assert release.state == "released"
    return release.authorization


def monitor(bank: Bank) -> None:
    people = bank.people
    file = SimpleUploadedFile("march.csv", FIGURES)
    told = sent(signed_in(people.petra), f"{AT}value/files/", {"file": file, "keep": "good"})
    assert "2 of 3 rows kept" in told
    assert "A monthly figure is of a period such as 2026-03" in told
    verify = {"act": "verify", "period": "2026-02", "note": "Held against the ledger."}
    assert "is verified" in sent(signed_in(people.bo), f"{AT}value/kpis/hours/", verify)
    value = shown(people.elena, f"{AT}value/")
    # Half an hour and two fifths of one less than 9, at 5,000 an hour and month.
    assert "it brought EUR 4,500, 6% of the EUR 80,000 promised for them" in value
    assert PROBLEM in value
    bank.use_case.refresh_from_db()
    assert bank.use_case.phase == "monitor"
    kept = ValueStanding.objects.get()
    assert (kept.gained, kept.promised, len(kept.points)) == (4_500, 80_000, 1)
    assert "Mortgage lending" in shown(people.elena, "/portfolio/rows/use-cases/")


def look_again(bank: Bank, issued: Authorization) -> None:
    ravi, address = signed_in(bank.people.ravi), f"/authorizations/{issued.digest}/"
    assert PROBLEM in reads(ravi.get(address).content.decode())
    form = {"outcome": "continue", "rationale": "It gains, slowly.", "password": PASSWORD}
    told = sent(ravi, f"{address}reviews/", form)
    assert "Against the promise, as of 2026-03-12" in told
    review = issued.recertifications.get()
    assert review.value["gained"] == "4500.00"
    assert review.value["points"] == [PROBLEM]


def test_from_the_first_idea_to_the_second_look(bank: Bank) -> None:
    envision(bank)
    release = build(bank)
    issued = deploy(bank, release)
    monitor(bank)
    look_again(bank, issued)
    told = set(Entry.objects.values_list("action", flat=True))
    assert told >= {
        "plan.set",
        "kpi.create",
        "value_case.approve",
        "payoff.state",
        "readiness.state",
        "observation.upload",
        "observation.verify",
        "authorization.recertify",
    }
