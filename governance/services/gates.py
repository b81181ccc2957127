"""Gates as rows: evaluated from facts under the release's lock, written where they changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.services import record
from governance import gating
from governance.models import CheckRun, Finding, Gate, Release, ValidationRun, Waiver
from governance.policy.terms import waivable
from governance.services import phases
from governance.subjects import of_release
from governance.value.phases import KEYS, judged
from lib.actor import Actor
from lib.canonical import plain


def facts_of(release: Release) -> gating.Facts:
    """What the gates of the release's present revision depend on. Six queries, one more where a
    policy asks about findings, and some (``phases.facts_of``) where one demands criteria."""
    run = release.runs.filter(revision=release.revision).first()
    decisions = release.decisions.filter(revision=release.revision).order_by("signed_at")
    signatures = [gating.Signature(d.slot, d.outcome, d.signer_name) for d in decisions]
    kinds = release.version.documents.values_list("kind", flat=True)
    return gating.Facts(
        artifact=_artifact_fact(run),
        checks={check.key: _check_fact(check) for check in _verdicts(run)} if run else {},
        documents=frozenset(kinds if not release.evidence else _frozen_documents(release)),
        signatures=signatures,
        evidence_age_days=_age_days(run),
        broken=run.error if run else "",
        waivers=_waivers(release),
        questions=_questions(release),
        findings=_findings(release),
        criteria=criteria_of(release, release.requirement_set.document),
    )


def _waivers(release: Release) -> dict[str, gating.WaiverFact]:
    """Those in force by the clock, of this very version and release (R9), as far as the policies
    of the present revision still allow them."""
    now, terms = timezone.now(), waivable(release.requirement_set.document)
    rows = Waiver.objects.filter(release=release, state="granted", expires_at__gt=now)
    return {
        row.gate: gating.WaiverFact(row.label, f"{row.expires_at:%Y-%m-%d}")
        for row in rows.order_by("expires_at")
        if row.gate in terms and row.days <= terms[row.gate]["max_days"]
    }


def _questions(release: Release) -> list[gating.QuestionFact]:
    rows = release.questions.filter(blocking=True).order_by("number")
    return [gating.QuestionFact(str(row.number), row.text[:200], row.state) for row in rows]


def _findings(release: Release) -> list[gating.FindingFact]:
    """What is open against the model as a whole or this version of it."""
    if not release.requirement_set.document.get("findings"):
        return []
    version = release.version
    rows = Finding.objects.exclude(state="closed").filter(
        Q(version=None) | Q(version=version), model=version.model_id
    )
    return [gating.FindingFact(row.label, row.severity) for row in rows.order_by("number")]


def criteria_of(release: Release, requirements: Mapping[str, Any]) -> dict[str, str]:
    """Why each criterion that ``requirements`` demand is not met now, empty when it is. One that
    nobody knows any more is left out, and so not met."""
    asked = {one["key"] for one in requirements.get("criteria", ())} & set(KEYS)
    if not asked:
        return {}
    found = judged(phases.facts_of(release.use_case, release), asked)
    return {each.criterion.key: each.why_not for each in found}


def _frozen_documents(release: Release) -> list[str]:
    """Once evidence is frozen only the documents in it count."""
    return [document["kind"] for document in release.evidence["documents"]]


def _artifact_fact(run: ValidationRun | None) -> gating.CheckFact:
    if run is None or "artifact_verified" not in run.facts:
        return gating.CheckFact()
    fact = run.facts["artifact_verified"]
    return gating.CheckFact("pass" if fact["ok"] else "fail", fact["sentence"])


def _verdicts(run: ValidationRun) -> QuerySet[CheckRun]:
    """Without evidence and charts, which are large and of no matter to a gate."""
    return run.checks.only("key", "run", "verdict", "sentence", "error")


def _check_fact(check: CheckRun) -> gating.CheckFact:
    return gating.CheckFact(check.verdict, check.sentence or check.error)


def _age_days(run: ValidationRun | None) -> float:
    if run is None or run.finished_at is None:
        return 0.0
    return (timezone.now() - run.finished_at).total_seconds() / 86_400


def evaluate(release: Release) -> list[gating.GateView]:
    """The gates as they are at this moment. Call it with the release locked before acting on it."""
    return gating.evaluate(release.requirement_set.document, facts_of(release))


def by_the_clock(release: Release, rows: Sequence[Gate], facts: gating.Facts) -> list[Gate]:
    """The gates of the present revision as they stand now, to be shown; nothing is saved. A waiver
    that has ended or evidence that has grown old closes one without anybody writing it (R6)."""
    shown = [row for row in rows if row.revision == release.revision]
    if not (release.is_open and release.evidence):
        return shown
    found = gating.evaluate(release.requirement_set.document, facts)
    views = {view.key: view for view in found}
    for row in shown:
        view = views.get(row.key)
        if view is not None and view.state != row.state:
            row.state, row.verdict, row.reasons = view.state, view.verdict, _reasons(view)
    return shown


def refresh(release: Release, *, actor: Actor) -> list[gating.GateView]:
    """Writes the gates of the present revision, then an entry for each that opened or closed, or
    that is closed for another reason than before.

    The caller holds the release's row lock.
    """
    views = evaluate(release)
    rows = {
        gate.key: gate for gate in Gate.objects.filter(release=release, revision=release.revision)
    }
    changed = []
    for position, view in enumerate(views):
        row = rows.get(view.key)
        before = (row.state, row.verdict) if row else (gating.PENDING, view.verdict)
        if before != (view.state, view.verdict):
            changed.append(view)
        row = row or Gate(release=release, revision=release.revision, key=view.key)
        _write(row, view, position)
    for view in changed:
        _note(release, view, actor)
    return views


def _write(row: Gate, view: gating.GateView, position: int) -> None:
    """Only what changed: every check that ends looks at all gates, and a suite has many."""
    wanted = {
        "kind": view.kind,
        "title": view.title,
        "position": position,
        "state": view.state,
        "verdict": view.verdict,
        "reasons": _reasons(view),
        "requirement": plain(view.requirement),
        "source": view.source,
    }
    new = row.pk is None
    changed = [name for name, value in wanted.items() if new or getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    if changed:
        row.save(update_fields=None if new else changed)


def _reasons(view: gating.GateView) -> list[str]:
    return [*view.reasons, *(f"Signed by {name}." for name in view.signed_by)]


def _note(release: Release, view: gating.GateView, actor: Actor) -> None:
    record(
        actor=actor,
        action="release.gate_open" if view.state == gating.OPEN else "release.gate_close",
        subject=of_release(release),
        details={
            "gate": view.key,
            "verdict": view.verdict,
            "reasons": list(view.reasons),  # names stand in signed_by, which stays out
            "revision": release.revision,
        },
    )
