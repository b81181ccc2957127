"""A counts file in the place of rows: what ``imprimatur count`` wrote where the rows lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from governance.cli import check_model_file
from governance.cli.check_options import Asked
from governance.cli.refusal import Refusal
from governance.counting import CountingError, files
from governance.suites.given import Table
from lib import signed


def is_counts(path: Path) -> bool:
    return path.name.endswith(files.ENDING)


def read(path: Path, asked: Asked) -> tuple[Table, int, str, str]:
    """The counts as a table, how many rows were counted, the key that signed them where keys are
    given, and a note. Raises Refusal."""
    if asked.model is not None:
        raise Refusal(
            f"{path.name} is a counts file: the decisions in it were made already, so there are no "
            "rows to run a model on. Leave out --model, or give rows."
        )
    try:
        raw = path.read_bytes()
        signer = _signer(raw, path, asked.counts_key) if asked.counts_key else ""
        found = files.opened(raw)
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
    whose = f"Signed by the key {signer}." if signer else "Its signature was not verified."
    return (
        table,
        found.counts.rows,
        signer,
        f"Counted with {engine or 'an unnamed engine'}. {whose}",
    )


def _signer(raw: bytes, path: Path, keys: Path) -> str:
    """The short name of the key in the file ``keys`` that signed. Raises Refusal without one."""
    try:
        known = [line.strip() for line in keys.read_text().splitlines() if line.strip()]
        for one in known:
            signed.public_key(one)
    except OSError as error:
        raise Refusal(f"{keys} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise Refusal(
            f"{keys} must hold public keys, one a line, as imprimatur count --make-key prints them."
        ) from error
    try:
        return signed.verified(raw, files.TYPE, known)[1]
    except signed.BadEnvelope as error:
        raise Refusal(f"{path} is not taken: {error}.") from error
