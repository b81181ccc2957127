"""Ports: words the registry needs from rooms above it. ``config`` plugs the answers in.

Unplugged, every answer is the careful one: no use case is known, no protected alias moves, no
governed sealed version is deleted, no evidence is readable, nothing is authorized.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from accounts.models import User
from lib.actor import Actor
from lib.errors import NotFound, Refused
from registry.models import Environment, ModelVersion, RegisteredModel


def _no_use_case(slug: str) -> str:
    raise NotFound(f"There is no use case “{slug}”.", errors={"use_case": "unknown use case"})


def _no_move(
    model: RegisteredModel, alias: str, version: ModelVersion | None, actor: Actor
) -> None:
    raise Refused(
        f"The alias “{alias}” is protected: it moves only with an authorization.",
        code="protected_alias",
    )


def _no_delete(version: ModelVersion, actor: Actor) -> None:
    if version.is_sealed and version.model.governed:
        raise Refused(f"{version.label} is governed and stays.", code="governed_version")


def _no_other_use_case(model: RegisteredModel, actor: Actor) -> None:
    if model.last_number:
        raise Refused(f"{model.name} is governed where it is.", code="governed_model")


def _no_leave(model: RegisteredModel, actor: Actor) -> None:
    if model.governed and model.last_number:
        raise Refused(f"{model.name} is governed and stays as it is.", code="governed_model")


def _no_download(version: ModelVersion, actor: Actor) -> None:
    if version.model.governed:
        raise Refused(f"Nobody says that {version.label} may be downloaded.", code="refused")


def _no_reader(digest: str, actor: Actor) -> bool:
    return False


def _nothing_under_way(model: RegisteredModel, owner: User) -> None:
    """Nobody above is told of an owner."""


def _no_authorization(version: ModelVersion, environment: Environment, purpose: str) -> str:
    return ""


def _none_of_tier(tier: int, actor: Actor) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Ports:
    """What can be plugged in; see the functions below for what each answers."""

    use_case: Callable[[str], str] = _no_use_case
    may_move_alias: Callable[[RegisteredModel, str, ModelVersion | None, Actor], None] = _no_move
    may_delete: Callable[[ModelVersion, Actor], None] = _no_delete
    may_change_use_case: Callable[[RegisteredModel, Actor], None] = _no_other_use_case
    may_read_artifact: Callable[[str, Actor], bool] = _no_reader
    authorization_for: Callable[[ModelVersion, Environment, str], str] = _no_authorization
    owner_changes: Callable[[RegisteredModel, User], None] = _nothing_under_way
    may_let_go: Callable[[RegisteredModel, Actor], None] = _no_leave
    may_download: Callable[[ModelVersion, Actor], None] = _no_download
    use_cases_of_tier: Callable[[int, Actor], list[str]] = _none_of_tier


_ports = Ports()


class Answers(TypedDict, total=False):
    """What ``plug`` takes: some of the ports."""

    use_case: Callable[[str], str]
    may_move_alias: Callable[[RegisteredModel, str, ModelVersion | None, Actor], None]
    may_delete: Callable[[ModelVersion, Actor], None]
    may_change_use_case: Callable[[RegisteredModel, Actor], None]
    may_read_artifact: Callable[[str, Actor], bool]
    authorization_for: Callable[[ModelVersion, Environment, str], str]
    owner_changes: Callable[[RegisteredModel, User], None]
    may_let_go: Callable[[RegisteredModel, Actor], None]
    may_download: Callable[[ModelVersion, Actor], None]
    use_cases_of_tier: Callable[[int, Actor], list[str]]


def plug(**answers: Unpack[Answers]) -> Ports:
    """Answers the named questions from now on; returns the ports as they were (for tests)."""
    global _ports
    before = _ports
    _ports = replace(before, **answers)
    return before


def restore(ports: Ports) -> None:
    """Puts back what ``plug`` returned."""
    global _ports
    _ports = ports


def use_case(slug: str) -> str:
    """The business unit of the use case. Raises NotFound."""
    return _ports.use_case(slug)


def use_cases_of_tier(tier: int, actor: Actor) -> list[str]:
    """The slugs of the use cases of this tier that the actor may see."""
    return _ports.use_cases_of_tier(tier, actor)


def may_move_alias(
    model: RegisteredModel, alias: str, version: ModelVersion | None, actor: Actor
) -> None:
    """Raises Refused unless the protected alias may move to ``version`` (None: be removed)."""
    _ports.may_move_alias(model, alias, version, actor)


def may_delete(version: ModelVersion, actor: Actor) -> None:
    """Raises Refused unless the version may become a tombstone."""
    _ports.may_delete(version, actor)


def may_change_use_case(model: RegisteredModel, actor: Actor) -> None:
    """Raises Refused unless the model may go over to another use case."""
    _ports.may_change_use_case(model, actor)


def may_let_go(model: RegisteredModel, actor: Actor) -> None:
    """Raises Refused when the model may be neither renamed nor deleted nor left ungoverned."""
    _ports.may_let_go(model, actor)


def may_download(version: ModelVersion, actor: Actor) -> None:
    """Raises Refused when nobody should load the files of the version any more."""
    _ports.may_download(version, actor)


def owner_changes(model: RegisteredModel, owner: User) -> None:
    """Told before the model is locked, in the same transaction: what is under way remembers who
    owned it until now, and who does from now on."""
    _ports.owner_changes(model, owner)


def may_read_artifact(digest: str, actor: Actor) -> bool:
    """True when a scoped actor may read a blob that only rooms above refer to (evidence)."""
    return _ports.may_read_artifact(digest, actor)


def authorization_for(version: ModelVersion, environment: Environment, purpose: str) -> str:
    """The digest of the authorization that covers this now, or ""."""
    return _ports.authorization_for(version, environment, purpose)
