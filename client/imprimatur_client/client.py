"""The SDK's one class."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Callable

from imprimatur_client import registering, waiting
from imprimatur_client._version import __version__
from imprimatur_client.errors import BadInput, NotFound
from imprimatur_client.events import Event
from imprimatur_client.files import Files, Source, collected, hashed, manifest_digest
from imprimatur_client.registering import NewDocument, Use
from imprimatur_client.results import (
    WAITING,
    Artifact,
    DatasetVersion,
    Document,
    Model,
    Release,
    Verdict,
    Version,
)
from imprimatur_client.session import Patience, Session, at
from imprimatur_client.transport import Transport
from imprimatur_client.uploads import Progress, silent, upload

HOUR = 3600.0
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_NUMBER = re.compile(r"(?:[Rr]-)?([0-9]{1,9})\Z")


class Client:
    """An Imprimatur server, seen by a pipeline.

    ``url`` and ``token`` come from IMPRIMATUR_URL and IMPRIMATUR_TOKEN unless given. ``timeout``:
    seconds without a byte before a request is given up. Every method raises a ``ClientError``.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float = 60.0,
        patience: Patience | None = None,
        transport: Transport | None = None,
        progress: Progress = silent,
    ) -> None:
        self.session = Session(
            _given(url, "IMPRIMATUR_URL"),
            _given(token, "IMPRIMATUR_TOKEN"),
            timeout=timeout,
            patience=patience,
            transport=transport,
            user_agent=f"imprimatur-client/{__version__}",
        )
        self.progress = progress

    def __repr__(self) -> str:
        return f"<Client {self.session.url}>"

    def upload(self, source: Source, name: str = "") -> Artifact:
        """Stores one file, unless the server has it."""
        return upload(self.session, hashed(source, name), self.progress)

    def model(self, name: str) -> Model:
        return Model.of(self.session.get(at("models", name)))

    def register_model(
        self,
        name: str,
        *,
        use_case: str,
        task: str = "binary",
        description: str = "",
        owner: str | None = None,
        validator: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Model:
        """Raises Conflict when it is there already."""
        fields = {
            "name": name,
            "use_case": use_case,
            "task": task,
            "description": description,
            "owner": owner,
            "validator": validator,
            "tags": dict(tags) if tags is not None else None,
        }
        return Model.of(self.session.post("/models", registering.given(fields)))

    def register_version(
        self,
        model: str,
        *,
        files: Files,
        format: str,
        signature: Mapping[str, Any] | None = None,
        datasets: Iterable[Use] = (),
        run: Mapping[str, Any] | None = None,
        documents: Iterable[NewDocument] = (),
        developer: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
        idempotency_key: str = "",
    ) -> Version:
        """Uploads what the server lacks, seals the next version and files its documents.

        ``signature``: ``{"inputs": [{"name", "type"}], "outputs": [...], "decision_threshold"}``.
        ``run``: ``{"namespace", "job", "code_commit", "parameters", "metrics", ...}``. Under one
        ``idempotency_key`` (a build's number) a repeated call registers once.
        """
        return registering.register_version(
            self.session,
            model,
            files=files,
            fields={
                "format": format,
                "signature": signature,
                "run": run,
                "developer": developer,
                "description": description,
                "tags": dict(tags) if tags is not None else None,
            },
            datasets=datasets,
            documents=documents,
            key=idempotency_key,
            progress=self.progress,
        )

    def file_document(self, model: str, number: int, document: NewDocument) -> Document:
        """Files one more document with a version. A release counts it from its next revision."""
        return registering.file_document(
            self.session, model, number, document, progress=self.progress
        )

    def register_dataset(
        self,
        name: str,
        *,
        files: Files,
        schema: Iterable[Mapping[str, Any]],
        roles: Mapping[str, Any],
        idempotency_key: str = "",
        **about: Any,
    ) -> DatasetVersion:
        """Registers the next version of a dataset, which makes the dataset when it is new.

        ``schema``: ``[{"name", "type", ...}]``; ``roles``: which column is label, score, feature,
        sensitive. ``about``: description, purpose, consent, personal_data, licence, retention,
        retain_until, rows.
        """
        fields = {"schema": [dict(column) for column in schema], "roles": dict(roles), **about}
        return registering.register_dataset(
            self.session,
            name,
            files=files,
            fields=fields,
            key=idempotency_key,
            progress=self.progress,
        )

    def request_release(
        self,
        model: str,
        version: int,
        *,
        environment: str,
        purpose: str,
        reason: str,
        wait: bool = False,
        timeout: float = HOUR,
        on_change: Callable[[Event], None] | None = None,
        idempotency_key: str = "",
    ) -> Release:
        """Asks that a version may run. Raises Conflict with code ``open_already`` (and the id in
        ``members["release"]``) when the same has been asked for and is open. ``wait``: as
        ``wait`` below does."""
        body = {
            "model": model,
            "version": version,
            "environment": environment,
            "purpose": purpose,
            "reason": reason,
        }
        asked = self.session.post("/releases", body, idempotency_key=idempotency_key)
        release = Release.of(asked)
        if wait:
            return self.wait(release, timeout=timeout, on_change=on_change)
        return release

    def release(self, name: Release | str | int) -> Release:
        """A release as it is now, by its id, by “R-12” or by 12. Raises NotFound."""
        return Release.of(self.session.get(at("releases", self._id(name))))

    def revise(self, release: Release | str | int, *, reason: str) -> Release:
        """Everything is measured again under today's policies; earlier decisions count no more."""
        place = at("releases", self._id(release), "revisions")
        return Release.of(self.session.post(place, {"reason": reason}))

    def watch(
        self,
        release: Release | str | int,
        *,
        timeout: float = HOUR,
        until: Collection[str] = WAITING,
    ) -> Iterator[Event]:
        """What happens to a release, as it happens, beginning with what has happened already.

        Ends when its state leaves ``until``: it is released, blocked, rejected, sent back or
        withdrawn. A server that restarts meanwhile is waited for. Raises WaitedTooLong.
        """
        return waiting.follow(self.session, self._id(release), timeout=timeout, until=until)

    def wait(
        self,
        release: Release | str | int,
        *,
        timeout: float = HOUR,
        until: Collection[str] = WAITING,
        on_change: Callable[[Event], None] | None = None,
    ) -> Release:
        """Runs ``watch`` to its end, tells ``on_change`` of every event and returns the release."""
        last: Release | None = None
        for event in self.watch(release, timeout=timeout, until=until):
            last = event.release
            if on_change:
                on_change(event)
        assert last is not None, "the first look at a release is an event"
        return last

    def verdict(self, target: Files | Version | Release, environment: str, purpose: str) -> Verdict:
        """May this run there, for that, now? ``target``: a digest, a version, a release, or the
        version's files, which are hashed here. Whatever is unknown is a deny, not an error."""
        digest = digest_of(target)
        query = {"digest": digest, "environment": environment, "purpose": purpose}
        answer = self.session.get("/verdict", query)
        return Verdict.of(answer, digest=digest, environment=environment, purpose=purpose)

    def _id(self, name: Release | str | int) -> str:
        if isinstance(name, Release):
            return name.id
        text = str(name).strip()
        if _UUID.match(text):
            return text
        if not (found := _NUMBER.match(text)):
            raise BadInput(f"“{text}” is no release: give its id, or a number such as R-12.")
        wanted = int(found.group(1))
        for line in self.session.items("/releases"):  # newest first
            if line["number"] == wanted:
                return str(line["id"])
            if line["number"] < wanted:
                break
        raise NotFound(404, detail=f"There is no release R-{wanted}, or you may not see it.")


def digest_of(target: Files | Version | Release) -> str:
    """The digest by which a version is named in verdicts."""
    if isinstance(target, (Version, Release)):
        return target.digest
    if isinstance(target, str) and _DIGEST.match(target):
        return target
    return manifest_digest(collected(target))


def _given(value: str | None, name: str) -> str:
    found = os.environ.get(name, "") if value is None else value
    if not found.strip():
        what = "the server's address" if name.endswith("URL") else "a service token"
        raise BadInput(f"Set {name} to {what}.")
    return found
