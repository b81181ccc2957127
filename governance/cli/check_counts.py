"""A counts file in the place of rows: what ``imprimatur count`` wrote where the rows lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from governance.cli import check_model_file
from governance.cli.check_options import Asked
from governance.cli.refusal import Refusal
from governance.counting import CountingError, files
from governance.suites.given import Table


def is_counts(path: Path) -> bool:
    return path.name.endswith(files.ENDING)


def read(path: Path, asked: Asked) -> tuple[Table, int, str]:
    """The counts as a table, how many rows were counted, and a note. Raises Refusal."""
    if asked.model is not None:
        raise Refusal(
            f"{path.name} is a counts file: the decisions in it were made already, so there are no "
            "rows to run a model on. Leave out --model, or give rows."
        )
    try:
        found = files.read(path)
    except CountingError as error:
        raise Refusal(f"{path}: {error}") from error
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror or error}.") from error
    spec = found.counts.spec
    if asked.label not in ("", spec.label):
        raise Refusal(f"{path.name} counts outcomes by “{spec.label}”, not by “{asked.label}”.")
    told = {"label": spec.label, "weight": spec.weight, "favourable": spec.favourable}
    roles: dict[str, Any] = {name: value for name, value in told.items() if value}
    _, digest, _ = check_model_file.manifest_of({path.name: path})
    table = Table(path, path.name, digest, asked.columns, roles | {"sensitive": [*spec.sensitive]})
    engine = " ".join(str(found.engine[key]) for key in ("name", "version") if key in found.engine)
    note = f"Counted with {engine or 'an unnamed engine'}. Whose signature it bears was not asked."
    return table, found.counts.rows, note
