"""The risk methodology: what holds, its versions, and an editor that says what a text changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from governance.models import Methodology
from governance.policy.text import MAX_BYTES
from governance.services import methodologies, risk
from governance.tiering_words import matrix_of, reading
from governance.web.policies import TONES
from governance.web.policy_editor import Line
from lib.actor import Actor
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.query import params, whole_number

WORDS = {
    "stricter": "would be stricter",
    "lighter": "would be lighter",
    "open": "would have to answer anew",
    "same": "would stay as they are",
}


def listing(request: HttpRequest) -> HttpResponse:
    """The version that holds; before there is one, what it is for and how to begin."""
    params(request, ())
    return _shown(request, risk.current_methodology())


def show(request: HttpRequest, number: int) -> HttpResponse:
    """One version, in words and as it was handed in."""
    params(request, ())
    return _shown(request, risk.find_methodology(number))


def _shown(request: HttpRequest, methodology: Methodology | None) -> HttpResponse:
    document = methodology.document if methodology else None
    versions = list(Methodology.objects.all())
    context = {
        "title": f"Risk methodology v{methodology.number}" if methodology else "Risk methodology",
        "crumbs": [("Risk methodology", "/methodologies/")] if methodology else [],
        "shown": methodology,
        "in_force": bool(methodology and methodology.pk == versions[0].pk),
        "document": document,
        "reading": reading(document) if document else [],
        "matrix": matrix_of(document) if document else None,
        "versions": versions,
        "may_publish": actor_of(request).may_everywhere("policy.publish"),
    }
    return TemplateResponse(request, "governance/methodology.html", context)


def editor(request: HttpRequest) -> HttpResponse:
    """GET ``?version=3`` begins with that text, without it with the one that holds or the one that
    ships; POST publishes, and keeps the text on the page when something is wrong with it."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if request.method != "POST":
        return _editor(request, _begun_with(request))
    source = _handed_in(request)
    try:
        made = risk.publish_methodology(source=source, actor=actor_of(request))
    except ImprimaturError as error:
        return _editor(request, source, error)
    messages.success(request, f"Methodology v{made.number} holds for every assessment from now on.")
    return redirect("admin:methodology", number=made.number)


def proof(request: HttpRequest) -> HttpResponse:
    """The part beside the text; asked for while somebody types. Writes nothing."""
    if request.method != "POST":
        return redirect("admin:methodology_editor")
    context = about(_handed_in(request), actor_of(request))
    return TemplateResponse(request, "governance/methodology_proof.html", context)


def about(source: str, actor: Actor) -> dict[str, Any]:
    """What is to be said of ``source``: lines with their problems, or its reading and effects."""
    found = methodologies.proof(source, actor=actor)
    wrong: dict[int, list[str]] = {}
    for number, key, sentence in found.problems:
        wrong.setdefault(number, []).append(f"{key}: {sentence}")
    lines = source.splitlines() or [""]
    groups = [
        (words, [each for each in found.effects if each.kind == kind])
        for kind, words in WORDS.items()
    ]
    return {
        "lines": [Line(text, tuple(wrong.get(n, ()))) for n, text in enumerate(lines, 1)],
        "problem_count": len(found.problems),
        "reading": reading(found.document) if found.document else [],
        "matrix": matrix_of(found.document) if found.document else None,
        "against": found.newest,
        "unchanged": found.unchanged,
        "changes": [(TONES[each.kind], each) for each in found.differences],
        "effects": [(words, group) for words, group in groups if group],
    }


def _begun_with(request: HttpRequest) -> str:
    given = params(request, ("version",)).get("version")
    if given is not None:
        return risk.find_methodology(whole_number("version", given, low=1, high=2**31 - 1)).source
    newest = risk.current_methodology()
    return newest.source if newest else methodologies.house()


def _handed_in(request: HttpRequest) -> str:
    source = request.POST.get("source", "").replace("\r\n", "\n")
    if len(source.encode(errors="surrogatepass")) > MAX_BYTES:
        raise Invalid(
            f"A methodology has at most {MAX_BYTES:,} bytes.", errors={"source": "too long"}
        )
    return source


def _editor(
    request: HttpRequest, source: str, error: ImprimaturError | None = None
) -> HttpResponse:
    context = {
        "title": "Methodology editor",
        "crumbs": [("Risk methodology", "/methodologies/")],
        "source": source,
        "error": error,
        **about(source, actor_of(request)),
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/methodology_editor.html", context, status=status)
