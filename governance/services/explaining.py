"""Explanations of single decisions: asked for, filed, let go. ``explained`` carries them out.

They are about one person, whose data are in them. So they are kept for a stated time, and the trail
says that somebody asked, when, and about which version, but not about whom: it commits to what was
given with a salt that lies beside it and is deleted with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

import jobs.services
from audit.services import record
from governance.columns import Column, checked_values, columns_of
from governance.models import Explanation
from governance.models.explanations import EXPLAIN
from governance.services.suite_files import dataset_in
from governance.states import EXPLANATION, require
from governance.subjects import of_explanation, of_version
from jobs.registry import LeasedJob
from lib.actor import SYSTEM, Actor
from lib.canonical import canonical_json, sha256
from lib.errors import Conflict, Invalid, NotFound
from registry.models import DatasetVersion, ModelVersion

KEPT: Final = timedelta(days=90)
"""Long enough for a complaint and its appeal, and no longer."""
MOST_REFERENCE: Final = 200
_AT_ONCE: Final = 200


@transaction.atomic
def ask(
    version: ModelVersion,
    *,
    reference: str,
    actor: Actor,
    values: Mapping[str, Any] | None = None,
    row: int | None = None,
) -> Explanation:
    """Queues the explanation of one decision: of ``values``, or of a ``row`` of the version's
    validation data, counted from 0.

    Raises Refused without ``explanation.make``, Conflict for a version that cannot be explained,
    Invalid naming each input that the model cannot read.
    """
    actor.require("explanation.make", *version.model.scopes)
    data = background_of(version)
    inputs = _checked_inputs(version, data, values, row)
    now, salt = timezone.now(), secrets.token_bytes(32)
    explanation = Explanation.objects.create(
        version=version,
        version_digest=version.digest or "",
        background=data,
        reference=_checked_reference(reference),
        inputs=inputs,
        salt=salt,
        requested_by=actor.id,
        requested_name=actor.name[:200],
        requested_at=now,
        expires_at=now + KEPT,
    )
    jobs.services.enqueue(EXPLAIN, key=str(explanation.id))
    record(
        actor=actor,
        action="explanation.request",
        subject=of_explanation(explanation),
        details={
            "version": version.key,
            "version_digest": version.digest,
            "of": next(iter(inputs)),
            "background": data.digest,
            "asked": _commitment(salt, {"reference": explanation.reference, "inputs": inputs}),
            "kept_days": KEPT.days,
        },
        related=[of_version(version)],
    )
    return explanation


def background_of(version: ModelVersion) -> DatasetVersion:
    """The validation data that decisions are held against. Raises Conflict, saying what to do,
    when the version cannot be explained at all."""
    if version.state != "sealed" or not version.digest:
        raise Conflict(
            f"{version.label} is {version.state}: only a sealed version can be run and explained.",
            code="not_sealed",
        )
    if version.format == "predictions":
        raise Conflict(
            f"{version.label} is a list of predictions without a model, so there is nothing to "
            "ask why. Register the model itself to explain its decisions.",
            code="predictions_only",
        )
    found = dataset_in(version, "validation")
    if found is None:
        raise Conflict(
            f"{version.label} names no validation data, so there is nothing to hold a decision "
            "against. Register a version with a dataset version in the role “validation”.",
            code="no_validation_data",
        )
    return found


def inputs_of(version: ModelVersion, data: DatasetVersion) -> tuple[Column, ...]:
    """What the model reads, by plain names."""
    return columns_of(version.signature.get("inputs") or [], data.schema)


def find(explanation_id: UUID, version: ModelVersion | None = None, *, actor: Actor) -> Explanation:
    """Of that version, or of any. Raises NotFound, also for one that has expired or that the actor
    may not see."""
    rows = kept_of(version, actor=actor) if version else _kept(actor)
    found = rows.filter(pk=explanation_id).first()
    if found is None:
        raise NotFound(
            f"There is no such explanation, it was kept for {KEPT.days} days and is gone, or you "
            "may not see it."
        )
    return found


def kept_of(version: ModelVersion, *, actor: Actor) -> QuerySet[Explanation]:
    """The explanations of a version that are still kept."""
    return _kept(actor).filter(version=version)


def _kept(actor: Actor) -> QuerySet[Explanation]:
    rows = Explanation.objects.visible_to(actor).with_names()
    return rows.filter(expires_at__gt=timezone.now())


@transaction.atomic
def begin(explanation_id: str) -> Explanation | None:
    """The explanation, now running; None when there is nothing left to do."""
    found = _locked(explanation_id)
    if found is None or not found.is_open:
        return None
    _move(found, "running")
    return found


@transaction.atomic
def finish(explanation: Explanation, *, result: dict[str, Any], job: LeasedJob) -> None:
    """Writes the result once; a worker that lost its lease writes nothing."""
    jobs.services.hold(job)
    found = _locked(str(explanation.id))
    if found is not None and found.is_open:
        _end(found, "finished", result=result)
    jobs.services.finish(job)


@transaction.atomic
def fail(explanation_id: str, sentence: str) -> None:
    """There will be no explanation, and ``sentence`` says why."""
    found = _locked(explanation_id)
    if found is not None and found.is_open:
        _end(found, "failed", error=sentence[:2000])


def expire() -> int:
    """Deletes the explanations whose time is over, with all that they hold. How many went."""
    gone = 0
    while part := _expire_some():
        gone += part
    return gone


@transaction.atomic
def _expire_some() -> int:
    rows = Explanation.objects.select_for_update(skip_locked=True, of=("self",)).with_names()
    over = list(rows.filter(expires_at__lte=timezone.now()).order_by("expires_at")[:_AT_ONCE])
    for each in over:
        jobs.services.cancel(EXPLAIN, str(each.id))
        subject, about = of_explanation(each), of_version(each.version)
        Explanation.objects.filter(pk=each.pk).delete()
        details = {"kept_days": KEPT.days, "state": each.state}
        record(
            actor=SYSTEM,
            action="explanation.expire",
            subject=subject,
            details=details,
            related=[about],
        )
    return len(over)


def _checked_inputs(
    version: ModelVersion, data: DatasetVersion, values: Mapping[str, Any] | None, row: int | None
) -> dict[str, Any]:
    if (values is None) == (row is None):
        raise Invalid(
            "Give either “values”, one for each input of the model, or “row”, the number of a row "
            "of its validation data.",
            errors={"values": "give this or “row”, not both and not neither"},
        )
    if values is not None:
        return {"values": checked_values(inputs_of(version, data), values)}
    assert row is not None
    if row < 0 or (data.rows is not None and row >= data.rows):
        last = f" to {data.rows - 1:,}" if data.rows else " on"
        raise Invalid(
            f"{data.label} has no row {row:,}: its rows count from 0{last}.",
            errors={"row": f"a whole number from 0{last}"},
        )
    return {"row": row}


def _checked_reference(reference: str) -> str:
    text = reference.strip()
    if not text or len(text) > MOST_REFERENCE or not text.isprintable():
        raise Invalid(
            "Say what the explanation is for, such as “complaint 17”, in one line of at most "
            f"{MOST_REFERENCE} characters.",
            errors={"reference": f"one line of 1 to {MOST_REFERENCE} characters"},
        )
    return text


def _locked(explanation_id: str) -> Explanation | None:
    rows = Explanation.objects.select_for_update(of=("self",)).with_names()
    return rows.filter(pk=explanation_id).first()


def _move(explanation: Explanation, state: str, **values: Any) -> None:
    require(EXPLANATION, explanation.state, state, what="The explanation")
    explanation.state = state
    for name, value in values.items():
        setattr(explanation, name, value)
    explanation.save(update_fields=["state", *values])


def _end(explanation: Explanation, state: str, **values: Any) -> None:
    """An error may quote what was given, so the entry commits to it like to all else."""
    _move(explanation, state, finished_at=timezone.now(), **values)
    salt = bytes(explanation.salt)
    record(
        actor=SYSTEM,
        action="explanation.finish",
        subject=of_explanation(explanation),
        details={"state": state, "answer": _commitment(salt, values)},
        related=[of_version(explanation.version)],
    )


def _commitment(salt: bytes, value: Any) -> str:
    return sha256(salt + canonical_json(value))
