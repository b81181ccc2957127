"""The state tables: which state may follow which. Pure data; services move along it."""

from __future__ import annotations

from lib.errors import Conflict

Table = dict[str, tuple[str, ...]]

RELEASE: Table = {
    "validating": ("blocked", "in_review", "withdrawn"),
    "blocked": ("validating", "in_review", "rejected", "withdrawn"),
    "in_review": ("validating", "released", "rejected", "changes_requested", "withdrawn"),
    "changes_requested": ("validating", "withdrawn"),
    "released": (),
    "rejected": (),
    "withdrawn": (),
}
VALIDATION_RUN: Table = {
    "queued": ("scoring", "failed", "cancelled"),
    "scoring": ("scoring", "checking", "failed", "cancelled"),
    "checking": ("finished", "failed", "cancelled"),
    "finished": (),
    "failed": (),
    "cancelled": (),
}
CHECK_RUN: Table = {
    "queued": ("running", "failed"),
    "running": ("running", "finished", "failed"),
    "finished": (),
    "failed": (),
}
EXPLANATION: Table = {
    "queued": ("running", "failed"),
    "running": ("running", "finished", "failed"),
    "finished": (),
    "failed": (),
}
AUTHORIZATION: Table = {
    "active": ("suspended", "superseded", "revoked", "retired"),
    "suspended": ("active", "superseded", "revoked", "retired"),
    "superseded": (),
    "revoked": (),
    "retired": (),
}
"""Expiry is no state: it is read from the clock."""
POLICY_VERSION: Table = {"draft": ("published", "withdrawn"), "published": (), "withdrawn": ()}
QUESTION: Table = {
    "asked": ("answered", "withdrawn"),
    "answered": ("settled", "asked", "withdrawn"),
    "settled": (),
    "withdrawn": (),
}
CONDITION: Table = {
    "open": ("met", "dropped"),
    "met": ("verified", "open", "dropped"),
    "verified": (),
    "dropped": (),
}
"""Dropped with the authorization, or with the revision, that it hangs on. Overdue is read from the
clock."""
FINDING: Table = {
    "open": ("planned", "rebutted", "resolved"),
    "planned": ("rebutted", "resolved"),
    "rebutted": ("open", "closed"),
    "resolved": ("open", "closed"),
    "closed": ("open",),
}
WAIVER: Table = {
    "requested": ("granted", "refused", "withdrawn"),
    "granted": ("revoked",),
    "refused": (),
    "withdrawn": (),
    "revoked": (),
}
EMERGENCY_REQUEST: Table = {
    "asked": ("approved", "declined"),
    "approved": (),
    "declined": (),
}
EMERGENCY_REVIEW: Table = {
    "open": ("ratified", "refused"),
    "ratified": (),
    "refused": (),
}
"""An emergency that nobody ratified is dead when its authorization runs out, by the clock."""
TABLES: dict[str, Table] = {
    "release": RELEASE,
    "validation run": VALIDATION_RUN,
    "check run": CHECK_RUN,
    "explanation": EXPLANATION,
    "policy version": POLICY_VERSION,
    "question": QUESTION,
    "condition": CONDITION,
    "finding": FINDING,
    "waiver": WAIVER,
    "emergency request": EMERGENCY_REQUEST,
    "emergency review": EMERGENCY_REVIEW,
    "authorization": AUTHORIZATION,
}
"""All of them, as docs/states.md draws them."""


def require(table: Table, current: str, new: str, *, what: str) -> None:
    """Raises Conflict in words unless ``current`` may become ``new`` (R5: ends stay ends)."""
    if new not in table[current]:
        allowed = ", ".join(table[current]).replace("_", " ")
        follow = f"From there it can only become {allowed}." if allowed else "That state is final."
        now, then = current.replace("_", " "), new.replace("_", " ")
        raise Conflict(
            f"{what} is {now} and cannot become {then}. {follow}",
            code="wrong_state",
            state=current,
        )


def is_final(table: Table, state: str) -> bool:
    return not table[state]
