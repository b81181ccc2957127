"""Putting versions, datasets and documents into the registry: files first, then what names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from imprimatur_client.errors import WrongDigest
from imprimatur_client.files import Files, LocalFile, Source, collected, hashed, manifest_digest
from imprimatur_client.results import DatasetUse, DatasetVersion, Document, Version
from imprimatur_client.session import Json, Session, at
from imprimatur_client.uploads import Progress, silent, upload, upload_all


@dataclass(frozen=True)
class NewDocument:
    """``file``: a path, or its bytes. ``kind``: as a policy names it, such as ``model_card``."""

    kind: str
    file: Source
    title: str = ""
    responsible: str = ""

    @property
    def heading(self) -> str:
        return self.title or self.kind.replace("_", " ").replace("-", " ").capitalize()


Use = Union[DatasetUse, Mapping[str, Any]]


def register_version(
    session: Session,
    model: str,
    *,
    files: Files,
    fields: Mapping[str, Any],
    datasets: Iterable[Use] = (),
    documents: Iterable[NewDocument] = (),
    key: str = "",
    progress: Progress = silent,
) -> Version:
    """``fields``: format, signature, run and the like, as the API takes them."""
    local = collected(files)
    papers = [(paper, hashed(paper.file, paper.kind)) for paper in documents]
    upload_all(session, [*local, *(file for _, file in papers)], progress)
    body: Json = {
        "manifest": [file.entry for file in local],
        "datasets": [use.body if isinstance(use, DatasetUse) else dict(use) for use in datasets],
        **given(fields),
    }
    answer = session.post(at("models", model, "versions"), body, idempotency_key=key)
    _same(answer, local)
    version = Version.of(answer)
    filed = tuple(
        file_document(session, version.model, version.number, paper, file, key=key)
        for paper, file in papers
    )
    return Version.of(answer, filed)


def file_document(
    session: Session,
    model: str,
    number: int,
    paper: NewDocument,
    file: LocalFile | None = None,
    *,
    key: str = "",
    progress: Progress = silent,
) -> Document:
    """``file`` when it is in the store already."""
    if file is None:
        file = hashed(paper.file, paper.kind)
        upload(session, file, progress)
    body = {
        "kind": paper.kind,
        "title": paper.heading,
        "artifact": file.digest,
        "responsible": paper.responsible,
    }
    place = at("models", model, "versions", number, "documents")
    # A run that was cut off half-way files what is missing when it is repeated under its key.
    return Document.of(session.post(place, body, idempotency_key=key and f"{key}:{paper.kind}"))


def register_dataset(
    session: Session,
    name: str,
    *,
    files: Files,
    fields: Mapping[str, Any],
    key: str = "",
    progress: Progress = silent,
) -> DatasetVersion:
    local = collected(files)
    upload_all(session, local, progress)
    body: Json = {"manifest": [file.entry for file in local], **given(fields)}
    answer = session.post(at("datasets", name, "versions"), body, idempotency_key=key)
    _same(answer, local)
    return DatasetVersion.of(answer)


def given(fields: Mapping[str, Any]) -> Json:
    """Only what was given: the server has its own defaults for the rest."""
    return {name: value for name, value in fields.items() if value is not None}


def _same(answer: Json, local: list[LocalFile]) -> None:
    """Raises WrongDigest unless the server sealed exactly these files."""
    mine, theirs = manifest_digest(local), answer.get("digest")
    if theirs != mine:
        raise WrongDigest(
            f"The server registered other files than these: its digest is {theirs}, "
            f"that of the files here {mine}."
        )
