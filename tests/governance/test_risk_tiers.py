"""The tier of a use case follows from its newest assessment, and falls by no owner's hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import Entry
from governance.models import Authorization, Release, RiskAssessment, UseCase
from governance.services import risk
from governance.services.purpose_tiers import strictest_tier
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, Refused
from tests.governance.make import POLICY, Bank, make_reviewable, publish, sign
from tests.governance.make_risk import METHODOLOGY, assess, make_methodology

pytestmark = pytest.mark.django_db
WHY = "The board has seen the figures."


def tier() -> int:
    return UseCase.objects.get(slug="mortgage").tier


def test_a_new_use_case_has_its_stated_tier_on_record(bank: Bank) -> None:
    first = RiskAssessment.objects.get(use_case=bank.use_case)
    assert (first.tier, first.methodology, first.answers) == (1, None, {})


def test_the_tier_follows_the_answers_and_the_inputs_are_kept(bank: Bank) -> None:
    methodology = make_methodology()
    made = assess(bank, "medium")
    assert (made.score, made.computed_tier, made.tier, tier()) == (50, 2, 2, 2)
    assert (made.answers, made.methodology) == ({"money": "medium"}, methodology)
    told = Entry.objects.get(action="use_case.assess").content["details"]
    assert told["former_tier"] == 1
    assert "tier 2" in told["why"][0]


def test_nothing_can_be_assessed_before_a_methodology_is_published(bank: Bank) -> None:
    with pytest.raises(Conflict, match="publish one first"):
        assess(bank, "high")


def test_wrong_answers_are_named(bank: Bank) -> None:
    make_methodology()
    with pytest.raises(Invalid) as caught:
        assess(bank, "heaps")
    assert list(caught.value.errors) == ["answers.money"]


def test_a_methodology_with_mistakes_names_their_lines(bank: Bank) -> None:
    with pytest.raises(Invalid) as caught:
        risk.publish_methodology(source=METHODOLOGY.replace("weight: 1", "weight: x"), actor=SYSTEM)
    assert list(caught.value.errors) == ["line 8: factors[0].weight"]


def test_the_same_methodology_is_published_once(bank: Bank) -> None:
    make_methodology()
    with pytest.raises(Conflict, match="exactly this"):
        make_methodology()


def test_an_owner_may_raise_the_tier_and_not_lower_it(bank: Bank) -> None:
    make_methodology()
    ada = bank.people.ada.actor
    with pytest.raises(Refused, match="owns neither"):
        assess(bank, "medium", actor=ada)
    assess(bank, "medium")
    assert assess(bank, "high", actor=ada).tier == 1


def test_no_machine_lowers_a_tier(bank: Bank) -> None:
    make_methodology()
    with pytest.raises(Refused, match="owns neither"):
        assess(bank, "medium", actor=SYSTEM)


def test_an_owner_does_not_override_the_answers_downwards_either(bank: Bank) -> None:
    make_methodology()
    assess(bank, "low")
    with pytest.raises(Refused, match="owns neither"):  # no lower than it is, lighter than computed
        assess(bank, "high", override=3, reason=WHY, actor=bank.people.ada.actor)


def test_an_override_has_a_reason_and_keeps_what_was_computed(bank: Bank) -> None:
    make_methodology()
    with pytest.raises(Invalid, match="say why"):
        assess(bank, "medium", override=3, reason="  fine  ")
    made = assess(bank, "medium", override=3, reason=WHY)
    assert (made.computed_tier, made.tier, made.override_reason, tier()) == (2, 3, WHY, 3)


def commit_raw_assessment(bank: Bank) -> None:
    """As a hand in the shell would."""
    RiskAssessment.objects.create(
        use_case=bank.use_case,
        methodology=risk.current_methodology(),
        computed_tier=3,
        tier=3,
        assessed_at=timezone.now(),
        assessed_by=bank.people.rita.pseudonym,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS governance_hold_tier IMMEDIATE")


def test_the_tier_cannot_be_written_past_an_assessment(bank: Bank) -> None:
    make_methodology()
    with pytest.raises(IntegrityError, match="newest assessment"), transaction.atomic():
        UseCase.objects.filter(pk=bank.use_case.pk).update(tier=3)
    with pytest.raises(IntegrityError, match="newest assessment"), transaction.atomic():
        commit_raw_assessment(bank)


def test_what_held_at_a_moment_stays_known(bank: Bank) -> None:
    make_methodology()
    before = timezone.now()
    assess(bank, "medium")
    between = timezone.now()
    assess(bank, "high")
    days = timedelta(days=1)
    assert strictest_tier("decide", at=before) == 1
    assert strictest_tier("decide", at=between) == 2
    assert strictest_tier("decide", at=between + days) == strictest_tier("decide") == 1


def test_a_release_in_review_starts_anew_when_the_tier_rises(bank: Bank) -> None:
    publish(POLICY.replace("tiers: [1]", "tiers: [1, 2]"))
    make_methodology()
    assess(bank, "medium")
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    assess(bank, "high", actor=bank.people.ada.actor)
    now = Release.objects.get(pk=release.pk)
    assert (now.tier, now.revision, now.state) == (1, 2, "validating")


def test_what_no_policy_covers_at_the_new_tier_cannot_be_authorized(bank: Bank) -> None:
    publish(POLICY.replace("tiers: [1]", "tiers: [2]"))
    make_methodology()
    assess(bank, "medium")
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    assess(bank, "high")
    with pytest.raises(Conflict, match="rose from 2 to 1"):
        sign(release, bank.people.rita, "officer")
    assert not Authorization.objects.filter(release=release).exists()
