"""A running suite can be cancelled: with a reason, by some, and its checks can be run again."""

from __future__ import annotations

from uuid import uuid4

import pytest

from audit.models import Entry
from governance.gating import WITHOUT_RESULT
from governance.models import Release
from governance.services import cancelling, releases, suite_jobs, validation
from governance.services.cancelling import SENTENCE
from jobs.models import Job
from jobs.registry import LeaseLost
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid
from tests import cast
from tests.governance.make import Bank, finish_suite, leased, make_release, make_reviewable

pytestmark = pytest.mark.django_db
REASON = {"reason": "the wrong data"}


def address(release: Release) -> str:
    return f"/api/v1/releases/{release.pk}/validation/cancellation"


def test_what_has_no_result_is_an_error_and_closes_its_gate(bank: Bank) -> None:
    release = make_release(bank)
    answer = cast.api(bank.people.ada).post(address(release), REASON, format="json")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["state"], body["validation"], body["progress"]) == ("blocked", "cancelled", 1.0)
    assert [check["verdict"] for check in body["checks"]] == ["error", "error"]
    gates = {gate["key"]: gate for gate in body["gates"]}
    assert gates["check:Fairness"]["state"] == "closed"
    assert gates["check:Fairness"]["reasons"] == [WITHOUT_RESULT]
    assert body["error"] == SENTENCE, "said once, and not at every gate"
    assert not Job.objects.filter(state__in=("queued", "leased")).exists()


def test_the_entry_says_who_and_why_and_nothing_else_does(bank: Bank) -> None:
    release = make_release(bank)
    cancelling.cancel(release, actor=bank.people.ada.actor, **REASON)
    entry = Entry.objects.get(action="validation.cancel")
    assert entry.subject_key == str(release.pk)
    assert entry.content["actor"]["id"] == bank.people.ada.pseudonym
    assert entry.content["details"]["without_result"] == ["Fairness", "Performance"]
    assert "wrong data" not in str(entry.content["details"])


def test_whoever_works_on_it_is_fenced_out(bank: Bank) -> None:
    release = make_release(bank)
    run = release.runs.get()
    validation.begin_scoring(str(run.id))
    job = leased(run.id)
    cancelling.cancel(release, actor=SYSTEM, **REASON)
    with pytest.raises(LeaseLost):
        job.heartbeat(0.5, "halfway")
    with pytest.raises(LeaseLost):
        validation.scored(run, scores="0" * 64, explanations="", facts={}, job=job)
    assert validation.begin_scoring(str(run.id)) is None
    for check in run.checks.all():
        assert validation.begin_check(str(check.id), attempt=1) is None


def test_shards_that_are_being_counted_are_left(bank: Bank) -> None:
    release = make_release(bank)
    for part in range(2):
        Job.objects.create(kind=suite_jobs.COUNT, key=f"{release.runs.get().pk}:{part}")
    cancelling.cancel(release, actor=SYSTEM, **REASON)
    assert not Job.objects.filter(state__in=("queued", "leased")).exists()


def test_results_that_were_there_before_stay(bank: Bank) -> None:
    release = make_release(bank)
    run = release.runs.get()
    validation.begin_scoring(str(run.id))
    validation.scored(run, scores="0" * 64, explanations="", facts={}, job=leased(run.id))
    first, second = run.checks.order_by("key")
    job = leased(first.id)
    begun = validation.begin_check(str(first.id), attempt=job.attempt)
    assert begun is not None
    validation.check_measured(
        begun, verdict="pass", sentence="fine", judgement={}, measured={"measurements": []},
        digest="7" * 64, charts=[], job=job,
    )  # fmt: skip
    cancelling.cancel(release, actor=SYSTEM, **REASON)
    assert run.checks.get(pk=first.pk).verdict == "pass"
    assert run.checks.get(pk=second.pk).verdict == "error"


def test_running_again_is_a_new_revision(bank: Bank) -> None:
    release = make_release(bank)
    cancelling.cancel(release, actor=SYSTEM, **REASON)
    release = releases.revise(release, reason="the right data", actor=SYSTEM)
    assert (release.state, release.revision) == ("validating", 2)
    assert finish_suite(release).state == "in_review"
    states = list(release.runs.order_by("revision").values_list("state", flat=True))
    assert states == ["cancelled", "finished"]


def test_what_does_not_run_cannot_be_cancelled(bank: Bank) -> None:
    done = make_reviewable(bank)
    with pytest.raises(Conflict, match="do not run any more"):
        cancelling.cancel(done, actor=SYSTEM, **REASON)
    release = make_release(bank)
    cancelling.cancel(release, actor=SYSTEM, **REASON)
    again = cast.api(bank.people.olga).post(address(release), REASON, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "not_running")
    nothing = cast.api(bank.people.olga).post(
        f"/api/v1/releases/{uuid4()}/validation/cancellation", REASON, format="json"
    )
    assert nothing.status_code == 404


def test_a_reason_is_compulsory(bank: Bank) -> None:
    release = make_release(bank)
    with pytest.raises(Invalid):
        cancelling.cancel(release, reason="  ", actor=SYSTEM)
    assert cast.api(bank.people.ada).post(address(release), {}, format="json").status_code == 400


MAY = dict.fromkeys(("ada", "dev", "petra", "rita", "olga"), 200)
MAY_NOT = dict.fromkeys(("ravi", "bo", "elena", "otto", "mallory"), 403)


@pytest.mark.parametrize(("who", "status"), (MAY | MAY_NOT).items())
def test_who_may(bank: Bank, who: str, status: int) -> None:
    """Whoever may ask for the release, the officer and the operator."""
    release = make_release(bank)
    client = cast.api(getattr(bank.people, who))
    assert client.post(address(release), REASON, format="json").status_code == status
