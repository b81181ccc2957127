"""What is known of a use case while it is envisioned, as criteria ask for it."""

from __future__ import annotations

from collections.abc import Iterable

from governance.models import KPI, UseCase, ValueCase, ValueCaseVersion
from governance.services import plans, value_cases
from governance.value import dials, phases
from governance.value.phases import ENVISION, Facts, Met
from lib.canonical import digest_of


def facts_of(use_case: UseCase) -> Facts:
    """Those that the Envision phase asks for, and how many KPIs there are."""
    plan, newest = plans.find(use_case), value_cases.current(use_case)
    manager = plan.product_manager
    texts = {name: getattr(plan, name) for name in plans.TEXTS}
    return Facts(
        texts=texts
        | {
            "objective": use_case.objective,
            "hypothesis": use_case.hypothesis,
            "end_users": use_case.users,
            "product_manager": manager.full_name if manager else "",
        },
        dials_set=not dials.problems(plans.levels_of(plan), plans.protected_of(plan)),
        assessed=use_case.is_assessed,
        approved_case=newest.number if newest else None,
        case_changed=newest is not None and _draft_digest(use_case) != newest.digest,
        kpis=use_case.kpis.count(),
    )


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


def _draft_digest(use_case: UseCase) -> str:
    draft = ValueCase.objects.filter(use_case=use_case).select_related("use_case").first()
    return digest_of(value_cases.document_of(draft)) if draft else ""
