"""Checks as pages read them: without the pictures and tables until somebody asks for them.

A suite may have forty checks whose pictures and evidence take megabytes. The page of a release
needs figures and sentences only; the database takes those out of the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Func, JSONField, QuerySet, TextField
from django.db.models.fields.json import KeyTransform

from governance.anchors import anchors
from governance.checks import catalog
from governance.checks.base import CheckError
from governance.models import CheckRun, Release, ValidationRun
from lib.actor import Actor
from lib.errors import NotFound
from registry.models import DatasetVersion, VersionDataset


class _Pictures(Func):
    """[{title, alt, width, height}] of stored charts, without the drawings."""

    template = (
        "(SELECT jsonb_agg(jsonb_build_object('title', one->>'title', 'alt', one->>'alt',"
        " 'width', substring(one->>'svg' from '<svg[^>]* width=\"([0-9.]+)\"'),"
        " 'height', substring(one->>'svg' from '<svg[^>]* height=\"([0-9.]+)\"')) ORDER BY place)"
        " FROM jsonb_array_elements(%(expressions)s) WITH ORDINALITY AS t(one, place))"
    )
    output_field = JSONField()


class _Titles(Func):
    """The titles of the tables in some evidence."""

    template = "jsonb_path_query_array(%(expressions)s, '$.tables[*].title')"
    output_field = JSONField()


class _Drawing(Func):
    """One chart's SVG, by place."""

    template = "(%(expressions)s -> %(place)s ->> 'svg')"
    output_field = TextField()


def brief(checks: QuerySet[CheckRun]) -> QuerySet[CheckRun]:
    """``checks`` with what a list shows; evidence and charts stay in the database.

    Adds ``measured``, ``settled`` (parameters with defaults), ``libraries``, ``data_digest``,
    ``pictures`` and ``table_titles``: read them through the functions below.
    """
    return checks.defer("evidence", "charts").annotate(
        measured=KeyTransform("measurements", "evidence"),
        settled=KeyTransform("parameters", "evidence"),
        libraries=KeyTransform("libraries", "evidence"),
        data_digest=KeyTransform("data", "evidence"),
        pictures=_Pictures("charts"),
        table_titles=_Titles("evidence"),
    )


def measurements_of(check: CheckRun) -> list[dict[str, Any]]:
    return list(_of(check, "measured", "measurements") or [])


def libraries_of(check: CheckRun) -> dict[str, str]:
    return dict(_of(check, "libraries", "libraries") or {})


def data_of(check: CheckRun) -> str:
    """The digest of the data it was measured on, where the evidence names it."""
    named = _of(check, "data_digest", "data")
    return named if isinstance(named, str) else ""


def parameters_of(check: CheckRun) -> dict[str, Any]:
    """With every default filled in, as it was measured or would be."""
    given = _of(check, "settled", "parameters") or check.parameters
    known = catalog.all_checks().get(check.check_id)
    if known is None:
        return dict(given)
    try:
        return known.settled(given)
    except CheckError:  # the check changed since: what was recorded stands
        return dict(given)


def _of(check: CheckRun, annotation: str, key: str) -> Any:
    """From the annotation of ``brief``, else from the whole evidence of the row."""
    if annotation in check.__dict__:
        return check.__dict__[annotation]
    return check.evidence.get(key)


def in_policy_order(release: Release, checks: Iterable[CheckRun]) -> list[CheckRun]:
    order = [check["key"] for check in release.requirement_set.document["checks"]]
    return sorted(checks, key=lambda check: order.index(check.key))


def whole_checks(release: Release, run: ValidationRun | None) -> list[CheckRun]:
    """With all their evidence and pictures, in the order of the policy: for print."""
    return in_policy_order(release, CheckRun.objects.filter(run=run)) if run else []


def anchors_of(release: Release) -> dict[str, str]:
    """The name of each check in addresses, by its key."""
    return anchors(check["key"] for check in release.requirement_set.document["checks"])


def validation_data(version_id: int) -> DatasetVersion | None:
    """What the suite of a version measures on."""
    use = (
        VersionDataset.objects.filter(version=version_id, role="validation")
        .select_related("dataset_version__dataset")
        .order_by("pk")
        .first()
    )
    return use.dataset_version if use else None


def drawing(release_id: str, key: str, place: int, *, actor: Actor) -> tuple[str, str]:
    """(evidence digest, SVG) of one chart of the present revision.

    Raises NotFound when there is none, or when ``actor`` may not see the release.
    """
    checks = _visible(release_id, key, actor)
    drawn = checks.annotate(svg=_Drawing("charts", place=min(place, 10_000)))
    found = drawn.values_list("evidence_digest", "svg").first()
    if found is None or not found[1]:
        raise NotFound("There is no such picture, or you may not see it.")
    return found[0], found[1]


def _visible(release_id: str, key: str, actor: Actor) -> QuerySet[CheckRun]:
    """The check of that name in the present revision, if ``actor`` may see it."""
    release = (
        Release.objects.visible_to(actor)
        .select_related("requirement_set")
        .filter(pk=release_id)
        .first()
    )
    if release is None:
        raise NotFound("There is no such release, or you may not see it.")
    named = {anchor: name for name, anchor in anchors_of(release).items()}
    return CheckRun.objects.filter(
        run__release=release, run__revision=release.revision, key=named.get(key, "")
    )
