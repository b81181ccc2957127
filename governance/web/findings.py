"""The pages of findings: the list, one finding with its history and its next step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from governance.models import Finding
from governance.models.findings import Severity
from governance.services import finding_list, findings, handing_over
from governance.services.finding_list import FILTERS, STATES, Wanted
from governance.states import FINDING
from governance.web.fields import given_back, typed
from lib.actor import Actor
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.parser import refuse_unstorable
from lib.http.query import params

LONGEST: Final = 5_000
ANSWERS: Final[dict[str, Callable[..., Finding]]] = {
    "plan": findings.plan,
    "rebut": findings.rebut,
    "resolve": findings.resolve,
}
CHOICES: Final = 200
NEW_OWNER: Final = ("owner", "reason")
SAID: Final = {
    "plan": "The plan is on record.",
    "rebut": "The rebuttal is on record. Somebody else says whether it stands.",
    "resolve": "It is said to be mended. Somebody else closes it, or sends it back.",
    "close": "It is closed.",
    "send_back": "It is open again.",
    "reopen": "It is open again.",
}


def listing(request: HttpRequest) -> HttpResponse:
    """The next to fall due first. A filter that filters by nothing there is gets a 400."""
    actor, error = actor_of(request), None
    wanted, found = Wanted(), finding_list.Listed([], "")
    try:
        given = params(request, FILTERS | {"after"})
        wanted = finding_list.wanted_of(given)
        found = finding_list.listed(wanted, actor=actor, after=given.get("after", ""))
    except Invalid as wrong:
        error = wrong
    asked = {name: request.GET.get(name, "") for name in sorted(FILTERS)}
    kept = {name: text for name, text in asked.items() if text}
    context = {
        "title": "Findings",
        "found": found,
        "asked": asked,
        "narrows": bool(kept),
        "query": urlencode(kept),
        "severities": Severity.values,
        "states": STATES,
        "models": _choices(actor, "model__name"),
        "owners": _choices(actor, "owner__username", "owner__first_name", "owner__last_name"),
        "may_raise": actor.may("finding.raise"),
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/findings.html", context, status=status)


def _choices(actor: Actor, *fields: str) -> list[tuple[str, str]]:
    """What can be chosen in a filter: (value, words)."""
    rows = Finding.objects.visible_to(actor).order_by(fields[0]).values_list(*fields).distinct()
    return [(row[0], " ".join(filter(None, row[1:])) or row[0]) for row in rows[:CHOICES]]


def show(request: HttpRequest, number: int) -> HttpResponse:
    return _page(request, findings.find(number, actor=actor_of(request)))


def answer(request: HttpRequest, number: int) -> HttpResponse:
    """POST: its owner plans, rebuts or resolves it. Anything else leads to the finding."""
    return _act(request, number, ANSWERS)


def judge(request: HttpRequest, number: int) -> HttpResponse:
    """POST: somebody else closes it, sends it back or opens it again."""

    def close(finding: Finding, *, text: str, actor: Actor) -> Finding:
        return findings.close(finding, accepted=True, text=text, actor=actor)

    def send_back(finding: Finding, *, text: str, actor: Actor) -> Finding:
        return findings.close(finding, accepted=False, text=text, actor=actor)

    return _act(
        request, number, {"close": close, "send_back": send_back, "reopen": findings.reopen}
    )


def hand_over(request: HttpRequest, number: int) -> HttpResponse:
    """POST: another person owns it from now on."""
    if request.method != "POST":
        return redirect("admin:finding", number=number)
    actor = actor_of(request)
    finding = findings.find(number, actor=actor)
    texts = dict.fromkeys(NEW_OWNER, "")
    try:
        texts = typed(request, NEW_OWNER)
        handing_over.hand_over_finding(finding, **texts, actor=actor)
    except ImprimaturError as error:
        return _page(request, findings.find(number, actor=actor), error, "hand_over", given=texts)
    finding = findings.find(number, actor=actor)
    messages.success(request, f"{finding.owner.full_name} owns {finding.label} from now on.")
    return redirect("admin:finding", number=number)


def _act(
    request: HttpRequest, number: int, acts: dict[str, Callable[..., Finding]]
) -> HttpResponse:
    if request.method != "POST":
        return redirect("admin:finding", number=number)
    actor = actor_of(request)
    finding = findings.find(number, actor=actor)
    chosen, text = request.POST.get("act", ""), request.POST.get("text", "")
    try:
        refuse_unstorable(text, "text")
        if chosen not in acts:
            raise Invalid("Choose what to do.", errors={"act": f"one of {', '.join(acts)}"})
        if len(text) > LONGEST:
            raise Invalid(f"Write at most {LONGEST:,} characters.", errors={"text": "is too long"})
        acts[chosen](finding, text=text, actor=actor)
    except ImprimaturError as error:
        return _page(request, findings.find(number, actor=actor), error, chosen, text[:LONGEST])
    messages.success(request, f"{finding.label}: {SAID[chosen]}")
    return redirect("admin:finding", number=number)


def _page(
    request: HttpRequest,
    finding: Finding,
    error: ImprimaturError | None = None,
    chosen: str = "",
    said: str = "",
    given: Mapping[str, str] | None = None,
) -> HttpResponse:
    actor, scopes = actor_of(request), finding.use_case.scopes
    gone = finding.state != "closed" and handing_over.is_gone(finding.owner_id, scopes)
    context = {
        "title": finding.label,
        "crumbs": [("Findings", "/findings/")],
        "finding": finding,
        "notes": finding.notes.select_related("by"),
        "answers": _answers(finding),
        "why_not_answer": findings.why_not_answer(finding, actor=actor),
        "why_not_judge": findings.why_not_judge(finding, actor=actor),
        "judged": finding.state in ("rebutted", "resolved"),
        "chosen": chosen,
        "typed": said,
        "is_gone": gone,
        "why_not_hand_over": handing_over.why_not_finding(finding, actor=actor) if gone else "",
        "people": handing_over.who_answer(scopes)[:CHOICES] if gone else [],
        "given": given_back(dict(given or dict.fromkeys(NEW_OWNER, "")), error),
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/finding.html", context, status=status)


def _answers(finding: Finding) -> list[str]:
    """What its owner can do now by the table of states; a rebuttal is made once."""
    leads_to = {"plan": "planned", "rebut": "rebutted", "resolve": "resolved"}
    return [
        act
        for act, state in leads_to.items()
        if state in FINDING[finding.state] and (act != "rebut" or finding.rebutted_at is None)
    ]
