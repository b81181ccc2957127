"""The last checkpoint known outside the database, which a restored database has to live up to.

A database restored from a backup may be shorter than a log that others have seen signed. To sign
on would be a fork: two trees of one size under one name. So each checkpoint is also written to a
file that is not restored along with the database, and nothing is signed that does not continue
what it says.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction

from audit import tree
from audit.models import LogState
from audit.notes import NoteError, SignedHead, SigningKey, VerifierKey, open_note
from audit.services.keys import signing_keys
from audit.services.tiles import read_nodes
from lib.errors import Conflict, Invalid, Unavailable

Known = tuple[VerifierKey, ...]


def keep_outside(note: str) -> None:
    """Writes ``note`` to the file LOG_KNOWN once the transaction that signed it has committed.

    Only then: a file ahead of a transaction that was rolled back would stop the log for good. A
    write that is lost leaves an older checkpoint there, which costs nothing but reach.
    """
    transaction.on_commit(lambda: _write(note), robust=True)


def refuse_to_fall_behind(state: LogState, keys: list[SigningKey]) -> None:
    """Raises Unavailable unless the tree continues the checkpoint in the file LOG_KNOWN."""
    path = Path(settings.LOG_KNOWN)
    try:
        note = path.read_text() if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"The last known checkpoint cannot be read: {error}") from error
    if not note:
        return
    try:
        head = _head(note, tuple(key.verifier for key in keys))
    except NoteError as error:
        raise Unavailable(
            f"The last known checkpoint, in the file LOG_KNOWN, is not ours: {error}. Nothing is "
            "signed until the file is right again."
        ) from error
    _refuse_other_tree(state, head)


def learn(note: str) -> SignedHead:
    """Takes a checkpoint that somebody outside holds: from now on the log has to continue it.

    Raises Invalid when it is not a checkpoint of this log, Conflict when a larger one is known.
    """
    known = tuple(key.verifier for key in signing_keys())
    try:
        head = _head(note, known)
    except NoteError as error:
        raise Invalid(f"This is no checkpoint that the log signed: {error}") from error
    path = Path(settings.LOG_KNOWN)
    if path.exists() and (last := _head(path.read_text(), known)).size > head.size:
        raise Conflict(f"A larger checkpoint is known already, of size {last.size}.")
    _write(note)
    return head


def known_size() -> int | None:
    """The size that the file LOG_KNOWN speaks of, whoever signed it; None when there is none."""
    try:
        return SignedHead.parse(Path(settings.LOG_KNOWN).read_text()).size
    except (OSError, UnicodeDecodeError, NoteError):
        return None


def set_aside() -> None:
    """Gives the file LOG_KNOWN another name, so that a log begun anew is not held against it."""
    path = Path(settings.LOG_KNOWN)
    if path.exists():
        os.replace(path, path.with_name(f"{path.name}.before-restart-{secrets.token_hex(4)}"))


def _head(note: str, known: Known) -> SignedHead:
    text, _ = open_note(note, *known)
    head = SignedHead.parse(text)
    if head.origin != settings.LOG_ORIGIN:
        raise NoteError(f"it belongs to {head.origin}")
    return head


def _refuse_other_tree(state: LogState, head: SignedHead) -> None:
    if head.size > state.size:
        raise Unavailable(
            f"The log has {state.size} entries, and a checkpoint of {head.size} is known outside: "
            "the database is older than what others have seen. Nothing is signed until the missing "
            "entries are restored: see docs/audit-log.md.",
            code="fell_behind",
        )
    if tree.root(head.size, read_nodes) != head.root:
        raise Unavailable(
            f"The first {head.size} entries are not those of the checkpoint that is known outside. "
            "Nothing is signed: see docs/audit-log.md.",
            code="another_past",
        )


def _write(note: str) -> None:
    """All or nothing, and never torn: whoever reads finds the old one or the new one."""
    path = Path(settings.LOG_KNOWN)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with draft.open("w") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
