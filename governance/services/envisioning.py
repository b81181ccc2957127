"""How far a use case is envisioned, and whether it is tied to anything at all."""

from __future__ import annotations

from collections.abc import Iterable

from governance.models import KPI, UseCase, ValueCaseVersion
from governance.value import phases
from governance.value.phases import ENVISION, Facts, Met


def progress(facts: Facts) -> list[Met]:
    """The criteria of the Envision phase, in order, each with why it is not met."""
    return phases.judged(facts, [one.key for one in phases.CRITERIA if one.phase == ENVISION])


def missing(facts: Facts) -> str:
    """What ties a brain in a jar to nothing, as a sentence; empty for whatever is no such thing."""
    if not phases.is_brain_in_a_jar(facts):
        return ""
    if not facts.texts.get("objective", "").strip():
        return "It serves no objective of the business."
    return "It promises nothing: no KPI is agreed and no value case approved."


def promising(some: Iterable[UseCase]) -> set[int]:
    """The keys of those that have a KPI or an approved value case, in one query."""
    keys = [use_case.pk for use_case in some]
    agreed = KPI.objects.filter(use_case__in=keys).order_by().values_list("use_case_id", flat=True)
    approved = ValueCaseVersion.objects.filter(use_case__in=keys).order_by()
    return set(agreed.union(approved.values_list("use_case_id", flat=True)))


def jars_among(some: Iterable[UseCase]) -> set[int]:
    """The keys of those that are brains in a jar. One query, however many there are."""
    rows = list(some)
    tied = promising(rows)
    return {
        row.pk
        for row in rows
        if phases.is_brain_in_a_jar(
            Facts(texts={"objective": row.objective}, kpis=int(row.pk in tied))
        )
    }
