"""The key that signs checkpoints."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

from audit.models import Checkpoint
from audit.notes import NoteError, SigningKey
from lib.errors import Unavailable


def signing_key() -> SigningKey:
    """The key in the file LOG_KEY, made on first use with the name LOG_ORIGIN.

    Raises Unavailable when the file is unreadable, when its key has another name than
    LOG_ORIGIN, or when it is gone although the log has been signed before: a new key would look
    like a forgery to everybody who trusts the old one.
    """
    path = Path(settings.LOG_KEY)
    try:
        if not path.exists():
            _make(path)
        key = SigningKey.parse(path.read_text())
    except (OSError, NoteError) as error:
        raise Unavailable(f"The log's signing key cannot be read: {error}") from error
    if key.name != settings.LOG_ORIGIN:
        raise Unavailable(
            f"The log's key belongs to {key.name}, and LOG_ORIGIN says {settings.LOG_ORIGIN}."
        )
    return key


def _make(path: Path) -> None:
    if Checkpoint.objects.exists():
        raise Unavailable(
            "The log's signing key is gone, and checkpoints signed by it are not. Put the file "
            "LOG_KEY back from its backup."
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        file.write(SigningKey.generate(settings.LOG_ORIGIN).encode() + "\n")
    try:
        os.link(draft, path)  # of two processes that make one, the first wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()
