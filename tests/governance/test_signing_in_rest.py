"""Over REST too, reviews and emergencies are signed: by people, with a fresh proof."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from governance.models import Authorization, Decision, EmergencyRequest, Recertification, Release
from governance.services import delegations
from tests import cast
from tests.cast import PASSWORD, People
from tests.governance.make import POLICY, Bank, make_bank, make_released, make_reviewable

pytestmark = pytest.mark.django_db
TERMS = """
recertification: {every_days: 90, reviewer: validator}
emergency: {approver: officer, valid_hours: 12}
"""


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + TERMS)


def post(who: User, path: str, **body: Any) -> Any:
    return cast.api(User.objects.get(pk=who.pk)).post(f"/api/v1/{path}", body, format="json")


def test_a_review_takes_the_password(bank: Bank) -> None:
    issued = make_released(bank).authorization
    path = f"authorizations/{issued.digest}/reviews"
    body = {"outcome": "continue", "rationale": "Stable."}
    answer = post(bank.people.ravi, path, **body)
    assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_needed")
    wrong = post(bank.people.ravi, path, password="no", **body)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    assert not Recertification.objects.exists()
    assert post(bank.people.ravi, path, password=PASSWORD, **body).status_code == 201


def test_an_emergency_is_let_and_judged_with_the_password(bank: Bank) -> None:
    release = make_reviewable(bank, Performance="fail")
    asked = post(
        bank.people.petra, f"releases/{release.pk}/emergency", incident="INC-7", reason="Down."
    )
    assert asked.status_code == 201
    path, body = f"releases/{release.pk}/emergency/decision", {"approved": True, "reason": "Go on."}
    assert post(bank.people.rita, path, **body).json()["code"] == "reauthentication_needed"
    assert EmergencyRequest.objects.get().state == "asked"
    assert post(bank.people.rita, path, password=PASSWORD, **body).status_code == 201
    issued = Authorization.objects.get()
    oda = cast.person("oda", "officer")
    path = f"authorizations/{issued.digest}/emergency-review"
    body = {"ratified": True, "reason": "It was right."}
    assert post(oda, path, **body).json()["code"] == "reauthentication_needed"
    assert post(oda, path, password=PASSWORD, **body).json()["review"] == "ratified"


def let_petra_sign(bank: Bank) -> int:
    """A product manager holds no role that signs. The number of the delegation."""
    now = timezone.now()
    given = delegations.give(
        to="petra",
        role="officer",
        starts_at=now,
        ends_at=now + timedelta(days=7),
        reason="On leave",
        actor=User.objects.get(pk=bank.people.rita.pk).actor,
    )
    return given.pk


def decision(release: Release) -> dict[str, Any]:
    return {
        "slot": "officer",
        "outcome": "approve",
        "meaning": "approval",
        "reason": "Complete.",
        "evidence_digest": release.evidence_digest,
        "password": PASSWORD,
    }


def test_a_delegate_without_a_role_that_signs_signs(bank: Bank) -> None:
    release = make_reviewable(bank)
    path, body = f"releases/{release.pk}/decisions", decision(release)
    refused = post(bank.people.petra, path, **body)
    assert (refused.status_code, refused.json()["code"]) == (403, "may_not_decide")
    number = let_petra_sign(bank)
    assert post(bank.people.petra, path, **body).status_code == 201
    signed = Decision.objects.get()
    assert (signed.signer, signed.for_whom) == (bank.people.petra, bank.people.rita)
    ending = f"delegations/{number}/ending"
    assert post(bank.people.petra, ending).json()["standing"] == "ended"


def test_whoever_only_looks_does_not_decide(bank: Bank) -> None:
    release = make_reviewable(bank)
    path, body = f"releases/{release.pk}/decisions", decision(release)
    audits = post(bank.people.otto, path, **body)
    assert (audits.status_code, audits.json()["code"]) == (403, "observer")
    looks = post(bank.people.elena, path, **body)
    assert (looks.status_code, looks.json()["code"]) == (403, "may_not_decide")
    assert not Decision.objects.exists()
