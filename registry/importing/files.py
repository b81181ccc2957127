"""The files of what was imported: fetched through the other server's artefact proxy, hashed, kept,
and the version sealed with them."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from lib.actor import Actor
from lib.errors import Unprocessable
from registry.artifacts import store
from registry.importing.reading import Peer
from registry.models import ModelVersion
from registry.services import artifacts, unsealed
from registry.sources import addresses, mlmodel
from registry.sources.tracking import ProxiedTree, Server
from registry.sources.trees import Tree, Unreached, bounded


def seal(peer: Peer, version: ModelVersion, *, actor: Actor) -> ModelVersion:
    """Fetches all files of the version and seals it: from now on it has a digest.

    Raises Unreached when the other server does not answer just now, CannotRead, Unprocessable when
    its files are elsewhere or say nothing of what they are, and what sealing raises. What came in
    until then stays in the store.
    """
    tree = _tree(peer, version)
    listed = bounded(tree.files(), most_bytes=settings.SEAL_MAX_BYTES)
    kept: list[dict[str, Any]] = []
    for file in listed:
        with tree.opened(file.path) as stream:
            blob = artifacts.store_stream(
                stream, size=None, limit=settings.ARTIFACT_MAX_BYTES, actor=actor
            )
        if file.size is not None and blob.size != file.size:
            raise Unreached(f"{file.path} came with {blob.size:,} of {file.size:,} bytes.")
        kept.append({"path": file.path, "digest": blob.digest, "size": blob.size})
    found = _described(kept)
    return unsealed.seal_version(
        version, manifest=kept, format=found.format, signature=found.signature, actor=actor
    )


def _tree(peer: Peer, version: ModelVersion) -> Tree:
    """Only the server that the import reads from is asked, whatever a source says."""
    found = addresses.source_of(peer.download_uri(version.model.name, version.number))
    if not isinstance(found, addresses.Proxied) or _host(found) not in ("", peer.host):
        raise Unprocessable(
            f"Its files are not under the artifact proxy of {peer.host}. {addresses.WHAT_ELSE}"
        )
    return ProxiedTree(Server(peer.url, peer.headers()), found.path, seconds=settings.SEAL_SECONDS)


def _host(found: addresses.Proxied) -> str:
    return found.server.rpartition("//")[2].partition("/")[0]


def _described(files: list[dict[str, Any]]) -> mlmodel.Described:
    digests = {file["path"]: str(file["digest"]) for file in files}
    if mlmodel.NAME not in digests:
        raise Unprocessable(
            "There is no MLmodel file among its files, so nobody knows what kind of model it is."
        )
    with store().open(digests[mlmodel.NAME]) as file:
        return mlmodel.described(file.read(mlmodel.MOST_BYTES + 1), digests)
