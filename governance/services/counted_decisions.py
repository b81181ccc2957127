"""How versions decided, out of the evidence of their checks: counts, never rows of data.

``performance.decisions`` keeps all of it. Of versions that were measured without it, what
``performance.accuracy`` counted still says how they decided by themselves.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Case, JSONField, Max, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTransform

from governance.models import CheckRun, Release, UseCase, ValidationRun
from governance.value.decided import Decided, of_accuracy, of_decisions
from lib.actor import Actor
from lib.errors import NotFound
from registry.models import DatasetVersion, ModelVersion

DECISIONS: Final = "performance.decisions"
ACCURACY: Final = "performance.accuracy"
_COUNTED: Final = Q(check_id=DECISIONS, evidence__facts__has_key="decisions") | Q(
    check_id=ACCURACY, evidence__facts__has_key="counts"
)


@dataclass(frozen=True)
class Measured:
    """``beside`` names the version (``MODEL/3``) that was counted on the same rows, if any was: not
    by its digest, for the same files may stand under another decision threshold."""

    version: ModelVersion
    release: Release
    decided: Decided
    at: datetime | None
    data: str
    data_label: str = ""
    beside: str = ""

    @property
    def is_explorable(self) -> bool:
        """Whether other thresholds were counted too."""
        return bool(self.decided.grid)


def measured_versions(use_case: UseCase, *, actor: Actor, most: int) -> list[ModelVersion]:
    """Versions of which decisions were counted for the use case, the newest measured first."""
    counted = _checks(actor).filter(run__release__use_case=use_case)
    last = counted.values("run__release__version").annotate(at=Max("finished_at")).order_by("-at")
    keys = [row["run__release__version"] for row in last[:most]]
    found = ModelVersion.objects.select_related("model").in_bulk(keys)
    return [found[key] for key in keys]


def find(use_case: UseCase, name: str, number: int, *, actor: Actor) -> Measured:
    """What was counted of one version. Raises NotFound when nothing was, or when ``actor`` may see
    neither the version nor a release of it."""
    rows = ModelVersion.objects.visible_to(actor).filter(model__name=name)
    version = rows.filter(number=max(-1, min(number, 2**31 - 1))).first()
    found = of_versions([version.pk], use_case, actor=actor) if version else {}
    if version is None or version.pk not in found:
        raise NotFound(
            f"No decisions of “{name}” v{str(number)[:12]} were counted for this use case, or you "
            "may not see them."
        )
    return found[version.pk]


def of_versions(
    keys: Collection[int], use_case: UseCase, *, actor: Actor, run: ValidationRun | None = None
) -> dict[int, Measured]:
    """What was counted of each version, by its key: in ``run`` if it is there, else the newest."""
    all_of_it, here = Q(check_id=DECISIONS), Q(run=run.pk) if run else Q(run=None)
    kinds = Case(
        When(all_of_it & here, then=Value(0)),
        When(here, then=Value(1)),
        When(all_of_it, then=Value(2)),
        default=Value(3),
    )
    facts = KeyTransform("facts", "evidence")
    rows = (
        _checks(actor)
        .filter(run__release__use_case=use_case, run__release__version__in=keys)
        .select_related("run__release__version__model")
        .defer("evidence", "charts", "run__facts")
        .annotate(
            kind=kinds,
            decisions=KeyTransform("decisions", facts, output_field=JSONField()),
            counts=KeyTransform("counts", facts, output_field=JSONField()),
            data=KeyTransform("data", "evidence", output_field=JSONField()),
            champion=KeyTransform("champion", "run__facts", output_field=JSONField()),
        )
        .order_by("run__release__version", "kind", "-finished_at")
        .distinct("run__release__version")
    )
    checks = list(rows)
    labels = _labels({str(check.data) for check in checks})
    return {check.run.release.version_id: _measured(check, labels) for check in checks}


def _checks(actor: Actor) -> QuerySet[CheckRun]:
    return CheckRun.objects.filter(
        _COUNTED,
        check_id__in=(DECISIONS, ACCURACY),
        state="finished",
        run__release__in=Release.objects.visible_to(actor),
    )


def _measured(check: CheckRun, labels: dict[str, str]) -> Measured:
    given = check.__dict__
    release, data = check.run.release, str(given["data"])
    if given["decisions"]:
        declared = release.version.signature.get("decision_threshold")
        decided = of_decisions(given["decisions"], declared)
    else:
        decided = of_accuracy(given["counts"])
    champion = given["champion"] or {}
    return Measured(
        version=release.version,
        release=release,
        decided=decided,
        at=check.finished_at,
        data=data,
        data_label=labels.get(data, ""),
        beside=str(champion.get("version", "")) if decided.joint else "",
    )


def _labels(digests: set[str]) -> dict[str, str]:
    rows = DatasetVersion.objects.filter(digest__in=digests).select_related("dataset")
    return {row.digest: row.label for row in rows}
