"""What the child is given: the model's file, and the columns it needs as Arrow (parent's side)."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

FORMATS = ("onnx", "predictions")


class ScoringError(Exception):
    """The model could not be scored, a sentence says why: its checks get the verdict ``error``."""

    @property
    def sentence(self) -> str:
        return str(self)


def columns_of(
    format: str, features: Sequence[str], score_column: str | None, prediction_column: str | None
) -> list[str]:
    if format not in FORMATS:
        raise ScoringError(
            f"We do not run models of format '{format}'; give {' or '.join(FORMATS)} "
            "(predictions: a scored data set, for anything else)."
        )
    if format == "predictions":
        if score_column is None:
            raise ScoringError("A version of predictions only must say which column is the score.")
        return [column for column in (score_column, prediction_column) if column]
    if not features:
        raise ScoringError("The version declares no features to feed to the model.")
    return list(dict.fromkeys(features))


def place_model(model_files: dict[str, Path], format: str, workdir: Path) -> None:
    if format != "onnx":
        return
    found = [path for name, path in sorted(model_files.items()) if name.endswith(".onnx")]
    if len(found) != 1:
        raise ScoringError(f"The manifest must hold exactly one .onnx file; it holds {len(found)}.")
    shutil.copyfile(found[0], workdir / "model.onnx")


def write(data: Path | pl.DataFrame, columns: list[str], target: Path) -> None:
    """The columns the child needs, as Arrow: it never sees labels or other columns."""
    import polars as pl

    from governance.checks.base import CheckError
    from governance.checks.engine.reading import lazy

    try:
        source = data.lazy() if isinstance(data, pl.DataFrame) else lazy(data)
        missing = sorted(set(columns) - set(source.collect_schema().names()))
        if missing:
            raise ScoringError(
                f"The data have no column {', '.join(repr(name) for name in missing)}, "
                "which the model version declares."
            )
        frame = source.select(columns).collect()
    except CheckError as error:
        raise ScoringError(str(error)) from error
    except (pl.exceptions.PolarsError, OSError) as error:
        name = data.name if isinstance(data, Path) else "in hand"
        raise ScoringError(f"The data file {name} cannot be read: {error}") from error
    if frame.height == 0:
        raise ScoringError("The data have no rows to score.")
    frame.write_ipc(target, compat_level=pl.CompatLevel.oldest())
