"""The small forms of the release page: where each goes, why it may be shut, what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import reverse

from governance import signed_acts
from governance.models import Release
from lib.errors import Conflict, ImprimaturError

_TEXTS = ("text", "outcome", "reason", "shown", "note")
_CHOICES = ("satisfied", "granted", "accepted", "approved", "ratified", "is_ready")


@dataclass(frozen=True)
class Sent:
    """A form that was sent and may not stand: which, what was typed in it, and why not."""

    name: str
    number: int
    typed: Mapping[str, str]
    error: ImprimaturError

    @property
    def kept(self) -> list[str]:
        """What was typed, for the case that the form is no longer there to hold it: the release
        has moved on."""
        if self.error.status != Conflict.status:
            return []
        return [text for name, text in self.typed.items() if name in _TEXTS and text.strip()]


@dataclass(frozen=True)
class Form:
    """``name`` is the page that takes it, ``number`` the thing it is about (0 for the release)."""

    name: str
    number: int
    address: str
    why_not: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    error: ImprimaturError | None = None
    seen: str = ""
    """A digest of what it is about as the page shows it: what changed meanwhile is read again."""

    @property
    def is_signed(self) -> bool:
        """Sending it takes a fresh proof of who does."""
        return signed_acts.is_signed(self.name)

    @property
    def said(self) -> str:
        """What was typed in its one field for text."""
        return next((text for name, text in self.typed.items() if name in _TEXTS), "")

    @property
    def choice(self) -> str:
        """What was chosen of its two, ``yes`` or ``no``."""
        return next((self.typed[name] for name in _CHOICES if name in self.typed), "")

    @property
    def mark(self) -> str:
        """Unique on the page, for the labels of its fields."""
        return f"{self.name}-{self.number}".replace("_", "-")


def form(
    release: Release,
    name: str,
    number: int = 0,
    *,
    why_not: str = "",
    sent: Sent | None = None,
    seen: str = "",
) -> Form:
    """The form, with what was typed in it when it is the one that was ``sent``."""
    arguments = [release.pk, number] if number else [release.pk]
    address = reverse(f"admin:release_{name}", args=arguments)
    if sent is None or (sent.name, sent.number) != (name, number):
        return Form(name, number, address, why_not, seen=seen)
    return Form(name, number, address, why_not, sent.typed, sent.error, seen)
