"""Decisions of a use case in money: what each outcome brings, and what versions are worth by it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString

from governance.models import PayoffMatrix, UseCase
from governance.services import counted_decisions, payoffs, use_cases, version_states, worth
from governance.services.worth import Beside, Explored, Worth
from governance.value.payoffs import At
from governance.web.fields import given_back, typed
from governance.web.frame import framed
from governance.web.worth_chart import NARROW, WIDE, chart
from lib.actor import Actor
from lib.errors import ImprimaturError, Invalid
from lib.http.pages import actor_of
from lib.http.query import params, whole_number
from lib.templatetags.look import themed
from registry.models import ModelVersion

FIELDS: Final = ("currency", *payoffs.AMOUNTS, "meaning", "cases_a_year", "reason")
LISTED: Final = 12  # versions beside each other; the picker knows more
PICKED: Final = 60
ROWS: Final = 12  # thresholds of the table, besides those that are marked
EARLIER: Final = 20


def show(request: HttpRequest, slug: str) -> HttpResponse:
    """``?version=MODEL/3`` looks at another version, ``against`` holds it against one, and
    ``threshold=0.42`` tells of that threshold. POST states a new matrix, and keeps what was typed
    when something is wrong with it."""
    actor = actor_of(request)
    use_case = use_cases.find(slug, actor=actor)
    if request.method != "POST":
        return _page(request, use_case, _begun_with(payoffs.current(use_case)))
    texts = dict.fromkeys(FIELDS, "")
    try:
        texts = typed(request, FIELDS)
        matrix = payoffs.state_payoff(use_case, actor=actor, **_stated(texts))
    except ImprimaturError as error:
        return _page(request, use_case, texts, error)
    messages.success(request, f"Version {matrix.number} of what decisions bring counts now.")
    return redirect("admin:use_case_worth", slug=slug)


def _stated(texts: dict[str, str]) -> dict[str, Any]:
    """Raises Invalid naming each field that is no number."""
    faults: dict[str, str] = {}
    found: dict[str, Any] = {
        "currency": texts["currency"].strip().upper(),
        "meaning": texts["meaning"].strip(),
        "reason": texts["reason"],
        "cases_a_year": None,
    }
    for name in payoffs.AMOUNTS:
        try:
            found[name] = Decimal(_bare(texts[name]))
        except InvalidOperation:
            faults[name] = "an amount such as 900 or -4000"
    if year := _bare(texts["cases_a_year"]):
        if year.isascii() and year.isdigit() and len(year) <= 12:
            found["cases_a_year"] = int(year)
        else:
            faults["cases_a_year"] = "a whole number, or nothing"
    if faults:
        raise Invalid("This cannot be what decisions bring.", errors=faults)
    return found


def _bare(text: str) -> str:
    """Without what people put into numbers for the eye."""
    return text.strip().replace("\N{MINUS SIGN}", "-").replace(",", "").replace(" ", "")


def _begun_with(matrix: PayoffMatrix | None) -> dict[str, str]:
    """The form begins with what holds, but for its reason."""
    texts = dict.fromkeys(FIELDS, "")
    if matrix:
        amounts = {name: _plain(getattr(matrix, name)) for name in payoffs.AMOUNTS}
        texts |= amounts | {"currency": matrix.currency, "meaning": matrix.meaning}
        texts["cases_a_year"] = str(matrix.cases_a_year or "")
    return texts


def _plain(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".")


def _page(
    request: HttpRequest,
    use_case: UseCase,
    texts: dict[str, str],
    error: ImprimaturError | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    asked = params(request, ("version", "against", "threshold"))
    rows = list(use_case.payoffs.order_by("-number")[: EARLIER + 1])
    matrix = rows[0] if rows else None
    versions = counted_decisions.measured_versions(use_case, actor=actor, most=PICKED)
    context: dict[str, Any] = {
        "title": f"{use_case.name}: decisions in money",
        "crumbs": [
            ("Use cases", "/use-cases/"),
            (use_case.name, reverse("admin:use_case", args=[use_case.slug])),
        ],
        **framed(use_case, here="use_case_worth", actor=actor),
        "matrix": matrix,
        "earlier": rows[1:],
        "versions": versions,
        **(_in_money(use_case, matrix, versions, asked, actor) if matrix and versions else {}),
        "fields": given_back(texts, error),
        "error": error,
    }
    status = error.status if error else 200
    return TemplateResponse(request, "governance/use_case_worth.html", context, status=status)


def _in_money(
    use_case: UseCase,
    matrix: PayoffMatrix,
    versions: list[ModelVersion],
    asked: dict[str, str],
    actor: Actor,
) -> dict[str, Any]:
    """The version looked at, its thresholds, and the other versions beside it: unless somebody
    picks one, what runs now and what could follow it."""
    picked = _named(use_case, versions, asked.get("version", ""), actor)
    other = _named(use_case, versions, asked.get("against", ""), actor)
    running = version_states.running(use_case)
    begun = next((one for one in running if one in versions), versions[0])
    mentioned = [picked or begun, *([other] if other else []), *running, *versions[:LISTED]]
    sides = worth.listed(
        use_case, matrix, list(dict.fromkeys(mentioned)), actor=actor, running=running
    )
    mine = sides[0]
    theirs = next((one for one in sides[1:] if one.version == other), None)
    runs = next((one for one in sides if one.is_in_use and worth.alike(one, mine)), None)
    if theirs is None and picked and runs not in (None, mine):
        theirs = runs
    answer = worth.compare(matrix, mine, theirs) if theirs else worth.headline(matrix, sides, runs)
    return {
        "chosen": mine,
        "against": theirs.version if theirs else None,
        "beside": answer if isinstance(answer, Beside) else None,
        "answer": answer if isinstance(answer, str) else answer.sentence,
        "sides": sides,
        **_thresholds(matrix, mine, asked.get("threshold", "")),
    }


def _thresholds(matrix: PayoffMatrix, mine: Worth, text: str) -> dict[str, Any]:
    wrong, threshold = "", None
    try:
        threshold = worth.threshold_of(text)
    except ValueError as error:
        wrong = str(error)
    measured = mine.measured
    found = worth.explored(matrix, measured, threshold=threshold) if measured else Explored()
    return {
        "found": found,
        "drawn": _drawn(found, matrix, mine, WIDE),
        "drawn_narrow": _drawn(found, matrix, mine, NARROW),
        "rows": _rows(found, _own(mine)),
        "threshold_typed": text,
        "threshold_wrong": wrong,
    }


def _own(mine: Worth) -> str:
    """The words for the threshold that it decides by."""
    return "in use" if mine.is_in_use else "its own threshold"


def _named(
    use_case: UseCase, versions: list[ModelVersion], key: str, actor: Actor
) -> ModelVersion | None:
    """None of an empty name. Raises NotFound for a version that was not counted."""
    if not key:
        return None
    for version in versions:
        if version.key == key:
            return version
    name, _, number = key.rpartition("/")
    place = whole_number("version", number, low=1, high=2**31 - 1)
    return counted_decisions.find(use_case, name, place, actor=actor).version


def _drawn(found: Explored, matrix: PayoffMatrix, mine: Worth, width: int) -> SafeString:
    said = f"What a case is worth to {mine.version.label} by threshold, with 95% interval."
    if found.best:
        said += f" Worth most at {found.best.threshold:g}."
    return themed(
        chart(
            found.points,
            currency=matrix.currency,
            title=said,
            own=found.own,
            own_word=_own(mine),
            best=found.best,
            asked=found.asked,
            width=width,
        )
    )


def _rows(found: Explored, own: str) -> list[tuple[At, str]]:
    """Some thresholds across all of them, and those that are marked, with the word for it."""
    points = found.points
    words = {
        id(at): word
        for at, word in ((found.asked, "asked"), (found.best, "most"), (found.own, own))
        if at
    }
    every = max(1, -(-len(points) // ROWS))
    return [
        (at, words.get(id(at), ""))
        for place, at in enumerate(points)
        if place % every == 0 or id(at) in words
    ]
