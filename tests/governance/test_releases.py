"""What a release goes through, rule by rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit.models import Entry
from governance.models import Authorization, Release
from governance.services import authorizations, policies, releases
from governance.services.verdicts import verdict
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, PreconditionFailed, Refused
from tests.governance.make import (
    ROBOT,
    Bank,
    finish_suite,
    make_release,
    make_released,
    make_reviewable,
    make_sealed_version,
    sign,
)

pytestmark = pytest.mark.django_db


def ask(release: Release) -> tuple[bool, str]:
    answer = verdict(digest=release.version_digest, environment="production", purpose="decide")
    return answer.allow, answer.code


def actions(release: Release) -> list[str]:
    rows = Entry.objects.filter(subject_type="release", subject_key=str(release.id))
    return list(rows.order_by("sequence").values_list("action", flat=True))


def test_a_request_queues_the_suite_and_pins_what_counts(bank: Bank) -> None:
    release = make_release(bank)
    assert release.state == "validating"
    assert release.requirement_set.document["policies"] == ["credit v1"]
    assert release.runs.get().checks.count() == 2
    assert [gate.state for gate in release.gates.all()] == ["pending"] * 3 + ["open"] + [
        "pending"
    ] * 2
    assert ask(release) == (False, "release_validating")


def test_the_last_approval_issues_the_authorization(bank: Bank) -> None:
    release = make_reviewable(bank)
    assert release.state == "in_review"
    sign(release, bank.people.ravi, "validator")
    assert not Authorization.objects.exists()
    sign(release, bank.people.rita, "officer")
    release.refresh_from_db()
    assert release.state == "released"
    assert ask(release) == (True, "authorized")
    assert release.version.model.aliases.get(name="champion").version == release.version
    assert actions(release)[-3:] == ["release.gate_open", "release.approve", "release.gate_open"]


def test_a_failed_check_blocks_and_nobody_can_approve(bank: Bank) -> None:
    release = make_reviewable(bank, Fairness="fail")
    assert release.state == "blocked"
    with pytest.raises(Conflict, match="no signature opens"):
        sign(release, bank.people.rita, "officer")
    assert ask(release) == (False, "release_blocked")


def test_a_broken_check_blocks(bank: Bank) -> None:
    assert make_reviewable(bank, Performance="error").state == "blocked"


def test_a_missing_document_blocks(bank: Bank) -> None:
    version = make_sealed_version(bank, with_card=False)
    release = finish_suite(make_release(bank, version=version))
    assert release.state == "blocked"
    assert "missing" in release.gates.get(kind="document").reasons[0]


def test_too_close_to_call_needs_a_third_person_and_lasts_ninety_days(bank: Bank) -> None:
    release = make_reviewable(bank, Fairness="inconclusive")
    assert release.state == "in_review"
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")
    assert ask(release) == (False, "release_in_review")
    sign(release, bank.people.bo, "second:Fairness")
    assert ask(release) == (True, "authorized")
    authorization = Authorization.objects.get()
    assert authorization.expires_at - authorization.issued_at == timedelta(days=90)


def test_evidence_that_changed_must_be_read_again(bank: Bank) -> None:
    release = make_reviewable(bank)
    with pytest.raises(PreconditionFailed):
        sign(release, bank.people.rita, "officer", evidence_digest="0" * 64)


def test_a_revision_voids_earlier_decisions(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    releases.revise(release, reason="new data", actor=ROBOT)
    release = finish_suite(release)
    assert release.revision == 2
    sign(release, bank.people.rita, "officer")
    release.refresh_from_db()
    assert release.state == "in_review"
    sign(release, bank.people.ravi, "validator")
    assert ask(release)[0]


def test_a_rejection_is_final(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.rita, "officer", outcome="reject")
    for act in (releases.revise, releases.withdraw):
        with pytest.raises(Conflict, match="final"):
            act(release, reason="again", actor=ROBOT)
    with pytest.raises(Conflict):
        sign(release, bank.people.ravi, "validator")


def test_changes_can_be_requested_and_made(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator", outcome="request_changes")
    release.refresh_from_db()
    assert release.state == "changes_requested"
    releases.revise(release, reason="changed", actor=ROBOT)
    assert finish_suite(release).state == "in_review"


@pytest.mark.parametrize(
    ("who", "slot"), [("ada", "officer"), ("bo", "officer"), ("ravi", "officer")]
)
def test_it_refuses_whoever_does_not_hold_the_role(bank: Bank, who: str, slot: str) -> None:
    with pytest.raises(Refused, match="do not hold the role"):
        sign(make_reviewable(bank), getattr(bank.people, who), slot)


def test_it_refuses_a_superuser(bank: Bank) -> None:
    root = bank.people.mallory
    root.is_superuser = root.is_staff = True
    root.save()
    with pytest.raises(Refused, match="do not hold the role"):
        sign(make_reviewable(bank), root, "officer")


def test_it_refuses_the_requester(bank: Bank) -> None:
    from accounts.services.people import assign_role

    assign_role(bank.people.ada, role="officer", actor=SYSTEM)
    release = finish_suite(make_release(bank, actor=bank.people.ada.actor))
    with pytest.raises(Refused, match="asked for this release"):
        sign(release, bank.people.ada, "officer")


def test_one_person_fills_one_slot(bank: Bank) -> None:
    from accounts.services.people import assign_role

    assign_role(bank.people.rita, role="validator", actor=SYSTEM)
    release = make_reviewable(bank)
    sign(release, bank.people.rita, "validator")
    with pytest.raises(Refused, match="one person fills one slot"):
        sign(release, bank.people.rita, "officer")


def test_a_new_release_supersedes_the_former_one(bank: Bank) -> None:
    first, second = make_released(bank), make_released(bank)
    assert ask(first) == (False, "superseded")
    assert ask(second) == (True, "authorized")
    assert Authorization.objects.filter(state="active").count() == 1


def test_expiry_is_read_from_the_clock(bank: Bank) -> None:
    release = make_released(bank)
    late = timezone.now() + timedelta(days=366)
    answer = verdict(
        digest=release.version_digest, environment="production", purpose="decide", at=late
    )
    assert (answer.allow, answer.code) == (False, "expired")


def test_a_revoked_authorization_denies_and_stays_revoked(bank: Bank) -> None:
    release = make_released(bank)
    row = Authorization.objects.get()
    authorizations.revoke(row, reason="incident", actor=bank.people.rita.actor)
    assert ask(release) == (False, "revoked")
    with pytest.raises(Conflict):
        authorizations.revoke(row, reason="again", actor=bank.people.rita.actor)
    with pytest.raises(DatabaseError), transaction.atomic():
        Authorization.objects.update(state="active")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"digest": "0" * 64}, "unknown_digest"),
        ({"environment": "mars"}, "unknown_environment"),
        ({"purpose": "advise"}, "never_requested"),
        ({"purpose": "nonsense"}, "never_requested"),
    ],
)
def test_whatever_is_unknown_is_denied(bank: Bank, fields: dict[str, str], code: str) -> None:
    release = make_released(bank)
    known = {
        "digest": release.version_digest,
        "environment": "production",
        "purpose": "decide",
    }
    answer = verdict(**(known | fields))
    assert (answer.allow, answer.code) == (False, code)


def test_of_two_versions_of_the_same_files_the_one_that_was_asked_for_is_told(bank: Bank) -> None:
    never_asked = make_sealed_version(bank)
    release = make_release(bank, version=make_sealed_version(bank, manifest=never_asked.manifest))
    assert finish_suite(release, Fairness="fail").state == "blocked"
    assert release.version_digest == never_asked.digest
    assert ask(release) == (False, "release_blocked")


def test_the_same_release_cannot_be_open_twice(bank: Bank) -> None:
    release = make_release(bank)
    with pytest.raises(Conflict, match="asks for the same"):
        make_release(bank, version=release.version)


def test_no_policy_means_no_release(bank: Bank) -> None:
    with pytest.raises(Conflict, match="No published policy"):
        make_release(bank, environment="staging")


@pytest.mark.parametrize("field", ["environment", "purpose"])
def test_an_unknown_place_or_purpose_is_named(bank: Bank, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        make_release(bank, **{field: "nowhere"})
    assert field in caught.value.errors


def test_a_withdrawn_release_is_over(bank: Bank) -> None:
    release = make_release(bank)
    releases.withdraw(release, reason="wrong version", actor=ROBOT)
    assert ask(release) == (False, "release_withdrawn")
    assert make_release(bank, version=release.version).state == "validating"


def test_a_signed_decision_cannot_be_edited(bank: Bank) -> None:
    release = make_reviewable(bank)
    decision = sign(release, bank.people.ravi, "validator")
    for act in (lambda: type(decision).objects.update(reason="edited"), decision.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_published_policy_cannot_be_edited(bank: Bank) -> None:
    for field in ("source", "state", "digest"):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(bank.policy).objects.update(**{field: "draft"})


def test_a_policy_for_an_unknown_environment_is_not_published(bank: Bank) -> None:
    source = bank.policy.source.replace("[production]", "[prodution]")
    draft = policies.draft(source=source, actor=ROBOT)
    with pytest.raises(Conflict, match="prodution"):
        policies.publish(draft, actor=SYSTEM)
