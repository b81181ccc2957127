"""A purpose that several use cases approve is held to the strictest of their tiers, so nobody
shares one whose other use cases are none of theirs: they would stop what runs there."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.services.people import assign_role
from governance.models import Purpose, UseCase
from governance.services import risk, use_cases
from governance.services.purpose_tiers import strictest_tier
from governance.services.verdicts import verdict
from lib.actor import SYSTEM
from tests import cast
from tests.governance.make import POLICY, Bank, make_released, publish
from tests.governance.make_risk import settle

pytestmark = pytest.mark.django_db
CARDS = ("business_unit", "cards")
RETAIL = ("business_unit", "retail")
DECIDE = {"key": "decide", "name": "Deciding"}
LIMITS: dict[str, Any] = {
    "slug": "limits",
    "name": "Limits",
    "objective": "Set limits",
    "business_unit": "cards",
    "owner": "ada",
    "tier": 3,
    "purposes": [{"key": "limit", "name": "Limiting"}],
}
WHY = {"reason": "We decide on limits too."}


@pytest.fixture
def light(bank: Bank) -> Bank:
    """Its use case is assessed: tier 3."""
    publish(POLICY.replace("tiers: [1]", "tiers: [1, 2, 3]"))
    settle("mortgage", 3, actor=bank.people.rita.actor)
    return bank


def cara(role: str = "product", *scopes: tuple[str, str]) -> APIClient:
    person = cast.person("cara")
    for scope in scopes or (CARDS,):
        assign_role(person, role=role, actor=SYSTEM, scope=scope)
    return cast.api(person)


def robot() -> APIClient:
    client, text = cast.api(), cast.token("product", scope=CARDS)[1]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@pytest.mark.parametrize("who", [cara, robot])
def test_nobody_describes_a_use_case_with_a_purpose_of_another_unit(light: Bank, who: Any) -> None:
    running = make_released(light)
    answer = who().post("/api/v1/use-cases", LIMITS | {"purposes": [DECIDE]}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "purpose_taken")
    assert answer.json()["errors"] == [{"field": "purposes", "message": "“decide” is taken"}]
    assert not UseCase.objects.filter(slug="limits").exists()
    asked = {"digest": running.version_digest, "environment": "production", "purpose": "decide"}
    assert (verdict(**asked).code, strictest_tier("decide")) == ("authorized", 3)


def test_nobody_approves_a_purpose_of_another_unit(light: Bank) -> None:
    use_cases.create_use_case(**LIMITS, actor=SYSTEM)
    body = DECIDE | WHY
    answer = cara("business").post("/api/v1/use-cases/limits/purposes", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "purpose_taken")
    assert answer.json()["errors"] == [{"field": "key", "message": "“decide” is taken"}]
    assert not Purpose.objects.filter(use_case__slug="limits", key="decide").exists()


def test_who_may_write_both_shares_it(light: Bank) -> None:
    use_cases.create_use_case(**LIMITS, actor=SYSTEM)
    both = cara("business", CARDS, RETAIL)
    answer = both.post("/api/v1/use-cases/limits/purposes", DECIDE | WHY, format="json")
    assert answer.status_code == 201
    settle("limits", 2, actor=light.people.rita.actor)
    assert strictest_tier("decide") == 2
    assert risk.current_methodology() is not None


def test_a_purpose_of_ones_own_unit_is_shared(light: Bank) -> None:
    use_cases.create_use_case(**LIMITS, actor=SYSTEM)
    more = LIMITS | {"slug": "cash", "name": "Cash"}
    assert cara().post("/api/v1/use-cases", more, format="json").status_code == 201
