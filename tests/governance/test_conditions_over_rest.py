"""An approval with conditions is signed over REST as on the page."""

from __future__ import annotations

import pytest

from governance.models import Authorization
from tests import cast
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY + "conditions: {max_days: 60}\n")


def body(digest: str, **more: object) -> dict[str, object]:
    return {
        "slot": "officer",
        "outcome": "approve_with_conditions",
        "meaning": "approval",
        "reason": "looked at everything",
        "evidence_digest": digest,
        "password": cast.PASSWORD,
        "conditions": [{"text": "Measure again", "owner": "ada", "days": 10}],
    } | more


def test_conditions_are_attached_and_make_the_authorization_conditional(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    address = f"/api/v1/releases/{release.pk}/decisions"
    said = body(release.evidence_digest)
    assert cast.api(bank.people.rita).post(address, said, format="json").status_code == 201
    assert Authorization.objects.get().kind == "conditional"
    assert release.conditions.get().text == "Measure again"


@pytest.mark.parametrize(
    ("conditions", "named"),
    [
        ([], "conditions"),
        ([{"text": "x", "owner": "nobody", "days": 10}], "conditions[0].owner"),
        ([{"text": "Measure", "owner": "ada", "days": 61}], "conditions[0].days"),
        ([{"text": "Measure", "owner": "ada"}], "conditions[0].days"),
    ],
)
def test_what_is_wrong_with_a_condition_is_named(
    bank: Bank, conditions: list[object], named: str
) -> None:
    release = make_reviewable(bank)
    address = f"/api/v1/releases/{release.pk}/decisions"
    said = body(release.evidence_digest, conditions=conditions)
    answer = cast.api(bank.people.rita).post(address, said, format="json")
    assert answer.status_code == 400
    assert named in [one["field"] for one in answer.json()["errors"]]
    assert not release.decisions.exists()
