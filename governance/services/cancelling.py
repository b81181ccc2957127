"""Stopping a suite while it runs. The release stays, and its checks can be run again."""

from __future__ import annotations

from django.db import transaction

from audit.services import record
from governance.models import Release, ValidationRun
from governance.services import ending
from governance.services.transitions import lock
from governance.states import VALIDATION_RUN, is_final
from governance.subjects import of_release
from lib import reasons
from lib.actor import Actor
from lib.errors import Conflict

# It enters the trail with the gates, so it names nobody: who and why stand in the entry.
SENTENCE = (
    "The suite was cancelled before every check had a result: run the checks again. The history "
    "says by whom it was, and why."
)


@transaction.atomic
def cancel(release: Release, *, reason: str, actor: Actor) -> ValidationRun:
    """Ends the suite of the present revision. Checks without a result are errors, so gates close.

    Who works on it is fenced out and stopped. Raises Conflict when nothing runs any more.
    """
    release = lock(release)
    actor.require("validation.cancel", *release.scopes)
    why = reasons.given(reason, "Say why the checks are stopped.")
    runs = ValidationRun.objects.select_for_update(of=("self",)).select_related("release")
    run = runs.filter(release=release, revision=release.revision).first()
    if run is None or is_final(VALIDATION_RUN, run.state) or release.state != "validating":
        raise Conflict(
            f"The checks of {release.label} do not run any more: there is nothing to cancel.",
            code="not_running",
        )
    left = run.checks.filter(state__in=ending.OPEN)
    record(
        actor=actor,
        action="validation.cancel",
        subject=of_release(release),
        reason=why,
        details={
            "run": str(run.id),
            "revision": run.revision,
            "without_result": [check.key for check in left],
        },
    )
    ending.break_off(run, "cancelled", error=SENTENCE)
    return run
