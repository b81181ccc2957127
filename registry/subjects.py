"""How the audit trail names the things of the registry."""

from __future__ import annotations

from collections.abc import Mapping

from audit.subjects import Subject
from lib.canonical import canonical_json, plain, sha256
from registry.models import Artifact, DatasetVersion, Deployment, ModelVersion, RegisteredModel, Run

_LONGEST = 4_096


def artifact_subject(artifact: Artifact) -> Subject:
    return Subject("artifact", artifact.digest, artifact.digest[:12])


def model_subject(model: RegisteredModel) -> Subject:
    return Subject("model", model.name, model.name)


def version_subject(version: ModelVersion) -> Subject:
    return Subject("model_version", version.key, version.label)


def dataset_version_subject(version: DatasetVersion) -> Subject:
    return Subject("dataset_version", version.key, version.label)


def run_subject(run: Run) -> Subject:
    return Subject("run", str(run.id), str(run))


def deployment_subject(deployment: Deployment) -> Subject:
    label = f"{deployment.version.label} in {deployment.environment.name}"
    return Subject("deployment", str(deployment.id), label)


def told(value: object) -> object:
    """``value`` as it stands in an entry: whole while short, else its digest and length, since
    an entry holds at most 65,535 bytes."""
    data = canonical_json(value)
    if len(data) <= _LONGEST:
        return plain(value)
    return {"sha256": sha256(data), "bytes": len(data)}


def told_tags(tags: Mapping[str, str]) -> object:
    """The same of tags, by key: which were set is said also where a value is long."""
    each = {key: told(text) for key, text in tags.items()}
    return each if len(canonical_json(each)) <= 4 * _LONGEST else told(tags)
