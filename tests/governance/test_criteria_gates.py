"""Gates of criteria: judged of the use case as it is, shut again when what they rest on is gone,
and held by the database where people stated it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from audit.models import Entry
from governance.models import Authorization, Gate, Release, UseCase
from governance.services import (
    authorizations,
    dry_runs,
    gates,
    kpis,
    policies,
    reading,
    releases,
    use_cases,
    waivers,
)
from governance.value.phases import KEYS
from lib.actor import SYSTEM
from lib.errors import Conflict
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import (
    POLICY,
    ROBOT,
    Bank,
    leased,
    make_bank,
    make_released,
    make_reviewable,
    publish,
    sign,
)
from tests.governance.make_phases import approve_case, make_plan, ready
from tests.governance.make_risk import settle
from tests.governance.make_value import make_value_case, observe

pytestmark = pytest.mark.django_db
READY_DATA = "criteria: [ready_data]\n"
WAIVABLE = "waivers: {of: [ready_data], max_days: 30, approver: officer}\n"


def bank_asking(people: People, more: str) -> Bank:
    return make_bank(people, policy=POLICY + more)


@pytest.fixture
def bank(people: People) -> Bank:
    return bank_asking(people, READY_DATA)


def gate(release: Release, key: str = "ready_data") -> Gate:
    return Gate.objects.get(release=release, revision=release.revision, key=f"criterion:{key}")


def state(release: Release) -> str:
    return Release.objects.get(pk=release.pk).state


def settled() -> None:
    """As if the transaction ended here: nothing changed that no entry tells of."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_it_blocks_until_somebody_states_what_is_asked_for(bank: Bank) -> None:
    release = make_reviewable(bank)
    assert (state(release), gate(release).state) == ("blocked", "closed")
    assert "Nobody stated yet" in gate(release).reasons[0]
    ready(release, "data", bank.people.petra)
    assert (state(release), gate(release).state) == ("in_review", "open")
    told = Entry.objects.filter(action="release.gate_open", subject_key=str(release.pk))
    assert any(one.content["details"]["gate"] == "criterion:ready_data" for one in told)
    settled()


def test_taken_back_it_shuts_again_and_nothing_is_issued(bank: Bank) -> None:
    release, people = make_reviewable(bank), bank.people
    ready(release, "data", people.petra)
    sign(release, people.ravi, "validator")
    ready(release, "data", people.ada, is_ready=False)
    assert (state(release), gate(release).state) == ("in_review", "closed")
    sign(release, people.rita, "officer")
    assert state(release) == "in_review"
    ready(release, "data", people.ada)
    assert state(release) == "released", "the last gate that opens lets it go"
    settled()


def test_what_was_stated_of_one_release_opens_no_other(bank: Bank) -> None:
    first, second = make_reviewable(bank), make_reviewable(bank)
    ready(first, "data", bank.people.petra)
    assert [gate(first).state, gate(second).state] == ["open", "closed"]
    revised = releases.revise(first, reason="again", actor=ROBOT)
    assert gate(revised).state == "open", "it is of the release, whatever its revision"


def test_a_waiver_lets_it_pass_where_the_policy_lists_it(people: People) -> None:
    bank = bank_asking(people, READY_DATA + WAIVABLE)
    release = make_reviewable(bank)
    asked = waivers.request(
        release,
        gate="criterion:ready_data",
        days=7,
        reason="Next week.",
        actor=people.petra.actor,
    )
    waivers.decide(asked, granted=True, reason="bounded", actor=people.rita.actor)
    assert (gate(release).state, gate(release).verdict) == ("open", "waived")
    sign(release, people.ravi, "validator")
    sign(release, people.rita, "officer")
    assert Authorization.objects.get().document["waivers"] == [asked.label]


def test_a_value_case_that_changes_shuts_its_gate(people: People) -> None:
    bank = bank_asking(people, "criteria: [value_case]\n")
    release = make_reviewable(bank)
    assert gate(release, "value_case").state == "closed"
    approve_case(bank)
    assert (state(release), gate(release, "value_case").state) == ("in_review", "open")
    make_value_case(bank, investment=Decimal(1))
    assert gate(release, "value_case").state == "closed"
    assert "changed since" in gate(release, "value_case").reasons[0]
    make_value_case(bank)
    assert gate(release, "value_case").state == "open"
    kpis.change_kpi(bank.use_case.kpis.get(), target=Decimal(2), actor=ROBOT)
    assert gate(release, "value_case").state == "closed"
    settled()


def test_what_is_described_assessed_and_recorded_is_followed(people: People) -> None:
    bank = bank_asking(people, "criteria: [hypotheses, risk, figures]\n")
    release = make_reviewable(bank)
    make_plan(bank)  # the service that writes it follows too, once there is one
    use_cases.describe(bank.use_case, hypothesis="Faster still", actor=ROBOT)
    assert gate(release, "hypotheses").state == "open"
    use_cases.describe(bank.use_case, hypothesis="", actor=ROBOT)
    assert gate(release, "hypotheses").state == "closed"
    settle("mortgage", 1, actor=SYSTEM)
    assert gate(release, "risk").state == "open"
    approve_case(bank)
    assert "No figure for the newest" in gate(release, "figures").reasons[0]
    for month in range(1, 12):
        observe(bank.use_case.kpis.get(), f"2026-{month:02}", 3)
        if gate(release, "figures").state == "open":
            break
    assert gate(release, "figures").state == "open"
    settled()


def test_what_bars_a_release_for_another_reason_keeps_nobody_from_approving(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = bank_asking(people, "criteria: [value_case]\n")
    approve_case(bank)
    release = make_reviewable(bank)
    make_value_case(bank, investment=Decimal(1))
    sign(release, people.ravi, "validator")
    sign(release, people.rita, "officer")

    def prohibited(use_case: UseCase) -> None:
        raise Conflict("It is prohibited.", code="prohibited")

    monkeypatch.setattr(authorizations, "refuse_prohibited", prohibited)
    make_value_case(bank)  # and says what is approved again
    assert (state(release), gate(release, "value_case").state) == ("in_review", "open")
    assert not Authorization.objects.exists()
    settled()


def test_the_page_shows_it_as_it_is_now(people: People) -> None:
    """Figures grow old by the clock: no row was written, and the gate is shown shut (R6)."""
    bank = bank_asking(people, "criteria: [objective]\n")
    release = make_reviewable(bank)
    with by_hand():
        UseCase.objects.update(objective=" ")
    shown = reading.page_of(str(release.pk), actor=people.rita.actor).gates
    assert {one.key: one.state for one in shown}["criterion:objective"] == "closed"
    assert gate(release, "objective").state == "open"


def test_nothing_is_asked_of_the_use_case_where_no_policy_demands_it(
    people: People, django_assert_num_queries: Any
) -> None:
    bank = make_bank(people)
    release = releases.find(str(make_reviewable(bank).pk), actor=SYSTEM)
    with django_assert_num_queries(5):
        gates.facts_of(release)
    publish(POLICY + f"criteria: [{', '.join(KEYS)}]\n")
    asking = releases.find(str(make_reviewable(bank).pk), actor=SYSTEM)
    with django_assert_num_queries(5 + 4):
        gates.facts_of(asking)


def test_a_dry_run_judges_what_the_draft_demands_as_it_is_now(people: People) -> None:
    bank = make_bank(people)
    release = make_released(bank)
    drafted = policies.draft(source=POLICY + "criteria: [objective, ready_data]\n", actor=ROBOT)
    run = dry_runs.ask(drafted, actor=SYSTEM)
    dry_runs.perform(leased(run.pk))
    run.refresh_from_db()
    (line,) = run.result["releases"]
    assert line["id"] == str(release.pk)
    told = [reason for reason in line["reasons"] if reason.startswith("Ready: data")]
    assert len(told) == 1
    assert not any("objective" in reason for reason in line["reasons"])
