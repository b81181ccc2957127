"""The release dossier: one case with all its evidence, typeset for somebody who was not there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string

from governance import policy
from governance.models import Decision, Gate, Release
from governance.reports import marks
from governance.reports.chapters import check_chapters, components, shared, worst_first
from governance.reports.figures import capital, day, number, plainly, short, until, utc
from governance.reports.marks import Mark
from governance.reports.material import Material
from governance.reports.typeset import typeset
from registry.lineage import lineage_svg

TEMPLATE = "reports/dossier.html"
CONTENTS_FROM = 5
LINES = {1: "first line of defence", 2: "second line of defence", 3: "third line of defence"}


@dataclass(frozen=True)
class Block:
    """A place for a signature, signed or not."""

    mark: Mark
    title: str
    name: str = ""
    role: str = ""
    meaning: str = ""
    signed_at: str = ""
    statement: str = ""
    reason: str = ""
    digest: str = ""
    why: str = ""


def pdf(material: Material) -> bytes:
    """The dossier as PDF. A table of contents when it has more than five pages.

    Raises Unavailable without Pango.
    """
    shown = context(material)
    pages, document = typeset(render_to_string(TEMPLATE, {**shown, "contents": True}))
    if pages - 1 <= CONTENTS_FROM:
        return typeset(render_to_string(TEMPLATE, {**shown, "contents": False}))[1]
    return document


def html(material: Material) -> str:
    return str(render_to_string(TEMPLATE, {**context(material), "contents": True}))


def context(material: Material) -> dict[str, Any]:
    """What the templates show: text and marks only, so that they need no logic of their own."""
    page, release = material.page, material.page.release
    chapters = check_chapters(release, page.run, material.checks, data=_data(material))
    brief = {f"check:{chapter.name}" for chapter in chapters if chapter.is_brief}
    return {
        "seal": marks.seal(),
        "release": release,
        "model": release.version.model,
        "version": release.version,
        "state": marks.of_release(release.state),
        "made_at": utc(material.made_at),
        "created": material.made_at.isoformat(),
        "short_digest": short(release.version_digest),
        "requested_at": utc(release.requested_at),
        "cover": _cover(material),
        "authorization": _authorization(material),
        "blocks": _blocks(material),
        "earlier": [_signed(d, material) for d in page.decisions if d.revision != release.revision],
        "gates": [
            _gate(gate) for gate in page.gates if not (gate.key in brief and gate.state == "open")
        ],
        "gates_open": page.gates_open,
        "gates_all": len(page.gates),
        "checks": chapters,
        "worst_first": worst_first(chapters),
        "components": components(chapters),
        "shared": shared(chapters),
        "passed": [chapter for chapter in chapters if chapter.is_brief],
        "run": page.run,
        "lineage": marks.picture(_lineage(material)),
        "lineage_alt": f"Lineage of {release.version.label}",
        "datasets": material.datasets,
        "documents": page.documents,
        "training": _training(release),
        "value": _value(material),
        "promised": page.promised,
        "kpis": [_kpi(kpi) for kpi in material.kpis],
        "policies": [(version, policy.reading(version.document)) for version in material.policies],
        "joined": len(material.policies) > 1,
        "history": [(line, utc(line.at)) for line in material.history],
        "entries": material.entries,
        "checkpoint": material.checkpoint,
        "digests": _digests(material),
    }


def _cover(material: Material) -> list[tuple[str, str, bool]]:
    """(label, text, is a digest)."""
    release = material.page.release
    rows = [
        ("Model", release.version.model.name, False),
        ("Version", f"v{release.version.number}", False),
        ("Environment", release.environment.title or release.environment.name, False),
        ("Purpose", f"{release.purpose.name} ({release.use_case.name})", False),
        ("Risk tier", f"{release.tier} (1 is the highest risk)", False),
        ("Case", f"{release.label}, revision {release.revision}", False),
        ("Requested", f"{utc(release.requested_at)} by {release.requester_name}", False),
        ("Reason given", release.reason, False),
        ("Artefact", release.version_digest, True),
        ("Evidence", release.evidence_digest or "not frozen yet", bool(release.evidence_digest)),
    ]
    return [row for row in rows if row[1]]


def _authorization(material: Material) -> dict[str, Any] | None:
    held = material.page.authorization
    if held is None:
        return None
    return {
        "mark": marks.of_authorization(held.state_at(material.made_at)),
        "digest": held.digest,
        "issued_at": utc(held.issued_at),
        "expires_at": utc(held.expires_at),
        "ended_at": utc(held.ended_at),
        "end_reason": held.end_reason,
        "restrictions": held.restrictions,
    }


def _blocks(material: Material) -> list[Block]:
    """Who signed this revision, then the places nobody has signed."""
    page = material.page
    signed = [d for d in page.decisions if d.revision == page.release.revision]
    blocks = [_signed(decision, material) for decision in signed]
    for slot in page.slots:
        missing = slot.needed - sum(d.outcome == "approve" for d in slot.decisions)
        blocks += [Block(marks.of_outcome(""), slot.title, why=slot.why)] * max(0, missing)
    return blocks


def _signed(decision: Decision, material: Material) -> Block:
    titles = {slot.key: slot.title for slot in material.page.slots}
    role = material.roles.get(decision.role, decision.role)
    line = LINES.get(decision.line or 0, "")
    return Block(
        mark=marks.of_outcome(decision.outcome),
        title=titles.get(decision.slot, role),
        name=decision.signer_name,
        role=", ".join(filter(None, (role, line))),
        meaning=decision.get_meaning_display(),
        signed_at=utc(decision.signed_at),
        statement=decision.statement,
        reason=decision.reason,
        digest=decision.digest,
    )


def _gate(gate: Gate) -> dict[str, Any]:
    verdict = marks.of_verdict(gate.verdict) if gate.kind == "check" and gate.verdict else None
    return {
        "mark": marks.of_gate(gate.state, gate.verdict),
        "title": gate.title,
        "verdict": verdict,
        "reasons": gate.reasons,
        "source": gate.source,
    }


def _data(material: Material) -> str:
    """The validation data: the first in that role, which is what the suite measures on."""
    found = [use.dataset_version for use in material.datasets if use.role == "validation"]
    return found[0].digest if found else ""


def _lineage(material: Material) -> str:
    version = material.page.release.version
    drawing = lineage_svg(material.lineage, highlight=f"model_version:{version.key}")
    # The drawing's own fonts are seldom on a server, and their stand-in is too wide for its boxes.
    narrow = drawing.replace("Inter, ", "DejaVu Sans Condensed, Inter, ", 1)
    narrow = narrow.replace('font-size="12"', 'font-size="10.5"')
    return re.sub(r' style="[^"]*"', "", narrow, count=1)


def _training(release: Release) -> list[tuple[str, str]]:
    run = release.version.run
    if run is None:
        return []
    rows = [
        ("Job", f"{run.namespace}/{run.job}"),
        ("Code", run.code_commit or "no commit recorded"),
        ("Ran", until(run.started_at, run.ended_at)),
        ("Parameters", _pairs(run.parameters)),
        ("Metrics it reported", _pairs(run.metrics)),
    ]
    return [row for row in rows if row[1]]


def _pairs(values: dict[str, Any]) -> str:
    return "; ".join(f"{key} = {plainly(value)}" for key, value in values.items())


def _value(material: Material) -> list[tuple[str, str]]:
    promised = material.page.promised
    if promised is None:
        return []
    case, version = promised.document, promised.version
    rows = [
        (title, f"{case['currency']} {number(Decimal(case[name]))} {often}")
        for title, name, often in (
            ("Benefit promised", "promised_annual_benefit", "a year"),
            ("Investment", "investment", "once"),
            ("Running cost", "annual_run_cost", "a year"),
        )
    ]
    if version is None:
        return [*rows, ("Approved", "by nobody yet: this is a draft")]
    by = f"version {version.number}, by {version.approved_name}, {utc(version.approved_at)}"
    return [*rows, ("Approved", by), ("Why", version.reason)]


def _kpi(kpi: Any) -> dict[str, Any]:
    """The newest figure of each period counts; earlier ones were restated."""
    figures = {seen.period: seen for seen in kpi.observations.all()}
    newest = figures[max(figures)] if figures else None
    way = kpi.target - kpi.baseline
    done = (newest.value - kpi.baseline) / way if newest and way else None
    return {
        "name": kpi.name,
        "unit": kpi.unit,
        "better": kpi.get_direction_display(),
        "baseline": number(kpi.baseline),
        "target": number(kpi.target),
        "target_date": kpi.target_date.isoformat(),
        "newest": number(newest.value) if newest else "none yet",
        "period": newest.period if newest else "",
        "done": f"{done:.0%}".replace("-", "−") if done is not None else "",
        "count": len(figures),
    }


def _digests(material: Material) -> list[tuple[str, str]]:
    release, authorization = material.page.release, material.page.authorization
    rows = [
        ("Artefact (manifest)", release.version_digest),
        ("Requirements", release.requirement_set_id),
        ("Evidence", release.evidence_digest),
        *((f"Check: {check.key}", check.evidence_digest) for check in material.page.checks),
        *(
            (f"Decision: {d.signer_name}, {day(d.signed_at)}", d.digest)
            for d in material.page.decisions
        ),
        ("Authorization", authorization.digest if authorization else ""),
    ]
    return [(capital(label), digest) for label, digest in rows if digest]
