"""Whether the files of a version may still be loaded from here: not once they were called back.

A revocation says of exact files that they must not run. So it holds wherever they are registered,
under whatever name, governed or not, until those very files are authorized somewhere again.
"""

from __future__ import annotations

from governance.models import Authorization
from governance.models.authorizations import RUNNING_STATES, AuthorizationState
from lib.actor import Actor
from lib.errors import Refused
from registry.models import ModelVersion


def may_download(version: ModelVersion, actor: Actor) -> None:
    """The registry's port. Raises Refused with the reason where the last word on these files, in
    some place for some purpose, was a revocation, and no authorization of them runs now.

    One that is suspended or has run out refuses nothing: it is over or stopped, and nobody called
    the files back.
    """
    if not version.digest:
        return
    rows = Authorization.objects.filter(version_digest=version.digest)
    latest: dict[tuple[int, int, int], Authorization] = {}
    for row in rows.select_related("environment", "purpose").order_by("issued_at", "digest"):
        if row.state in RUNNING_STATES and row.state_at() == AuthorizationState.ACTIVE:
            return
        latest[row.model_id, row.environment_id, row.purpose_id] = row
    revoked = [row for row in latest.values() if row.state == AuthorizationState.REVOKED]
    if revoked:
        last = max(revoked, key=lambda row: row.ended_at or row.issued_at)
        raise Refused(_why(version, last), code="revoked")


def _why(version: ModelVersion, row: Authorization) -> str:
    day = f" on {row.ended_at:%Y-%m-%d}" if row.ended_at else ""
    reason = f" The reason given: {row.end_reason}" if row.end_reason else ""
    return (
        f"{version.label} is not handed out: its authorization for {row.environment.name} was "
        f"revoked{day}, and none of these files is in force.{reason}"
    )
