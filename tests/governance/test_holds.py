"""A hold that outlasts the review it was made in."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from governance.models import Release
from governance.services import deadlines, releases
from lib.errors import Conflict
from tests.governance.make import ROBOT, Bank, finish_suite, make_reviewable, sign

pytestmark = pytest.mark.django_db


def test_a_release_that_was_decided_while_held_has_no_clock_to_start(bank: Bank) -> None:
    release, people = make_reviewable(bank), bank.people
    deadlines.hold(release, reason="waiting for data", actor=people.rita.actor)
    sign(release, people.rita, "officer", outcome="reject")
    with pytest.raises(Conflict, match="is over"):
        deadlines.go_on(release, actor=people.rita.actor)


def test_a_deadline_moves_by_what_was_held_of_its_own_review(bank: Bank) -> None:
    release, rita = make_reviewable(bank), bank.people.rita.actor
    early = timezone.now() - timedelta(days=20)
    with mock.patch("django.utils.timezone.now", return_value=early):
        deadlines.hold(release, reason="waiting for data", actor=rita)
    releases.revise(release, reason="new data", actor=ROBOT)
    due = finish_suite(release).due_at
    deadlines.go_on(release, actor=rita)
    moved = Release.objects.get(pk=release.pk).due_at
    assert due is not None
    assert moved is not None
    assert moved - due < timedelta(minutes=5)


def test_a_hold_ends_no_earlier_than_it_began_whatever_the_clock_says(bank: Bank) -> None:
    release, rita = make_reviewable(bank), bank.people.rita.actor
    held = deadlines.hold(release, reason="waiting for data", actor=rita)
    set_back = timezone.now() - timedelta(hours=1)
    with mock.patch("django.utils.timezone.now", return_value=set_back):
        assert deadlines.go_on(release, actor=rita).ended_at == held.started_at
        again = deadlines.hold(release, reason="waiting again", actor=rita)
    assert again.started_at == held.started_at
