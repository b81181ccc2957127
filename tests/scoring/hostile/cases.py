"""A hostile file: what it is uploaded as, and how scoring it must end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from governance.scoring.launch import ENDINGS

FEATURES: Final = ("income", "debt", "age")
Make = Callable[[Path], None]  # writes the file; its folder holds what it needs besides


@dataclass(frozen=True)
class Hostile:
    """``says`` is found in the sentence that comes back.

    ``alone``: it is let past the door, to be stopped by a limit or by its own crash.
    """

    name: str
    format: str
    make: Make
    says: str
    alone: bool = False

    @property
    def ending(self) -> str:
        return ENDINGS[self.format][0]


def written(content: bytes) -> Make:
    def make(path: Path) -> None:
        path.write_bytes(content)

    return make
