"""A policy may say what a check may take; where it is silent the settings hold."""

from __future__ import annotations

from typing import Any

import pytest

from governance.policy import parse, reading
from governance.policy.text import PolicyError
from governance.services import limiting, validation
from jobs import services
from jobs.models import Job
from jobs.registry import LeaseLost, Limits, Overrun
from tests.cast import People
from tests.governance.make import POLICY, leased, make_bank, make_release

LIMITED = POLICY.replace(
    "    threshold: {measurement: roc_auc, at_least: 0.65}",
    "    threshold: {measurement: roc_auc, at_least: 0.65}\n    limits: {seconds: 300}",
)


def read(limits: str) -> dict[str, Any]:
    source = LIMITED.replace("{seconds: 300}", limits)
    given = {"roles": ("validator", "officer", "business"), "validate_check": lambda *_: []}
    found: dict[str, Any] = parse(source, **given)["checks"][0]  # type: ignore[arg-type]
    return found


def test_the_policy_s_reading_says_what_a_check_may_take() -> None:
    given = {"roles": ("validator", "officer", "business"), "validate_check": lambda *_: []}
    for limits, told in (
        ("{seconds: 300}", " It may take 300 seconds."),
        ("{memory_mib: 4096, seconds: 1}", " It may take 1 second and 4,096 MiB of memory."),
    ):
        source = LIMITED.replace("{seconds: 300}", limits)
        lines = reading(parse(source, **given))  # type: ignore[arg-type]
        assert [line for line in lines if line.endswith(told)], lines
    assert not any("may take" in line for line in reading(parse(POLICY, **given)))  # type: ignore[arg-type]


def test_one_both_or_none_may_be_said() -> None:
    assert read("{seconds: 300}")["limits"] == {"seconds": 300}
    both = {"seconds": 1, "memory_mib": 4096}
    assert read("{memory_mib: 4096, seconds: 1}")["limits"] == both
    assert "limits" not in read("{}")  # so policies of before keep their digests


@pytest.mark.parametrize(
    "limits",
    ["{seconds: 0}", "{seconds: 1.5}", "{memory_mib: 1}", "{second: 9}", "9", "{seconds: }"],
)
def test_anything_else_is_refused_with_its_line(limits: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read(limits)
    assert refused.value.problems[0][0] == 9
    assert "limits" in refused.value.problems[0][1]


@pytest.mark.django_db
def test_they_are_those_of_the_check(people: People, settings: Any) -> None:
    settings.CHECK_SECONDS, settings.CHECK_MEMORY = 7, 1024**3
    run = make_release(make_bank(people, policy=LIMITED)).runs.get()
    validation.begin_scoring(str(run.id))
    validation.scored(run, scores="0" * 64, explanations="", facts={}, job=leased(run.id))
    limits = {check.key: limiting.of_check(leased(check.id)) for check in run.checks.all()}
    assert limits["Performance"] == Limits(seconds=300, memory=1024**3)
    assert limits["Fairness"] == Limits(seconds=7, memory=1024**3)


@pytest.mark.django_db
def test_a_result_that_came_first_stands(people: People) -> None:
    run = make_release(make_bank(people)).runs.get()
    validation.begin_scoring(str(run.id))
    validation.scored(run, scores="0" * 64, explanations="", facts={}, job=leased(run.id))
    check = run.checks.first()
    assert check is not None
    job = leased(check.id)
    services.finish(job)
    with pytest.raises(LeaseLost):
        limiting.check_overran(job, Overrun("seconds", Limits(1)))
    check.refresh_from_db()
    assert check.state == "queued"
    assert Job.objects.get(pk=job.id).state == "done"
