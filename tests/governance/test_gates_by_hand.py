"""R1 in the database: a gate that a statement opened is not open. Whatever its row says, the
result of the check in that very revision, the documents, answers and findings are asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.models import Authorization, Finding, Gate, Question, Release, Waiver
from governance.services import authorizations, findings, questions, releases, waivers
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
    make_reviewable,
    make_sealed_version,
    sign,
)
from tests.governance.make_findings import make_finding

pytestmark = pytest.mark.django_db
TERMS = (
    "waivers: {of: [Performance], max_days: 30, approver: officer}\n"
    "findings: {block: high}\n"
    "evidence_max_age_days: 30\n"
)


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


@contextmanager
def refused(gate: str) -> Iterator[None]:
    why = f"nothing that happened opens the gate {gate}"
    with pytest.raises(IntegrityError, match=why), transaction.atomic(), by_hand():
        yield


def opened(bank: Bank, release: Release, **verdicts: str) -> Release:
    """In review with every gate open, by two signatures and a hand: ``verdicts`` by check."""
    with by_hand():
        Release.objects.filter(pk=release.pk).update(state="in_review")
        Gate.objects.filter(release=release).update(state="open", verdict="pass")
        for name, verdict in verdicts.items():
            Gate.objects.filter(release=release, key=f"check:{name}").update(verdict=verdict)
    with mock.patch("governance.services.decisions.advance"):  # the gates stay as a hand left them
        sign(release, bank.people.ravi, "validator")
        sign(release, bank.people.rita, "officer")
    return Release.objects.get(pk=release.pk)


def install(release: Release, **more: Any) -> Authorization:
    document = authorizations._document(release) | more
    return authorizations.install(release, document, grace_days=0, actor=SYSTEM)


def is_taken(release: Release, **more: Any) -> bool:
    """The row is written, and goes again: the release itself is not released."""
    with transaction.atomic():
        found = install(release, **more)
        transaction.set_rollback(True)
    return found.state == "active"


def test_what_was_found_opens_its_gates(bank: Bank) -> None:
    assert is_taken(opened(bank, make_reviewable(bank)))


@pytest.mark.parametrize("found", ["fail", "inconclusive", "error"])
def test_a_check_that_did_not_pass_is_opened_by_no_hand(bank: Bank, found: str) -> None:
    release = opened(bank, make_reviewable(bank, Performance=found))
    with refused("check:Performance"):
        install(release)


def test_a_failed_check_is_not_called_too_close(bank: Bank) -> None:
    release = make_reviewable(bank, Fairness="inconclusive", Performance="fail")
    release = opened(bank, release, Fairness="inconclusive", Performance="inconclusive")
    with mock.patch("governance.services.decisions.advance"):
        sign(release, bank.people.bo, "second:Fairness")
    with pytest.raises(IntegrityError, match="too few signatures"), transaction.atomic():
        install(release)


def test_what_passed_in_an_earlier_revision_opens_nothing_in_this_one(bank: Bank) -> None:
    release = make_reviewable(bank)
    releases.revise(release, reason="new data", actor=ROBOT)
    release = opened(bank, finish_suite(release, Performance="fail"))
    with refused("check:Performance"):
        install(release)


def test_files_that_nobody_hashed_again_open_nothing(bank: Bank) -> None:
    release = make_release(bank)
    with by_hand():
        Release.objects.filter(pk=release.pk).update(evidence_digest="0" * 64)
    release = opened(bank, release)
    with refused("artifact"):
        install(release)


def test_old_evidence_opens_nothing(bank: Bank) -> None:
    early = timezone.now() - timedelta(days=31)
    with mock.patch("django.utils.timezone.now", return_value=early):
        release = make_reviewable(bank)
    release = opened(bank, release)
    with refused("check:"):
        install(release)


def test_a_waiver_longer_than_the_policies_allow_opens_nothing(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    asked = waivers.request(
        release,
        gate="check:Performance",
        days=30,
        reason="few rows",
        actor=bank.people.petra.actor,
    )
    now = timezone.now()
    decided = {"decided_by": bank.people.rita, "decided_at": now, "state": "granted"}
    row = Waiver.objects.get(pk=asked.pk)
    row.pk, row.number, row.gate, row.days = None, 99, "check:Fairness", 300
    row._state.adding = True
    with by_hand():
        row.save(force_insert=True)  # of what nobody may waive
        rows = Waiver.objects.filter(gate="check:Fairness")
        rows.update(**decided, expires_at=now + timedelta(days=300))
    waivers.decide(asked, granted=True, reason="go on", actor=bank.people.rita.actor)
    release = opened(bank, release, Performance="waived")
    soon = now + timedelta(days=20)
    with refused("check:Fairness"):
        with by_hand():
            Gate.objects.filter(release=release, key="check:Fairness").update(verdict="waived")
        install(release, expires_at=soon)
    with by_hand():
        Gate.objects.filter(release=release, key="check:Fairness").update(verdict="pass")
    assert is_taken(release, expires_at=soon)


def test_a_document_that_nobody_filed_opens_nothing(bank: Bank) -> None:
    version = make_sealed_version(bank, with_card=False)
    release = opened(bank, finish_suite(make_release(bank, version=version)))
    with refused("document:model_card"):
        install(release)


def test_a_question_that_blocks_is_settled_by_no_hand_on_its_gate(bank: Bank) -> None:
    release = make_reviewable(bank)
    questions.ask(release, text="Why so few?", actor=bank.people.ravi.actor)
    assert Question.objects.get().blocking
    release = opened(bank, release)
    with refused("question:1"):
        install(release)


@pytest.mark.parametrize("severity", ["medium", "high", "critical"])
def test_an_open_finding_closes_the_gate_from_its_severity_on(bank: Bank, severity: str) -> None:
    release = make_reviewable(bank)
    make_finding(bank, severity=severity)
    release = opened(bank, release)
    if severity == "medium":
        assert is_taken(release)
        return
    with refused("findings"):
        install(release)


def test_a_closed_finding_is_no_matter(bank: Bank) -> None:
    found = make_finding(bank)
    findings.rebut(found, text="It is the season.", actor=bank.people.ada.actor)
    findings.close(found, accepted=True, text="So it is.", actor=bank.people.rita.actor)
    assert Finding.objects.get().state == "closed"
    assert is_taken(opened(bank, make_reviewable(bank)))
