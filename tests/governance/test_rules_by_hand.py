"""R2 and R8 in the database: which rules a release is held to is settled when it is asked for and
with each revision, and by published policies alone. No hand swaps them on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from governance.models import Release, RequirementSet
from governance.services import authorizations, policies, releases, use_cases
from lib.actor import SYSTEM
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import (
    POLICY,
    ROBOT,
    Bank,
    finish_suite,
    make_bank,
    make_release,
    make_reviewable,
    publish,
    sign,
)

pytestmark = pytest.mark.django_db
Document = dict[str, Any]


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people)


@contextmanager
def refused(why: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=why), transaction.atomic(), by_hand():
        yield


def rows(release: Release) -> QuerySet[Release]:
    return Release.objects.filter(pk=release.pk)


def rules_of_its_own(real: RequirementSet, **changes: Any) -> RequirementSet:
    """The rules of ``real`` but for ``changes``, as nobody published them."""
    document = real.document | changes
    with by_hand():
        return RequirementSet.objects.create(digest="a" * 64, document=document)


# What a release is held to ------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["pass", "fail"])
def test_the_rules_of_a_release_stay_while_it_is_looked_at(bank: Bank, verdict: str) -> None:
    release = make_reviewable(bank, Performance=verdict)
    light = rules_of_its_own(release.requirement_set, decisions=[], checks=[], documents=[])
    changes: list[Document] = [
        {"requirement_set": light},
        {"tier": 3},
        {"revision": F("revision") + 1},
    ]
    for change in changes:
        with refused("changes with a new revision alone"):
            rows(release).update(**change)
    if release.state == "blocked":
        with refused("changes with a new revision alone"):
            rows(release).update(requirement_set=light, state="in_review")


def test_the_rules_stay_while_it_is_measured(bank: Bank) -> None:
    release = make_release(bank)
    light = rules_of_its_own(release.requirement_set, checks=[])
    with refused("changes with a new revision alone"):
        rows(release).update(requirement_set=light, revision=F("revision") + 1)


def test_it_is_measured_again_as_the_next_revision(bank: Bank) -> None:
    release = make_reviewable(bank)
    for revision in (release.revision, release.revision + 2):
        with refused("as its next revision alone"):
            rows(release).update(state="validating", revision=revision)


def test_a_revision_takes_the_rules_of_its_day(bank: Bank) -> None:
    release = make_reviewable(bank)
    publish(POLICY.replace("at_least: 0.65", "at_least: 0.70"))
    revised = releases.revise(release, reason="new data", actor=ROBOT)
    assert revised.requirement_set.document["policies"] == ["credit v2"]
    finish_suite(revised)
    sign(revised, bank.people.ravi, "validator")
    sign(revised, bank.people.rita, "officer")
    assert rows(release).get().state == "released"


def test_whoever_had_a_stake_in_a_release_keeps_it(bank: Bank) -> None:
    release = make_reviewable(bank)
    kept = release.stakes
    assert kept["owners"]
    assert kept["requesters"]
    for fewer in (kept | {"owners": []}, kept | {"requesters": ["x"]}, {}):
        with refused("keeps it"):
            rows(release).update(stakes=fewer)
        with refused("keeps it"):
            rows(release).update(stakes=fewer, state="validating", revision=F("revision") + 1)
    use_cases.hand_over(
        bank.use_case,
        owner="petra",
        reason="Ada works elsewhere now.",
        actor=bank.people.rita.actor,
    )
    assert set(rows(release).get().stakes["owners"]) > set(kept["owners"])


# What is authorized -------------------------------------------------------------------------------


def without(part: str) -> Callable[[Document], Document]:
    return lambda rules: {part: rules[part][1:]}


def easier(rules: Document) -> Document:
    """The first check passes with a lower measurement."""
    check = rules["checks"][0]
    return {"checks": [check | {"threshold": {"measurement": "roc_auc", "at_least": 0.1}}]}


def by_somebody_else(rules: Document) -> Document:
    first, *others = rules["decisions"]
    return {"decisions": [first | {"role": "business", "key": "business"}, *others]}


FORGED: list[tuple[str, Callable[[Document], Document]]] = [
    ("held to published policies", lambda rules: {"policies": []}),
    ("held to published policies", lambda rules: {"policies": ["credit v2"]}),
    ("held to published policies", lambda rules: {"policies": ["credit v1", "credit v9"]}),
    ("nobody had to decide", lambda rules: {"decisions": []}),
    ("asks for the check Performance", without("checks")),
    ("asks for the check Performance", easier),
    ("asks for the document model_card", without("documents")),
    ("asks for the decision validator", without("decisions")),
    ("asks for the decision validator", by_somebody_else),
]


@pytest.mark.parametrize(("why", "forge"), FORGED)
def test_nothing_is_authorized_under_rules_that_nobody_published(
    bank: Bank, why: str, forge: Callable[[Document], Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are there from the start, and the release goes the whole way that they ask for."""
    policies.draft(source=POLICY, actor=ROBOT)  # credit v2, which nobody published
    real = policies.requirement_set(tier=1, environment="production", purpose="decide")
    forged = rules_of_its_own(real, **forge(real.document))
    monkeypatch.setattr(policies, "requirement_set", lambda **case: forged)
    release = make_release(bank)
    with refused(why):
        go_the_whole_way(bank, release)
    assert rows(release).get().state != "released"


def go_the_whole_way(bank: Bank, release: Release) -> None:
    finish_suite(release)
    people = {"validator": "ravi", "officer": "rita", "business": "bo"}
    for slot in release.requirement_set.document["decisions"]:
        sign(release, getattr(bank.people, people[slot["role"]]), slot["key"])
    release.refresh_from_db()
    if release.state == "in_review":  # no signature opened the last gate
        document = authorizations._document(release)
        authorizations.install(release, document, grace_days=0, actor=SYSTEM)


def test_what_several_policies_ask_for_together_is_authorized(bank: Bank) -> None:
    """Each check of each, and a slot that both ask for once."""
    second = POLICY.replace("policy: credit", "policy: house")
    publish(second.replace("  - {role: validator, title: Validator}\n", ""))
    release = make_release(bank)
    rules = release.requirement_set.document
    assert rules["policies"] == ["credit v1", "house v1"]
    assert len(rules["checks"]) == 4
    assert [slot["key"] for slot in rules["decisions"]] == ["validator", "officer"]
    go_the_whole_way(bank, release)
    assert rows(release).get().state == "released"
