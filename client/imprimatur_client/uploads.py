"""Files on their way to the store: only what the server does not have, checked when it is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable

from imprimatur_client.errors import ApiError, WrongDigest
from imprimatur_client.files import LocalFile, changed
from imprimatur_client.results import Artifact
from imprimatur_client.session import Session, at, understood

Progress = Callable[[LocalFile, int], None]
"""Called with a file and how many of its bytes have left; 0 when a try begins."""
BINARY = {"Content-Type": "application/octet-stream"}


def silent(file: LocalFile, sent: int) -> None:
    """Nobody watches."""


def upload_all(
    session: Session, files: Sequence[LocalFile], progress: Progress = silent
) -> list[Artifact]:
    """Every file once, also when two have the same bytes."""
    stored: dict[str, Artifact] = {}
    for file in files:
        if file.digest not in stored:
            stored[file.digest] = upload(session, file, progress)
    return [stored[file.digest] for file in files]


def upload(session: Session, file: LocalFile, progress: Progress = silent) -> Artifact:
    """Stores one file. Raises WrongDigest when the server answers with other bytes than these,
    BadInput when the file changed since it was hashed, ApiError."""
    place = at("artifacts", file.digest)
    if _is_there(session, place):
        return Artifact(file.digest, file.size, sent=False)
    sent = _Sent(file, progress)
    try:
        answer = understood(session.send("PUT", place, BINARY, sent.begin, file.size))
    except ApiError as error:
        if error.code == "wrong_digest":
            raise changed(file.path) from None
        raise
    if answer.get("digest") != file.digest or answer.get("size") != file.size:
        raise WrongDigest(
            f"The server stored {file.path} as {str(answer.get('digest'))[:12]} with "
            f"{answer.get('size')} bytes; here it is {file.digest[:12]} with {file.size}."
        )
    return Artifact(file.digest, file.size, sent=True)


def _is_there(session: Session, place: str) -> bool:
    """Whether the bytes may be left out. A PUT without them asks exactly that, and asks for the
    right to store at once: nobody sends a large file only to be refused."""
    try:
        session.send("PUT", place, BINARY)
    except ApiError as error:
        if error.status == 422:
            return False
        raise
    return True


class _Sent:
    """Counts what leaves; a new try counts from the beginning."""

    def __init__(self, file: LocalFile, progress: Progress) -> None:
        self.file = file
        self.progress = progress
        self.count = 0

    def begin(self) -> object:
        self.count = 0
        self.progress(self.file, 0)
        return self.file.chunks(self._told)

    def _told(self, more: int) -> None:
        self.count += more
        self.progress(self.file, self.count)
