"""The release page as a whole, whatever form of it was sent: gates, evidence, what holds it up."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.services import signing
from audit.subjects import Subject
from audit.web.lines import newest_about
from governance.gating import MEND
from governance.models.decisions import Meaning
from governance.policy.because import because, beside_policies
from governance.services import reading, waivers, worth
from governance.services.phases import criteria_of
from governance.web.board import Board, gate_list
from governance.web.cards import cards_of
from governance.web.challenges import challenges_of
from governance.web.emergencies import emergency_of
from governance.web.forms import Sent
from governance.web.panels import decision_panel
from governance.web.readiness import checklist_of
from governance.web.said import NOTHING_SAID, Said, people_for
from governance.web.stones import mended_at, stones_of
from governance.web.suites import acts_on
from lib.canonical import digest_of
from lib.errors import ImprimaturError
from lib.http.pages import actor_of
from registry.web.drawings import of_version


def render(
    request: HttpRequest,
    page: reading.ReleasePage,
    *,
    said: Said = NOTHING_SAID,
    error: ImprimaturError | None = None,
    sent: Sent | None = None,
) -> HttpResponse:
    """``said`` is a decision as far as it is typed, ``error`` why it may not stand; ``sent`` is
    another form of the page that may not."""
    release, actor = page.release, actor_of(request)
    panel = decision_panel(page)
    wrong = error or (sent.error if sent else None)
    context = {
        "title": f"{release.label} · {release.version.label}",
        "crumbs": [("Releases", "/releases/")],
        "crumb_title": f"{release.label} · {release.version.label}",
        "page": page,
        "release": release,
        "policies": release.requirement_set.document.get("policies", []),
        "beside_policies": beside_policies(release.requirement_set.document),
        **checks_context(page),
        "in_money": worth.in_money(release, page.beside.champion, page.run, actor=actor),
        "lineage": of_version(release.version),
        "history": _history(release.id) if actor.may("audit.read") else None,
        "may_export": actor.may("audit.export"),
        "panel": panel,
        "has_stages": any(slot.stage > 1 for slot in page.slots),
        "owners": people_for(release) if panel and panel.may_attach else [],
        "meanings": Meaning.choices,
        "typed": said,
        "error": error,
        "sent": sent,
        "proof_is_fresh": signing.is_fresh(request.session),
        "acts": acts_on(page, actor),
        "emergency": emergency_of(page, actor, sent),
        "ready": checklist_of(page, actor, sent),
        "stones": stones_of(release.use_case, criteria_of(release.use_case, release)),
        **challenges_of(page, actor, sent),
    }
    status = wrong.status if wrong else 200
    return TemplateResponse(request, "governance/release.html", context, status=status)


def checks_context(page: reading.ReleasePage) -> dict[str, Any]:
    """What the gates and the checks' cards show."""
    cards, release = cards_of(page), page.release
    broken = page.run.error if page.run else ""

    def why(key: str) -> str:
        return because(
            release.requirement_set.document,
            key,
            tier=release.tier,
            environment=release.environment.name,
            purpose=release.purpose.name,
        )

    def mended(key: str) -> str:
        return mended_at(key, slug=release.use_case.slug, release=str(release.pk))

    waivable = waivers.allowed(release) if release.is_open else {}
    return {
        "seen": progress_tag(page),
        "board": Board(cards),
        "mend": MEND,
        "gates": gate_list(
            page.gates, cards, broken=broken, because=why, mended=mended, waivable=waivable
        ),
    }


def progress_tag(page: reading.ReleasePage) -> str:
    """Changes whenever there is something new to show of a running suite."""
    done = [[check.key, check.state, check.verdict] for check in page.checks]
    told = [page.run.progress, page.run.note, page.standing] if page.run else []
    return digest_of([done, told])[:16]


def _history(release_id: Any) -> list[Any]:
    return newest_about(Subject("release", str(release_id), ""), limit=40)
