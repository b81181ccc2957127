"""A suite ends with the release it was for: nothing goes on, nothing seems to go on."""

from __future__ import annotations

import pytest
from django.test import Client

from audit.models import Entry
from governance.models import Release, ValidationRun
from governance.services import (
    cancelling,
    limiting,
    releases,
    suite_files,
    suite_jobs,
    validation,
)
from governance.services.validation import WITHDRAWN
from jobs.models import Job
from jobs.registry import LeaseLost, Limits, Overrun
from lib.actor import SYSTEM
from tests import cast
from tests.governance.make import Bank, leased, make_release, make_reviewable

pytestmark = pytest.mark.django_db


def checking(release: Release) -> ValidationRun:
    """Its suite, scored, with a check that is being measured."""
    run = release.runs.get()
    validation.begin_scoring(str(run.id))
    validation.scored(run, scores="0" * 64, explanations="", facts={}, job=leased(run.id))
    run.refresh_from_db()
    return run


def withdraw(release: Release) -> None:
    releases.withdraw(release, reason="the wrong data", actor=SYSTEM)


def test_the_run_is_cancelled_and_what_has_no_result_is_an_error(bank: Bank) -> None:
    release = make_release(bank)
    run = checking(release)
    withdraw(release)
    run.refresh_from_db()
    assert (run.state, run.error, run.progress) == ("cancelled", WITHDRAWN, 1.0)
    assert run.finished_at is not None
    for check in run.checks.all():
        assert (check.state, check.verdict, check.sentence) == ("failed", "error", WITHDRAWN)
    shown = cast.api(bank.people.ada).get(f"/api/v1/releases/{release.pk}").json()
    assert (shown["state"], shown["validation"]) == ("withdrawn", "cancelled")


def test_whoever_works_on_it_is_fenced_out(bank: Bank) -> None:
    release = make_release(bank)
    run = release.runs.get()
    validation.begin_scoring(str(run.id))
    scoring = leased(run.id)
    for part in range(2):
        Job.objects.create(kind=suite_jobs.COUNT, key=suite_jobs.key_of_part(run, part))
    counting = leased(suite_jobs.key_of_part(run, 1))
    withdraw(release)
    assert not Job.objects.filter(state__in=("queued", "leased")).exists()
    for job in (scoring, counting):
        with pytest.raises(LeaseLost):
            job.heartbeat()
    assert validation.begin_scoring(str(run.id)) is None


def test_the_trail_tells_the_withdrawal_and_then_what_it_ended(bank: Bank) -> None:
    release = make_release(bank)
    before = {entry.pk for entry in Entry.objects.all()}
    withdraw(release)
    added = Entry.objects.exclude(pk__in=before).order_by("pk")
    ended = next(entry for entry in added if entry.action == "validation.finish")
    assert ended.content["details"]["state"] == "cancelled"
    assert ended.content["details"]["error"] == WITHDRAWN
    assert sorted(entry.action for entry in added) == [
        "check.finish", "check.finish", "release.withdraw", "validation.finish",
    ]  # fmt: skip
    assert "wrong data" not in str([entry.content["details"] for entry in added])


def test_its_gates_stay_as_they_were(bank: Bank) -> None:
    release = make_release(bank)
    checking(release)
    before = list(release.gates.order_by("pk").values())
    withdraw(release)
    assert list(release.gates.order_by("pk").values()) == before
    release.refresh_from_db()
    assert release.evidence_digest == ""


def test_a_suite_that_has_ended_stays_as_it_ended(bank: Bank) -> None:
    release = make_reviewable(bank)
    before = release.runs.values().get()
    withdraw(release)
    assert release.runs.values().get() == before
    assert {check.verdict for check in release.runs.get().checks.all()} == {"pass"}


def test_its_page_says_so_and_asks_nobody_to_mend_anything(bank: Bank, client: Client) -> None:
    release = make_release(bank)
    withdraw(release)
    client.force_login(bank.people.ada)
    page = client.get(f"/releases/{release.pk}/").content.decode()
    assert WITHDRAWN in page
    assert "What to mend" not in page


def overrun(run: ValidationRun) -> None:
    for check in run.checks.all():
        limiting.check_overran(leased(check.pk), Overrun("seconds", Limits(1.0)))


@pytest.mark.parametrize(
    "end",
    [
        lambda run: withdraw(run.release),
        lambda run: cancelling.cancel(run.release, reason="the wrong data", actor=SYSTEM),
        overrun,
    ],
)
def test_what_it_shared_on_this_machine_goes_at_once(
    bank: Bank, end, django_capture_on_commit_callbacks
) -> None:
    run = checking(make_release(bank))
    folder = suite_files.of_run(run).root
    (folder / "scores.arrow").write_bytes(b"scores")
    with django_capture_on_commit_callbacks(execute=True):
        end(run)
    assert not folder.exists()
