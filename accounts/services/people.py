"""People and the roles they hold. Each change leaves an entry."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Role, RoleAssignment, ScopeKind, ServiceToken, User
from audit.services import record
from audit.subjects import Subject
from lib.actor import EVERYWHERE, OBSERVERS, Actor, Scope, is_reading
from lib.errors import Conflict, Invalid, NotFound, Refused


def person_subject(user: User) -> Subject:
    """The label is the pseudonym: the trail holds no name in the clear."""
    return Subject("person", user.pseudonym, user.pseudonym[:12])


def holders_of(permission: str, *scopes: Scope) -> QuerySet[User]:
    """Everybody active who holds ``permission`` for a thing in ``scopes``, by name; without scopes,
    anywhere at all. Whoever is of the third line holds none that changes anything."""
    held = RoleAssignment.objects.filter(
        _counts_in(scopes), role__permissions__contains=[permission]
    )
    people = User.objects.filter(is_active=True, pk__in=held.values("user"))
    if not is_reading(permission):
        people = people.exclude(role_assignments__role__line=OBSERVERS)
    return people.order_by("first_name", "last_name", "username")


def holders_of_role(roles: Iterable[str], *scopes: Scope) -> list[User]:
    """Everybody active who holds one of ``roles`` for a thing in ``scopes``; without scopes,
    anywhere at all. With their actors, in two queries."""
    held = RoleAssignment.objects.filter(_counts_in(scopes), role__in=set(roles))
    people = User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("pk")
    actors = Prefetch("role_assignments", RoleAssignment.objects.select_related("role"))
    return list(people.prefetch_related(actors))


def names_of(pseudonyms: Iterable[str]) -> dict[str, str]:
    """Who those were, for a page: people and tokens by pseudonym. Two queries."""
    wanted = set(pseudonyms)
    people = User.objects.filter(pseudonym__in=wanted)
    tokens = ServiceToken.objects.filter(pseudonym__in=wanted)
    return {one.pseudonym: one.name for one in tokens} | {
        one.pseudonym: one.full_name for one in people
    }


def _counts_in(scopes: Iterable[Scope]) -> Q:
    """Roles that are held in one of ``scopes``, or everywhere; all when there are none."""
    scopes = tuple(scopes)
    where = Q(scope_kind=EVERYWHERE[0]) if scopes else Q()
    for kind, key in scopes:
        where |= Q(scope_kind=kind, scope_key=key)
    return where


@transaction.atomic
def create_person(
    *,
    username: str,
    password: str,
    actor: Actor,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    expertise: str = "",
) -> User:
    """Raises Conflict when the user name is taken, Invalid when the password is weak."""
    actor.require_everywhere("people.manage")
    user = User(
        username=username,
        first_name=first_name,
        last_name=last_name,
        email=email,
        expertise=expertise,
        is_staff=True,
    )
    _set_checked_password(user, password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Conflict(f"The user name {username} is taken.") from error
    record(
        actor=actor,
        action="person.create",
        subject=person_subject(user),
        personal={"username": username, "name": user.full_name, "email": email},
    )
    return user


@transaction.atomic
def set_password(user: User, *, password: str, actor: Actor) -> None:
    actor.require_everywhere("people.manage")
    _set_checked_password(user, password)
    user.save(update_fields=["password"])
    record(actor=actor, action="person.set_password", subject=person_subject(user))


@transaction.atomic
def deactivate(user: User, *, actor: Actor, reason: str = "") -> None:
    """The account stops working; everything it ever signed stays as it is (A5)."""
    actor.require_everywhere("people.manage")
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False) != 1:
        raise Conflict(f"{user.username} is deactivated already.")
    record(actor=actor, action="person.deactivate", subject=person_subject(user), reason=reason)


@transaction.atomic
def assign_role(
    user: User, *, role: str, actor: Actor, scope: Scope = EVERYWHERE, reason: str = ""
) -> RoleAssignment:
    """Raises NotFound for an unknown role, Conflict when it is held in that scope already."""
    actor.require_everywhere("people.manage")
    if actor.id == user.pseudonym:
        raise Refused("Nobody gives a role to themselves: ask another operator.")
    kind, key = _checked_scope(scope)
    held = Role.objects.filter(pk=role).first()
    if held is None:
        raise NotFound(f"There is no role “{role}”.")
    _refuse_both_sides(user, held)
    assignment, created = RoleAssignment.objects.get_or_create(
        user=user, role=held, scope_kind=kind, scope_key=key
    )
    if not created:
        raise Conflict(f"{user.username} holds {role} there already.")
    user.__dict__.pop("actor", None)
    details = {"role": role, "scope": [kind, key]}
    record(
        actor=actor,
        action="role.assign",
        subject=person_subject(user),
        details=details,
        reason=reason,
    )
    return assignment


def _refuse_both_sides(user: User, role: Role) -> None:
    """Whoever audits does nothing that would be audited (R3): no other line beside the third."""
    others = [role, *Role.objects.filter(assignments__user=user)]
    observing = [each for each in others if each.line == OBSERVERS]
    changing = [each for each in others if not all(map(is_reading, each.permissions))]
    if observing and changing:
        raise Conflict(
            f"{changing[0].name} changes things and {observing[0].name} audits what was changed: "
            "nobody holds both.",
            code="independence",
        )


@transaction.atomic
def remove_role(assignment: RoleAssignment, *, actor: Actor, reason: str = "") -> None:
    actor.require_everywhere("people.manage")
    user = assignment.user
    details = {
        "role": assignment.role_id,
        "scope": [assignment.scope_kind, assignment.scope_key],
    }
    if not RoleAssignment.objects.filter(pk=assignment.pk).delete()[0]:
        raise Conflict("The role was removed already.")
    user.__dict__.pop("actor", None)
    record(
        actor=actor,
        action="role.remove",
        subject=person_subject(user),
        details=details,
        reason=reason,
    )


def _checked_scope(scope: Scope) -> Scope:
    kind, key = scope
    if kind not in ScopeKind.values:
        known = ", ".join(ScopeKind.values)
        raise Invalid(f"A scope is one of {known}.", errors={"scope": f"one of {known}"})
    if (kind == ScopeKind.ALL) != (key == "*"):
        raise Invalid("The scope “all” goes with the key “*”, and no other does.")
    return kind, key


def _set_checked_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), errors={"password": error.messages[0]}) from error
    user.set_password(password)
