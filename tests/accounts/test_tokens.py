"""Service tokens: hashed, scoped, expiring, shown once, and never a signature."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ServiceToken
from accounts.services.tokens import authenticate, issue_token, revoke_token
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, NotFound
from tests import cast
from tests.by_hand import by_hand

pytestmark = pytest.mark.django_db


def test_the_secret_is_not_stored() -> None:
    token, text = cast.token("ci")
    secret = text.split("_")[2]
    stored = " ".join(str(value) for value in ServiceToken.objects.values().get().values())
    assert secret[:48] not in stored
    assert text.startswith(f"imp_{token.public_id}_")


def test_it_opens_the_door_and_notes_its_use() -> None:
    token, text = cast.token("ci")
    assert authenticate(text) == token
    token.refresh_from_db()
    assert token.last_used_at is not None


@pytest.mark.parametrize("spoilt", ["", "imp_", "x" * 80, "imp_\x00"])
def test_nonsense_opens_nothing(spoilt: str) -> None:
    assert authenticate(spoilt) is None


def test_one_wrong_character_opens_nothing() -> None:
    _, text = cast.token("ci")
    for position in range(4, len(text)):
        other = "0" if text[position] != "0" else "1"
        assert authenticate(text[:position] + other + text[position + 1 :]) is None


def test_an_expired_one_opens_nothing() -> None:
    _, text = cast.token("ci")
    with by_hand():
        ServiceToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert authenticate(text) is None


def test_a_revoked_one_opens_nothing_ever_again() -> None:
    token, text = cast.token("ci")
    revoke_token(token, actor=SYSTEM)
    assert authenticate(text) is None
    with pytest.raises(Conflict):
        revoke_token(token, actor=SYSTEM)


@pytest.mark.parametrize("decided", ["decision.sign", "policy.publish", "authorization.revoke"])
def test_no_token_carries_what_people_decide(decided: str) -> None:
    token, _ = cast.token("officer")
    assert not token.actor.may(decided)
    assert token.actor.may("policy.write")
    with pytest.raises(Invalid, match="people decide"):
        cast.token("officer", permissions=["policy.write", decided])


def test_permissions_narrow_the_role_and_never_widen_it() -> None:
    token, _ = cast.token("ci", permissions=["verdict.read"])
    assert token.actor.may("verdict.read")
    assert not token.actor.may("registry.write")
    with pytest.raises(Invalid, match="does not carry"):
        cast.token("ci", permissions=["audit.export"])


def test_a_scoped_token_works_in_its_scope_alone() -> None:
    token, _ = cast.token("ci", scope=("use_case", "mortgage"))
    assert token.actor.may("registry.write", ("use_case", "mortgage"))
    assert not token.actor.may("registry.write", ("use_case", "hiring"))


@pytest.mark.parametrize("days", [0, -1, 367])
def test_it_lives_for_a_year_at_most(days: int) -> None:
    with pytest.raises(Invalid):
        cast.token("ci", lifetime=timedelta(days=days))


def test_an_unknown_role_is_named() -> None:
    with pytest.raises(NotFound, match="wizard"):
        issue_token(name="x", role="wizard", actor=SYSTEM)


def test_the_api_shows_it_once(people: cast.People) -> None:
    client = cast.api(people.olga)
    made = client.post("/api/v1/tokens", {"name": "build", "role": "ci"}, format="json")
    assert made.status_code == 201
    assert authenticate(made.json()["token"]) is not None
    listed = client.get("/api/v1/tokens").json()["items"]
    assert listed
    assert all("token" not in row for row in listed)
