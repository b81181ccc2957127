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
    "active": ("superseded", "revoked"),
    "superseded": (),
    "revoked": (),
}
POLICY_VERSION: Table = {"draft": ("published",), "published": ()}


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
