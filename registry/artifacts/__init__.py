"""The content-addressed store: blobs named by their SHA-256, checked on every read (G1)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from registry.artifacts.s3 import S3Store
from registry.artifacts.stores import ArtifactStore, FolderStore

__all__ = ["ArtifactStore", "FolderStore", "S3Store", "store"]


def store() -> ArtifactStore:
    """The store that ``ARTIFACT_STORE`` names: ``file:///path`` or
    ``s3://bucket/prefix?endpoint=URL``."""
    return _store(settings.ARTIFACT_STORE, str(settings.WORK_DIR))


@lru_cache(maxsize=8)
def _store(address: str, work: str) -> ArtifactStore:
    parts = urlsplit(address)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path:
        return FolderStore(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        endpoint = parse_qs(parts.query).get("endpoint", [None])[0]
        return S3Store(parts.netloc, parts.path.strip("/"), endpoint, Path(work))
    raise ImproperlyConfigured(
        f"ARTIFACT_STORE is {address!r}: use file:///path or s3://bucket/prefix?endpoint=URL."
    )
