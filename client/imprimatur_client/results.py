"""What the server answers, as typed values; ``raw`` holds all of it, as it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Callable, TypeVar, cast

from imprimatur_client.errors import NotImprimatur

WAITING = frozenset({"validating", "in_review"})
"""States of a release that change without the pipeline's doing anything."""

Raw = Mapping[str, Any]
Read = TypeVar("Read", bound=Callable[..., Any])


def _complete(read: Read) -> Read:
    """Turns an answer that lacks something into a NotImprimatur, in words."""

    @wraps(read)
    def reading(*args: Any, **kwargs: Any) -> Any:
        try:
            return read(*args, **kwargs)
        except (KeyError, TypeError, AttributeError) as error:
            raise NotImprimatur(
                f"The answer is not what this client reads ({type(error).__name__}: {error}): is "
                "this Imprimatur's address, and are server and client of about the same age?"
            ) from error

    return cast(Read, reading)


@dataclass(frozen=True)
class Artifact:
    """A blob in the store; ``sent`` is False when the server had it already."""

    digest: str
    size: int
    sent: bool


@dataclass(frozen=True)
class Model:
    name: str
    use_case: str
    task: str
    last_number: int
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    @_complete
    def of(cls, raw: Raw) -> Model:
        return cls(raw["name"], raw["use_case"], raw["task"], raw["last_number"], raw)


@dataclass(frozen=True)
class Document:
    kind: str
    title: str
    digest: str
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    @_complete
    def of(cls, raw: Raw) -> Document:
        return cls(raw["kind"], raw["title"], raw["artifact"], raw)


@dataclass(frozen=True)
class Version:
    """A sealed model version; ``digest`` is what a verdict is asked for."""

    model: str
    number: int
    digest: str
    state: str
    documents: tuple[Document, ...] = ()
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    @_complete
    def of(cls, raw: Raw, documents: tuple[Document, ...] = ()) -> Version:
        return cls(raw["model"], raw["number"], raw["digest"] or "", raw["state"], documents, raw)

    @property
    def label(self) -> str:
        return f"{self.model} v{self.number}"


@dataclass(frozen=True)
class DatasetVersion:
    name: str
    number: int
    digest: str
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    @_complete
    def of(cls, raw: Raw) -> DatasetVersion:
        return cls(raw["name"], raw["number"], raw["digest"], raw)

    @property
    def label(self) -> str:
        return f"{self.name} v{self.number}"

    def used_for(self, role: str) -> DatasetUse:
        """As a version names it; ``role``: training, validation or reference."""
        return DatasetUse(self.name, self.number, role)


@dataclass(frozen=True)
class DatasetUse:
    """``role``: training, validation or reference."""

    name: str
    number: int
    role: str

    @property
    def body(self) -> dict[str, Any]:
        return {"name": self.name, "number": self.number, "role": self.role}


@dataclass(frozen=True)
class Gate:
    """One requirement of a release. ``state``: open, closed or pending; ``reasons``: why."""

    key: str
    kind: str
    title: str
    state: str
    verdict: str
    reasons: tuple[str, ...]
    policy: str

    @classmethod
    @_complete
    def of(cls, raw: Raw) -> Gate:
        return cls(
            raw["key"],
            raw["kind"],
            raw["title"],
            raw["state"],
            raw["verdict"],
            tuple(map(str, raw["reasons"])),
            raw["policy"],
        )

    @property
    def is_open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True)
class Check:
    """One check of the suite. ``state``: queued, running, finished or failed."""

    name: str
    check: str
    state: str
    verdict: str
    sentence: str
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    @_complete
    def of(cls, raw: Raw) -> Check:
        told = raw["sentence"] or raw["error"]
        return cls(raw["name"], raw["check"], raw["state"], raw["verdict"], told, raw)

    @property
    def is_done(self) -> bool:
        return self.state in ("finished", "failed")


@dataclass(frozen=True)
class Slot:
    """A place for signatures of people who hold ``role``."""

    key: str
    title: str
    role: str
    filled: bool


@dataclass(frozen=True)
class Release:
    id: str
    number: int
    model: str
    version: int
    digest: str
    environment: str
    purpose: str
    state: str
    revision: int
    gates: tuple[Gate, ...]
    checks: tuple[Check, ...]
    slots: tuple[Slot, ...]
    authorization: str
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    @_complete
    def of(cls, raw: Raw) -> Release:
        return cls(
            id=raw["id"],
            number=raw["number"],
            model=raw["model"],
            version=raw["version"],
            digest=raw["digest"],
            environment=raw["environment"],
            purpose=raw["purpose"],
            state=raw["state"],
            revision=raw["revision"],
            gates=tuple(map(Gate.of, raw["gates"])),
            checks=tuple(map(Check.of, raw["checks"])),
            slots=tuple(
                Slot(each["slot"], each["title"], each["role"], each["filled"])
                for each in raw["slots"]
            ),
            authorization=raw["authorization"] or "",
            raw=raw,
        )

    @property
    def label(self) -> str:
        return f"R-{self.number}"

    @property
    def error(self) -> str:
        """Why the checks as a whole broke, which their gates do not repeat; else empty."""
        return str(self.raw.get("error") or "")

    @property
    def is_waiting(self) -> bool:
        """Checks or people are still at it; in any other state it is the pipeline's turn."""
        return self.state in WAITING

    @property
    def closed_gates(self) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.gates if not gate.is_open)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Titles of the slots that nobody has filled yet."""
        return tuple(slot.title for slot in self.slots if not slot.filled)


@dataclass(frozen=True)
class Verdict:
    """May this digest run there, for that, now? ``reasons``: (code, sentence) pairs."""

    allow: bool
    digest: str
    environment: str
    purpose: str
    reasons: tuple[tuple[str, str], ...]
    restrictions: tuple[str, ...]
    authorization: str
    expires_at: str
    model: str
    version: int
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    @_complete
    def of(cls, raw: Raw, *, digest: str, environment: str, purpose: str) -> Verdict:
        return cls(
            # Whatever is not plainly an allow is a deny.
            allow=raw.get("verdict") == "allow",
            digest=digest,
            environment=environment,
            purpose=purpose,
            reasons=tuple((str(r["code"]), str(r["text"])) for r in raw.get("reasons", ())),
            restrictions=tuple(map(str, raw.get("restrictions") or ())),
            authorization=raw.get("authorization") or "",
            expires_at=raw.get("expires_at") or "",
            model=raw.get("model") or "",
            version=raw.get("version") or 0,
            raw=raw,
        )

    def __bool__(self) -> bool:
        return self.allow
