"""Makes what was asked for on the command line what a suite starts from."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from governance.checks.base import CheckError
from governance.cli import check_counts, check_model_file
from governance.cli.check_model_file import ModelFile
from governance.cli.check_options import Asked
from governance.cli.refusal import Refusal
from governance.suites import bundled
from governance.suites.given import Champion, Given, Model, Table

PREDICTIONS = "predictions"
_ROLES = ("label", "weight", "identifier", "score", "prediction")


@dataclass(frozen=True)
class Prepared:
    """``notes`` are assumptions that were made, in sentences; ``rows`` of the validation data;
    ``signed_by`` is the short name of the key that signed its counts, where that was verified."""

    given: Given
    rows: int
    model_size: int
    columns: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    signed_by: str = ""


def prepared(asked: Asked, needs: Collection[str], workdir: Path) -> Prepared:
    """Files hashed, tables laid open below ``workdir``. Raises Refusal for what does not fit."""
    assert asked.data is not None
    notes: list[str] = []
    if check_counts.is_counts(asked.data):
        data, rows, signer, note = check_counts.read(asked.data, asked)
        model, _ = _model(asked, data, (), notes)
        seed = int(model.digest[:7], 16) if asked.seed is None else asked.seed
        return Prepared(Given(model, data, seed), rows, 0, (), [note], signer)
    bare, columns, rows = _table(asked.data, workdir)
    _refuse_unknown_columns(asked, columns, needs)
    data = replace(bare, schema=asked.columns, roles=_roles(asked, bare.path))
    model, size = _model(asked, data, columns, notes)
    training = _further(asked.training, workdir)
    reference = _further(asked.reference, workdir) or training
    seed = int(model.digest[:7], 16) if asked.seed is None else asked.seed
    champion = _champion(asked, model, columns)
    given = Given(model, data, seed, training, reference, champion)
    return Prepared(given, rows, size, tuple(columns), notes)


def _table(path: Path, workdir: Path) -> tuple[Table, list[str], int]:
    """The table laid open as Arrow, its columns and how many rows it has."""
    import polars as pl

    from governance.checks.engine import reading, shards

    try:
        files = {file.name: file for file in shards.files_of(path)}
        _, digest, _ = check_model_file.manifest_of(files)
        folder = Path(tempfile.mkdtemp(prefix="table-", dir=workdir)) / "rows"
        bundled.laid_open(files, folder)
        opened = next(folder.iterdir()) if len(files) == 1 else folder
        columns = shards.columns_of(opened)
        rows = int(reading.lazy(opened).select(pl.len()).collect().item())
    except CheckError as error:
        raise Refusal(f"{path}: {error}") from error
    except shards.UNREADABLE as error:
        said = " ".join(str(error).split())[:200]
        raise Refusal(f"{path} cannot be read: {said}.") from error
    if not rows:
        raise Refusal(f"{path} has no rows.")
    return Table(opened, label=path.name, digest=digest), columns, rows


def _further(path: Path | None, workdir: Path) -> Table | None:
    return _table(path, workdir)[0] if path else None


def _roles(asked: Asked, data: Path) -> dict[str, Any]:
    roles: dict[str, Any] = {name: getattr(asked, name) for name in _ROLES if getattr(asked, name)}
    if asked.sensitive:
        roles["sensitive"] = list(asked.sensitive)
    if asked.favourable is not None:
        roles["favourable"] = _as_in(data, asked.label, asked.favourable)
    return roles


def _as_in(data: Path, label: str, value: Any) -> Any:
    """``1`` from the command line is the number where the column of outcomes holds numbers."""
    import polars as pl

    from governance.checks.engine import reading

    if not isinstance(value, str) or not label:
        return value
    kind = reading.lazy(data).collect_schema()[label]
    if kind == pl.Boolean:
        return _as_boolean(label, value)
    if not kind.is_numeric():
        return value
    try:
        return int(value) if float(value).is_integer() else float(value)
    except ValueError:
        raise Refusal(
            f"The column “{label}” holds numbers, so “{value}” is none of its outcomes: "
            "--favourable names one of them."
        ) from None


def _as_boolean(label: str, value: str) -> bool:
    found = {"true": True, "1": True, "false": False, "0": False}.get(value.lower())
    if found is None:
        raise Refusal(
            f"The column “{label}” holds true and false, so “{value}” is none of its outcomes: "
            "--favourable names one of them."
        )
    return found


def _refuse_unknown_columns(asked: Asked, columns: Sequence[str], needs: Collection[str]) -> None:
    named = {name: getattr(asked, name) for name in _ROLES}
    if asked.task == "multiclass":
        named.pop("score")  # a prefix there
    for option, column in named.items():
        if column and column not in columns:
            raise Refusal(_unknown(f"--{option}", [column], asked, columns))
    for option in ("sensitive", "features"):
        missing = [name for name in getattr(asked, option) if name not in columns]
        if missing:
            raise Refusal(_unknown(f"--{option}", missing, asked, columns))
    if not asked.label and "scores" in needs:
        raise Refusal(
            "Say which column holds the true outcomes: --label COLUMN. "
            f"{asked.data and asked.data.name} has {_listed(columns)}."
        )


def _unknown(option: str, missing: Sequence[str], asked: Asked, columns: Sequence[str]) -> str:
    return (
        f"{option} names {_listed(missing)}, and {asked.data and asked.data.name} has no such "
        f"column; it has {_listed(columns)}."
    )


def _listed(names: Sequence[str], most: int = 24) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _model(
    asked: Asked, data: Table, columns: Sequence[str], notes: list[str]
) -> tuple[Model, int]:
    if asked.model is None:
        if asked.format not in ("", PREDICTIONS):
            raise Refusal(f"A model of the format {asked.format} needs its file: --model FILE.")
        signature = _signature(asked.features, asked.threshold, asked.classes)
        label = f"the predictions in {data.label}"
        return Model({}, PREDICTIONS, asked.task, signature, label, data.digest), 0
    file = check_model_file.opened(asked.model, asked.format)
    features = asked.features
    if file.format != PREDICTIONS and not features:
        features = _own_features(file, asked, columns, notes)
    signature = _signature(features, asked.threshold, asked.classes)
    made = Model(file.files, file.format, asked.task, signature, file.label, file.digest,
                 file.digests)  # fmt: skip
    return made, file.size


def _signature(
    features: Sequence[str], threshold: float | None, classes: Sequence[str]
) -> dict[str, Any]:
    told: dict[str, Any] = {"inputs": [{"name": name} for name in features]}
    if threshold is not None:
        told["decision_threshold"] = threshold
    return told | ({"classes": list(classes)} if classes else {})


def _own_features(
    file: ModelFile, asked: Asked, columns: Sequence[str], notes: list[str]
) -> list[str]:
    """Those that the model's file names, else all columns that are nothing else."""
    inputs = check_model_file.inputs_of(file)
    missing = [name for name in inputs.names if name not in columns]
    if missing:
        raise Refusal(
            f"{file.label} takes {_listed(inputs.names)}, and {asked.data and asked.data.name} has "
            f"no column {_listed(missing)}; it has {_listed(columns)}. Rename the columns, or say "
            "with --features which ones to feed it, in its order."
        )
    if inputs.names:
        notes.append(f"Inputs as {file.label} names them: {_listed(inputs.names)}.")
        return list(inputs.names)
    taken = {getattr(asked, name) for name in _ROLES} | set(asked.sensitive)
    rest = [name for name in columns if name not in taken]
    if not rest or (inputs.wide is not None and inputs.wide != len(rest)):
        takes = f"takes {inputs.wide} inputs" if inputs.wide else "takes inputs"
        raise Refusal(
            f"{file.label} {takes} and does not name them, and {asked.data and asked.data.name} "
            f"has {len(rest)} columns that are nothing else ({_listed(rest)}). Say which, in the "
            "model's order: --features COLUMNS."
        )
    notes.append(
        f"{file.label} does not name its inputs. All other columns were taken, in their order: "
        f"{_listed(rest)}."
    )
    return rest


def _champion(asked: Asked, model: Model, columns: Sequence[str]) -> Champion:
    if asked.champion is None:
        return Champion()
    file = check_model_file.opened(asked.champion)
    own = [name for name in check_model_file.inputs_of(file).names if name in columns]
    features = asked.champion_features or own or model.features
    missing = [name for name in asked.champion_features if name not in columns]
    if missing:
        raise Refusal(_unknown("--champion-features", missing, asked, columns))
    signature = _signature(features, asked.champion_threshold, asked.classes)
    champion = Model(file.files, file.format, asked.task, signature, file.label, file.digest,
                     file.digests)  # fmt: skip
    return Champion(champion, {}, {"label": file.label, "digest": file.digest})
