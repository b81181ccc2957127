"""What came of an import, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from registry.importing.planning import Skipped

_SHOWN: Final = 50  # lines of what did not come over; the JSON has all of them


@dataclass(slots=True)
class Came:
    """What came over of one model: counts of rows."""

    model: str
    registered: bool = False
    versions: int = 0
    present: int = 0
    tombstones: int = 0
    aliases: int = 0
    sealed: int = 0
    files: int = 0
    bytes: int = 0


@dataclass(slots=True)
class Report:
    """All of it; ``trial`` is True when nothing was written."""

    origin: str
    trial: bool = False
    models: list[Came] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def total(self, name: str) -> int:
        return sum(int(getattr(each, name)) for each in self.models)

    def document(self) -> dict[str, Any]:
        """For ``--json``."""
        names = ("registered", "versions", "present", "tombstones", "aliases", "sealed", "files")
        return {
            "origin": self.origin,
            "dry_run": self.trial,
            "totals": {"models": len(self.models)} | {each: self.total(each) for each in names},
            "models": [asdict(each) for each in self.models],
            "skipped": [asdict(each) for each in self.skipped],
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        did = "would register" if self.trial else "registered"
        yield (
            f"{self.origin}: {_of(len(self.models), 'model')} looked at; "
            f"{did} {_of(self.total('registered'), 'model')}, "
            f"{_of(self.total('versions'), 'version')} and {_of(self.total('aliases'), 'alias')}"
        )
        for name, words in (
            ("present", "were here already"),
            ("tombstones", "became tombstones, their numbers being gaps there"),
            ("sealed", "were sealed with their files"),
        ):
            if count := self.total(name):
                yield f"  {_of(count, 'version')} {words}"
        if self.skipped:
            yield f"{_of(len(self.skipped), 'thing')} did not come over:"
            for each in self.skipped[:_SHOWN]:
                yield f"  {each.what}: {each.why}"
            if (more := len(self.skipped) - _SHOWN) > 0:
                yield f"  and {more:,} more: --json lists them"


def _of(count: int, noun: str) -> str:
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"
