"""The page of one authorization: how it stands, what runs under it, what can be done about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.services import signing
from audit.subjects import Subject
from audit.web.lines import newest_about
from governance.models import Authorization
from governance.models.oversight import Certification
from governance.services import (
    authorization_page,
    authorizations,
    emergencies,
    recertifying,
    rolling_back,
    statements,
    stopping,
)
from governance.services.authorization_page import AuthorizationPage
from governance.web.authorization_acts import offers
from lib.canonical import digest_of
from lib.errors import ImprimaturError, Invalid, NotFound
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable

DONE = {
    "suspend": "Suspended: it allows nothing until it is resumed.",
    "resume": "Resumed: it allows again what it did.",
    "revoke": "Revoked, at once and for good.",
    "retire": "Retired, for good.",
    "roll_back": "Rolled back: this is the authorization that holds from now on.",
}
_ACTS: dict[str, Callable[..., Authorization]] = {
    "suspend": stopping.suspend,
    "resume": stopping.resume,
    "revoke": authorizations.revoke,
    "retire": stopping.retire,
    "roll_back": rolling_back.roll_back,
}
_LIMITS = range(1, 4)  # as many rows as the form has


def show(request: HttpRequest, digest: str) -> HttpResponse:
    """How it stands now, by the clock."""
    return _page(request, authorization_page.page_of(digest, actor=actor_of(request)))


def act(request: HttpRequest, digest: str) -> HttpResponse:
    """POST suspends, resumes, revokes, retires or rolls back."""

    def done(row: Authorization, form: QueryDict) -> tuple[str, str]:
        chosen = form.get("act", "")
        if chosen not in _ACTS:
            raise Invalid("There is no such act.", errors={"act": f"one of {', '.join(_ACTS)}"})
        reason = form.get("reason", "")
        result = _ACTS[chosen](row, reason=reason.strip(), actor=actor_of(request))
        return result.digest, DONE[chosen]

    return _do(request, digest, done, which=request.POST.get("act", ""))


def review(request: HttpRequest, digest: str) -> HttpResponse:
    """POST certifies it again."""

    def done(row: Authorization, form: QueryDict) -> tuple[str, str]:
        next_day = _day(form, "next_due_on")
        written = recertifying.recertify(
            row,
            outcome=form.get("outcome", ""),
            rationale=form.get("rationale", ""),
            next_due_at=_midnight(next_day) if next_day else None,
            limits=_limits(form),
            finding_due_on=_day(form, "finding_due_on"),
            actor=actor_of(request),
        )
        return row.digest, f"Certified again: {written.get_outcome_display().lower()}."

    return _do(request, digest, done, which="recertify")


def emergency_review(request: HttpRequest, digest: str) -> HttpResponse:
    """POST says whether an emergency was right."""

    def done(row: Authorization, form: QueryDict) -> tuple[str, str]:
        held = authorization_page.page_of(row.digest, actor=actor_of(request)).emergency
        if held is None:
            raise NotFound("That authorization is no emergency.")
        if form.get("said") not in ("ratify", "refuse"):
            raise Invalid("Ratify it or refuse it.", errors={"said": "ratify or refuse"})
        ratified = form["said"] == "ratify"
        said = {name: form.get(name, "") for name in ("reason", "seen")}
        emergencies.review(held, ratified=ratified, actor=actor_of(request), **said)
        return row.digest, "Ratified." if ratified else "Refused, and revoked at once."

    return _do(request, digest, done, which="emergency")


def _do(
    request: HttpRequest,
    digest: str,
    act: Callable[[Authorization, QueryDict], tuple[str, str]],
    *,
    which: str,
) -> HttpResponse:
    """Proves who acts, acts, and shows what came of it; or why not, with what was typed."""
    if request.method != "POST":
        return redirect("admin:authorization", digest=digest)
    user: Any = request.user
    row = authorization_page.find(digest, actor=user.actor)
    try:
        for name, text in request.POST.items():
            refuse_unstorable(str(text), name)
        password = request.POST.get("password", "")
        signing.prove(user, session=request.session, password=password)
        there, sentence = act(row, request.POST)
    except ImprimaturError as error:
        fresh = authorization_page.page_of(digest, actor=user.actor)
        return _page(request, fresh, error=error, which=which)
    messages.success(request, sentence)
    return redirect("admin:authorization", digest=there)


def _page(
    request: HttpRequest,
    page: AuthorizationPage,
    *,
    error: ImprimaturError | None = None,
    which: str = "",
) -> HttpResponse:
    row = page.row
    title = f"{row.version.label} in {row.environment.name}"
    may_read = actor_of(request).may("audit.read")
    subject = Subject("authorization", row.digest, "")
    statement = statements.of_review(page.emergency) if page.emergency else ""
    context = {
        "title": title,
        "crumbs": [("Authorizations", "/authorizations/")],
        "page": page,
        "row": row,
        "offers": offers(page),
        "statement": statement,
        "seen": digest_of(statement),
        "outcomes": Certification.choices,
        "limit_rows": [(place, _typed_limit(request, place)) for place in _LIMITS],
        "history": newest_about(subject, limit=40) if may_read else None,
        "proof_is_fresh": signing.is_fresh(request.session),
        "error": error,
        "which": which,
        "typed": request.POST if error else {},
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/authorization.html", context, status=status)


def _typed_limit(request: HttpRequest, place: int) -> dict[str, str]:
    return {name: request.POST.get(f"limit_{name}_{place}", "") for name in _LIMIT_FIELDS}


_LIMIT_FIELDS = ("key", "value", "text")


def _limits(form: QueryDict) -> list[dict[str, Any]]:
    """The rows in which something stands. Raises Invalid naming a row that is not complete."""
    found = []
    for place in _LIMITS:
        row = {name: form.get(f"limit_{name}_{place}", "").strip() for name in _LIMIT_FIELDS}
        if not any(row.values()):
            continue
        if not all(row.values()):
            raise Invalid(
                f"Limit {place} is not complete.",
                errors={f"limit {place}": "needs a name, a value and a sentence"},
            )
        found.append({**row, "value": _value(row["value"])})
    return found


def _value(text: str) -> Any:
    """A number, true or false where it is one; else the text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float) else text


def _day(form: QueryDict, name: str) -> date | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise Invalid("That is no day of the calendar.", errors={name: "a day, such as 2026-03-31"})
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())
