"""Signing in two steps: read the words, prove who you are, sign exactly those."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from governance.models import Decision, Release
from governance.services import delegations, releases
from tests.cast import PASSWORD, People
from tests.governance.make import POLICY, ROBOT, Bank, finish_suite, make_bank, make_reviewable
from tests.web.acting import TERMS, fresh, page, shown_in, sign_on_page, typed
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


def due(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def rows(*given: tuple[str, str, str]) -> dict[str, Any]:
    text, owner, day = zip(*given, strict=True)
    return {"condition_text": text, "condition_owner": owner, "condition_due": day}


def test_the_words_that_are_signed_are_shown_before(bank: Bank) -> None:
    release = make_reviewable(bank)
    client = signed_in(bank.people.ravi)
    form = typed(release, "validator", "approve")
    read = client.post(f"/releases/{release.pk}/", form)
    assert read.status_code == 200
    assert not release.decisions.exists(), "reading signs nothing"
    client.post(f"/releases/{release.pk}/", form | {"shown": shown_in(read), "password": PASSWORD})
    (decision,) = release.decisions.all()
    assert decision.statement in read.content.decode()
    assert decision.evidence_digest in read.content.decode()


@pytest.mark.parametrize(
    "change", [{"reason": "Another."}, {"outcome": "abstain"}, {"meaning": "review"}]
)
def test_nothing_else_is_signed_than_what_was_shown(bank: Bank, change: dict[str, str]) -> None:
    release = make_reviewable(bank)
    client, form = signed_in(bank.people.ravi), typed(release, "validator", "approve")
    shown = shown_in(client.post(f"/releases/{release.pk}/", form))
    sent = form | {"shown": shown, "password": PASSWORD} | change
    answer = client.post(f"/releases/{release.pk}/", sent)
    assert answer.status_code == 412
    assert not release.decisions.exists()


def test_evidence_measured_anew_is_read_anew_and_what_was_typed_is_kept(bank: Bank) -> None:
    release = make_reviewable(bank)
    client = signed_in(bank.people.rita)
    form = typed(release, "officer", "approve_with_conditions", **rows(("Mend", "ada", due(9))))
    shown = shown_in(client.post(f"/releases/{release.pk}/", form))
    releases.revise(release, reason="again", actor=ROBOT)
    sent = form | {"shown": shown, "password": PASSWORD}
    running = client.post(f"/releases/{release.pk}/", sent)
    assert running.status_code == 412
    assert "The evidence is complete." in running.content.decode()
    finish_suite(release)
    answer = client.post(f"/releases/{release.pk}/", sent)
    body = answer.content.decode()
    assert answer.status_code == 412
    assert "Read it again" in body
    assert "The evidence is complete.</textarea>" in body
    assert 'name="condition_text" maxlength="4000" value="Mend"' in body
    new = Release.objects.get(pk=release.pk).evidence_digest
    assert f'name="evidence_digest" value="{new}"' in body, "the page is the new one"
    assert not release.decisions.exists()


def test_the_first_signature_of_a_session_needs_the_password_and_again_after_the_time_out(
    bank: Bank, settings: Any
) -> None:
    settings.SIGNATURE_WINDOW_SECONDS = 600
    release = make_reviewable(bank)
    client, form = signed_in(bank.people.ravi), typed(release, "validator", "approve")
    address = f"/releases/{release.pk}/"
    read = client.post(address, form)
    assert 'name="password"' in read.content.decode(), "signing in alone is no proof"
    sent = form | {"shown": shown_in(read)}
    assert client.post(address, sent).status_code == 403
    session = client.session
    session["signed_in_again_at"] = time.time() - 601
    session.save()
    answer = client.post(address, sent)
    assert (answer.status_code, 'name="password"' in answer.content.decode()) == (403, True)
    session["signed_in_again_at"] = time.time() - 500
    session.save()
    assert client.post(address, sent).status_code == 302
    assert release.decisions.count() == 1


def test_an_approval_with_conditions_ignores_empty_rows(bank: Bank) -> None:
    release = make_reviewable(bank)
    given = rows(("", "", ""), ("Measure again", "ada", due(20)), ("", "", ""))
    sign_on_page(bank.people.rita, release, "officer", "approve_with_conditions", **given)
    (condition,) = release.conditions.all()
    assert (condition.text, condition.owner) == ("Measure again", bank.people.ada)
    assert timezone.localdate(condition.due_at) == timezone.localdate() + timedelta(days=20)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("Mend", "", ""), "Condition 1, days: choose the day"),
        (("Mend", "ada", "2020-01-01"), "Condition 1, days: from 1 to 60"),
        (("Mend", "", due(5)), "Condition 1, owner"),
        (("Mend", "otto", due(5)), "Condition 1, owner"),
        (("", "ada", due(5)), "Condition 1, text"),
        (("\x00", "ada", due(5)), "NUL"),
    ],
)
def test_a_condition_that_is_not_complete_comes_back_as_typed(
    bank: Bank, row: tuple[str, str, str], said: str
) -> None:
    release = make_reviewable(bank)
    answer = sign_on_page(
        bank.people.rita, release, "officer", "approve_with_conditions", **rows(row)
    )
    body = answer.content.decode()
    assert answer.status_code == 400
    assert said in body
    assert f'value="{row[2]}"' in body
    assert not release.decisions.exists()


def test_more_rows_are_offered_without_a_script_and_nothing_is_lost(bank: Bank) -> None:
    release = make_reviewable(bank)
    full = rows(*((f"Number {n}", "ada", due(n)) for n in (1, 2, 3)))
    form = typed(release, "officer", "", more="1", **full)
    body = signed_in(bank.people.rita).post(f"/releases/{release.pk}/", form).content.decode()
    assert body.count('name="condition_text"') == 4
    assert 'value="Number 3"' in body


def test_one_can_go_back_from_the_words_and_change_them(bank: Bank) -> None:
    release = make_reviewable(bank)
    form = typed(release, "officer", "approve", shown="0" * 64, back="1")
    body = signed_in(bank.people.rita).post(f"/releases/{release.pk}/", form).content.decode()
    assert "The evidence is complete.</textarea>" in body
    assert not release.decisions.exists()


def test_an_abstention_is_signed_and_fills_nothing(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign_on_page(bank.people.rita, release, "officer", "abstain")
    body = page(bank.people.rita, release)
    assert "Abstained by Rita" in body
    assert Release.objects.get(pk=release.pk).state == "in_review"


def test_a_delegate_signs_for_somebody_and_both_names_are_shown(bank: Bank) -> None:
    release = make_reviewable(bank)
    now = timezone.now()
    delegations.give(
        to="petra",
        role="officer",
        starts_at=now,
        ends_at=now + timedelta(days=5),
        reason="On leave",
        actor=bank.people.rita.actor,
    )
    petra, rita = bank.people.petra, bank.people.rita
    assert f"You can decide, for {rita.full_name}." in page(petra, release)
    sign_on_page(petra, release, "officer")
    decision = Decision.objects.get()
    assert (decision.signer, decision.for_whom) == (petra, rita)
    assert f"Approved by {petra.full_name} for {rita.full_name}" in page(rita, release)


def test_the_third_line_signs_nothing_whatever_it_sends(bank: Bank) -> None:
    release = make_reviewable(bank)
    answer = signed_in(fresh(bank.people.otto)).post(
        f"/releases/{release.pk}/", typed(release, "officer", "approve")
    )
    assert answer.status_code == 403
    assert "changes nothing" in answer.content.decode()
