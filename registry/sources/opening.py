"""From what a source says to the files behind it."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from lib.errors import Unprocessable
from registry.sources import addresses, folders, tracking, virtual
from registry.sources.addresses import Folder, OwnVersion, Proxied
from registry.sources.trees import Tree

_HOPS: Final = 3


def own_version(text: str) -> OwnVersion | None:
    """The version of this registry that a source names: ``models:/name/number``, or its folder
    under our own artifact proxy."""
    try:
        found = addresses.source_of(text)
    except Unprocessable:
        return None
    if isinstance(found, Proxied) and found.server == settings.PUBLIC_URL.rstrip("/"):
        place = virtual.place_of(found.path)
        if place is not None and place.number and not place.path:
            return OwnVersion(place.model, place.number)
    return found if isinstance(found, OwnVersion) else None


def check(text: str) -> None:
    """Raises Unprocessable, saying what to do, where no files could be fetched from ``text``.
    Nobody is asked."""
    if own_version(text) is None:
        _open(addresses.source_of(text), ask=False)


def tree(text: str) -> Tree:
    """The files behind ``text``. Raises Unreached, Unprocessable."""
    found = _open(addresses.source_of(text), ask=True)
    assert found is not None
    return found


def _open(found: addresses.Source, *, ask: bool, hops: int = 0, usual: str = "") -> Tree | None:
    """``usual`` is the server that a source means which names none: the one that told of it."""
    if isinstance(found, Folder):
        return folders.tree(found)
    if isinstance(found, Proxied):
        server = tracking.server_named(found.server or usual)
        return tracking.ProxiedTree(server, found.path, seconds=settings.SEAL_SECONDS)
    if isinstance(found, OwnVersion) or hops >= _HOPS:
        raise Unprocessable("Its source leads to other sources without end.")
    tracking.server_named("")
    if not ask:
        return None
    server, told = tracking.told_of(found)
    return _open(addresses.source_of(told), ask=True, hops=hops + 1, usual=server.base)
