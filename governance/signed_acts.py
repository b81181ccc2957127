"""What is signed: the acts for which a person proves again who they are, whichever door they come
through (21 CFR 11.200; docs/decisions/0009). Pure; drawn into docs/permissions.md.

Signed is what lets something run, what stops or ends that, and what says whether it was right.
Asking, answering, promising and verifying a promise are not: they stand in the audit trail under
the name of whoever is signed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SignedAct:
    """``act`` is the service (``stopping.suspend``), ``words`` what its signer answers for.
    ``endpoint`` is the address below ``/api/v1/`` that does it by POST, ``pages`` the names of the
    pages that do."""

    act: str
    words: str
    endpoint: str
    pages: tuple[str, ...]


_RELEASE: Final = "releases/<uuid:release_id>"
_AUTHORIZATION: Final = "authorizations/<str:digest>"
_WAIVER: Final = "waivers/<int:number>"

SIGNED: Final = (
    SignedAct(
        "decisions.decide",
        "a slot of a release is decided, in whatever way",
        f"{_RELEASE}/decisions",
        ("release",),
    ),
    SignedAct(
        "emergencies.approve",
        "an emergency may run before every gate is open",
        f"{_RELEASE}/emergency/decision",
        ("release_emergency_decide",),
    ),
    SignedAct(
        "emergencies.decline",
        "an emergency waits for its gates",
        f"{_RELEASE}/emergency/decision",
        ("release_emergency_decide",),
    ),
    SignedAct(
        "emergencies.review",
        "an emergency was right, or was not and is revoked",
        f"{_AUTHORIZATION}/emergency-review",
        ("release_emergency_review", "authorization_emergency"),
    ),
    SignedAct(
        "waivers.decide",
        "a waiver is granted or refused",
        f"{_WAIVER}/decision",
        ("release_waiver_decide",),
    ),
    SignedAct(
        "waivers.revoke",
        "a granted waiver ends at once",
        f"{_WAIVER}/revocation",
        ("release_waiver_revoke",),
    ),
    SignedAct(
        "stopping.suspend",
        "an authorization allows nothing for a while",
        f"{_AUTHORIZATION}/suspension",
        ("authorization_act",),
    ),
    SignedAct(
        "stopping.resume",
        "a suspension is lifted",
        f"{_AUTHORIZATION}/resumption",
        ("authorization_act",),
    ),
    SignedAct(
        "authorizations.revoke",
        "an authorization ends for good because something is wrong",
        f"{_AUTHORIZATION}/revocation",
        ("authorization_act",),
    ),
    SignedAct(
        "stopping.retire",
        "an authorization ends for good because it is needed no more",
        f"{_AUTHORIZATION}/retirement",
        ("authorization_act",),
    ),
    SignedAct(
        "rolling_back.roll_back",
        "an earlier version takes the place of what runs",
        f"{_AUTHORIZATION}/rollback",
        ("authorization_act",),
    ),
    SignedAct(
        "recertifying.recertify",
        "an authorization is certified again, with whatever outcome",
        f"{_AUTHORIZATION}/reviews",
        ("authorization_review",),
    ),
)
PAGES: Final = frozenset(page for each in SIGNED for page in each.pages)
"""Names of the pages that take no form without a fresh proof."""


def is_signed(act: str) -> bool:
    """Whether an act of the release page (``waiver_decide``) takes a fresh proof."""
    return f"release_{act}" in PAGES
