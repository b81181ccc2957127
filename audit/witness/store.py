"""What a witness keeps: files that survive a kill at any moment.

Beside FILE, which holds the last checkpoint it believed: FILE.cosigned (that one with the
witness's signature), FILE.FORK (evidence, written once), FILE.REFUSED (the last note that could
not be trusted), FILE.lock.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from audit.cosignatures import WitnessSigningKey
from audit.notes import VerifierKey
from audit.witness.checking import Seen
from audit.witness.outcomes import Alarm, Misuse, Trouble

_FORMAT = "imprimatur/witness@v1"
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Memory:
    """The last checkpoint believed, the log's keys, and the witness's own public key."""

    seen: Seen
    keys: list[VerifierKey]
    witness: str


class Store:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.cosigned = path.with_name(f"{path.name}.cosigned")
        self.fork = path.with_name(f"{path.name}.FORK")
        self.refused = path.with_name(f"{path.name}.REFUSED")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One witness a store. Raises Misuse when another is at work."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path.with_name(f"{self.path.name}.lock"), "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Misuse(f"another witness works with {self.path}") from error
            yield

    def read(self) -> Memory | None:
        """None when there is no file. Raises Misuse for one that cannot be read: to begin anew
        in silence is what whoever damaged it would want."""
        if not self.path.exists():
            return None
        try:
            data = json.loads(self.path.read_text())
            if data["format"] != _FORMAT:
                raise ValueError(f"its format is {data['format']!r}")
            keys = [VerifierKey.parse(text) for text in data["keys"]]
            return Memory(Seen.opened(data["checkpoint"], keys), keys, str(data["witness"]))
        except (*_DAMAGED, Alarm, Trouble) as error:
            raise Misuse(f"{self.path} cannot be read: {error}") from error

    def write(self, memory: Memory) -> None:
        data = {
            "format": _FORMAT,
            "keys": [str(key) for key in memory.keys],
            "witness": memory.witness,
            "checkpoint": memory.seen.note,
            "seen_at": _now(),
        }
        write_whole(self.path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")

    def keep_evidence(self, alarm: Alarm, known: Seen | None) -> Path:
        """Both notes, in a file that is never overwritten when the log cannot take it back."""
        knew = known.note if known else "(nothing yet)\n"
        text = (
            f"{_now()}: {alarm}\n\n==== what this witness knew ====\n{knew}\n"
            f"==== what the log showed ====\n{alarm.seen}"
        )
        path = self.fork if alarm.lasting else self.refused
        if not (alarm.lasting and path.exists()):
            write_whole(path, text)
        return path


def key_at(path: Path, *, name: str, memory: Memory | None) -> WitnessSigningKey:
    """The witness's key, made on first use, readable by its owner alone.

    Raises Misuse when it cannot be read, or when the store knows one that is gone or another.
    """
    try:
        if not path.exists():
            if memory is not None:
                raise Misuse(f"the witness's key {path} is gone: put it back from its backup")
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, WitnessSigningKey.generate(name).encode() + "\n")
        key = WitnessSigningKey.parse(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise Misuse(f"the witness's key {path} cannot be used: {error}") from error
    if memory is not None and memory.witness != str(key.verifier):
        raise Misuse(f"{path} holds another key than {memory.witness}, which this witness had")
    return key


def write_whole(path: Path, text: str) -> None:
    """All of it or nothing, and on the disk before this returns."""
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
