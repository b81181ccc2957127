"""What is wrong with a model: raised, planned, rebutted once, resolved, closed by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.people import holders_of
from audit.services import record
from governance import permissions
from governance.models import Finding, FindingNote, Release, UseCase
from governance.models.findings import Severity
from governance.services import stakes
from governance.services.advancing import advance
from governance.services.numbering import next_number
from governance.services.transitions import lock
from governance.services.use_cases import find as find_use_case
from governance.states import FINDING, require
from governance.subjects import of_finding, of_version
from lib import reasons
from lib.actor import Actor
from lib.errors import Conflict, Invalid, NotFound, Refused
from registry.models import ModelVersion, RegisteredModel

_WITH = ("use_case__owner", "model__owner", "owner")


def mender_of(model: RegisteredModel) -> str:
    """The user name of whom a finding that no person raises is for: the owner of the model or of
    its use case, or, when neither can answer here, whoever of the second line is there. Raises
    NotFound when nobody is."""
    use_case = UseCase.objects.select_related("owner").get(slug=model.use_case)
    answering = holders_of("promise.answer", *use_case.scopes)
    for owner in (model.owner, use_case.owner):
        if owner is not None and answering.filter(pk=owner.pk).exists():
            return owner.username
    raising = holders_of("finding.raise", *use_case.scopes)
    left = answering.filter(pk__in=raising.order_by().values("pk")).first()
    if left is None:
        raise NotFound(f"Nobody is left who could mend what is wrong with {model.name}.")
    return left.username


@transaction.atomic
def raise_finding(
    model: RegisteredModel,
    *,
    title: str,
    text: str,
    severity: str,
    owner: str,
    due_on: date,
    actor: Actor,
    version: ModelVersion | None = None,
    release: Release | None = None,
    cause: str = "review",
) -> Finding:
    """Raises Invalid naming every field that is wrong, Refused without the permission."""
    use_case = find_use_case(model.use_case, actor=actor)
    actor.require("finding.raise", *use_case.scopes)
    person = holders_of("promise.answer", *use_case.scopes).filter(username=owner).first()
    _refuse_unclear(title, text, severity, due_on, person)
    assert person is not None
    finding = Finding.objects.create(
        number=next_number(Finding),
        model=model,
        version=version,
        use_case=use_case,
        release=release,
        cause=cause,
        title=title.strip(),
        text=text.strip(),
        severity=severity,
        owner=person,
        due_on=due_on,
        raised_by=actor.id,
        raised_at=timezone.now(),
    )
    _note(finding, text.strip(), actor, "raise")
    _follow(finding, actor)
    return finding


def _refuse_unclear(title: str, text: str, severity: str, due_on: date, owner: User | None) -> None:
    errors = {}
    if not 3 <= len(title.strip()) <= 200:
        errors["title"] = "from 3 to 200 characters"
    if len(text.strip()) < 3:
        errors["text"] = "say what is wrong"
    if severity not in Severity.values:
        errors["severity"] = f"one of {', '.join(Severity.values)}"
    if due_on < timezone.localdate():
        errors["due_on"] = "lies in the past"
    if owner is None:
        errors["owner"] = "nobody who could say here that it is mended"
    if errors:
        raise Invalid("The finding is not complete.", errors=errors)


@transaction.atomic
def plan(finding: Finding, *, text: str, actor: Actor) -> Finding:
    """Its owner says how it will be mended."""
    finding = _held(finding)
    _require_owner(finding, actor)
    finding.plan = _said(text)
    return _move(finding, "planned", "plan", text=text, actor=actor, action="plan")


@transaction.atomic
def rebut(finding: Finding, *, text: str, actor: Actor) -> Finding:
    """Its owner says that it is none. Once: Conflict the second time."""
    finding = _held(finding)
    _require_owner(finding, actor)
    if finding.rebutted_at is not None:
        raise Conflict(f"{finding.label} was rebutted before: mend it.", code="rebutted_before")
    finding.rebutted_at = timezone.now()
    return _move(finding, "rebutted", "rebutted_at", text=text, actor=actor, action="rebut")


@transaction.atomic
def resolve(finding: Finding, *, text: str, actor: Actor) -> Finding:
    """Its owner says that it is mended, and what shows it."""
    finding = _held(finding)
    _require_owner(finding, actor)
    finding.resolved_by = actor.id
    return _move(finding, "resolved", "resolved_by", text=text, actor=actor, action="resolve")


@transaction.atomic
def close(finding: Finding, *, accepted: bool, text: str, actor: Actor) -> Finding:
    """Somebody else, without a stake in it, says whether a rebuttal or a resolution will do:
    closed, or open again."""
    finding = _held(finding)
    _require_other(finding, actor)
    if not accepted:
        return _move(finding, "open", text=text, actor=actor, action="send_back")
    finding.closed_at = timezone.now()
    return _move(finding, "closed", "closed_at", text=text, actor=actor, action="close")


@transaction.atomic
def reopen(finding: Finding, *, text: str, actor: Actor) -> Finding:
    """A closed finding turns out not to be mended."""
    finding = _held(finding)
    _require_other(finding, actor)
    finding.closed_at, finding.resolved_by = None, ""
    fields = ("closed_at", "resolved_by")
    return _move(finding, "open", *fields, text=text, actor=actor, action="reopen")


def why_not_answer(finding: Finding, *, actor: Actor) -> str:
    """Why ``actor`` may not plan, rebut or resolve it, as a sentence; empty when they may."""
    if actor.user_id != finding.owner_id:
        return f"Only the owner of {finding.label}, {finding.owner.full_name}, says so."
    may = actor.may("promise.answer", *finding.use_case.scopes)
    return "" if may else "Your roles answer for nothing here."


def why_not_judge(finding: Finding, *, actor: Actor) -> str:
    """Why ``actor`` may not close it or open it again, as a sentence; empty when they may."""
    if why := _why_not_here(finding, actor):
        return why
    return permissions.stake_in(actor, stakes.in_findings([finding], actor)[finding.pk])


def may_judge(findings: Sequence[Finding], *, actor: Actor) -> list[Finding]:
    """Those that ``actor`` may close or open again, in a fixed number of queries."""
    here = [finding for finding in findings if not _why_not_here(finding, actor)]
    cases = stakes.in_findings(here, actor) if here else {}
    return [finding for finding in here if not permissions.stake_in(actor, cases[finding.pk])]


def _why_not_here(finding: Finding, actor: Actor) -> str:
    """Whatever their stake in the version."""
    if not actor.is_person or actor.user_id == finding.owner_id or actor.id == finding.resolved_by:
        return "Somebody who did not mend a finding closes it."
    if not actor.may("finding.raise", *finding.use_case.scopes):
        return "It takes a role that raises findings, such as validator or officer."
    return ""


def _require_owner(finding: Finding, actor: Actor) -> None:
    actor.require("promise.answer", *finding.use_case.scopes)
    why = why_not_answer(finding, actor=actor)
    if why:
        raise Refused(why, code="not_the_owner")


def _require_other(finding: Finding, actor: Actor) -> None:
    actor.require("finding.raise", *finding.use_case.scopes)
    why = why_not_judge(finding, actor=actor)
    if why:
        raise Refused(why, code="own_finding")


def find(number: int, *, actor: Actor) -> Finding:
    """As far as ``actor`` may see its use case. Raises NotFound."""
    rows = Finding.objects.select_related(*_WITH, "version", "release")
    row = rows.filter(number=number).first()
    if row is None or not actor.may("governance.read", *row.use_case.scopes):
        raise NotFound(f"There is no finding F-{number}, or you may not see it.")
    return row


def _held(finding: Finding) -> Finding:
    """The releases that it may block are locked before it, as everywhere."""
    for release in _open_releases(finding):
        lock(release)
    rows = Finding.objects.select_for_update(of=("self",))
    return rows.select_related(*_WITH).get(pk=finding.pk)


def _open_releases(finding: Finding) -> list[Release]:
    rows = Release.objects.filter(version__model=finding.model_id, closed_at=None)
    if finding.version_id:
        rows = rows.filter(version=finding.version_id)
    return list(rows.order_by("pk"))


def _follow(finding: Finding, actor: Actor) -> None:
    """Gates of open releases that ask about findings."""
    for release in _open_releases(finding):
        advance(lock(release), actor=actor)


def _move(
    finding: Finding, state: str, *fields: str, text: str, actor: Actor, action: str
) -> Finding:
    require(FINDING, finding.state, state, what=finding.label)
    finding.state = state
    finding.save(update_fields=["state", *fields])
    _note(finding, _said(text), actor, action)
    _follow(finding, actor)
    return finding


def _said(text: str) -> str:
    return reasons.given(text, "Say it in a few words.", field="text")


def _note(finding: Finding, text: str, actor: Actor, action: str) -> None:
    FindingNote.objects.create(
        finding=finding, state=finding.state, text=text, by_id=actor.user_id, at=timezone.now()
    )
    details: dict[str, Any] = {
        "finding": finding.label,
        "state": finding.state,
        "severity": finding.severity,
        "due_on": finding.due_on.isoformat(),
        "owner_id": finding.owner.pseudonym,
    }
    related = [of_version(finding.version)] if finding.version else []
    record(
        actor=actor,
        action=f"finding.{action}",
        subject=of_finding(finding),
        reason=text,
        details=details,
        related=related,
    )
