"""The inbox works out who may sign from a few columns of many releases; the release page and the
signature from the whole of one. They say the same, of every person and every release."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services.people import assign_role
from governance.models import Release
from governance.services import awaited_decisions, delegations, releases
from governance.services.slots import slots_of
from lib.actor import SYSTEM
from registry.services.versions import file_document
from tests import cast
from tests.cast import People
from tests.governance.make import (
    POLICY,
    Bank,
    finish_suite,
    make_bank,
    make_release,
    make_reviewable,
    make_sealed_version,
    sign,
)
from tests.registry.make import make_artifact

pytestmark = pytest.mark.django_db
STAGES = POLICY.replace(
    "  - {role: officer, title: Model risk officer}",
    "  - {role: officer, title: Model risk officer, stage: 2}\n"
    "  - {role: business, title: Business owner}",
)


def made(bank: Bank, author: User) -> None:
    """Releases in review in which different people are barred, for different reasons."""
    people = bank.people
    make_reviewable(bank)
    make_reviewable(bank, Fairness="inconclusive")
    sign(make_reviewable(bank), people.ravi, "validator")
    finish_suite(make_release(bank, actor=people.petra.actor))
    written = make_sealed_version(bank)
    note = make_artifact(b"# Note")
    file_document(written, kind="note", title="Note", artifact=note.digest, actor=author.actor)
    finish_suite(make_release(bank, version=written))
    revised = make_reviewable(bank)
    sign(revised, people.ravi, "validator")
    releases.revise(revised, reason="Once more", actor=people.ada.actor)
    finish_suite(revised)
    now = timezone.now()
    delegations.give(
        to="bo",
        role="officer",
        starts_at=now,
        ends_at=now + timedelta(days=3),
        reason="Leave",
        actor=people.rita.actor,
    )


def writing_validator() -> User:
    """She may validate, and files documents: of those she is the author."""
    vera = cast.person("vera", "validator")
    assign_role(vera, role="developer", actor=SYSTEM)
    return User.objects.get(pk=vera.pk)


@pytest.mark.parametrize("policy", [POLICY, STAGES], ids=["plain", "in stages"])
def test_what_awaits_whom_is_what_they_may_sign(people: People, policy: str) -> None:
    for name, role in (("beth", "business"), ("odo", "officer")):
        cast.person(name, role)
    bank = make_bank(people, policy=policy)
    assign_role(people.dev, role="validator", actor=SYSTEM)
    made(bank, writing_validator())
    reviews = list(Release.objects.filter(state="in_review"))
    assert len(reviews) == 6
    awaited = 0
    for person in User.objects.all():
        actor = User.objects.get(pk=person.pk).actor
        wanted = {
            (str(release.pk), slot.title)
            for release in reviews
            if actor.grants
            for slot in [next((s for s in slots_of(release, actor=actor) if not s.why_not), None)]
            if slot is not None
        }
        found = {
            (item.release, item.why.removeprefix("sign as ").partition(", for ")[0])
            for item in awaited_decisions.decisions(actor)
        }
        assert found == wanted, person.username
        awaited += len(found)
    assert awaited > 12


def test_somebody_of_another_unit_sees_nothing_of_it(people: People) -> None:
    made(make_bank(people), writing_validator())
    erin = cast.person("erin")
    assign_role(erin, role="officer", actor=SYSTEM, scope=("business_unit", "cards"))
    assert awaited_decisions.decisions(User.objects.get(pk=erin.pk).actor) == []
