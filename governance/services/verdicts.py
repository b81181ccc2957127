"""May this exact artefact run here, for this, now? A pure read that fails closed (R6, R7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from governance.models import Authorization
from registry.models import Environment, ModelVersion


@dataclass(frozen=True)
class Verdict:
    allow: bool
    code: str
    text: str
    authorization: Authorization | None = None
    details: dict[str, Any] = field(default_factory=dict)


def verdict(*, digest: str, environment: str, purpose: str, at: datetime | None = None) -> Verdict:
    """The answer by the clock. Whatever is unknown is a deny with a reason, never an error."""
    rows = (
        Authorization.objects.select_related("version__model", "environment", "purpose__use_case")
        .filter(version_digest=digest, environment__name=environment, purpose__key=purpose)
        .order_by("-issued_at")
    )
    newest: Authorization | None = None
    for row in rows:
        if row.state_at(at or timezone.now()) == "active":
            return Verdict(True, "authorized", f"{row.version.label} is authorized.", row)
        newest = newest or row
    if newest is not None:
        state = newest.state_at(at)
        return Verdict(False, state, _ended(newest, state), newest)
    return _unknown(digest, environment, purpose)


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
