"""What MLflow 3.17 calls what happens, for receivers written for MLflow: its events, the entries
that they follow from, an example of each. Pure; the payloads of entries are made in the registry,
which fills the port ``tells``.

An event is ``entity.action``. MLflow knows one more, ``budget_policy.exceeded``, which tells of
its gateway: nothing here leads to it, so nobody can ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from accounts.webhook_events import Event

Payload = Mapping[str, Any]


class Told(Protocol):
    """What of an entry of the trail is looked at here."""

    @property
    def action(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Saying:
    """An event of MLflow's and its ``data``."""

    event: str
    data: Payload


Teller = Callable[[Any], Iterable[Saying]]

_MODEL: Final = {"name": "credit_scoring", "tags": {"team": "retail"}, "description": "An example"}
_VERSION: Final = {
    "name": "credit_scoring",
    "version": "1",
    "source": "models:/m-0123456789abcdef",
    "run_id": "0123456789abcdef",
    "tags": {"team": "retail"},
    "description": "An example",
}
_PROMPT: Final = _MODEL | {"name": "letter_to_applicant"}
_PROMPT_VERSION: Final = {
    "name": "letter_to_applicant",
    "version": "1",
    "template": "Dear {{ applicant }}, …",
    "tags": {"team": "retail"},
    "description": "An example",
}


def _one(whole: Payload, *fields: str, **more: str) -> Payload:
    return {name: whole[name] for name in fields} | more


_VERSION_TAG: Final = _one(_VERSION, "name", "version", key="team")
_PROMPT_TAG: Final = _one(_PROMPT, "name", key="team")
_PROMPT_VERSION_TAG: Final = _one(_PROMPT_VERSION, "name", "version", key="team")
_TAGGED: Final = ("model_version.tag", "model_version.change")
_PROMPT_TAGGED: Final = ("model.tag", "model.change")

_TABLE: Final[tuple[tuple[str, tuple[str, ...], str, Payload], ...]] = (
    ("registered_model.created", ("model.register",), "A model was registered.", _MODEL),
    ("model_version.created", ("model_version.register",), "A version was registered.", _VERSION),
    (
        "model_version_tag.set",
        _TAGGED,
        "A tag of a version was set.",
        {**_VERSION_TAG, "value": "retail"},
    ),
    ("model_version_tag.deleted", _TAGGED, "A tag of a version was removed.", _VERSION_TAG),
    (
        "model_version_alias.created",
        ("alias.move",),
        "A name such as “champion” was given to a version, or moved to it.",
        _one(_VERSION, "name", "version", alias="champion"),
    ),
    (
        "model_version_alias.deleted",
        ("alias.remove",),
        "A name such as “champion” was removed.",
        _one(_VERSION, "name", alias="champion"),
    ),
    ("prompt.created", ("model.register",), "A prompt was registered.", _PROMPT),
    (
        "prompt_version.created",
        ("model_version.register",),
        "A version of a prompt was registered.",
        _PROMPT_VERSION,
    ),
    (
        "prompt_tag.set",
        _PROMPT_TAGGED,
        "A tag of a prompt was set.",
        {**_PROMPT_TAG, "value": "retail"},
    ),
    ("prompt_tag.deleted", _PROMPT_TAGGED, "A tag of a prompt was removed.", _PROMPT_TAG),
    (
        "prompt_version_tag.set",
        _TAGGED,
        "A tag of a prompt's version was set.",
        {**_PROMPT_VERSION_TAG, "value": "retail"},
    ),
    (
        "prompt_version_tag.deleted",
        _TAGGED,
        "A tag of a prompt's version was removed.",
        _PROMPT_VERSION_TAG,
    ),
    (
        "prompt_alias.created",
        ("alias.move",),
        "A name was given to a version of a prompt, or moved to it.",
        _one(_PROMPT_VERSION, "name", "version", alias="production"),
    ),
    (
        "prompt_alias.deleted",
        ("alias.remove",),
        "A name of a version of a prompt was removed.",
        _one(_PROMPT_VERSION, "name", alias="production"),
    ),
)
EVENTS: Final = {name: Event(name, actions[0], when) for name, actions, when, _ in _TABLE}
EXAMPLES: Final = {name: example for name, _, _, example in _TABLE}
BY_ACTION: Final = {
    action: frozenset(name for name, actions, _, _ in _TABLE if action in actions)
    for _, actions, _, _ in _TABLE
    for action in actions
}
"""Which events may follow from an entry of that action."""

_tellers: list[Teller] = []


def tells(teller: Teller) -> None:
    """Plugs in the room that knows what an entry is in MLflow's terms; the last one counts."""
    _tellers[:] = [teller]


def of_entry(entry: Told) -> list[Saying]:
    """What MLflow would tell of what the entry tells; often nothing."""
    if not _tellers or entry.action not in BY_ACTION:
        return []
    return list(_tellers[0](entry))


def as_markdown() -> str:
    """The table as docs/operating.md shows it."""
    rows = [f"| `{event.name}` | {event.when} |" for event in EVENTS.values()]
    return "\n".join(["| event | when |", "| --- | --- |", *rows])
