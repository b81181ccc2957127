"""Who acts. Every service takes one, keyword-only and compulsory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lib.errors import Refused

Scope = tuple[str, str]
"""Where a role holds: a (kind, key) pair such as ("use_case", "mortgage"). Never a foreign key."""

EVERYWHERE: Scope = ("all", "*")
OBSERVERS = 3
"""The line of defence that looks and changes nothing (IIA Three Lines Model, 2020)."""


def is_reading(permission: str) -> bool:
    """Looking, and taking copies away."""
    return permission.endswith((".read", ".export"))


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held in one scope, with the permissions that the role carries."""

    role: str
    permissions: frozenset[str]
    line: int | None = None
    scope: Scope = EVERYWHERE

    def covers(self, permission: str, scopes: tuple[Scope, ...]) -> bool:
        """True when the grant carries ``permission`` for a thing that lies in ``scopes``.

        With no scopes the question is "anywhere at all?", which is what an endpoint asks
        before it knows the object.
        """
        if permission not in self.permissions:
            return False
        return not scopes or self.scope == EVERYWHERE or self.scope in scopes


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a service token or the system.

    ``id`` is pseudonymous and lives for ever in the audit trail; ``name`` enters the trail only
    as a salted commitment. ``user_id`` is set for people alone.
    """

    kind: Literal["person", "token", "system"]
    id: str
    name: str
    grants: tuple[Grant, ...] = ()
    user_id: int | None = None

    @property
    def is_person(self) -> bool:
        return self.kind == "person"

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(sorted({grant.role for grant in self.grants}))

    @property
    def line(self) -> int | None:
        """The line of defence of the actor's first role that has one (1, 2 or 3)."""
        return next((grant.line for grant in self.grants if grant.line is not None), None)

    @property
    def observes(self) -> bool:
        """True for whoever holds a role of the third line, whatever else they hold."""
        return any(grant.line == OBSERVERS for grant in self.grants)

    def may(self, permission: str, *scopes: Scope) -> bool:
        if self.kind == "system":
            return True
        if self.observes and not is_reading(permission):
            return False
        return any(grant.covers(permission, scopes) for grant in self.grants)

    def may_everywhere(self, permission: str) -> bool:
        """True when no scope narrows the permission."""
        return self.kind == "system" or (
            self.may(permission) and self._holds_everywhere(permission)
        )

    def _holds_everywhere(self, permission: str) -> bool:
        return any(
            permission in grant.permissions and grant.scope == EVERYWHERE for grant in self.grants
        )

    def require_everywhere(self, permission: str) -> None:
        """Raises Refused unless the permission is held without a scope."""
        self.require(permission)
        if not self.may_everywhere(permission):
            instead = (
                "Ask for one release or model instead."
                if is_reading(permission)
                else "Somebody does it who holds it for the whole house."
            )
            raise Refused(
                f"{self.name} holds “{permission}” for a part of the house only, and this spans "
                f"all of it. {instead}",
                code="scoped",
                permission=permission,
            )

    def holds(self, role: str, *scopes: Scope) -> Grant | None:
        """The grant by which the actor holds ``role`` for a thing in ``scopes``, if any."""
        for grant in self.grants:
            if grant.role == role and (grant.scope == EVERYWHERE or grant.scope in scopes):
                return grant
        return None

    def refuse_machine(self) -> None:
        """Raises Refused, saying what to do instead, for whatever is no person."""
        if not self.is_person:
            raise Refused(
                "A service token cannot do this: it takes a person, who proves who they are. "
                "Somebody who may does it on its page, or over REST in a session of their own.",
                code="people_only",
            )

    def refuse_observer(self, permission: str = "") -> None:
        """Raises Refused for whoever is of the third line."""
        if self.observes:
            raise Refused(
                f"{self.name} audits: the third line looks and exports, and changes nothing.",
                code="observer",
                permission=permission,
            )

    def require(self, permission: str, *scopes: Scope) -> None:
        """Raises Refused with a sentence unless the actor may."""
        if not is_reading(permission):
            self.refuse_observer(permission)
        if not self.may(permission, *scopes):
            named = [f"the {kind.replace('_', ' ')} {key}" for kind, key in scopes if key]
            where = f" for {' or '.join(named)}" if named else ""
            raise Refused(
                f"{self.name} lacks the permission “{permission}”{where}. "
                "Ask an operator for a role that carries it.",
                code="missing_permission",
                permission=permission,
            )


SYSTEM = Actor(kind="system", id="system", name="Imprimatur")
