"""Datasets and their versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit.services import record
from lib.actor import Actor
from lib.canonical import digest_of
from lib.errors import Invalid, Refused
from registry import rules
from registry.models import Dataset, DatasetVersion
from registry.services import artifacts, counts_files
from registry.subjects import dataset_version_subject, told


@transaction.atomic
def register_dataset_version(
    name: str,
    *,
    manifest: Sequence[Mapping[str, Any]],
    schema: Sequence[Mapping[str, Any]],
    roles: Mapping[str, Any],
    actor: Actor,
    description: str = "",
    purpose: str = "",
    consent: str = "",
    personal_data: str = "",
    licence: str = "",
    retention: str = "",
    retain_until: date | None = None,
    rows: int | None = None,
) -> DatasetVersion:
    """The next version of the dataset ``name``, which is made when it is new.

    Raises Invalid naming the JSON path of what is wrong: an unknown artefact, a bad path, a role
    for a column that the schema lacks, counts that nobody known has signed.
    """
    actor.require("registry.write")
    files = rules.checked_manifest(manifest)
    rules.check_schema(schema, roles)
    artifacts.require_uploaded(manifest, actor=actor)
    counts = counts_files.verified(files)
    rows = _rows(rows, counts)
    document = artifacts.keep(rules.manifest_document(files), actor=actor)
    dataset = _locked_dataset(name, description, actor)
    newest = dataset.versions.aggregate(newest=Max("number"))["newest"] or 0
    version = DatasetVersion.objects.create(
        dataset=dataset,
        number=newest + 1,
        digest=document.digest,
        manifest=files,
        schema=list(schema),
        roles=dict(roles),
        description=description,
        purpose=purpose,
        consent=consent,
        personal_data=personal_data,
        licence=licence,
        retention=retention,
        retain_until=retain_until,
        rows=rows,
        created_by=actor.id,
    )
    _record(version, actor, counts)
    return version


def _rows(told: int | None, counts: counts_files.Signed | None) -> int | None:
    """How many rows there are: the signed number where there is one."""
    if counts is None or told == counts.rows:
        return told
    if told is None:
        return counts.rows
    why = f"the counts file is of {counts.rows:,} rows"
    raise Invalid(f"Rows: {why}.", errors={"rows": why})


def _locked_dataset(name: str, description: str, actor: Actor) -> Dataset:
    """The row lock hands out numbers one by one: contiguous, and none lost on a rollback."""
    dataset, created = Dataset.objects.get_or_create(
        name=name, defaults={"description": description}
    )
    if not created and not Dataset.objects.visible_to(actor).filter(pk=dataset.pk).exists():
        raise Refused(
            f"The dataset {name} belongs to others; choose another name.", code="name_taken"
        )
    return Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)


def _record(version: DatasetVersion, actor: Actor, counts: counts_files.Signed | None) -> None:
    record(
        actor=actor,
        action="dataset_version.register",
        subject=dataset_version_subject(version),
        details={
            "digest": version.digest,
            "files": len(version.manifest),
            "bytes": sum(file["size"] for file in version.manifest),
            "rows": version.rows,
            **({"counts_signed_by": counts.key} if counts else {}),
            "schema_sha256": digest_of(version.schema),
            "columns": len(version.schema),
            "roles": told(version.roles),
            "purpose": told(version.purpose),
            "consent": told(version.consent),
            "personal_data": version.personal_data,
            "licence": version.licence,
            "retention": version.retention,
            "retain_until": version.retain_until,
        },
        evidence=[version.digest],
    )
