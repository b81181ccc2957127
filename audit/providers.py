"""The ports by which rooms above tell what they know: what is in bundles, and who people are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from audit.subjects import Subject
from lib.actor import Actor
from lib.errors import Refused

Contents = bytes | Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class BundleParts:
    """What belongs to the bundle of one subject.

    ``subjects``: whose entries are exported, all of them from the first.
    ``evidence``: SHA-256 -> (name for people, bytes or a function that opens them).
    ``dossier``: the case as PDF, where there is one.
    """

    subjects: Sequence[Subject]
    evidence: Mapping[str, tuple[str, Contents]] = field(default_factory=dict)
    dossier: bytes | None = None
    title: str = ""


BundleProvider = Callable[[str, Actor], BundleParts]
"""Takes the subject's key; raises NotFound when there is no such thing for that actor to see."""

_providers: dict[str, BundleProvider] = {}


def register_bundle_provider(subject_type: str, provider: BundleProvider) -> None:
    _providers[subject_type] = provider


def parts_of(subject: Subject, actor: Actor) -> BundleParts:
    """What the subject's room says. Where no room speaks for it, its entries alone, and for
    those who may read all of the trail."""
    provider = _providers.get(subject.type)
    if provider is None:
        actor.require_everywhere("audit.read")
        return BundleParts(subjects=[subject], title=str(subject))
    return provider(subject.key, actor)


ActorFinder = Callable[[str], Actor | None]
"""Takes an actor's pseudonym; None when whoever it was may do nothing any more."""

_finders: list[ActorFinder] = []


def register_actor_finder(finder: ActorFinder) -> None:
    _finders[:] = [finder]


def actor_now(actor_id: str) -> Actor:
    """Who that is now, with the roles held now: a worker acts later than it was asked. Raises
    Refused for whoever has left."""
    found = [actor for finder in _finders if (actor := finder(actor_id)) is not None]
    if not found:
        raise Refused("Whoever asked for this may do nothing here any more.")
    return found[0]
