"""Files for a suite: tables and models out of the artefact store, under names that say their kind.

Every digest is checked as the file is fetched (G1, V3); everything lies in a folder of the suite's
own, which is gone when it ends.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.utils import timezone

from governance.scoring import launch
from registry import artifacts
from registry.models import DatasetVersion, ModelVersion

TABLES = (".parquet", ".csv", ".arrow")


@contextmanager
def workdir() -> Iterator[Path]:
    settings.WORK_DIR.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{timezone.now():%H%M%S}-", dir=settings.WORK_DIR))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def dataset_in(version: ModelVersion, *roles: str) -> DatasetVersion | None:
    """The first dataset version that has the first of ``roles`` that any has."""
    uses = version.datasets.select_related("dataset_version__dataset").order_by("pk")
    known = [(use.role, use.dataset_version) for use in uses]
    return next((data for role in roles for has, data in known if has == role), None)


def validation_data(version: ModelVersion) -> DatasetVersion:
    """The dataset version in the role validation. Raises ScoringError when there is none."""
    found = dataset_in(version, "validation")
    if found is None:
        raise launch.ScoringError(
            f"{version.label} names no validation data: register it with a dataset version in "
            "the role “validation”."
        )
    return found


def table(dataset: DatasetVersion, folder: Path, stack: ExitStack) -> Path:
    """The dataset's one table, or a folder of its shards in the order of their paths.

    Raises ScoringError when it has none, or tables of several kinds.
    """
    files = [file for file in dataset.manifest if file["path"].lower().endswith(TABLES)]
    kinds = {PurePosixPath(file["path"].lower()).suffix for file in files}
    if len(kinds) != 1:
        found = f"files of the kinds {', '.join(sorted(kinds))}" if kinds else "none"
        raise launch.ScoringError(
            f"{dataset.label} must hold one table, or shards of one kind "
            f"({', '.join(TABLES)}); it has {found}."
        )
    folder.mkdir(parents=True, exist_ok=True)
    places = [_linked(file, number, folder, stack) for number, file in enumerate(files)]
    return places[0] if len(places) == 1 else folder


def _linked(file: dict[str, Any], number: int, folder: Path, stack: ExitStack) -> Path:
    name = PurePosixPath(file["path"]).name
    link = folder / f"{number:06d}-{name}"
    link.symlink_to(stack.enter_context(artifacts.store().path(file["digest"])))
    return link


def model_files(version: ModelVersion, stack: ExitStack) -> dict[str, Path]:
    """Every file of the version by its path."""
    store = artifacts.store()
    return {
        file["path"]: stack.enter_context(store.path(file["digest"])) for file in version.manifest
    }


def named(digest: str | None, link: Path, stack: ExitStack) -> Path | None:
    """The blob under a name whose ending says its format."""
    if not digest:
        return None
    link.symlink_to(stack.enter_context(artifacts.store().path(digest)))
    return link


def joined(tables: dict[str, Path]) -> bytes:
    """Score files as one Arrow file with a column ``of`` that says which each row is from."""
    import io

    import polars as pl

    parts = [
        pl.read_ipc(path).with_columns(pl.lit(name).alias("of"))
        for name, path in sorted(tables.items())
    ]
    buffer = io.BytesIO()
    pl.concat(parts, how="diagonal_relaxed").write_ipc(
        buffer, compression="zstd", compat_level=pl.CompatLevel.oldest()
    )
    return buffer.getvalue()


def parted(source: Path, names: Sequence[str], folder: Path) -> dict[str, Path]:
    """Those of ``joined`` whose names are wanted (all of a kind: ``probe:``), a file each."""
    import polars as pl

    folder.mkdir(parents=True, exist_ok=True)
    wanted = pl.any_horizontal([pl.col("of").str.starts_with(name) for name in names])
    rows = pl.read_ipc(source).filter(wanted)
    found: dict[str, Path] = {}
    for (name,), part in rows.group_by(["of"], maintain_order=True):
        path = folder / f"{len(found)}.arrow"
        part.drop("of").write_ipc(path, compat_level=pl.CompatLevel.oldest())
        found[str(name)] = path
    return found
