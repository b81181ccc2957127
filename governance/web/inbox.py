"""The inbox: what awaits this person, and what else they should know today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from governance.awaiting import KINDS, STANDINGS, TIERS, Item, Wanted
from governance.models import Notice
from governance.services import inbox, notices
from lib.actor import Actor
from lib.errors import Invalid
from lib.http.pages import actor_of
from lib.http.query import params

PAGES = {
    "release": "admin:release",
    "finding": "admin:finding",
    "policy": "admin:policy",
    "value": "admin:use_case_value",
}
TOLD = 5
"""So many unseen notices stand on the page."""
FEW = 4
"""So many things that stand out are named; the rest are counted."""


@dataclass(frozen=True)
class Row:
    """A line of the inbox with the address that it leads to."""

    line: inbox.Line
    address: str

    @property
    def stands_out(self) -> list[tuple[str, str]]:
        return few(self.line.stands_out)


def few(found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    more = len(found) - FEW
    return [*found[:FEW], *([("waiting", f"and {more} more")] if more > 0 else [])]


def address_of(item: Item) -> str:
    """The very place on the page where it is done."""
    page, key, part = item.place
    return f"{reverse(PAGES[page], args=[key])}{'?version=' if page == 'policy' else '#'}{part}"


def _told(actor: Actor) -> dict[str, list[Notice] | bool]:
    """What they were told and have not seen: the newest few, and whether there is more."""
    found = list(notices.unseen_of(actor)[: TOLD + 1])
    return {"notices": found[:TOLD], "told_more": len(found) > TOLD}


def show(request: HttpRequest) -> HttpResponse:
    """The filters stand in the address; one that filters by nothing there is gets a 400."""
    actor, error, wanted = actor_of(request), None, Wanted()
    try:
        wanted = inbox.wanted_of(params(request, inbox.QUERY))
    except Invalid as found:
        error = found
    found_inbox = inbox.inbox(actor=actor, wanted=wanted)
    asked = {name: getattr(wanted, name) for name in ("kind", "tier", "standing", "model")}
    context = {
        "title": "Inbox",
        "inbox": found_inbox,
        "rows": [Row(line, address_of(line.item)) for line in found_inbox.lines],
        "blocked": [(stuck.release, few(stuck.stands_out)) for stuck in found_inbox.blocked],
        "asked": asked,
        "narrows": wanted.narrows,
        "query": urlencode({name: text for name, text in asked.items() if text}),
        "kinds": [(key, words, found_inbox.counts[key]) for key, words in KINDS.items()],
        "tiers": TIERS,
        "standings": STANDINGS.items(),
        "error": error,
        **_told(actor),
        "may_sign": actor.may("decision.sign"),
        "may_request": actor.may("release.request"),
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/inbox.html", context, status=status)
