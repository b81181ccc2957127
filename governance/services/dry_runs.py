"""Dry runs: which released versions a draft would not let through. Nothing is decided by one.

Looked at is every authorization that still runs. What was measured for its release is judged
again by the draft's thresholds where the same version of the same check ran with the same
parameters; the age of evidence is left aside, since a new release would measure anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Func, JSONField, QuerySet
from django.utils import timezone

import jobs.services
from governance import gating
from governance import policy as rules
from governance.checks import catalog, judge
from governance.checks.base import CheckError
from governance.gating.forecast import OUTCOMES, Signed, forecast
from governance.models import Authorization, CheckRun, DryRun, Finding, PolicyVersion, Release
from governance.models.authorizations import RUNNING_STATES
from governance.services import gates
from jobs.registry import LeasedJob
from lib.actor import Actor
from lib.canonical import PlainDecoder
from lib.errors import Conflict, refusal

KIND: Final = "policy.dry_run"  # key: the dry run
NOT_MEASURED: Final = "Not measured: the check did not run with these parameters."
UNFINISHED: Final = ("queued", "running")
_AT_ONCE: Final = 50


@transaction.atomic
def ask(version: PolicyVersion, *, actor: Actor) -> DryRun:
    """Queues a dry run of ``version``; the one that is under way when there is one. Raises Conflict
    for a draft that was taken back, Refused to whoever drafts for a part of the house only: what is
    released anywhere is judged."""
    actor.require_everywhere("policy.write")
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    if version.state == "withdrawn":
        raise Conflict(f"{version.label} was taken back.", code="wrong_state")
    under_way = version.dry_runs.filter(state__in=UNFINISHED).first()
    if under_way is not None:
        return under_way
    run = DryRun.objects.create(version=version, asked_by=actor.id, asked_at=timezone.now())
    jobs.services.enqueue(KIND, key=str(run.pk))
    return run


def why_not_ask(*, actor: Actor) -> str:
    """Why ``actor`` may not try a policy on what is released; empty when they may."""
    return refusal(lambda: actor.require_everywhere("policy.write"))


def perform(job: LeasedJob) -> None:
    """Judges release after release and keeps what came out; does nothing for one that is over."""
    run = DryRun.objects.select_related("version").filter(pk=job.key).first()
    if run is None or run.state not in UNFINISHED:
        return
    DryRun.objects.filter(pk=run.pk).update(state="running", progress=0.0)
    document = run.version.document
    label = f"{document['policy']} v{run.version.number}"
    found, total, covered = [], 0, _covered(document)
    for part in _parts(covered):
        found += [_line(release, document, label) for release in part]
        total += len(part)
        share = total / max(len(covered), 1)
        job.heartbeat(share, f"{total} of {len(covered)} releases")
        DryRun.objects.filter(pk=run.pk).update(progress=share)
    counts = {outcome: sum(line["outcome"] == outcome for line in found) for outcome in OUTCOMES}
    result = {"covered": len(covered), "running": running().count(), **counts, "releases": found}
    _finish(run, result, job)


@transaction.atomic
def _finish(run: DryRun, result: dict[str, Any], job: LeasedJob) -> None:
    jobs.services.hold(job)
    DryRun.objects.filter(pk=run.pk, state="running").update(
        state="finished", progress=1.0, result=result, finished_at=timezone.now()
    )
    jobs.services.finish(job)


def fail(key: str, sentence: str) -> None:
    """There will be no result, and ``sentence`` says why."""
    DryRun.objects.filter(pk=key, state__in=UNFINISHED).update(
        state="failed", error=sentence[:2000], finished_at=timezone.now()
    )


def running() -> QuerySet[Authorization]:
    """Those that may still allow something: not ended, not run out."""
    return Authorization.objects.filter(state__in=RUNNING_STATES, expires_at__gt=timezone.now())


def shown(run: DryRun, *, actor: Actor) -> dict[str, Any]:
    """The result as far as ``actor`` may see its releases: {covered, running, fails, not_measured,
    unsigned, passes, releases: [{id, label, model, version, outcome, reasons}], hidden}."""
    if run.state != "finished":
        return {}
    lines = run.result["releases"]
    ids = [line["id"] for line in lines]
    seen = set(Release.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    visible = [line for line in lines if line["id"] in {str(key) for key in seen}]
    visible.sort(key=lambda line: (OUTCOMES.index(line["outcome"]), line["label"]))
    return {**run.result, "releases": visible, "hidden": len(lines) - len(visible)}


def _covered(document: dict[str, Any]) -> list[Any]:
    """The keys of the releases that the draft would hold for."""
    rows = running().values_list("release_id", "release__tier", "environment__name", "purpose__key")
    return [
        key
        for key, tier, environment, purpose in rows
        if rules.matches(document, tier=tier, environment=environment, purpose=purpose)
    ]


def _parts(keys: list[Any]) -> Iterator[list[Release]]:
    for start in range(0, len(keys), _AT_ONCE):
        rows = Release.objects.filter(pk__in=keys[start : start + _AT_ONCE])
        yield list(
            rows.select_related("version__model", "use_case")
            .prefetch_related("decisions")
            .order_by("number")
        )


def _line(release: Release, document: dict[str, Any], label: str) -> dict[str, Any]:
    requirements = rules.join([(label, document)])
    facts = gating.Facts(
        artifact=gating.CheckFact("pass"),
        checks=_judged(release, requirements),
        documents=frozenset(paper["kind"] for paper in release.evidence.get("documents", [])),
        findings=_findings(release, requirements),
        criteria=gates.criteria_of(release, requirements),
    )
    signed = [
        Signed(each.slot, each.role, each.line, "somebody")
        for each in release.decisions.all()
        if each.revision == release.revision and each.outcome in gating.APPROVING
    ]
    found = forecast(requirements, facts, signed)
    return {
        "id": str(release.pk),
        "label": release.label,
        "model": release.version.model.name,
        "version": release.version.number,
        "outcome": found.outcome,
        "reasons": list(found.reasons),
    }


def _judged(release: Release, requirements: dict[str, Any]) -> dict[str, gating.CheckFact]:
    """The draft's checks by key, as its thresholds judge what was measured for the release."""
    asked = requirements["checks"]
    rows = CheckRun.objects.filter(
        run__release=release,
        run__revision=release.revision,
        check_id__in={check["check"] for check in asked},
        state="finished",
    ).values("check_id", "check_version", judged=Judged("evidence"))
    kept = list(rows)
    return {check["key"]: _judge(check, kept) for check in asked}


class Judged(Func):
    """Evidence without what nobody judges: pictures and tables are nine tenths of its bytes."""

    template = "(%(expressions)s - '{charts,tables}'::text[])"
    output_field = JSONField(decoder=PlainDecoder)


def _judge(check: Mapping[str, Any], kept: Sequence[Mapping[str, Any]]) -> gating.CheckFact:
    known = catalog.all_checks().get(check["check"])
    if known is None:
        return gating.CheckFact("", "Not measured: there is no such check any more.")
    try:
        wanted = known.settled(check["parameters"])
    except CheckError as error:
        return gating.CheckFact("", f"Not measured: {error}")
    for row in kept:
        evidence = row["judged"]
        same = (row["check_id"], row["check_version"]) == (known.id, known.version)
        if same and evidence.get("parameters") == wanted:
            return _verdict(known.id, evidence, check["threshold"])
    return gating.CheckFact("", NOT_MEASURED)


def _verdict(check_id: str, evidence: dict[str, Any], threshold: Any) -> gating.CheckFact:
    try:
        judgement = judge.judge(check_id, evidence, threshold)
    except (judge.Unjudgeable, LookupError, TypeError, ValueError) as error:
        return gating.CheckFact("", f"Not measured: what was kept cannot be judged so ({error}).")
    return gating.CheckFact(judgement.verdict, judgement.sentence)


def _findings(release: Release, requirements: dict[str, Any]) -> list[gating.FindingFact]:
    if not requirements.get("findings"):
        return []
    rows = Finding.objects.exclude(state="closed").filter(model=release.version.model_id)
    return [
        gating.FindingFact(row.label, row.severity)
        for row in rows.order_by("number")
        if row.version_id in (None, release.version_id)
    ]
