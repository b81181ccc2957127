"""What an entry is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lib.errors import Invalid

_TYPE = re.compile(r"^[a-z][a-z_]{0,39}\Z")
_KEY = re.compile(r"^[^\x00-\x20\x7f\ud800-\udfff]{1,200}\Z")


@dataclass(frozen=True, slots=True)
class Subject:
    """A governed thing by type and key; ``label`` is what people call it, and never personal."""

    type: str
    key: str
    label: str = ""

    def __post_init__(self) -> None:
        if not _TYPE.match(self.type) or not _KEY.match(self.key):
            raise Invalid(
                "A subject is written type:key, such as release:0193… or model:mortgage.",
                errors={"subject": "type:key"},
            )

    def __str__(self) -> str:
        return f"{self.type}:{self.key}"

    @classmethod
    def parse(cls, text: str) -> Subject:
        """``type:key`` as a Subject. Raises Invalid."""
        kind, _, key = text.partition(":")
        return cls(kind, key)
