"""The trail with its filters, and one entry with its proof drawn."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from audit.catalog import ACTIONS
from audit.models import Checkpoint, Cosignature, Entry, EntryQuerySet, LogState, Pending, Stamp
from audit.services.integration import why_not_signing
from audit.services.proofs import InclusionProof, inclusion_proof
from audit.services.reading import the_log
from audit.services.searching import newest
from audit.subjects import Subject
from audit.web.lines import lines_of
from audit.web.paths import path_svg
from lib.errors import Invalid, NotFound
from lib.http.reading import tell
from lib.templatetags.look import themed

PER_PAGE = 50
FILTERS = ("subject", "actor", "action", "from", "to")


def show(request: HttpRequest) -> HttpResponse:
    """Newest first, by keyset: a page stays the same page while entries are being written."""
    user: Any = request.user
    user.actor.require_everywhere("audit.read")
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    rows, wrong = _filtered(asked)
    before = request.GET.get("before", "")
    if before:
        rows, wrong = _older(rows, before, wrong)
    subject, wrong = _subject(asked["subject"], wrong)
    rows = Entry.objects.none() if wrong else rows.select_related("leaf")
    lines = lines_of(newest(rows, subject, PER_PAGE + 1))
    following = ""
    if len(lines) > PER_PAGE:
        lines = lines[:PER_PAGE]
        following = urlencode({**_filled(asked), "before": str(lines[-1].entry.pk)})
    context = {
        "title": "Audit trail",
        "lines": lines,
        "asked": {**asked, "since": asked["from"], "until": asked["to"]},
        "any_filter": any(asked.values()),
        "wrong": wrong,
        "actions": sorted(ACTIONS),
        "following": following,
        "integrity": _integrity(),
        "may_export": user.actor.may("audit.export"),
    }
    if not wrong:
        tell(request, user.actor, "{log}", {"log": the_log()})
    return TemplateResponse(request, "audit/trail.html", context, status=400 if wrong else 200)


def _filled(asked: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if value}


def _filtered(asked: dict[str, str]) -> tuple[EntryQuerySet, str]:
    """The rows and, if a filter cannot be read, a sentence about it."""
    rows = Entry.objects.all()
    if asked["actor"]:
        rows = rows.filter(actor_id=asked["actor"])
    if asked["action"]:
        rows = rows.filter(action=asked["action"])
    try:
        if asked["from"]:
            rows = rows.since(_day(asked["from"]))
        if asked["to"]:
            rows = rows.until(_day(asked["to"]) + timedelta(days=1))
    except (ValueError, OverflowError):
        return Entry.objects.none(), "A day is written as 2026-03-31."
    return rows, ""


def _subject(text: str, wrong: str) -> tuple[Subject | None, str]:
    try:
        return (Subject.parse(text) if text else None), wrong
    except Invalid as error:
        return None, wrong or error.detail


def _older(rows: EntryQuerySet, before: str, wrong: str) -> tuple[EntryQuerySet, str]:
    try:
        return rows.filter(id__lt=UUID(before)), wrong
    except ValueError:
        return Entry.objects.none(), "The link to older entries is not whole: start again."


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


def _integrity() -> dict[str, Any]:
    """How large the tree is, when it was last signed and seen by others, and what waits."""
    state, waiting = LogState.objects.first(), Pending.objects.count()
    return {
        "trouble": why_not_signing() if waiting else "",
        "origin": state.origin if state else "",
        "size": state.size if state else 0,
        "checkpoint": Checkpoint.objects.order_by("-size").first(),
        "waiting": waiting,
        "witnesses": _seen_by(),
        "stamp": Stamp.objects.order_by("-checkpoint_id").first(),
    }


def _seen_by() -> list[dict[str, Any]]:
    """Each witness that the log knows, with the newest checkpoint that it signed, if any."""
    newest = Cosignature.objects.order_by("-checkpoint_id")
    return [
        {"name": key.split("+")[0], "seen": newest.filter(witness=key).first()}
        for key in settings.LOG_WITNESSES
    ]


def entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    user: Any = request.user
    user.actor.require_everywhere("audit.read")
    found = Entry.objects.select_related("leaf").filter(pk=entry_id)
    line = next(iter(lines_of(list(found))), None)
    if line is None:
        raise NotFound("There is no such entry.")
    proof = _proof(line.entry)
    context = {
        "title": line.did.capitalize(),
        "crumbs": [("Audit trail", "/audit/")],
        "line": line,
        "proof": proof,
        "drawing": themed(path_svg(proof.index, proof.leaf, proof.hashes, proof.checkpoint))
        if proof
        else "",
        "details": json.dumps(line.content["details"], indent=2, ensure_ascii=False),
        "canonical": line.entry.leaf_bytes.decode(),
        "may_export": user.actor.may("audit.export"),
    }
    return TemplateResponse(request, "audit/entry.html", context)


def _proof(row: Entry) -> InclusionProof | None:
    """None while the entry waits for its place: seconds at most."""
    try:
        return inclusion_proof(row)
    except NotFound:
        return None
