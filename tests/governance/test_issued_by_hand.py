"""R1 and R2 in the database: what a shell, a task or a loose statement authorizes is refused as a
service would refuse it. Nothing here goes through ``issue``, ``approve`` or ``roll_back``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from governance.models import Authorization, EmergencyRequest, Gate, Release
from governance.services import (
    authorizations,
    derived,
    emergencies,
    releases,
    rolling_back,
    stopping,
    waivers,
)
from lib.actor import SYSTEM
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import (
    POLICY,
    ROBOT,
    Bank,
    finish_suite,
    make_bank,
    make_release,
    make_released,
    make_reviewable,
    sign,
)

pytestmark = pytest.mark.django_db
TERMS = (
    "waivers: {of: [Performance], max_days: 30, approver: officer}\n"
    "emergency: {approver: officer, valid_hours: 12}\n"
)


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


@contextmanager
def to_the_end() -> Iterator[None]:
    with transaction.atomic(), by_hand():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS governance_whole IMMEDIATE")


@contextmanager
def refused(why: str) -> Iterator[None]:
    """By a trigger that says so, now or when the transaction would end."""
    with pytest.raises(IntegrityError, match=why), to_the_end():
        yield


def install(release: Release, document: dict[str, Any] | None = None) -> Authorization:
    """The room's own function, which leaves it to its callers whether anything may be issued."""
    release.refresh_from_db()
    return authorizations.install(
        release, document or authorizations._document(release), grace_days=0, actor=SYSTEM
    )


def open_by_hand(release: Release, verdict: str = "pass") -> None:
    gates = Gate.objects.filter(release=release, revision=release.revision).exclude(state="open")
    with by_hand():
        gates.update(state="open", verdict=verdict)


def both_sign(bank: Bank, release: Release) -> None:
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")


# What goes the whole way --------------------------------------------------------------------------


def test_nothing_is_issued_for_a_blocked_release_from_the_shell(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    with refused("a release that is blocked is not authorized"):
        authorizations.tell_issue(install(release), SYSTEM)


def test_nothing_is_issued_before_the_last_signature(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    with refused("the gate decision:officer is not open"):
        install(release)


def test_gates_that_a_hand_opened_do_not_stand_for_signatures(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    open_by_hand(release)
    with refused("too few signatures as officer"):
        install(release)


def test_gates_that_a_hand_took_away_are_missed(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    with by_hand():
        release.gates.exclude(state="open")._raw_delete("default")
    with refused("the gate decision:officer is not open"):
        install(release)


def test_signatures_of_an_earlier_revision_count_for_nothing(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    releases.revise(release, reason="new data", actor=ROBOT)
    finish_suite(release)
    sign(release, bank.people.rita, "officer")
    open_by_hand(Release.objects.get(pk=release.pk))
    with refused("too few signatures as validator"):
        install(release)


def test_a_signature_on_other_evidence_counts_for_nothing(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    with by_hand():
        Release.objects.filter(pk=release.pk).update(evidence_digest="0" * 64)
    open_by_hand(release)
    with refused("too few signatures"):
        install(release)


def test_whoever_abstains_has_not_approved(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.rita, "officer")
    sign(release, bank.people.ravi, "validator", outcome="abstain")
    open_by_hand(release)
    with refused("too few signatures as validator"):
        install(release)


def test_what_is_too_close_to_call_takes_its_second_signature(bank: Bank) -> None:
    release = make_reviewable(bank, Fairness="inconclusive")
    both_sign(bank, release)
    open_by_hand(release, "inconclusive")
    with refused("too few signatures as second:Fairness"):
        install(release)


@pytest.mark.parametrize("granted", [False, True])
def test_a_gate_is_waived_by_a_waiver_that_lasts_as_long(bank: Bank, granted: bool) -> None:
    release = make_reviewable(bank, Performance="fail")
    if granted:
        waiver = waivers.request(
            release,
            gate="check:Performance",
            days=9,
            reason="few rows",
            actor=bank.people.petra.actor,
        )
        waivers.decide(waiver, granted=True, reason="fine", actor=bank.people.rita.actor)
    else:
        with by_hand():
            release.gates.filter(key="check:Performance").update(state="open", verdict="waived")
            Release.objects.filter(pk=release.pk).update(state="in_review")
    release.refresh_from_db()
    with by_hand():
        release.gates.exclude(state="open").update(state="open")
    document = authorizations._document(release)
    document["expires_at"] = document["issued_at"] + timedelta(days=100)
    with refused("the gate check:Performance is not open"):
        install(release, document)


@contextmanager
def asked_again(bank: Bank) -> Iterator[tuple[Release, dict[str, Any]]]:
    """A release that went the whole way, a moment before its row is written."""
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    seen: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(authorizations, "issue", lambda release, *, actor: seen.update(there=True))
        sign(release, bank.people.rita, "officer")
    assert seen
    release.refresh_from_db()
    yield release, authorizations._document(release)


def test_it_lasts_no_longer_than_the_policies_let_it(bank: Bank) -> None:
    with asked_again(bank) as (release, document):
        document["expires_at"] += timedelta(days=1)
        with refused("longer than the policies let it"):
            install(release, document)


def test_it_is_of_what_its_release_asked_for(bank: Bank) -> None:
    other = make_release(bank)
    with asked_again(bank) as (release, document):
        for name, value in (("version", other.version), ("version_digest", "0" * 64)):
            former = getattr(release, name)
            setattr(release, name, value)
            with refused("what its release asks for"):
                authorizations.install(release, document, grace_days=0, actor=SYSTEM)
            setattr(release, name, former)
        with refused("what its release asks for"):
            install(release, document | {"release": str(other.pk)})


def test_a_release_is_released_by_its_authorization_alone(bank: Bank) -> None:
    with asked_again(bank) as (release, document):
        rows = Release.objects.filter(pk=release.pk)
        with refused("what is released is authorized"):
            rows.update(state="released", closed_at=timezone.now())
        with refused("what is released is authorized"):
            install(release, document)
    with refused("what is released is authorized"):
        derived.write(make_released(bank), reason="by hand", actor=SYSTEM)


# What follows from something else -----------------------------------------------------------------


def emergency(bank: Bank, source: Release, **more: Any) -> Authorization:
    """As ``emergencies.approve`` writes it, whatever was decided about it."""
    asked = EmergencyRequest.objects.filter(release=source).first() or EmergencyRequest()
    now = timezone.now()
    case = derived.write(source, reason="by hand", actor=SYSTEM)
    document = emergencies._document(source, case, asked, now, now + timedelta(hours=12))
    return install(case, document | more)


def ask(bank: Bank, release: Release, *, approved: bool = False) -> EmergencyRequest:
    asked = emergencies.ask(
        release, incident="INC-7", reason="It is down.", actor=bank.people.petra.actor
    )
    if approved:
        decided = {"decided_by": bank.people.rita, "decided_at": timezone.now()}
        with by_hand():
            EmergencyRequest.objects.filter(pk=asked.pk).update(state="approved", **decided)
    return asked


def test_no_emergency_without_a_request_that_a_second_person_approved(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    with refused("when a second person let it"):
        emergency(bank, release)
    ask(bank, release)
    with refused("when a second person let it"):
        emergency(bank, release)


def test_an_emergency_lasts_its_hours_for_its_own_release_and_is_looked_at(bank: Bank) -> None:
    release, other = make_reviewable(bank, Performance="fail"), make_reviewable(bank)
    ask(bank, release, approved=True)
    with refused("when a second person let it"):
        emergency(bank, release, expires_at=timezone.now() + timedelta(hours=13))
    with refused("when a second person let it"):
        emergency(bank, other, incident="INC-7", from_release=str(release.pk))
    with refused("an emergency is looked at"):
        emergency(bank, release)


def rollback(former: Authorization, **more: Any) -> Authorization:
    """As ``roll_back`` writes it."""
    case = derived.write(former.release, reason="by hand", actor=SYSTEM)
    return install(case, rolling_back._document(former, case) | more)


def test_a_rollback_is_to_what_another_took_the_place_of_and_no_more(bank: Bank) -> None:
    former, present = make_released(bank).authorization, make_released(bank).authorization
    former.refresh_from_db()
    longer = former.expires_at + timedelta(seconds=1)
    with refused("another took the place of"):
        rollback(former, expires_at=longer)
    for named in ("0" * 64, present.digest):
        with refused("another took the place of"):
            rollback(former, rollback_to=named)
    with refused("another took the place of"):
        rollback(former, restrictions=[])


def test_nothing_goes_back_to_files_that_somebody_said_no_to(bank: Bank) -> None:
    former = make_released(bank).authorization
    elsewhere = make_release(bank, version=former.version, purpose="advise")
    both_sign(bank, finish_suite(elsewhere))
    make_released(bank)
    former.refresh_from_db()
    second = Authorization.objects.get(release=elsewhere)
    stopping.suspend(second, reason="odd scores", actor=bank.people.rita.actor)
    with refused("another took the place of"):
        rollback(former)
