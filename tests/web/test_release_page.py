"""The release page: what it says, and signing on it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from governance.models import Release
from tests.cast import PASSWORD
from tests.governance.make import (
    Bank,
    make_release,
    make_released,
    make_reviewable,
    make_sealed_version,
    sign,
)
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


def form(release: Release, **fields: str) -> dict[str, str]:
    return {
        "slot": "validator",
        "outcome": "approve",
        "meaning": "approval",
        "reason": "The evidence is complete.",
        "password": PASSWORD,
        "evidence_digest": release.evidence_digest,
    } | fields


def sign_on(client: Client, release: Release, **fields: str) -> Any:
    """Reads what would be signed, then signs it: the answer, or whatever came instead."""
    address, typed = f"/releases/{release.pk}/", form(release, **fields)
    password = typed.pop("password")
    read = client.post(address, typed)
    shown = re.search(r'name="shown" value="(\w+)"', read.content.decode())
    if shown is None:
        return read
    return client.post(address, typed | {"shown": shown[1], "password": password}, follow=True)


def page(client: Client, release: Release) -> str:
    return client.get(f"/releases/{release.pk}/").content.decode()


def test_it_shows_what_would_be_signed(bank: Bank) -> None:
    release = make_reviewable(bank)
    body = page(signed_in(bank.people.ravi), release)
    assert f'name="evidence_digest" value="{release.evidence_digest}"' in body
    assert "Approve v1 for production" in body
    assert "3 of 6" not in body
    assert "You can decide." in body


def test_it_says_why_a_person_may_not_decide(bank: Bank) -> None:
    release = make_reviewable(bank)
    body = page(signed_in(bank.people.otto), release)
    assert "You cannot decide here." in body
    assert "You do not hold the role Validator here." in body
    assert 'value="approve" disabled' in body


def test_a_signature_needs_the_password(bank: Bank) -> None:
    release = make_reviewable(bank)
    client = signed_in(bank.people.ravi)
    for password, sentence in (("", "Enter your password"), ("wrong", "That is not your password")):
        response = sign_on(client, release, password=password)
        assert response.status_code == 403
        assert sentence in response.content.decode()
        assert "The evidence is complete." in response.content.decode(), "the reason is kept"
    assert not release.decisions.exists()


def test_it_signs_and_asks_for_no_second_password_at_once(bank: Bank) -> None:
    first, second = make_reviewable(bank), make_reviewable(bank)
    client = signed_in(bank.people.ravi)
    response = sign_on(client, first)
    assert response.status_code == 200
    assert "Signed: approved." in response.content.decode()
    read = client.post(f"/releases/{second.pk}/", form(second, password=""))
    assert 'name="password"' not in read.content.decode()
    sign_on(client, second, password="")
    assert second.decisions.count() == 1


def test_words_are_kept_even_where_nothing_can_be_decided(bank: Bank) -> None:
    release = make_release(bank)
    client = signed_in(bank.people.ravi)
    body = sign_on(client, release).content.decode()
    assert 'role="alert"' in body
    assert "<b>What you typed</b>" in body
    assert "The evidence is complete." in body
    reviewable = make_reviewable(bank)
    body = sign_on(client, reviewable, password="wrong").content.decode()
    assert "What you typed is kept" in body
    assert "The evidence is complete." in body


def test_a_decision_that_comes_after_the_end_is_answered(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign_on(signed_in(bank.people.rita), release, slot="officer", outcome="reject")
    late = sign_on(signed_in(bank.people.ravi), release)
    assert late.status_code == 409
    assert 'role="alert"' in late.content.decode()


def test_evidence_that_changed_meanwhile_is_not_signed_for(bank: Bank) -> None:
    release = make_reviewable(bank)
    client = signed_in(bank.people.ravi)
    response = sign_on(client, release, evidence_digest="0" * 64)
    assert response.status_code == 412
    assert "Read it again" in response.content.decode()
    assert not release.decisions.exists()


def test_sent_twice_it_signs_once(bank: Bank) -> None:
    release = make_reviewable(bank)
    client = signed_in(bank.people.ravi)
    sign_on(client, release)
    response = sign_on(client, release, password="")
    assert response.status_code == 403
    assert release.decisions.count() == 1


def test_the_last_signature_releases(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    client = signed_in(bank.people.rita)
    body = sign_on(client, release, slot="officer").content.decode()
    assert "Imprimatur active." in body
    assert "Owner-occupied homes only" in body
    assert 'id="sign"' not in body


def test_a_blocked_release_can_only_be_rejected(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    body = page(signed_in(bank.people.ravi), release)
    assert "A gate is closed that no signature opens (Performance)" in body
    assert 'value="approve" disabled' in body
    assert 'value="reject" disabled' not in body


def test_while_validating_it_follows_along(bank: Bank) -> None:
    release = make_release(bank)
    client = signed_in(bank.people.rita)
    assert f'hx-get="/releases/{release.pk}/progress/"' in page(client, release)
    part = client.get(f"/releases/{release.pk}/progress/", headers={"HX-Request": "true"})
    assert "0%" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "HX-Redirect" not in part


def test_when_the_checks_are_done_the_page_comes_whole(bank: Bank) -> None:
    release = make_reviewable(bank)
    client = signed_in(bank.people.rita)
    part = client.get(f"/releases/{release.pk}/progress/", headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == f"/releases/{release.pk}/"
    assert "HX-Refresh" not in part, "reloading what answered a form would send it again"


def test_it_stands_beside_the_champion(bank: Bank) -> None:
    champion = make_released(bank)
    challenger = make_reviewable(bank)
    body = page(signed_in(bank.people.rita), challenger)
    assert "Beside the champion" in body
    assert champion.label in body


def test_typed_text_is_escaped(bank: Bank) -> None:
    release = make_reviewable(bank)
    client = signed_in(bank.people.ravi)
    sign_on(client, release, reason="<script>alert(1)</script>")
    body = page(client, release)
    assert "<script>alert" not in body
    assert "&lt;script&gt;" in body


def test_a_missing_document_says_what_to_do(bank: Bank) -> None:
    from tests.governance.make import finish_suite

    release = finish_suite(make_release(bank, version=make_sealed_version(bank, with_card=False)))
    assert "Model card missing: attach it" in page(signed_in(bank.people.rita), release)


def test_only_those_who_may_export_are_offered_the_bundle(bank: Bank) -> None:
    release = make_reviewable(bank)
    address = f"/api/v1/audit/bundle?subject=release:{release.pk}"
    assert address in page(signed_in(bank.people.otto), release)
    assert address not in page(signed_in(bank.people.ravi), release)


def test_the_second_line_raises_a_finding_from_here(bank: Bank) -> None:
    release = make_reviewable(bank)
    asked = f"/findings/new/?release={release.pk}"
    assert asked in signed_in(bank.people.rita).get(f"/releases/{release.pk}/").content.decode()
    assert asked not in signed_in(bank.people.ada).get(f"/releases/{release.pk}/").content.decode()
