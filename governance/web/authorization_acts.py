"""The acts that the page of an authorization offers: what each means, why one is withheld."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from governance.services.authorization_page import AuthorizationPage


@dataclass(frozen=True)
class Offer:
    """``button`` says what will happen; ``why_not`` is empty when the person may do it."""

    act: str
    title: str
    about: str
    button: str
    look: str = ""
    why_not: str = ""


_OFFERS: Final = (
    Offer(
        "suspend",
        "Suspend",
        "It allows nothing from that moment on, until somebody without a stake resumes it.",
        "Suspend {label} in {place}",
        "is-grave",
    ),
    Offer(
        "resume",
        "Resume",
        "Lifts the suspension. What else stops it, such as an overdue review, stays.",
        "Resume {label} in {place}",
    ),
    Offer(
        "roll_back",
        "Roll back to this one",
        "Authorizes this version again, on its own terms and for the rest of its time; what holds "
        "there now is superseded in the same moment.",
        "Roll back to {label} in {place}",
    ),
    Offer(
        "revoke",
        "Revoke",
        "Ends it at once and for good, because something is wrong. It counts for every copy of "
        "these files; they take the long way back.",
        "Revoke {label} in {place} for good",
        "is-grave",
    ),
    Offer(
        "retire",
        "Retire",
        "Ends it for good because it is needed no more; nothing was wrong with it.",
        "Retire {label} in {place} for good",
        "is-grave",
    ),
)


_IN_STATE: Final = {
    "active": ("suspend", "revoke", "retire"),
    "suspended": ("resume", "revoke", "retire"),
    "superseded": ("roll_back",),
}
"""What makes sense at all. An end is an end, and has no acts."""


def offers(page: AuthorizationPage) -> list[Offer]:
    """What makes sense for it, in the order of how much it changes."""
    names = {"label": page.row.version.label, "place": page.row.environment.name}
    return [
        replace(each, button=each.button.format(**names), why_not=page.refused[each.act])
        for each in _OFFERS
        if each.act in _IN_STATE.get(page.row.state, ())
    ]
