"""What was authorized at a moment: the same as the verdict then, with signatures and proofs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from audit.models import Entry
from audit.services import integrate
from governance.models import Authorization, Release
from governance.services.as_of import as_of
from governance.services.authorizations import revoke
from governance.services.verdicts import verdict
from lib.actor import SYSTEM
from lib.errors import Invalid, NotFound
from tests import cast
from tests.governance.make import Bank, make_released
from tests.registry.make import make_model, scoped_actor, scoped_api
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/authorizations/as-of"


def ask(at: datetime | None = None, **more: Any) -> Any:
    fields = {"model": "credit", "environment": "production", "actor": SYSTEM} | more
    return as_of(at=at or timezone.now(), **fields)


@pytest.fixture
def released(bank: Bank) -> Release:
    release = make_released(bank)
    while integrate():
        pass
    return release


def test_it_names_version_signers_evidence_and_proofs(released: Release) -> None:
    (held, advice) = sorted(ask().held, key=lambda each: each.purpose.key != "decide")
    assert held.authorized
    assert not advice.authorized
    assert advice.authorization is None
    assert held.authorization is not None
    assert held.authorization.version == released.version
    names = [each.decision.signer_name for each in held.signed]
    assert names == ["Ravi", "Rita"]
    assert held.authorization.document["evidence"] == released.evidence_digest
    assert all(each.entry and each.entry.action == "release.approve" for each in held.signed)
    actions = [entry.action for entry in held.entries]
    assert actions[0] == "release.request"
    assert actions[-1] == "authorization.issue"
    assert [entry.leaf.index for entry in held.entries] == sorted(
        entry.leaf.index for entry in held.entries
    )


def test_it_tells_what_the_verdict_said_at_every_moment(bank: Bank) -> None:
    """Issued, superseded, revoked: asked again afterwards, each moment is told as it was."""
    heard: list[tuple[datetime, str, bool]] = []
    digests: list[str] = []

    def listen() -> None:
        now = timezone.now()
        for digest in digests:
            said = verdict(digest=digest, environment="production", purpose="decide")
            heard.append((now, digest, said.allow))

    for _ in range(2):
        digests.append(make_released(bank).version_digest)
        listen()
    revoke(Authorization.objects.get(state="active"), reason="drift", actor=SYSTEM)
    listen()
    for at, digest, allowed in heard:
        then = verdict(digest=digest, environment="production", purpose="decide", at=at)
        assert then.allow == allowed
        held = next(each for each in ask(at).held if each.purpose.key == "decide")
        named = held.authorized and held.authorization.version_digest == digest
        assert named == allowed
    assert [allowed for *_, allowed in heard] == [True, False, True, False, False]


def test_it_ran_out_by_the_clock(released: Release) -> None:
    later = timezone.now() + timedelta(days=366)
    with mock.patch("django.utils.timezone.now", return_value=later):
        held = next(each for each in ask(later).held if each.purpose.key == "decide")
    assert (held.authorized, held.code) == (False, "expired")


def test_what_is_unknown_or_lies_ahead_is_refused(released: Release) -> None:
    with pytest.raises(NotFound, match="no model"):
        ask(model="nobody")
    with pytest.raises(NotFound, match="no environment"):
        ask(environment="moon")
    with pytest.raises(NotFound, match="no approved purpose"):
        ask(purpose="gamble")
    with pytest.raises(Invalid, match="lies ahead"):
        ask(timezone.now() + timedelta(hours=1))


def test_a_model_outside_ones_scope_is_not_there(released: Release) -> None:
    assert ask(actor=scoped_actor("governance.read")).authorized
    with pytest.raises(NotFound):
        ask(actor=scoped_actor("governance.read", scope=("use_case", "cards")))
    where = {"model": "credit", "environment": "production"}
    assert scoped_api("validator", "cards").get(ADDRESS, where).status_code == 404


def test_over_rest(released: Release) -> None:
    client = cast.api("auditor")
    at = timezone.now().isoformat()
    where = {"model": "credit", "environment": "production", "purpose": "decide", "at": at}
    answer = client.get(ADDRESS, where)
    assert answer.status_code == 200
    (held,) = answer.json()["purposes"]
    assert held["text"].startswith("On ")
    assert (
        "credit v1 was authorized for production (Deciding) by Ravi (Validator) and Rita"
        in (held["text"])
    )
    assert held["authorization"]["evidence"] == released.evidence_digest
    assert {entry["action"] for entry in held["entries"]} >= {"authorization.issue"}
    assert all(entry["index"] is not None for entry in held["entries"])
    issue = next(e for e in held["entries"] if e["action"] == "authorization.issue")
    assert client.get(issue["url"]).json()["id"] == issue["id"]
    looks = Entry.objects.filter(action="audit.look", subject_type="model", subject_key="credit")
    assert looks.count() == 1, "what an auditor looks at leaves a trace"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"environment": "production"}, 400),
        ({"model": "nobody", "environment": "production"}, 404),
        ({"model": "credit", "environment": "moon"}, 404),
        ({"model": "credit", "environment": "production", "at": "yesterday"}, 400),
        ({"model": "credit", "environment": "production", "at": "2026-01-01T00:00:00"}, 400),
        ({"model": "credit", "environment": "production", "at": "2999-01-01T00:00:00Z"}, 400),
        ({"model": "credit", "environment": "production", "when": "now"}, 400),
        ({"model": "credit", "environment": "production", "at": "2020-01-01T00:00:00Z"}, 200),
        ({"model": "credit", "environment": "production", "at": "0001-01-01T00:00:00Z"}, 200),
    ],
)
def test_questions_over_rest(released: Release, given: dict[str, str], status: int) -> None:
    assert cast.api("officer").get(ADDRESS, given).status_code == status


def test_the_page_answers_in_a_sentence_first(released: Release, bank: Bank) -> None:
    client = signed_in(bank.people.otto)
    assert "Name a model" in client.get("/as-of/").content.decode()
    shown = client.get("/as-of/", {"model": "credit", "environment": "production"})
    text = shown.content.decode()
    assert "credit v1 was authorized for production (Deciding) by Ravi (Validator)" in text
    assert f"/api/v1/audit/bundle?subject=release:{released.pk}" in text
    assert "authorization.issue" in text
    assert f"on evidence {released.evidence_digest[:12]}" in text
    assert "Restrictions: Owner-occupied homes only." in text
    before = {"model": "credit", "environment": "production", "day": "2020-01-01", "clock": "12:00"}
    assert "could have been authorized" in client.get("/as-of/", before).content.decode()
    wrong = client.get("/as-of/", before | {"day": "soon"})
    assert wrong.status_code == 400
    assert "A date is written" in wrong.content.decode()
    ahead = client.get("/as-of/", before | {"day": "2999-01-01"})
    assert ahead.status_code == 400
    assert "lies ahead" in ahead.content.decode()


@pytest.mark.parametrize("clock", ["14:00+05:00", "24:00", "23:59:60", "9", "14:00Z"])
def test_a_clock_that_is_none_is_refused(released: Release, bank: Bank, clock: str) -> None:
    asked = {"model": "credit", "environment": "production", "day": "2026-01-01", "clock": clock}
    assert signed_in(bank.people.otto).get("/as-of/", asked).status_code == 400


def test_models_are_offered_as_their_name_is_typed(
    released: Release, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first few alone: a house has thousands, and a page need not carry them all."""
    monkeypatch.setattr("governance.services.as_of.OFFERED", 1)
    make_model("accruals", use_case="mortgage")
    client = signed_in(bank.people.otto)
    whole = client.get("/as-of/").content.decode()
    assert ('value="accruals"' in whole, 'value="credit"' in whole) == (True, False)
    part = client.get("/as-of/", {"model": "RED"}, headers={"HX-Request": "true"})
    assert part.content.decode().strip() == '<option value="credit"></option>'
    assert client.get("/as-of/", {"model": "a\0"}).status_code == 400


def test_it_takes_few_queries(released: Release, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(20):
        ask()
