"""R6, R10: with no worker and no clock running, everything that depends on time answers rightly.

Time goes on (``later``) and nobody does anything: no task is called, and no row is touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from celery.app.task import Task
from django.utils import timezone

from governance.models import Authorization, Release, UseCase
from governance.services import (
    conditions,
    delegations,
    emergencies,
    inbox,
    inventory,
    reading,
    recertifying,
    risk,
    signed_verdicts,
    stopping,
    waivers,
)
from governance.services.conditions import Attached
from governance.services.in_force import authorization_for
from lib.actor import SYSTEM
from lib.errors import Conflict, Refused
from tests import cast
from tests.cast import People
from tests.governance.make import (
    POLICY,
    Bank,
    make_bank,
    make_released,
    make_reviewable,
    publish,
    sign,
)
from tests.governance.make_risk import assess, make_methodology

pytestmark = pytest.mark.django_db
TERMS = """
waivers: {of: [Performance], max_days: 30, approver: officer}
conditions: {max_days: 60}
recertification: {every_days: 100, grace_days: 10, reviewer: validator}
emergency: {approver: officer, valid_hours: 12}
evidence_max_age_days: 30
"""


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


@pytest.fixture(autouse=True)
def _celery_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something waits for a worker")

    monkeypatch.setattr(Task, "apply_async", refuse)


@contextmanager
def later(**how_long: float) -> Iterator[None]:
    """The clock goes on as ever, from another moment."""
    now, ahead = timezone.now, timedelta(**how_long)
    with mock.patch("django.utils.timezone.now", side_effect=lambda: now() + ahead):
        yield


def says(held: Authorization) -> str:
    """What a pipeline is told: plain and signed say the same."""
    asked = {"digest": held.version_digest, "environment": "production", "purpose": "decide"}
    plain = cast.api("ci").get("/api/v1/verdict", asked).json()
    assert signed_verdicts.issue(**asked, actor=SYSTEM).verdict.code == plain["reasons"][0]["code"]
    return str(plain["reasons"][0]["code"])


def running(bank: Bank) -> Authorization:
    return make_released(bank).authorization


def in_force(held: Authorization) -> bool:
    return bool(authorization_for(held.version, held.environment, "decide"))


def waived(bank: Bank) -> Release:
    release, people = make_reviewable(bank, Performance="fail"), bank.people
    gate = {"gate": "check:Performance", "days": 7, "reason": "few rows"}
    asked = waivers.request(release, actor=people.ada.actor, **gate)
    waivers.decide(asked, granted=True, reason="bounded", actor=people.rita.actor)
    return Release.objects.get(pk=release.pk)


def test_an_authorization_runs_out_with_its_waiver(bank: Bank) -> None:
    release = waived(bank)
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")
    held = Authorization.objects.get(release=release)
    with later(days=6.9):
        assert (says(held), in_force(held)) == ("authorized", True)
    with later(days=7.1):
        assert (says(held), in_force(held)) == ("expired", False)


def test_a_waiver_that_ended_closes_its_gate_for_whoever_looks_and_for_signatures(
    bank: Bank,
) -> None:
    release, people = waived(bank), bank.people

    def gate() -> Any:
        page = reading.page_of(str(release.pk), actor=people.rita.actor)
        return next(one for one in page.gates if one.key == "check:Performance")

    assert (gate().state, gate().verdict) == ("open", "waived")
    with later(days=8):
        assert (gate().state, gate().verdict) == ("closed", "fail")
        told = cast.api(people.rita).get(f"/api/v1/releases/{release.pk}").json()["gates"]
        assert [one["state"] for one in told if one["key"] == "check:Performance"] == ["closed"]
        sign(release, people.ravi, "validator")
        sign(release, people.rita, "officer")
    assert not Authorization.objects.exists()


def test_evidence_that_grew_old_lets_nothing_be_issued(bank: Bank) -> None:
    release, people = make_reviewable(bank), bank.people
    with later(days=31):
        page = reading.page_of(str(release.pk), actor=people.rita.actor)
        assert any(one.state == "closed" and one.kind == "check" for one in page.gates)
        sign(release, people.ravi, "validator")
        sign(release, people.rita, "officer")
    assert not Authorization.objects.exists()


def test_an_overdue_condition_stops_it_until_it_is_verified(bank: Bank) -> None:
    release, people = make_reviewable(bank), bank.people
    sign(release, people.ravi, "validator")
    attached = [Attached("Measure again", "ada", 5)]
    sign(release, people.rita, "officer", outcome="approve_with_conditions", attached=attached)
    held = Authorization.objects.get(release=release)
    promise = release.conditions.get()
    assert says(held) == "authorized"
    with later(days=6):
        assert (says(held), in_force(held)) == ("condition_overdue", False)
        conditions.meet(promise, shown="Report 7", actor=people.ada.actor)
        assert says(held) == "condition_overdue"
        conditions.verify(promise, accepted=True, reason="seen", actor=people.ravi.actor)
        assert says(held) == "authorized"


def test_a_review_that_is_overdue_stops_it_after_the_grace(bank: Bank) -> None:
    held, ravi = running(bank), bank.people.ravi.actor
    assert not recertifying.due(ravi).exists()
    with later(days=101):
        assert list(recertifying.due(ravi)) == [held]
        assert says(held) == "authorized"
    with later(days=111):
        assert says(held) == "review_overdue"
        recertifying.recertify(held, outcome="continue", rationale="stable", actor=ravi)
        assert says(held) == "authorized"


def test_a_delegation_that_ended_signs_nothing(bank: Bank) -> None:
    release, people, now = make_reviewable(bank), bank.people, timezone.now()
    given = {"role": "officer", "starts_at": now, "ends_at": now + timedelta(days=2)}
    delegations.give(to="bo", reason="on leave", actor=people.rita.actor, **given)
    with later(days=3), pytest.raises(Refused):
        sign(release, people.bo, "officer")
    sign(release, people.bo, "officer")


def test_an_emergency_that_nobody_ratified_is_dead(bank: Bank) -> None:
    release, people = make_reviewable(bank, Performance="fail"), bank.people
    why = {"incident": "INC-7", "reason": "the old one is down"}
    asked = emergencies.ask(release, actor=people.petra.actor, **why)
    held = emergencies.approve(asked, reason="it must be", actor=people.rita.actor)
    oscar = cast.person("oscar", "officer")
    assert says(held) == "authorized"
    with later(hours=13):
        assert says(held) == "expired"
        with pytest.raises(Conflict, match="nobody ratified it in time"):
            emergencies.review(held.emergency, ratified=True, reason="right", actor=oscar.actor)
        with pytest.raises(Conflict, match="not ratified"):
            emergencies.ask(release, actor=people.petra.actor, **why)


def test_a_stricter_tier_stops_what_was_signed_under_a_lighter_one(bank: Bank) -> None:
    make_methodology()
    assess(bank, "medium")
    publish(POLICY.replace("policy: credit", "policy: lighter").replace("tiers: [1]", "tiers: [2]"))
    held = running(bank)
    assert (held.document["tier"], says(held)) == (2, "authorized")
    risk.assess(
        UseCase.objects.get(slug="mortgage"),
        answers={"money": "high"},
        actor=bank.people.rita.actor,
    )
    assert says(held) == "tier_raised"


def test_a_suspension_does_not_end_by_itself(bank: Bank) -> None:
    held, people = running(bank), bank.people
    stopping.suspend(held, reason="it is odd", actor=people.rita.actor)
    with later(days=90):
        assert (says(held), in_force(held)) == ("suspended", False)
        stopping.resume(held, reason="mended", actor=people.rita.actor)
        assert says(held) == "authorized"


def test_a_review_past_its_deadline_is_shown_as_overdue(bank: Bank) -> None:
    rita = bank.people.rita.actor
    make_reviewable(bank)
    assert inbox.inbox(actor=rita).overdue == 0
    with later(days=60):
        assert inbox.inbox(actor=rita).overdue == 1


def test_the_inventory_counts_by_the_clock(bank: Bank) -> None:
    running(bank)
    actor = bank.people.rita.actor
    (early,) = inventory.inventory(actor=actor)
    with later(days=130):
        (late,) = inventory.inventory(actor=actor)
    assert set(early.overdue) < set(late.overdue)
