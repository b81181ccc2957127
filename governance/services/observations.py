"""What KPIs were: recorded, restated, verified, handed in as a table. Nothing is overwritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import record
from governance.models import KPI, Observation, Upload, UseCase, Verification
from governance.services import kpis, phases, standings
from governance.services.following import bears_on_criteria
from governance.services.value_documents import current
from governance.subjects import of_kpi, of_use_case
from governance.value import readings
from governance.value.periods import Period
from governance.value.readings import Given, Known, Reading, Refused
from lib.actor import Actor
from lib.errors import Conflict, Invalid, NotFound
from lib.errors import Refused as NotAllowed
from registry.services import artifacts

MOST_BYTES: Final = 32 * 1024**2
ALL, GOOD = "all", "good"
"""Of a table with rows that cannot be kept: nothing, or the others."""
MOST_REFUSED: Final = 5_000
"""Bad rows of one table, each of which is named. With more it is another file than was meant."""
_AT_ONCE: Final = 1_000  # rows that one entry tells of
_CELL: Final = 200  # characters of a refused cell that are kept beside the file
Standing = dict[str, Observation]


def standing_of(some: Iterable[KPI]) -> dict[KPI, Standing]:
    """Of each KPI the observation that stands for each period, the last restatement. One query."""
    by_pk = {kpi.pk: kpi for kpi in some}
    found: dict[KPI, Standing] = {kpi: {} for kpi in by_pk.values()}
    for row in Observation.objects.filter(kpi__in=by_pk).standing():
        found[by_pk[row.kpi_id]][row.period] = row
    return found


@transaction.atomic
@bears_on_criteria
def record_observation(
    kpi: KPI, *, period: str, value: Decimal, actor: Actor, source: str = "", restates: str = ""
) -> Observation:
    """Writes what the KPI was in ``period``. ``restates`` says why a figure that is there is
    corrected, by a row of its own.

    Raises Invalid for a period that does not fit the cadence, is not over or lies before the
    first, Conflict when the period has a figure and nothing is restated (or the other way round).
    """
    actor.require("value.record", *kpi.use_case.scopes)
    kpis.lock([kpi])
    standing = standing_of([kpi])[kpi]
    cells = {"kpi": kpi.key, "period": period, "value": f"{value:f}"}
    given = Given(1, cells | {"source": source, "restates": restates})
    known = _known(kpi.use_case, {kpi: standing})
    kept, refused = readings.sort([given], known, _today())
    if refused:
        raise _refusal(kpi, refused[0])
    made = _write(kept, {kpi.key: kpi}, {kpi: standing}, actor=actor)[0]
    standings.refresh([kpi.use_case_id])
    phases.looked_after(kpi.use_case, actor=actor)
    return made


def _refusal(kpi: KPI, refused: Refused) -> Conflict | Invalid:
    sentence = f"{kpi.name}: {'; '.join(refused.problems)}."
    if all(fault.is_clash for fault in refused.faults):
        return Conflict(sentence, code="nothing_there" if refused.given["restates"] else "exists")
    return Invalid(sentence, errors={one.column: one.sentence for one in refused.faults})


@transaction.atomic
def verify_observation(observation: Observation, *, actor: Actor, note: str = "") -> Verification:
    """Says that the figure was held against its source, by somebody who did not record it.

    Raises Refused for who recorded it, Conflict when it is verified or restated already.
    """
    actor.require("value.record", *observation.kpi.use_case.scopes)
    kpis.lock([observation.kpi])
    if sentence := why_not_verify(observation, actor):
        raise NotAllowed(sentence, code="own_figure")
    if Observation.objects.filter(restates=observation).exists():
        raise Conflict("The figure was restated: verify the one that stands.", code="restated")
    try:
        with transaction.atomic():
            verification = Verification.objects.create(
                observation=observation,
                note=note,
                verified_by=actor.id,
                verified_name=actor.name,
            )
    except IntegrityError as error:
        raise Conflict("The figure is verified already.", code="verified") from error
    record(
        actor=actor,
        action="observation.verify",
        subject=of_kpi(observation.kpi),
        reason=note,
        details={"period": observation.period, "value": observation.value},
        related=[of_use_case(observation.kpi.use_case)],
    )
    return verification


def why_not_verify(observation: Observation, actor: Actor) -> str:
    """Why ``actor`` may not verify it, as a sentence; empty when they may."""
    if not actor.is_person:
        return "A person verifies a figure."
    if not actor.may("value.record", *observation.kpi.use_case.scopes):
        return "That takes a role that records figures."
    if actor.id == observation.recorded_by:
        return "Who recorded a figure does not verify it."
    return ""


def find(kpi: KPI, period: str) -> Observation:
    """The figure that stands for ``period``. Raises NotFound."""
    found = standing_of([kpi])[kpi].get(period)
    if found is None:
        raise NotFound(f"{kpi.name} has no figure for {period}.")
    return found


@transaction.atomic
@bears_on_criteria
def take_table(
    use_case: UseCase, *, data: bytes, file_name: str, keep: str, actor: Actor
) -> Upload:
    """Keeps a CSV file of figures (``readings``), as an artefact and as rows. Where some cannot be
    kept, ``keep`` says whether the others are (``good``) or none (``all`` or nothing).

    Raises Invalid for what is no such file.
    """
    actor.require("value.record", *use_case.scopes)
    if keep not in (ALL, GOOD):
        raise Invalid("Say what is kept.", errors={"keep": f"{ALL} or {GOOD}"})
    rows = _rows(data)
    held = kpis.lock(use_case.kpis.all())
    standing = standing_of(held)
    kept, refused = readings.sort(rows, _known(use_case, standing), _today())
    _refuse_hopeless(refused)
    if refused and keep == ALL:
        kept = []
    upload = Upload.objects.create(
        use_case=use_case,
        file_name=file_name[:200],
        artifact=artifacts.keep(data, actor=actor).digest,
        rows=len(rows),
        kept=len(kept),
        refused=[_told(one) for one in refused],
        uploaded_by=actor.id,
        uploaded_name=actor.name,
    )
    record(
        actor=actor,
        action="observation.upload",
        subject=of_use_case(use_case),
        details={
            "upload": upload.pk,
            "rows": upload.rows,
            "kept": upload.kept,
            "refused": len(refused),
            "keep": keep,
        },
        evidence=[upload.artifact],
    )
    by_key = {kpi.key: kpi for kpi in held}
    for start in range(0, len(kept), _AT_ONCE):
        part = kept[start : start + _AT_ONCE]
        _write(part, by_key, standing, actor=actor, upload=upload)
    standings.refresh([use_case.pk])
    phases.looked_after(use_case, actor=actor)
    return upload


def _rows(data: bytes) -> list[Given]:
    """Raises Invalid."""
    if len(data) > MOST_BYTES:
        raise Invalid(f"A file holds at most {MOST_BYTES // 1024**2} MiB: send it in parts.")
    try:
        return list(readings.table(StringIO(data.decode("utf-8-sig"), newline="")))
    except UnicodeDecodeError as error:
        raise Invalid("The file is no text in UTF-8: save it as CSV in that.") from error
    except readings.NoTable as error:
        raise Invalid(str(error), errors={"file": "no table of figures"}) from error


def _refuse_hopeless(refused: Sequence[Refused]) -> None:
    """Raises Invalid for a table with more bad rows than anybody would mend one by one."""
    if len(refused) > MOST_REFUSED:
        first = refused[0]
        raise Invalid(
            f"{len(refused):,} rows cannot be kept, so nothing is. Line {first.given.line}: "
            f"{'; '.join(first.problems)}.",
            errors={"file": f"at most {MOST_REFUSED:,} rows that cannot be kept"},
        )


def _told(refused: Refused) -> dict[str, object]:
    cells = {name: text[:_CELL] for name, text in refused.given.cells.items()}
    return {"line": refused.given.line, "cells": cells, "problems": list(refused.problems)}


def _write(
    kept: Sequence[Reading],
    by_key: Mapping[str, KPI],
    standing: Mapping[KPI, Standing],
    *,
    actor: Actor,
    upload: Upload | None = None,
) -> list[Observation]:
    """The rows, and the entry that tells of them. The KPIs are locked."""
    made = Observation.objects.bulk_create(
        Observation(
            kpi=by_key[one.kpi],
            period=str(one.period),
            value=one.value,
            source=one.source,
            restates=standing[by_key[one.kpi]].get(str(one.period)),
            reason=one.restates,
            upload=upload,
            recorded_by=actor.id,
        )
        for one in kept
    )
    if upload is not None:
        _tell_of_table(made, upload, actor)
    else:
        _tell_of_one(made[0], actor)
    return made


def _tell_of_one(made: Observation, actor: Actor) -> None:
    details = {"period": made.period, "value": made.value, "source": made.source}
    if made.restates is not None:
        details["restates"] = made.restates.value
    record(
        actor=actor,
        action="observation.record",
        subject=of_kpi(made.kpi),
        reason=made.reason,
        details=details,
        related=[of_use_case(made.kpi.use_case)],
    )


def _tell_of_table(made: Sequence[Observation], upload: Upload, actor: Actor) -> None:
    counted = Counter(row.kpi.key for row in made)
    record(
        actor=actor,
        action="observation.record",
        subject=of_use_case(upload.use_case),
        details={"upload": upload.pk, "figures": dict(sorted(counted.items()))},
        related=list(dict.fromkeys(of_kpi(row.kpi) for row in made)),
        evidence=[upload.artifact],
    )


def _known(use_case: UseCase, standing: Mapping[KPI, Standing]) -> dict[str, Known]:
    """By key. Figures begin with the first period of the approved terms, or of those that a KPI has
    while none are."""
    newest = current(use_case)
    starts = {} if newest is None else {k["key"]: k["starts_on"] for k in newest.document["kpis"]}
    known = {}
    for kpi, figures in standing.items():
        start = date.fromisoformat(starts[kpi.key]) if kpi.key in starts else kpi.starts_on
        first = None if start is None else Period.of(start, kpi.cadence)
        reported = {period: row.value for period, row in figures.items()}
        known[kpi.key] = Known(kpi.unit, kpi.cadence, reported, first)
    return known


def _today() -> date:
    return timezone.localdate()
