"""What one check may take, and what it comes to when it takes more: an error, in a sentence."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from governance.models import CheckRun
from governance.scoring import launch
from governance.services import validation
from jobs.registry import LeasedJob, Limits, Overrun

MIB = 1024**2


def of_check(job: LeasedJob) -> Limits:
    """As its policy says, else as the settings do."""
    rows = CheckRun.objects.select_related("run__release__requirement_set")
    check = rows.filter(pk=job.key).first()
    said = _of_policy(check) if check else {}
    memory = said["memory_mib"] * MIB if "memory_mib" in said else settings.CHECK_MEMORY
    return Limits(seconds=said.get("seconds", settings.CHECK_SECONDS), memory=memory)


def of_job(job: LeasedJob) -> Limits:
    """Any other work: the model's own process has limits of its own inside this one."""
    return Limits(seconds=settings.JOB_SECONDS)


def of_model() -> launch.Limits:
    """What a model may use in its own process, and how far that is shut in."""
    return launch.Limits(**settings.SANDBOX)


def check_overran(job: LeasedJob, over: Overrun) -> None:
    """Under the job's lease, which LeaseLost denies: a result that came first stands."""
    validation.check_broke(job.key, f"{over} {_advice(over)}", job=job)


def _of_policy(check: CheckRun) -> dict[str, Any]:
    asked = check.run.release.requirement_set.document["checks"]
    found: dict[str, Any] = next((each for each in asked if each["key"] == check.key), {})
    limits: dict[str, Any] = found.get("limits", {})
    return limits


def _advice(over: Overrun) -> str:
    if over.what == "seconds":
        return (
            "It says nothing about the model. Give the check fewer rows, or allow it more time: "
            "limits.seconds in the policy, or CHECK_SECONDS for the whole server."
        )
    return (
        "It says nothing about the model. Give the check fewer rows, or allow it more memory: "
        "limits.memory_mib in the policy, or CHECK_MEMORY_MIB for the whole server."
    )
