"""What a state looks like in print: an icon, a word and a colour, never colour alone. Pure."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from governance.checks import theme

SHAPES = {
    "tick": '<path d="M3.2 8.6l3.2 3.2 6.4-7.4"/>',
    "cross": '<path d="M4 4l8 8M12 4l-8 8"/>',
    "tilde": '<path d="M2.6 9.4c1.6-3.2 3.6-3.2 5.4-1.4s3.8 1.8 5.4-1.4"/>',
    "broken": '<path d="M8.8 2.7a5.4 5.4 0 0 1 3.9 7.9M7.2 13.3a5.4 5.4 0 0 1-3.9-7.9'
    'M10.2 4.6L5.8 11.4"/>',
    "clip": '<path d="M11.6 5.2L6.7 10.1a1.5 1.5 0 0 0 2.1 2.1l4.6-4.6a3 3 0 0 0-4.2-4.2'
    'L4.5 8.1a4.4 4.4 0 0 0 6.2 6.2l3.1-3.1"/>',
    "ring": '<circle cx="8" cy="8" r="5.2"/>',
    "dash": '<path d="M3.4 8h9.2"/>',
}

WEIGHT = {"clip": 1.3, "broken": 1.7}


@dataclass(frozen=True)
class Mark:
    word: str
    tone: str
    shape: str
    icon: str


def picture(svg: str) -> str:
    """``svg`` as an address for ``<img>``: vector, and walled off from the page around it."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


@cache
def seal() -> str:
    """The mark of the product."""
    path = Path(__file__).resolve().parents[2] / "templates" / "static" / "look" / "mark.svg"
    return picture(path.read_text())


@cache
def _mark(word: str, shape: str, colour: str, tone: str) -> Mark:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" height="16" '
        f'fill="none" stroke="{colour}" stroke-width="{WEIGHT.get(shape, 2)}" '
        f'stroke-linecap="round" stroke-linejoin="round">{SHAPES[shape]}</svg>'
    )
    return Mark(word, tone, shape, picture(svg))


_PASS, _FAIL = (theme.PASS, "pass"), (theme.FAIL, "fail")
_UNSURE, _BROKEN = (theme.INCONCLUSIVE, "inconclusive"), (theme.ERROR, "error")
_WAIVED, _MUTED = (theme.WAIVED, "waived"), (theme.MUTED, "waiting")

VERDICTS = {
    "pass": ("Pass", "tick", *_PASS),
    "fail": ("Fail", "cross", *_FAIL),
    "inconclusive": ("Inconclusive", "tilde", *_UNSURE),
    "error": ("Error", "broken", *_BROKEN),
    "recorded": ("On record", "ring", *_MUTED),
    "": ("Not measured", "ring", *_MUTED),
}
GATES = {
    "open": ("Open", "tick", *_PASS),
    "closed": ("Closed", "cross", *_FAIL),
    "pending": ("Pending", "ring", *_MUTED),
    "conditional": ("Open, conditional", "clip", *_WAIVED),
}
RELEASES = {
    "validating": ("Validating", "ring", *_MUTED),
    "blocked": ("Blocked", "cross", *_FAIL),
    "in_review": ("In review", "ring", theme.INK, "ink"),
    "changes_requested": ("Changes requested", "tilde", *_UNSURE),
    "released": ("Released", "tick", *_PASS),
    "rejected": ("Rejected", "cross", *_FAIL),
    "withdrawn": ("Withdrawn", "dash", *_MUTED),
}
OUTCOMES = {
    "approve": ("Approved", "tick", *_PASS),
    "reject": ("Rejected", "cross", *_FAIL),
    "request_changes": ("Changes requested", "tilde", *_UNSURE),
    "": ("Not signed", "ring", *_MUTED),
}
AUTHORIZATIONS = {
    "active": ("Active", "tick", *_PASS),
    "superseded": ("Superseded", "dash", *_MUTED),
    "revoked": ("Revoked", "cross", *_FAIL),
    "suspended": ("Suspended", "cross", *_FAIL),
    "condition_overdue": ("Condition overdue", "cross", *_FAIL),
    "review_overdue": ("Review overdue", "cross", *_FAIL),
    "retired": ("Retired", "dash", *_MUTED),
    "expired": ("Expired", "cross", *_FAIL),
}


def of_verdict(verdict: str) -> Mark:
    return _mark(*VERDICTS[verdict])


def of_gate(state: str, verdict: str) -> Mark:
    """A check that is too close to call and open was opened by a second signature."""
    conditional = state == "open" and verdict == "inconclusive"
    return _mark(*GATES["conditional" if conditional else state])


def of_release(state: str) -> Mark:
    return _mark(*RELEASES[state])


def of_outcome(outcome: str) -> Mark:
    return _mark(*OUTCOMES[outcome])


def of_authorization(state: str) -> Mark:
    return _mark(*AUTHORIZATIONS[state])
