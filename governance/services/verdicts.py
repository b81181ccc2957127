"""May this exact artefact run here, for this, now? A pure read that fails closed (R6, R7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from governance.models import Authorization
from governance.services.use_cases import strictest_tier
from registry.models import Environment, ModelVersion


@dataclass(frozen=True)
class Verdict:
    allow: bool
    code: str
    text: str
    authorization: Authorization | None = None
    details: dict[str, Any] = field(default_factory=dict)


def verdict(*, digest: str, environment: str, purpose: str, at: datetime | None = None) -> Verdict:
    """The answer by the clock. Whatever is unknown is a deny with a reason, never an error.

    The same bytes may be registered twice: a revocation counts for all of them, until something
    is authorized after it.
    """
    rows = (
        Authorization.objects.select_related("version__model", "environment", "purpose__use_case")
        .filter(version_digest=digest, environment__name=environment, purpose__key=purpose)
        .order_by("-issued_at")
    )
    now = at or timezone.now()
    known = list(rows)
    if not known:
        return _unknown(digest, environment, purpose)
    newest = known[0]
    for row in known:
        if row.state == "revoked" and row.ended_at and row.ended_at >= newest.issued_at:
            return Verdict(False, "revoked", _ended(row, "revoked"), row)
    active = next((row for row in known if row.state_at(now) == "active"), None)
    if active is None:
        state = newest.state_at(now)
        return Verdict(False, state, _ended(newest, state), newest)
    if active.document["tier"] > strictest_tier(purpose):
        return Verdict(False, "tier_raised", "The purpose is held to a stricter tier now.", active)
    return Verdict(True, "authorized", f"{active.version.label} is authorized.", active)


def _ended(authorization: Authorization, state: str) -> str:
    if state == "expired":
        return f"The authorization ran out on {authorization.expires_at:%Y-%m-%d %H:%M} UTC."
    return f"The authorization is {state}. {authorization.end_reason}".strip()


def _unknown(digest: str, environment: str, purpose: str) -> Verdict:
    if not Environment.objects.filter(name=environment).exists():
        return Verdict(False, "unknown_environment", f"There is no environment “{environment}”.")
    version = ModelVersion.objects.select_related("model").filter(digest=digest).first()
    if version is None:
        return Verdict(False, "unknown_digest", "No registered version has this digest.")
    release = (
        version.releases.filter(environment__name=environment, purpose__key=purpose)
        .order_by("-number")
        .first()
    )
    if release is None:
        return Verdict(
            False,
            "never_requested",
            f"{version.label} was never released to {environment} for “{purpose}”: request it.",
        )
    return Verdict(
        False,
        f"release_{release.state}",
        f"{release.label} is {release.get_state_display().lower()}.",
        details={"release": str(release.id)},
    )
