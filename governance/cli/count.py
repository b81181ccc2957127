"""``imprimatur count``: counts rows where they lie; a signed file of integers is what leaves."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.cli.count_options import ERROR, read
from governance.cli.refusal import Refusal, refuse_unwritable
from governance.counting import CountingError, Spec, count, engines, places
from governance.counting.files import CountsFile, smallest_cell
from lib import signed
from lib.canonical import sha256


def main(arguments: Sequence[str]) -> int:
    """0 when the file was written; 3 with one sentence on standard error when not."""
    asked = read(arguments)
    try:
        if asked.make_key:
            return _made_key(Path(asked.make_key))
        return _counted(asked)
    except OSError as error:
        return _refused(f"{error.filename}: {error.strerror}." if error.filename else str(error))
    except (Refusal, CountingError, ValueError) as error:
        return _refused(str(error))
    except KeyboardInterrupt:
        return _refused("Stopped. Nothing was written.")
    except Exception as error:  # what an engine says of data it cannot read
        if os.environ.get("IMPRIMATUR_DEBUG"):
            raise
        first = (str(error).strip() or repr(error)).splitlines()[0]
        return _refused(f"{asked.engine} cannot count this: {first}")


def _counted(asked: argparse.Namespace) -> int:
    refuse_unwritable([Path(asked.out)])
    key = _key(asked.key)
    data = places.found(asked.data, asked.format)
    spec = Spec(
        label=asked.label,
        prediction=asked.prediction,
        score=asked.score,
        threshold=asked.threshold,
        sensitive=tuple(asked.sensitive),
        favourable=asked.favourable,
        weight=asked.weight,
        columns=profiles(asked.edges_from, asked.columns, asked),
    )
    _tell(f"counting {len(data.places)} file(s) or folder(s) with {asked.engine}")
    with engines.opened(asked.engine, data, spec.named(), asked.spark_master) as frame:
        counts = count(frame, spec)
    _tell(f"{counts.rows:,} rows in {len(counts.groups):,} groups")
    told = {"name": asked.name or Path(asked.data[0]).name, "files": len(data.places)}
    if not asked.no_digest and data.is_here:
        told["digest"] = _digest(data.places)
    libraries = {name: engines.installed(name) for name in ("narwhals", "imprimatur")}
    engine = {"name": asked.engine, "version": engines.installed(asked.engine)}
    made = CountsFile(counts, told, engine, libraries).written(key)
    _write(Path(asked.out), made)
    few = smallest_cell(counts)
    _tell(f"{asked.out}: {len(made):,} bytes; the smallest number of people in it is {few:,}")
    if key is None:
        _tell("not signed: a server takes counts only with a signature (--key)")
    return 0


def profiles(
    place: str, names: Sequence[str], asked: argparse.Namespace | None = None
) -> Mapping[str, Any]:
    """The bins of each column: stored ones (JSON), or made of the reference's rows."""
    if not place:
        if names:
            raise CountingError("--columns are counted against a reference: give --edges-from.")
        return {}
    if place.endswith(".json"):
        return _stored(place, names)
    from governance.checks.base import CheckError
    from governance.checks.engine import profiles as made
    from governance.checks.engine import sources

    try:
        kinds = {
            name: made.kind_of(dtype)
            for name, dtype in sources.schema(Path(place), "reference").items()
        }
        parts = {asked.label, asked.prediction, asked.score, asked.weight} if asked else set()
        wanted = list(names) or [name for name in kinds if kinds[name] and name not in parts]
        frame = sources.columns(Path(place), wanted, "reference")
        return made.made(frame, {name: kinds[name] for name in wanted if kinds[name]})
    except CheckError as error:
        raise CountingError(str(error)) from error


def _stored(place: str, names: Sequence[str]) -> Mapping[str, Any]:
    from governance.checks.engine.profiles import problem

    try:
        found = json.loads(Path(place).read_text())
    except (ValueError, RecursionError) as error:
        raise CountingError(f"{place} is no JSON that we can read.") from error
    if not isinstance(found, dict):
        raise CountingError("The stored edges must be an object of profiles by column.")
    wanted = list(names) or list(found)
    for name in wanted:
        wrong = problem(name, found.get(name))
        if wrong:
            raise CountingError(wrong)
    return {name: found[name] for name in wanted}


def _key(place: str | None) -> Ed25519PrivateKey | None:
    if not place:
        return None
    try:
        return signed.private_key(Path(place).read_bytes())
    except ValueError as error:
        raise CountingError(f"{place} is no private key; make one with --make-key.") from error


def _made_key(place: Path) -> int:
    """The private half in ``place``, which only its owner may read; the public half is printed."""
    key = Ed25519PrivateKey.generate()
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _refused(f"{place} exists already, and keys are not overwritten.")
    with os.fdopen(handle, "wb") as file:
        file.write(signed.private_bytes(key))
    sys.stdout.write(f"{signed.public_text(key)}\n")
    _tell("give the line above to whoever runs the server, who adds it to COUNTS_KEYS")
    return 0


def _digest(files: Sequence[str]) -> str:
    """The digest of one file; of the list of digests, in order, when there are several."""
    found = []
    for file in files:
        with open(file, "rb") as stream:
            found.append(hashlib.file_digest(stream, "sha256").hexdigest())
    return found[0] if len(found) == 1 else sha256("\n".join(found).encode())


def _write(place: Path, content: bytes) -> None:
    """Whole or not at all."""
    half = place.with_name(f".{place.name}.half")
    half.write_bytes(content)
    half.replace(place)


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _refused(sentence: str) -> int:
    _tell(f"imprimatur count: {' '.join(sentence.split())}")
    return ERROR
