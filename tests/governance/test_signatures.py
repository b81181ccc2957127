"""What nobody can slip past a signature: askers, former owners, late documents, names."""

from __future__ import annotations

import pytest

from audit.models import Entry
from audit.services.reconciling import reconcile
from governance.services import releases, use_cases
from lib.actor import SYSTEM
from lib.errors import Refused
from tests.by_hand import by_hand
from tests.governance.make import ROBOT, Bank, finish_suite, make_release, make_reviewable, sign

pytestmark = pytest.mark.django_db


def test_whoever_asked_for_a_revision_decides_on_none(bank: Bank) -> None:
    from accounts.services.people import assign_role

    assign_role(bank.people.dev, role="officer", actor=SYSTEM)
    bank.people.dev.__dict__.pop("actor", None)
    release = make_reviewable(bank)
    asker = type(bank.people.rita).objects.get(username="petra")
    assign_role(asker, role="officer", actor=SYSTEM)
    asker = type(asker).objects.get(pk=asker.pk)
    releases.revise(release, reason="again", actor=asker.actor)
    release = finish_suite(release)
    with pytest.raises(Refused, match="asked for this release"):
        sign(release, asker, "officer")


def test_a_change_of_owner_frees_nobody_to_sign(bank: Bank) -> None:
    from accounts.services.people import assign_role
    from registry.services.models import change_model

    assign_role(bank.people.ada, role="officer", actor=SYSTEM)
    release = make_reviewable(bank)
    change_model(release.version.model, owner=bank.people.dev, actor=ROBOT)
    with by_hand():
        type(bank.use_case).objects.update(owner=bank.people.dev)
    with pytest.raises(Refused, match="own this model"):
        sign(release, bank.people.ada, "officer")


def test_who_owned_the_model_meanwhile_does_not_sign(bank: Bank) -> None:
    from registry.services.models import change_model

    release = make_reviewable(bank)
    for owner in (bank.people.ravi, bank.people.ada):
        change_model(release.version.model, owner=owner, actor=ROBOT)
    with pytest.raises(Refused, match="own this model"):
        sign(release, bank.people.ravi, "validator")


def test_who_owned_the_use_case_meanwhile_does_not_sign(bank: Bank) -> None:
    release = make_reviewable(bank)
    for owner in ("ravi", "ada"):
        why = "Ada is away for a while."
        use_cases.hand_over(bank.use_case, owner=owner, reason=why, actor=bank.people.rita.actor)
    with pytest.raises(Refused, match="own this model or its use case"):
        sign(release, bank.people.ravi, "validator")
    assert "governance_release" not in {each.table for each in reconcile()}  # it is told of


def test_a_document_filed_after_the_freeze_is_shown_apart_and_counts_for_nothing(
    bank: Bank,
) -> None:
    from governance.services import reading
    from registry.services.versions import file_document
    from tests.registry.make import make_artifact

    release = make_reviewable(bank)
    late = make_artifact(b"# Replacement card")
    file_document(
        release.version, kind="model_card", title="Late", artifact=late.digest, actor=ROBOT
    )
    page = reading.page_of(str(release.id), actor=SYSTEM)
    assert [document.title for document in page.documents] == ["Card"]
    assert [document.title for document in page.late_documents] == ["Late"]


def test_no_name_of_a_signer_stands_in_the_trail(bank: Bank) -> None:
    release = make_reviewable(bank, Fairness="inconclusive")
    sign(release, bank.people.bo, "second:Fairness")
    sign(release, bank.people.ravi, "validator")
    for entry in Entry.objects.filter(subject_key=str(release.id)):
        text = bytes(entry.body).decode()
        assert "Bo" not in text
        assert "Ravi" not in text


def test_a_policy_without_checks_still_comes_to_a_decision(bank: Bank) -> None:
    from tests.governance.make import publish

    publish(
        "policy: plain\ntitle: Plain\napplies: {tiers: [1], environments: [staging]}\n"
        "decisions: [{role: officer}]\nauthorization: {valid_days: 9}\n"
    )
    release = finish_suite(make_release(bank, environment="staging"))
    assert release.state == "in_review"
