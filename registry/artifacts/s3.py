"""The store in an S3-compatible bucket."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from lib.errors import StorageFull, Unavailable
from registry.artifacts.receiving import Readable, full_disk_is_507, received, verify, weighed
from registry.artifacts.stores import ArtifactStore, missing

_ABSENT = ("404", "NoSuchKey", "NotFound")
_FULL = ("XMinioStorageFull", "QuotaExceeded", "InsufficientCapacity", "507")


class S3Store(ArtifactStore):
    """``s3://bucket/prefix``. Uploads are checked in a local temporary file first, because an
    object that was once visible under its digest must be right."""

    def __init__(self, bucket: str, prefix: str, endpoint: str | None, work: Path) -> None:
        self.bucket, self.prefix, self.endpoint, self.work = bucket, prefix, endpoint, work

    @cached_property
    def client(self) -> Any:
        import boto3  # type: ignore[import-untyped]  # heavy, and folders never need it
        from botocore.config import Config  # type: ignore[import-untyped]

        config = Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 3})
        return boto3.client("s3", endpoint_url=self.endpoint, config=config)

    def put_stream(self, digest: str, size: int, stream: Readable) -> None:
        with received(stream, digest=digest, size=size, folder=self.work) as path:
            self._keep(path, digest)

    def put_unnamed(self, stream: Readable, *, size: int | None, limit: int) -> tuple[str, int]:
        with weighed(stream, size=size, limit=limit, folder=self.work) as (path, digest, got):
            self._keep(path, digest)
        return digest, got

    def _keep(self, path: Path, digest: str) -> None:
        with self._errors(digest), path.open("rb") as file:
            self.client.upload_fileobj(file, self.bucket, self._key(digest))

    def open(self, digest: str) -> IO[bytes]:
        with full_disk_is_507():
            self.work.mkdir(parents=True, exist_ok=True)
            file = tempfile.NamedTemporaryFile(prefix="artifact-", dir=self.work)  # noqa: SIM115
        try:
            with full_disk_is_507(), self._errors(digest):
                self.client.download_fileobj(self.bucket, self._key(digest), file)
            file.seek(0)
            verify(file, digest)
        except BaseException:
            file.close()
            raise
        return file

    @contextmanager
    def path(self, digest: str) -> Iterator[Path]:
        with self.open(digest) as file:
            yield Path(file.name)

    def exists(self, digest: str) -> bool:
        from botocore.exceptions import ClientError  # type: ignore[import-untyped]

        try:
            with self._errors(digest, absent_is_error=False):
                self.client.head_object(Bucket=self.bucket, Key=self._key(digest))
        except ClientError:
            return False
        return True

    def _key(self, digest: str) -> str:
        return "/".join(part for part in (self.prefix, digest[:2], digest) if part)

    @contextmanager
    def _errors(self, digest: str, *, absent_is_error: bool = True) -> Iterator[None]:
        """Tells "not there" from "full" from "does not answer"."""
        from boto3.exceptions import Boto3Error  # type: ignore[import-untyped]
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _ABSENT:
                if absent_is_error:
                    raise missing(digest) from error
                raise
            if code in _FULL:
                raise StorageFull("The artefact store has no room left.") from error
            raise Unavailable(f"The artefact store answers {code}.") from error
        except (BotoCoreError, Boto3Error) as error:
            raise Unavailable("The artefact store does not answer.") from error
