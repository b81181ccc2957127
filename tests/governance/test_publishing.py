"""Publishing: by two people, of a text that nobody changed, that somebody could satisfy (R8)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.services.people import assign_role
from governance.models import PolicyVersion
from governance.services import policies
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, Refused
from tests.cast import People, api, person
from tests.governance.make import ROBOT, Bank, make_bank

pytestmark = pytest.mark.django_db
PLAIN = """
policy: plain
title: Plain
applies: {tiers: [1], environments: [staging]}
decisions: [{role: officer, title: Risk officer}]
authorization: {valid_days: 9}
"""


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people)


def drafted(source: str = PLAIN) -> PolicyVersion:
    return policies.draft(source=source, actor=ROBOT)


def published(source: str) -> PolicyVersion:
    return policies.publish(drafted(source), actor=SYSTEM)


def test_it_refuses_who_drafted_it(bank: Bank) -> None:
    version = policies.draft(source=PLAIN, actor=bank.people.rita.actor)
    with pytest.raises(Refused, match="somebody else"):
        policies.publish(version, actor=bank.people.rita.actor)
    second = person("nora", "officer")
    assert policies.publish(version, actor=second.actor).published_by == second.pseudonym


def test_the_database_refuses_it_too(bank: Bank) -> None:
    version = drafted()
    row = PolicyVersion.objects.filter(pk=version.pk)
    for by in (version.created_by, ""):
        with pytest.raises(IntegrityError, match="policy_version_by_two"), transaction.atomic():
            row.update(state="published", published_at=timezone.now(), published_by=by)


def test_nobody_changes_or_deletes_a_draft_behind_the_reviewer(bank: Bank) -> None:
    row = PolicyVersion.objects.filter(pk=drafted().pk)
    for field in ("source", "digest", "created_by"):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            row.update(**{field: "other"})
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        row.delete()


def test_a_withdrawn_draft_is_never_published(bank: Bank) -> None:
    version = drafted()
    with pytest.raises(Invalid, match="why"):
        policies.withdraw(version, reason=" ", actor=SYSTEM)
    assert policies.withdraw(version, reason="too strict", actor=SYSTEM).state == "withdrawn"
    with pytest.raises(Conflict, match="final"):
        policies.publish(version, actor=SYSTEM)
    with pytest.raises(DatabaseError, match="withdrawn cannot become draft"), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(state="draft", withdrawn_at=None)


def test_what_is_published_is_not_withdrawn(bank: Bank) -> None:
    with pytest.raises(Conflict, match="final"):
        policies.withdraw(bank.policy, reason="no longer", actor=SYSTEM)


@pytest.mark.parametrize(
    ("added", "words"),
    [
        ("decisions: [{role: officer, count: 2, title: Two}]", "“Two”.*too few"),
        ("decisions: [{role: officer, line: 1, title: First line}]", "“First line”.*line of def"),
        (
            "decisions: [{role: officer, title: A}, {key: b, role: officer, stage: 2, title: B}]",
            "too few hold officer",
        ),
        ("emergency: {approver: business, valid_hours: 24}", "“emergency authorization”.*business"),
        ("recertification: {every_days: 90, reviewer: business}", "“re-certification”"),
        (
            "documents: [{kind: card, title: Card}]\n"
            "waivers: {of: [card], max_days: 9, approver: business}",
            "“waiver of Card”.*nobody holds business",
        ),
    ],
)
def test_a_policy_that_nobody_could_satisfy_is_refused_by_slot(
    bank: Bank, added: str, words: str
) -> None:
    bank.people.bo.is_active = False
    bank.people.bo.save()
    source = PLAIN if "decisions" not in added else PLAIN.replace(PLAIN.splitlines()[4], "")
    with pytest.raises(Conflict, match=words):
        published(f"{source}{added}\n")


def test_it_counts_the_policies_that_it_would_be_joined_with(bank: Bank) -> None:
    """Each alone could be satisfied: Rita signs either, and never both."""
    published(PLAIN)
    other = PLAIN.replace("policy: plain", "policy: other").replace("{role:", "{key: b, role:")
    with pytest.raises(Conflict, match="joined with plain v1"):
        published(other)
    assert published(other.replace("staging", "development")).state == "published"


def test_the_old_version_of_itself_does_not_stand_in_its_way(bank: Bank) -> None:
    published(PLAIN)
    assert published(PLAIN.replace("{role:", "{key: b, role:")).number == 2


def test_over_http_the_validator_drafts_and_the_officer_publishes(bank: Bank) -> None:
    ravi, rita = api(bank.people.ravi), api(bank.people.rita)
    draft = ravi.post("/api/v1/policies", {"source": PLAIN}, format="json").json()
    address = f"{draft['url']}/publish"
    assert ravi.post(address, {}, format="json").status_code == 403
    assert rita.post(address, {}, format="json").json()["state"] == "published"
    own = rita.post("/api/v1/policies", {"source": PLAIN}, format="json").json()
    refused = rita.post(f"{own['url']}/publish", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "drafted_it")
    back = rita.post(f"{own['url']}/withdraw", {"reason": "double"}, format="json")
    assert back.json()["state"] == "withdrawn"


def test_what_one_person_published_before_the_rule_stays_published(bank: Bank) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convalidated FROM pg_constraint WHERE conname = 'policy_version_by_two'"
        )
        assert cursor.fetchone() == (False,)


def test_second_signatures_of_several_policies_are_counted_one_at_a_time(bank: Bank) -> None:
    """Bo gives either; that both checks are too close to call in one release is chance."""
    other = bank.policy.source.replace("policy: credit", "policy: more")
    assert published(other.replace("name: Fairness", "name: More")).state == "published"


def test_officers_of_different_units_do_not_fill_one_release(bank: Bank) -> None:
    """Rita counts everywhere, the others in one unit each: three where nobody ever needs them."""
    for name, unit in (("rex", "retail"), ("cora", "cards")):
        assign_role(person(name), role="officer", scope=("business_unit", unit), actor=SYSTEM)
    asks_for = PLAIN.replace("title: Risk officer", "title: Risk officer, count: {}")
    with pytest.raises(Conflict, match="too few hold officer"):
        published(asks_for.replace("{}", "3"))
    assert published(asks_for.replace("{}", "2")).state == "published"
