"""What an MLflow server tells of its models and versions, made plain. No Django.

A server that is asked is not believed: whatever is not of the shape that its API promises raises
``Unreadable``, and what is missing is empty, as protocol buffers leave out what is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

READY: Final = "READY"
PROMPT: Final = "mlflow.prompt.is_prompt"
_LAST_YEAR: Final = 9999


class Unreadable(Exception):
    """The answer is not what MLflow's API promises; the text says where."""


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version as the other server tells it. Moments are UTC, None when it tells none."""

    number: int
    source: str = ""
    tracking_run: str = ""
    run_link: str = ""
    logged_model: str = ""
    description: str = ""
    stage: str = "None"
    status: str = READY
    tags: dict[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model, without its versions. ``aliases``: name -> number."""

    name: str
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def is_prompt(self) -> bool:
        return self.tags.get(PROMPT, "").lower() == "true"


def model_of(told: Any) -> ModelFacts:
    """Raises Unreadable."""
    row = _object(told, "a registered model")
    aliases = {}
    for each in _list(row, "aliases"):
        alias = _object(each, "an alias")
        aliases[_text(alias, "alias")] = _number(alias, "version")
    return ModelFacts(
        name=_text(row, "name"),
        description=_text(row, "description"),
        tags=_tags(row),
        aliases=aliases,
        created_at=_moment(row, "creation_timestamp"),
        updated_at=_moment(row, "last_updated_timestamp"),
    )


def version_of(told: Any) -> VersionFacts:
    """Raises Unreadable."""
    row = _object(told, "a model version")
    return VersionFacts(
        number=_number(row, "version"),
        source=_text(row, "source"),
        tracking_run=_text(row, "run_id"),
        run_link=_text(row, "run_link"),
        logged_model=_text(row, "model_id"),
        description=_text(row, "description"),
        stage=_text(row, "current_stage") or "None",
        status=_text(row, "status") or READY,
        tags=_tags(row),
        created_at=_moment(row, "creation_timestamp"),
        updated_at=_moment(row, "last_updated_timestamp"),
    )


def _object(told: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise Unreadable(f"{what} is no JSON object")
    return told


def _list(row: Mapping[str, Any], key: str) -> list[Any]:
    found = row.get(key) or []
    if not isinstance(found, list):
        raise Unreadable(f"“{key}” is no list")
    return found


def _text(row: Mapping[str, Any], key: str) -> str:
    found = row.get(key)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Unreadable(f"“{key}” is no text")
    if "\x00" in found:
        raise Unreadable(f"“{key}” holds a NUL character")
    return found


def _number(row: Mapping[str, Any], key: str) -> int:
    """A version's number, which the API tells as text."""
    found = row.get(key)
    try:
        number = int(str(found))
    except ValueError as error:
        raise Unreadable(f"“{key}” is no number") from error
    if number < 1:
        raise Unreadable(f"“{key}” is below 1")
    return number


def _tags(row: Mapping[str, Any]) -> dict[str, str]:
    pairs = (_object(each, "a tag") for each in _list(row, "tags"))
    return {_text(pair, "key"): _text(pair, "value") for pair in pairs}


def _moment(row: Mapping[str, Any], key: str) -> datetime | None:
    """From milliseconds since 1970, which some servers tell as text."""
    found = row.get(key)
    if not found:
        return None
    try:
        moment = datetime.fromtimestamp(int(found) / 1000, UTC)
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise Unreadable(f"“{key}” is no moment") from error
    return moment if moment.year < _LAST_YEAR else None
