"""What a suite's jobs share on one machine: tables, and in a folder of its own scores and case.

Each piece is fetched from the artefact store once, its digest checked as it comes (G1, V3), by
whoever needs it first; the others wait for it and map the same memory. Tables lie there as Arrow,
uncompressed, so that a check reads only the columns it asks for and nothing is decoded twice.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.conf import settings

from governance.counting.files import ENDING
from governance.models import ValidationRun
from governance.scoring import launch
from governance.suites import bundled
from governance.suites.scoring import Scored
from lib.errors import StorageFull
from registry import artifacts
from registry.models import DatasetVersion, ModelVersion

TABLES = (".parquet", ".csv", ".arrow", ENDING)
SHARED: Final = "shared"
UNUSED: Final = 3600.0  # seconds after which a folder is swept away: its suite ended elsewhere
LEAST_ROOM: Final = 32 * 1024**2  # bytes free before a job begins


class SuiteFolder:
    """What a suite needs again and again, below one folder. Pieces appear whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def file(self, digest: str, name: str) -> Path | None:
        """The artefact of that digest, as a file whose name says its format; None without one."""
        return self.piece(name, lambda target: _fetched(digest, target)) if digest else None

    def scored(self, run: ValidationRun) -> Scored:
        """What the model answered, out of the artefacts that were kept of it."""
        facts = run.facts
        others = self.file(facts.get("others_digest", ""), "others.arrow")
        return Scored(
            scores=self.file(run.scores_digest, "scores.arrow"),
            explanations=self.file(run.explanations_digest, "explanations.arrow"),
            explanation_facts=self.file(facts.get("explanation_facts", ""), "explanations.json"),
            others=self._parts(others) if others else {},
            facts=facts,
            counts=self.file(facts.get("counts_digest", ""), f"merged{ENDING}"),
            error=facts.get("unscored", ""),
        )

    def case(self, run: ValidationRun) -> dict[str, Any]:
        source = self.file(run.facts.get("case", ""), "case.json")
        found: dict[str, Any] = json.loads(source.read_text()) if source else {}
        return found

    def _parts(self, source: Path) -> dict[str, Path]:
        return bundled.listed(self.piece("others", lambda target: bundled.parted(source, target)))

    def piece(self, name: str, make: Callable[[Path], None]) -> Path:
        """``make``, called once for all processes of this machine, fills the path it is given."""
        place = self.root / name
        if place.exists():
            return place
        with (self.root / f".{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if place.exists():
                return place
            half = self.root / f".{name}.half"
            _removed(half)
            make(half)
            half.rename(place)
        return place


@contextmanager
def workdir() -> Iterator[Path]:
    """A folder for one job alone, gone when it ends; what killed workers left goes first.

    Raises StorageFull when the disk is full already: a model that fails for want of it has not
    failed.
    """
    settings.WORK_DIR.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        with (settings.WORK_DIR / ".making").open("w") as making:
            fcntl.flock(making, fcntl.LOCK_EX)
            for left in settings.WORK_DIR.glob("job-*"):
                _removed_unless_held(left)
            _require_room()
            folder = Path(tempfile.mkdtemp(prefix="job-", dir=settings.WORK_DIR))
            handle = os.open(folder, os.O_RDONLY)
            held.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX)  # let go by the kernel, however its holder ends
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _require_room() -> None:
    if shutil.disk_usage(settings.WORK_DIR).free < LEAST_ROOM:
        raise StorageFull("The work folder has no room left; tell the operator.")


def _removed_unless_held(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return  # its job ended just now
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return  # somebody works in it
    finally:
        os.close(handle)


def of_run(run: ValidationRun) -> SuiteFolder:
    """What the jobs of one suite share."""
    return _shared(_name(run))


def forget(run: ValidationRun) -> None:
    """The suite has ended: whoever is late has nothing to say any more. Other machines keep theirs
    until it is swept away."""
    shutil.rmtree(settings.WORK_DIR / SHARED / _name(run), ignore_errors=True)


def _name(run: ValidationRun) -> str:
    return f"run-{run.pk}"


def _shared(name: str) -> SuiteFolder:
    """The folder of that name; folders that nobody has used for long are removed."""
    root = settings.WORK_DIR / SHARED / name
    if not root.exists():
        _sweep(root.parent)
    root.mkdir(parents=True, exist_ok=True)
    os.utime(root)
    return SuiteFolder(root)


def table(dataset: DatasetVersion) -> Path:
    """The dataset's one table, or a folder of its shards in the order of their paths: the same for
    every suite on this machine.

    Raises ScoringError when it has none, or tables of several kinds.
    """
    files = tables_of(dataset)

    def make(folder: Path) -> None:
        with ExitStack() as stack:
            sources = {}
            for number, file in enumerate(files):
                name = f"{number:06d}-{PurePosixPath(file['path']).name}"
                sources[name] = stack.enter_context(artifacts.store().path(file["digest"]))
            bundled.laid_open(sources, folder)

    folder = _shared(f"table-{dataset.digest}").piece("rows", make)
    return next(folder.iterdir()) if len(files) == 1 else folder


def _sweep(parent: Path) -> None:
    for folder in parent.glob("*"):
        try:
            unused = time.time() - folder.stat().st_mtime > UNUSED
        except FileNotFoundError:  # somebody else sweeps too
            continue
        if unused:
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


def model_files(version: ModelVersion, stack: ExitStack) -> dict[str, Path]:
    """Every file of the version by its path."""
    store = artifacts.store()
    return {
        file["path"]: stack.enter_context(store.path(file["digest"])) for file in version.manifest
    }


def tables_of(dataset: DatasetVersion) -> list[dict[str, Any]]:
    """Its shards, as the manifest lists them. Raises ScoringError as ``table`` does."""
    files = [file for file in dataset.manifest if file["path"].lower().endswith(TABLES)]
    kinds = {PurePosixPath(file["path"].lower()).suffix for file in files}
    if len(kinds) != 1:
        found = f"files of the kinds {', '.join(sorted(kinds))}" if kinds else "none"
        raise launch.ScoringError(
            f"{dataset.label} must hold one table, or shards of one kind "
            f"({', '.join(TABLES[:-1])}), or one file of counts ({ENDING}); it has {found}."
        )
    return files


def _fetched(digest: str, target: Path) -> None:
    with artifacts.store().path(digest) as blob:
        shutil.copyfile(blob, target)


def _removed(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
