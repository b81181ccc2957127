"""The keys that sign checkpoints: usually one, two while an older one is being replaced."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

from audit.models import Checkpoint
from audit.notes import NoteError, SigningKey
from lib.errors import Unavailable


def signing_keys() -> list[SigningKey]:
    """The keys in the file LOG_KEY, one a line, oldest first; one is made on first use.

    Raises Unavailable when the file is unreadable, when a key has another name than LOG_ORIGIN, or
    when it is gone although the log has been signed before: a new key would look like a forgery to
    everybody who trusts the old one.
    """
    path = Path(settings.LOG_KEY)
    try:
        if not path.exists():
            _make(path)
        keys = [SigningKey.parse(line) for line in path.read_text().split()]
    except (OSError, NoteError) as error:
        raise Unavailable(f"The log's signing key cannot be read: {error}") from error
    if not keys:
        raise Unavailable("The file LOG_KEY is empty: put it back from its backup.")
    for key in keys:
        if key.name != settings.LOG_ORIGIN:
            raise Unavailable(
                f"The log's key belongs to {key.name}, and LOG_ORIGIN says {settings.LOG_ORIGIN}."
            )
    return keys


def signing_key() -> SigningKey:
    """The newest key: the one that a reader should trust from now on."""
    return signing_keys()[-1]


def public_keys() -> str:
    """The vkeys that sign now, one a line, oldest first."""
    return "".join(f"{key.verifier}\n" for key in signing_keys())


def write_keys(keys: list[SigningKey]) -> None:
    """Puts ``keys`` in the place of the file LOG_KEY, all or nothing. Raises Unavailable."""
    path = Path(settings.LOG_KEY)
    try:
        draft = _drafted(path, keys)
        os.replace(draft, path)
    except OSError as error:
        raise Unavailable(
            f"The file LOG_KEY cannot be written here ({error.strerror}): change it where it is "
            "kept, one key a line and the oldest first, then run the command again."
        ) from error


def _make(path: Path) -> None:
    if Checkpoint.objects.exists():
        raise Unavailable(
            "The log's signing key is gone, and checkpoints signed by it are not. Put the file "
            "LOG_KEY back from its backup."
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _drafted(path, [SigningKey.generate(settings.LOG_ORIGIN)])
    try:
        os.link(draft, path)  # of two processes that make one, the first wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _drafted(path: Path, keys: list[SigningKey]) -> Path:
    """A file beside ``path`` with the keys in it, on the disk before anybody can see it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        file.writelines(f"{key.encode()}\n" for key in keys)
        file.flush()
        os.fsync(file.fileno())
    return draft
