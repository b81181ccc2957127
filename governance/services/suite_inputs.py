"""What a suite feeds the model with, and what its checks read afterwards."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from governance.checks.base import Check, CheckError, CheckInput
from governance.models import ValidationRun
from governance.scoring import launch
from governance.services import suite_files
from governance.services.champions import champion_of
from governance.services.suite_files import dataset_in, named, validation_data
from lib.errors import ImprimaturError
from registry.models import DatasetVersion, ModelVersion

if TYPE_CHECKING:
    import polars as pl

PROBE = "probe:"
_OF_THE_MODEL = frozenset(
    {"scores", "explanations", "probes", "training_scores", "champion_scores"}
)
Tables = dict[str, "Path | pl.DataFrame"]


def how(version: ModelVersion) -> dict[str, Any]:
    """The keyword arguments of ``launch.score`` that come from the version and its data."""
    roles, signature = validation_data(version).roles, version.signature
    return {
        "format": version.format,
        "task": version.model.task,
        "classes": tuple(signature.get("classes") or ()),
        "features": features(version),
        "favourable": favourable(roles),
        "threshold": signature.get("decision_threshold"),
        "score_column": roles.get("score"),
        "prediction_column": roles.get("prediction"),
        "limits": launch.Limits(**settings.SANDBOX),
    }


def features(version: ModelVersion) -> list[str]:
    return [column["name"] for column in version.signature.get("inputs", [])]


def favourable(roles: dict[str, Any]) -> Any:
    """The label that counts as the good outcome: 1 unless the dataset says otherwise."""
    return roles.get("favourable") or 1


def further(
    version: ModelVersion,
    needs: set[str],
    data: Path,
    seed: int,
    workdir: Path,
    stack: ExitStack,
) -> tuple[Tables, dict[str, Any]]:
    """Tables to be scored beside the validation data, and how the altered ones were made."""
    found: Tables = {}
    training = dataset_in(version, "training")
    if "training_scores" in needs and training is not None:
        found["training"] = suite_files.table(training, workdir / "training", stack)
    if "probes" not in needs or version.format == "predictions":
        return found, {}
    from governance.checks.engine import alterations, reading

    try:
        rows = reading.rows_of(data, features(version))
        made = alterations.made(rows, validation_data(version).schema, features(version), seed)
    except CheckError as error:
        raise launch.ScoringError(str(error)) from error
    found |= {f"{PROBE}{name}": frame for name, frame in made.frames.items()}
    return found, made.described


def champion(
    run: ValidationRun, data: Path, workdir: Path, stack: ExitStack
) -> tuple[dict[str, Any], Path | None]:
    """Who is authorized where the candidate wants to go, and its scores of the same rows.

    A champion that cannot score them is no reason to stop the candidate: the sentence is kept, and
    the checks that compare with it break with it.
    """
    held, _ = champion_of(run.release)
    if held is None or held.version_id == run.release.version_id:
        return {}, None
    version = held.version
    said = {"version": version.key, "label": version.label, "digest": version.digest}
    try:
        roles = validation_data(run.release.version).roles
        arguments = how(version) | {"favourable": favourable(roles)}
        files = suite_files.model_files(version, stack)
        result = launch.score(files, data=data, workdir=workdir / "champion", **arguments)
    except (launch.ScoringError, ImprimaturError) as error:
        return said | {"error": f"The champion {version.label} could not be run: {error}"}, None
    return said, result.scores


def of_check(check: Check, run: ValidationRun, workdir: Path, stack: ExitStack) -> CheckInput:
    """What ``check`` reads: the validation data beside the scores, and what it needs besides."""
    version, facts = run.release.version, run.facts
    if facts.get("unscored") and check.needs & _OF_THE_MODEL:
        raise CheckError(facts["unscored"])
    if "champion_scores" in check.needs and facts.get("champion", {}).get("error"):
        raise CheckError(facts["champion"]["error"])
    dataset = validation_data(version)
    roles = dataset.roles
    scored = _others(check, facts, workdir, stack)
    return CheckInput(
        data=suite_files.table(dataset, workdir / "data", stack),
        label=roles.get("label") or "",
        features=tuple(features(version)),
        sensitive=tuple(roles.get("sensitive", ())),
        scores=named(run.scores_digest, workdir / "scores.arrow", stack),
        explanations=named(run.explanations_digest, workdir / "explanations.arrow", stack),
        explanation_facts=named(
            facts.get("explanation_facts"), workdir / "explanations.json", stack
        ),
        favourable=favourable(roles),
        feature_names=_titles(dataset),
        group_names=_group_names(dataset),
        task=version.model.task,
        weight=roles.get("weight") or "",
        reference=_table(check, version, workdir, stack, "reference", "training"),
        training=_table(check, version, workdir, stack, "training"),
        training_scores=scored.get("training"),
        champion_scores=scored.get("champion"),
        probes={
            name.removeprefix(PROBE): path
            for name, path in scored.items()
            if name.startswith(PROBE)
        },
        case=_case(facts, workdir, stack),
    )


def _titles(dataset: DatasetVersion) -> dict[str, str]:
    return {column["name"]: column.get("title") or column["name"] for column in dataset.schema}


def _group_names(dataset: DatasetVersion) -> dict[str, dict[str, str]]:
    """What people call the values of a column, where its schema says so."""
    return {column["name"]: column["names"] for column in dataset.schema if column.get("names")}


def _table(
    check: Check, version: ModelVersion, workdir: Path, stack: ExitStack, *roles: str
) -> Path | None:
    """Another dataset of the version, for checks that ask for one in the first of ``roles``."""
    asked = any(need.startswith(roles[0]) for need in check.needs)
    dataset = dataset_in(version, *roles) if asked else None
    return suite_files.table(dataset, workdir / roles[0], stack) if dataset else None


_WANTED = {"training_scores": "training", "champion_scores": "champion", "probes": PROBE}


def _others(
    check: Check, facts: dict[str, Any], workdir: Path, stack: ExitStack
) -> dict[str, Path]:
    names = [name for need, name in _WANTED.items() if need in check.needs]
    source = named(facts.get("others_digest"), workdir / "others.arrow", stack) if names else None
    return suite_files.parted(source, names, workdir / "others") if source else {}


def _case(facts: dict[str, Any], workdir: Path, stack: ExitStack) -> dict[str, Any]:
    source = named(facts.get("case"), workdir / "case.json", stack)
    found: dict[str, Any] = json.loads(source.read_text()) if source else {}
    return found
