"""What a suite starts from: the model's files, tables to try it on, and what is said of both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from governance.counting.files import ENDING


@dataclass(frozen=True)
class Table:
    """A dataset version. ``path`` is one file (Parquet, CSV, Arrow) or a folder of shards.

    ``schema`` lists its columns with what is declared of them, ``roles`` says which column is the
    label, the score, the weight, and which are sensitive; both have the registry's shapes.
    """

    path: Path
    label: str = "the data"
    digest: str = ""
    schema: Sequence[Mapping[str, Any]] = ()
    roles: Mapping[str, Any] = field(default_factory=dict)

    @property
    def counted(self) -> bool:
        """It is a counts file, which stands for rows and the decisions about them."""
        return self.path.name.endswith(ENDING)

    @property
    def favourable(self) -> Any:
        return favourable(self.roles)

    @property
    def titles(self) -> dict[str, str]:
        return {one["name"]: one.get("title") or one["name"] for one in self.schema}

    @property
    def group_names(self) -> dict[str, dict[str, str]]:
        """What people call the values of a column, where its schema says so."""
        return {one["name"]: one["names"] for one in self.schema if one.get("names")}


@dataclass(frozen=True)
class Model:
    """A model version. ``files`` are by manifest path, their digests verified by whoever gives
    them (``digests``, as far as known); ``signature`` has ``inputs`` and, as it may be, ``classes``
    and ``decision_threshold``."""

    files: Mapping[str, Path]
    format: str
    task: str = "binary"
    signature: Mapping[str, Any] = field(default_factory=dict)
    label: str = "the model"
    digest: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def features(self) -> list[str]:
        return [column["name"] for column in self.signature.get("inputs", [])]


@dataclass(frozen=True)
class Champion:
    """Who stands where the candidate wants to go. ``said`` is kept in the evidence; without a
    ``model`` its ``error`` says in a sentence why there is none to be run. ``roles`` are those of
    its own data: a champion of predictions only names its columns there."""

    model: Model | None = None
    roles: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """Everything one run of a suite starts from."""

    model: Model
    validation: Table
    seed: int
    training: Table | None = None
    reference: Table | None = None
    champion: Champion = Champion()


def narrowed(given: Given, needs: Collection[str]) -> Given:
    """``given`` with those further tables only that a check asks for by ``needs``."""

    def asked(name: str) -> bool:
        return any(need.startswith(name) for need in needs)

    return replace(
        given,
        training=given.training if asked("training") else None,
        reference=given.reference if asked("reference") else None,
    )


def favourable(roles: Mapping[str, Any]) -> Any:
    """The label that counts as the good outcome: 1 unless the dataset says otherwise."""
    return roles.get("favourable") or 1


def arguments(model: Model, roles: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of ``launch.score`` that come from a version and its data's roles."""
    signature = model.signature
    return {
        "format": model.format,
        "task": model.task,
        "classes": tuple(signature.get("classes") or ()),
        "features": model.features,
        "favourable": favourable(roles),
        "threshold": signature.get("decision_threshold"),
        "score_column": roles.get("score"),
        "prediction_column": roles.get("prediction"),
    }
