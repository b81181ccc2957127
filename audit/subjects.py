"""What an entry is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lib.canonical import sha256
from lib.errors import Invalid

_TYPE = re.compile(r"^[a-z][a-z_]{0,39}\Z")
_KEY = re.compile(r"^[^\x00-\x1f\x7f\ud800-\udfff]{1,1000}\Z")
_LONGEST = 200  # what a row holds


@dataclass(frozen=True, slots=True)
class Subject:
    """A governed thing by type and key; ``label`` is what people call it, and never personal.

    A key of more than 200 characters becomes its first 135, a tilde and its SHA-256, however it
    came here: names that other products allow are longer than any that the house gives.
    """

    type: str
    key: str
    label: str = ""

    def __post_init__(self) -> None:
        if not _TYPE.match(self.type) or not _KEY.match(self.key):
            raise Invalid(
                "A subject is written type:key, such as release:0193… or model:mortgage.",
                errors={"subject": "type:key"},
            )
        if len(self.key) > _LONGEST:
            digest = sha256(self.key.encode())
            object.__setattr__(self, "key", f"{self.key[: _LONGEST - 65]}~{digest}")

    def __str__(self) -> str:
        return f"{self.type}:{self.key}"

    @classmethod
    def parse(cls, text: str) -> Subject:
        """``type:key`` as a Subject. Raises Invalid."""
        kind, _, key = text.partition(":")
        return cls(kind, key)
