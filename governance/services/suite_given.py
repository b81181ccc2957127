"""What a suite starts from (``governance.suites.given``), out of the registry's rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from governance.models import ValidationRun
from governance.scoring.failing import ScoringError
from governance.services import suite_files
from governance.services.champions import champion_of
from governance.services.suite_files import dataset_in, model_files, validation_data
from governance.suites.given import Champion, Given, Model, Table
from lib.errors import INFRASTRUCTURE, ImprimaturError
from registry.models import DatasetVersion, ModelVersion


def for_scoring(run: ValidationRun, needs: Collection[str], stack: ExitStack) -> Given:
    """With the files of the model, and of the champion when its scores are needed.

    Raises ScoringError when the version names no usable validation data, ImprimaturError when a
    file is missing or is not what its digest says.
    """
    version = run.release.version
    training = _table(version, "training") if "training_scores" in needs else None
    return Given(
        model=model_of(version, model_files(version, stack)),
        validation=validation_of(version),
        seed=run.seed,
        training=training,
        champion=_champion(run, stack) if "champion_scores" in needs else Champion(),
    )


def for_check(run: ValidationRun, needs: Collection[str]) -> Given:
    """Without files of a model: no check loads one."""
    version = run.release.version

    def asked(name: str) -> bool:
        return any(need.startswith(name) for need in needs)

    return Given(
        model=model_of(version, {}),
        validation=validation_of(version),
        seed=run.seed,
        training=_table(version, "training") if asked("training") else None,
        reference=_table(version, "reference", "training") if asked("reference") else None,
    )


def model_of(version: ModelVersion, files: Mapping[str, Path]) -> Model:
    return Model(
        files=files,
        format=version.format,
        task=version.model.task,
        signature=version.signature,
        label=version.label,
        digest=version.digest or "",
        digests={str(one["path"]): str(one["digest"]) for one in version.manifest},
    )


def validation_of(version: ModelVersion) -> Table:
    return table_of(validation_data(version))


def table_of(dataset: DatasetVersion) -> Table:
    return Table(
        path=suite_files.table(dataset),
        label=dataset.label,
        digest=dataset.digest,
        schema=dataset.schema,
        roles=dataset.roles,
    )


def _table(version: ModelVersion, *roles: str) -> Table | None:
    dataset = dataset_in(version, *roles)
    return table_of(dataset) if dataset else None


def _champion(run: ValidationRun, stack: ExitStack) -> Champion:
    """Who is authorized where the candidate wants to go. That it cannot be had is no reason to stop
    the candidate."""
    held, _ = champion_of(run.release)
    if held is None or held.version_id == run.release.version_id:
        return Champion()
    version = held.version
    said: dict[str, Any] = {
        "version": version.key,
        "label": version.label,
        "digest": version.digest,
    }
    try:
        roles = validation_data(version).roles
        return Champion(model_of(version, model_files(version, stack)), roles, said)
    except INFRASTRUCTURE:
        raise
    except (ScoringError, ImprimaturError) as error:
        why = f"The champion {version.label} could not be run: {error}"
        return Champion(said=said | {"error": why})
