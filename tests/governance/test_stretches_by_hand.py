"""Holds, rebuttals and tiers in the database: a review stands still in one stretch at a time, a
finding is rebutted once, and no owner makes a tier lighter, whoever writes to the rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from governance.models import Finding, Hold, RiskAssessment, UseCase
from governance.services import deadlines, findings, risk
from tests.by_hand import by_hand
from tests.governance.make import Bank, make_reviewable
from tests.governance.make_findings import make_finding
from tests.governance.make_risk import make_methodology, settle

pytestmark = pytest.mark.django_db


@contextmanager
def refused(why: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=why), transaction.atomic(), by_hand():
        yield


# Holds --------------------------------------------------------------------------------------------


def held(bank: Bank) -> Hold:
    return deadlines.hold(make_reviewable(bank), reason="waits", actor=bank.people.rita.actor)


def one_more(hold: Hold, **changes: Any) -> None:
    fields = {"reason": "more", "held_by": hold.held_by, "started_at": timezone.now()} | changes
    Hold.objects.create(release=hold.release, revision=1, **fields)


def test_a_hold_ends_once_after_it_began(bank: Bank) -> None:
    hold = held(bank)
    rows = Hold.objects.filter(pk=hold.pk)
    for change in (
        {"started_at": F("started_at") - timedelta(days=9)},
        {"reason": "x"},
        {"ended_at": F("started_at") - timedelta(seconds=1)},
        {"ended_at": timezone.now(), "revision": 7},
    ):
        with refused("ended once, after it began"):
            rows.update(**change)
    deadlines.go_on(hold.release, actor=bank.people.rita.actor)
    for end in (None, timezone.now() + timedelta(days=9)):
        with refused("ended once, after it began"):
            rows.update(ended_at=end)
    with refused("stay as they are"):
        rows._raw_delete("default")


def test_no_hold_overlaps_another_of_its_release(bank: Bank) -> None:
    hold = held(bank)
    with refused("one stretch at a time"):
        one_more(hold)
    ended = deadlines.go_on(hold.release, actor=bank.people.rita.actor).ended_at
    assert ended is not None
    for began in (hold.started_at - timedelta(days=9), ended - timedelta(microseconds=1)):
        with refused("one stretch at a time"):
            one_more(hold, started_at=began)
    with refused("one stretch at a time"):
        one_more(hold, started_at=ended, ended_at=ended + timedelta(days=9))
    with by_hand():
        one_more(hold, started_at=ended)
        hold.release = make_reviewable(bank)
        one_more(hold)


# Rebuttals ----------------------------------------------------------------------------------------


def test_a_finding_is_rebutted_once(bank: Bank) -> None:
    finding = make_finding(bank)
    rows = Finding.objects.filter(pk=finding.pk)
    with refused("rebutted once"):
        rows.update(state="rebutted")  # and may be again
    findings.rebut(finding, text="It is the season.", actor=bank.people.ada.actor)
    findings.close(finding, accepted=False, text="It is not.", actor=bank.people.rita.actor)
    for moment in (F("rebutted_at"), timezone.now()):
        with refused("rebutted once"):
            rows.update(state="rebutted", rebutted_at=moment)
    with refused("only these columns change"):
        rows.update(rebutted_at=None)


# Tiers --------------------------------------------------------------------------------------------


def assessed(by: str, tier: int, **more: Any) -> None:
    """As ``risk.assess`` writes it, and the tier that follows."""
    use_case, who = UseCase.objects.get(slug="mortgage"), User.objects.get(username=by)
    fields = {"assessed_by": who.pseudonym, "computed_tier": tier, "tier": tier} | more
    RiskAssessment.objects.create(
        use_case=use_case,
        methodology=(risk.current_methodology() or make_methodology())
        if "methodology" not in more
        else None,
        assessed_name=who.full_name,
        assessed_at=timezone.now(),
        **{name: value for name, value in fields.items() if name != "methodology"},
    )
    UseCase.objects.filter(pk=use_case.pk).update(tier=tier)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS governance_hold_tier IMMEDIATE")


def test_no_owner_makes_a_tier_lighter(bank: Bank) -> None:
    with refused("who owns neither"):
        assessed("ada", 3)
    from registry.models import RegisteredModel

    with by_hand():
        RegisteredModel.objects.update(owner=bank.people.petra)
    with refused("who owns neither"):
        assessed("petra", 2)


def test_nor_lighter_than_the_answers_come_to(bank: Bank) -> None:
    settle("mortgage", 3, actor=bank.people.rita.actor)
    with refused("who owns neither"):
        assessed("ada", 3, computed_tier=1, override_reason="It is small.")


def test_nobody_of_the_house_makes_none_lighter_at_all(bank: Bank) -> None:
    with refused("who owns neither"):
        assessed("ada", 3, assessed_by="system")
    with refused("by an assessment|is that of its newest assessment"):
        UseCase.objects.update(tier=3)
    with refused("under a published methodology alone"):
        assessed("rita", 3, methodology=None)


def test_an_owner_makes_it_stricter_and_somebody_else_lighter(bank: Bank) -> None:
    settle("mortgage", 3, actor=bank.people.rita.actor)
    settle("mortgage", 1, actor=bank.people.ada.actor)
    assert settle("mortgage", 2, actor=bank.people.rita.actor).tier == 2
