"""A risk officer's morning: fifty open releases, and the riskiest overdue one settled.

Everybody goes through the pages and the API, as a browser and a pipeline would; only the checks'
results are written by hand, since no worker runs here. The clock is moved, never waited for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from benchmarks.inbox import clone
from governance.models import Release
from governance.models.releases import OPEN_STATES
from tests import cast
from tests.by_hand import by_hand, half_way
from tests.cast import People
from tests.governance.make import POLICY, Bank, make_bank, make_reviewable
from tests.web.acting import TERMS, do, fresh, page, sign_on_page
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
OPEN = 50
WORDS = "Count the applicants below twenty-five apart, and show their ratio"


@contextmanager
def later(**how_long: float) -> Iterator[None]:
    """The clock goes on as ever, from another moment."""
    now, ahead = timezone.now, timedelta(**how_long)
    with mock.patch("django.utils.timezone.now", side_effect=lambda: now() + ahead):
        yield


def fill(bank: Bank) -> None:
    """Open releases up to ``OPEN``, over three tiers, a quarter of them some days overdue, some
    blocked, some with a question: copies of three that went through the services."""
    kinds: list[dict[str, str]] = [{}, {"Performance": "fail"}, {"Fairness": "inconclusive"}]
    cases = [make_reviewable(bank, **verdicts) for verdicts in kinds]
    first = Release.objects.count() + 1
    with transaction.atomic(), half_way(), by_hand():
        for number in range(first, OPEN + 1):
            clone(cases[number % len(cases)], number, [], bank)
    assert Release.objects.filter(state__in=OPEN_STATES).count() == OPEN


def inbox(who: User, **asked: str) -> Any:
    answer = signed_in(fresh(who)).get("/", asked)
    assert answer.status_code == 200
    return answer


def reads(html: str) -> str:
    """What somebody sees of a page: its text, with single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def verdict(release: Release) -> dict[str, Any]:
    """What the pipeline is told."""
    asked = {"digest": release.version_digest, "environment": "production", "purpose": "decide"}
    body: dict[str, Any] = cast.api("ci").get("/api/v1/verdict", asked).json()
    return body


def found_first(rita: User) -> str:
    """Where what stands first among the overdue leads to."""
    shown = inbox(rita, standing="overdue", kind="decision")
    first, second, *rest = shown.context_data["rows"]
    assert len(rest) > 3
    assert {row.line.item.tier for row in rest} > {1}
    assert "business days overdue" in first.line.age
    assert first.line.item.tier == second.line.item.tier == 1
    assert first.line.item.due_at < second.line.item.due_at
    assert ("inconclusive", "Fairness: inconclusive") in first.stands_out
    return str(first.address)


def understands(people: People, release: Release) -> None:
    """The page says what is missing, who could give it, and how late it is."""
    told = reads(page(people.rita, release))
    assert "Gates 4 of 7 open" in told
    assert "Fairness: inconclusive. Needs a second signature (business) to go ahead." in told
    assert "Needed because tier 1, production, Deciding: credit v1." in told
    assert "You do not hold the role Business owner here." in told
    assert "Model risk officer line 2 You can decide." in told
    assert "A decision was due" in told
    assert verdict(release)["reasons"][0]["code"] == "release_in_review"


def is_asked_and_answered(people: People, release: Release) -> None:
    """Rita asks Ada about the gate; nothing goes on until Rita says that the answer will do."""
    asked = {"text": "Why so few below 25?", "gate": "check:Fairness", "blocking": "yes"}
    do(people.rita, release, "questions", to="ada", **asked)
    assert "Why so few below 25? Awaits an answer." in reads(page(people.bo, release))
    place = f"/releases/{release.pk}/#question-1"
    theirs = inbox(people.ada, kind="question")
    assert place in [row.address for row in theirs.context_data["rows"]]
    assert f"Question 1 about {release} waits for an answer." in reads(theirs.content.decode())
    assert do(people.bo, release, "questions/1/answer", text="I guess.").status_code == 403
    do(people.ada, release, "questions/1/answer", text="They are asked apart since March.")
    (mine,) = inbox(people.rita, kind="answer").context_data["rows"]
    assert mine.address == place
    do(people.rita, release, "questions/1/settle", satisfied="yes", outcome="The card shows it.")
    assert "Settled." in reads(page(people.rita, release))


def is_signed(people: People, release: Release) -> None:
    """Two more people sign; Rita last, with a condition of Ada's, which authorizes it."""
    sign_on_page(people.ravi, release, "validator")
    sign_on_page(people.bo, release, "second:Fairness")
    assert verdict(release)["verdict"] == "deny"
    signed = sign_on_page(
        people.rita,
        release,
        "officer",
        "approve_with_conditions",
        condition_text=[WORDS],
        condition_owner=["ada"],
        condition_due=[(timezone.localdate() + timedelta(days=20)).isoformat()],
    )
    told = reads(signed.content.decode())
    assert "Signed: approved with conditions." in told
    assert "Released" in told
    (theirs,) = inbox(people.ada, kind="condition").context_data["rows"]
    assert WORDS in theirs.line.item.about


def lapses(people: People, release: Release) -> None:
    """Nobody did anything: the day has passed, and pipeline and people are told the same."""
    told = verdict(release)
    assert told["verdict"] == "deny"
    assert [each["code"] for each in told["reasons"]] == ["condition_overdue"]
    assert WORDS in told["reasons"][0]["text"]
    address = f"/authorizations/{told['authorization']}/"
    shown = reads(signed_in(fresh(people.rita)).get(address).content.decode())
    assert "Condition overdue" in shown
    assert WORDS in shown
    (theirs,) = inbox(people.ada, kind="condition").context_data["rows"]
    assert "overdue" in theirs.line.age


def test_the_riskiest_overdue_release_from_the_inbox_to_a_verdict_that_lapses(
    people: People,
) -> None:
    bank = make_bank(people, policy=POLICY + TERMS)
    release = make_reviewable(bank, Fairness="inconclusive")
    with later(days=30):
        fill(bank)
        assert found_first(people.rita) == f"/releases/{release.pk}/#sign"
        understands(people, release)
        is_asked_and_answered(people, release)
        is_signed(people, release)
        assert verdict(release)["verdict"] == "allow"
        assert inbox(people.rita, standing="overdue").context_data["inbox"].fitting > 3
    with later(days=49):
        assert verdict(release)["verdict"] == "allow"
    with later(days=52):
        lapses(people, release)
