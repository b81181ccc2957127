"""REST: the trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from audit.catalog import ACTIONS
from audit.models import Commitment, Entry, EntryQuerySet
from audit.services.exports import Period
from audit.services.proofs import inclusion_proof
from audit.services.reading import the_log
from audit.services.searching import newest
from audit.services.streams import Selection
from audit.subjects import Subject
from lib.errors import Invalid, NotFound
from lib.http.cursors import page
from lib.http.query import PAGING, params, whole_number, zoned_time
from lib.http.reading import tell
from lib.http.views import ApiView

FILTERS = frozenset({"subject", "actor", "action", "since", "until", "from", "to"})
_MAX_INDEX = 2**53


class EntriesView(ApiView):
    required = {"GET": "audit.read"}
    query = FILTERS | PAGING

    def get(self, request: Request) -> Response:
        """Entries, newest first. ``subject`` is ``type:key``; ``from`` and ``to`` are leaf indices
        (``to`` not included), ``since`` and ``until`` are times with a zone."""
        self.actor(request).require_everywhere("audit.read")
        given = params(request, self.query)
        asked, entries = selection(given), Entry.objects.select_related("leaf")
        found = self._page(request, asked, entries, by_leaf=bool(given.keys() & {"from", "to"}))
        tell(request, self.actor(request), "{log}", {"log": the_log()})
        return found

    def _page(
        self, request: Request, asked: Selection, entries: EntryQuerySet, *, by_leaf: bool
    ) -> Response:
        if by_leaf:
            # By leaf where leaves are asked for: sorting them all by time would read them all.
            return page(request, asked.among(entries), order="-leaf__index", render=brief)
        return page(
            request,
            replace(asked, subject=None).among(entries),
            order="-id",
            render=brief,
            take=lambda rows, limit: newest(rows, asked.subject, limit),
        )


class EntryView(ApiView):
    shows = "entry:{entry_id}"
    required = {"GET": "audit.read"}

    def get(self, request: Request, entry_id: UUID) -> Response:
        """One entry as it was hashed, with its openings and, once placed, its proof."""
        params(request, ())
        actor = self.actor(request)
        actor.require_everywhere("audit.read")
        entry = Entry.objects.select_related("leaf").filter(pk=entry_id).first()
        if entry is None:
            raise NotFound("There is no such entry.")
        openings = Commitment.objects.filter(entry=entry)
        if not (actor.may_everywhere("audit.export") or actor.may_everywhere("people.manage")):
            openings = openings.exclude(field__startswith="personal.")
        return Response(
            brief(entry)
            | {
                "digest": entry.digest,
                "body": entry.leaf_bytes.decode(),
                "openings": {
                    each.field: {
                        "commitment": each.digest,
                        "salt": bytes(each.salt).hex(),
                        "value": each.value,
                    }
                    for each in openings
                },
                "proof": proof_body(entry) if hasattr(entry, "leaf") else None,
            }
        )


def brief(entry: Entry) -> dict[str, Any]:
    """The entry's content, its place, and what its action means."""
    return {
        **entry.content,
        "index": entry.leaf.index if hasattr(entry, "leaf") else None,
        "words": ACTIONS[entry.action].words if entry.action in ACTIONS else entry.action,
    }


def proof_body(entry: Entry) -> dict[str, Any]:
    proof = inclusion_proof(entry)
    return {
        "index": proof.index,
        "size": proof.checkpoint.size,
        "leaf_hash": proof.leaf.hex(),
        "hashes": [each.hex() for each in proof.hashes],
        "root": proof.checkpoint.root,
        "checkpoint": proof.checkpoint.note,
        "tlog_proof": proof.as_text(),
    }


def selection(given: dict[str, str]) -> Selection:
    """The filters of a query. Raises Invalid naming the one that cannot be read."""
    if (action := given.get("action", "")) and action not in ACTIONS:
        raise Invalid("There is no such action.", errors={"action": "not in the catalogue"})
    return Selection(
        subject=Subject.parse(given["subject"]) if given.get("subject") else None,
        actor=given.get("actor", ""),
        action=action,
        period=Period(moment("since", given.get("since")), moment("until", given.get("until"))),
        first=_leaf("from", given.get("from")),
        end=_leaf("to", given.get("to")),
    )


def _leaf(name: str, text: str | None) -> int | None:
    return whole_number(name, text, low=0, high=_MAX_INDEX) if text else None


def moment(name: str, text: str | None) -> datetime | None:
    """``text`` as a time; None when there is none. Raises Invalid."""
    return zoned_time(name, text) if text else None
