"""What a worker does to seal a version: find its files, fetch and hash them, read the MLmodel."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from jobs.registry import LeasedJob
from lib.actor import SYSTEM
from lib.errors import INFRASTRUCTURE, ImprimaturError, Unprocessable
from registry.artifacts import store
from registry.artifacts.receiving import Readable
from registry.models import Sealing
from registry.services import artifacts, sealing
from registry.sources import mlmodel, opening
from registry.sources.trees import Found, Tree, Unreached, bounded

TRIES: Final = 4
_TELL_SECONDS: Final = 2.0


def fetch(asked: Sealing, job: LeasedJob) -> None:
    """Seals the version, or says why not. A place that does not answer is asked again, a few times;
    so is a machine in trouble."""
    try:
        _sealed(asked, job)
    except INFRASTRUCTURE:
        raise
    except Unreached as error:
        if job.tries < TRIES:
            raise
        sealing.fail(str(asked.id), f"{error} It was asked {job.tries} times. Try again later.")
    except ImprimaturError as error:
        sealing.fail(str(asked.id), error.detail)


def _sealed(asked: Sealing, job: LeasedJob) -> None:
    version = asked.version
    origin = None if version.manifest else sealing.origin_of(version)
    if version.manifest:
        files: list[dict[str, Any]] = list(version.manifest)
        found = _described(files, asked.given)
    elif origin is not None:
        if not origin.is_sealed:
            raise Unprocessable(f"Its source is {origin.label}, which is not sealed.")
        files = list(origin.manifest)
        found = mlmodel.Described(origin.format, origin.signature)
    else:
        files = _fetched(asked, opening.tree(version.source), job)
        found = _described(files, asked.given)
    sealing.finish(
        asked,
        manifest=files,
        format=found.format,
        signature=found.signature,
        note=found.note,
        job=job,
    )


def _fetched(asked: Sealing, tree: Tree, job: LeasedJob) -> list[dict[str, Any]]:
    """The files, all of them here. Those of an earlier attempt are taken where the source still
    has one of that size."""
    job.heartbeat(0.0, "looking what is there")
    listed = bounded(tree.files(), most_bytes=settings.SEAL_MAX_BYTES)
    here = {file["path"]: file for file in asked.files}
    progress = _Progress(job, listed)
    kept: list[dict[str, Any]] = []
    for file in listed:
        known = here.get(file.path)
        if known is None or file.size not in (None, known["size"]):
            known = _one(tree, file, progress)
            sealing.keep_file(asked, known, job)
        progress.done += known["size"]
        if progress.done > settings.SEAL_MAX_BYTES:
            raise Unprocessable(
                f"The files in its source have more than {settings.SEAL_MAX_BYTES:,} bytes."
            )
        kept.append(known)
    return kept


def _one(tree: Tree, file: Found, progress: _Progress) -> dict[str, Any]:
    limit = settings.ARTIFACT_MAX_BYTES
    with tree.opened(file.path) as stream:
        counted = _Counted(stream, file.path, progress)
        artifact = artifacts.store_stream(counted, size=None, limit=limit, actor=SYSTEM)
    if file.size is not None and artifact.size != file.size:
        raise Unreached(
            f"{file.path} came with {artifact.size:,} bytes where {file.size:,} were announced."
        )
    return {"path": file.path, "digest": artifact.digest, "size": artifact.size}


class _Progress:
    """Tells how much has come in, now and then."""

    def __init__(self, job: LeasedJob, listed: list[Found]) -> None:
        self.job, self.all = job, sum(file.size or 0 for file in listed)
        self.done, self._told = 0, 0.0

    def tell(self, path: str, more: int) -> None:
        if time.monotonic() - self._told < _TELL_SECONDS:
            return
        self._told = time.monotonic()
        share = min((self.done + more) / self.all, 1.0) if self.all else None
        self.job.heartbeat(share, f"fetching {path}")


class _Counted:
    def __init__(self, stream: Readable, path: str, progress: _Progress) -> None:
        self._stream, self._path, self._progress, self._got = stream, path, progress, 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self._got += len(data)
        self._progress.tell(self._path, self._got)
        return data


def _described(files: list[dict[str, Any]], given: Mapping[str, Any]) -> mlmodel.Described:
    """Format and signature: what was given, else what the MLmodel file says."""
    format, signature = given.get("format", ""), given.get("signature")
    if format and (signature is not None or format == "predictions"):
        return mlmodel.Described(format, signature or {})
    digests = {file["path"]: file["digest"] for file in files}
    if mlmodel.NAME not in digests:
        raise Unprocessable(
            "There is no MLmodel file among its files, so nobody knows what kind of model it is. "
            "Seal it with a format and a signature of your own "
            "(POST …/seal with {“format”, “signature”}).",
            code="no_mlmodel",
        )
    with store().open(digests[mlmodel.NAME]) as file:
        found = mlmodel.described(file.read(mlmodel.MOST_BYTES + 1), digests, signature=signature)
    return mlmodel.Described(format or found.format, found.signature, "" if format else found.note)
