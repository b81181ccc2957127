"""The port by which rooms above put what they know into bundles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from audit.subjects import Subject

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


BundleProvider = Callable[[str], BundleParts]
"""Takes the subject's key; raises NotFound when there is no such thing."""

_providers: dict[str, BundleProvider] = {}


def register_bundle_provider(subject_type: str, provider: BundleProvider) -> None:
    _providers[subject_type] = provider


def parts_of(subject: Subject) -> BundleParts:
    """What the subject's room says, or the subject's entries alone when no room speaks for it."""
    provider = _providers.get(subject.type)
    if provider is None:
        return BundleParts(subjects=[subject], title=str(subject))
    return provider(subject.key)
