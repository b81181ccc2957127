"""REST: people and the roles they hold."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role, User
from accounts.services import people
from accounts.services.erasure import erase_person
from lib.errors import NotFound
from lib.http.cursors import page
from lib.http.idempotency import idempotent
from lib.http.query import PAGING, params
from lib.http.serializers import SlugField, StrictSerializer
from lib.http.views import ApiView


class NewPerson(StrictSerializer):
    username = SlugField()
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    first_name = serializers.CharField(max_length=150, required=False, default="")
    last_name = serializers.CharField(max_length=150, required=False, default="")
    email = serializers.EmailField(required=False, default="", allow_blank=True)
    expertise = serializers.CharField(max_length=300, required=False, default="")


class NewRole(StrictSerializer):
    role = serializers.SlugField(max_length=40)
    scope_kind = serializers.CharField(max_length=20, default="all")
    scope_key = serializers.CharField(max_length=120, default="*")
    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class Erasure(StrictSerializer):
    reason = serializers.CharField(max_length=2000)
    words = serializers.BooleanField(required=False, default=False)


def person_body(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "name": user.full_name,
        "id": user.pseudonym,
        "active": user.is_active,
        "roles": [
            {"id": held.pk, "role": held.role_id, "scope": [held.scope_kind, held.scope_key]}
            for held in user.role_assignments.all()
        ],
    }


def find(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound(f"There is no person “{username}”.")
    return user


class PeopleView(ApiView):
    required = {"GET": "people.manage", "POST": "people.manage"}
    bodies = {"POST": NewPerson}
    query = PAGING

    def get(self, request: Request) -> Response:
        """Everybody, by user name."""
        params(request, self.query)
        rows = User.objects.prefetch_related("role_assignments")
        return page(request, rows, order="username", render=person_body)

    @idempotent
    def post(self, request: Request) -> Response:
        """Create a person."""
        user = people.create_person(actor=self.actor(request), **self.body(request))
        return Response(person_body(user), status=201)


class PersonView(ApiView):
    required = {"GET": "people.manage", "DELETE": "people.manage"}

    def get(self, request: Request, username: str) -> Response:
        """One person."""
        return Response(person_body(find(username)))

    def delete(self, request: Request, username: str) -> Response:
        """Deactivate a person; what they signed stays."""
        people.deactivate(find(username), actor=self.actor(request))
        return Response(status=204)


class ErasureView(ApiView):
    required = {"POST": "people.manage"}
    bodies = {"POST": Erasure}

    def post(self, request: Request, username: str) -> Response:
        """Erase who a deactivated account belonged to. Proofs hold; signatures keep their name."""
        user = find(username)
        count = erase_person(user, actor=self.actor(request), **self.body(request))
        return Response({"id": user.pseudonym, "redacted": count})


class RolesOfPersonView(ApiView):
    required = {"POST": "people.manage"}
    bodies = {"POST": NewRole}

    def post(self, request: Request, username: str) -> Response:
        """Assign a role, everywhere or in one scope."""
        fields = self.body(request)
        user = find(username)
        people.assign_role(
            user,
            role=fields["role"],
            scope=(fields["scope_kind"], fields["scope_key"]),
            reason=fields["reason"],
            actor=self.actor(request),
        )
        return Response(person_body(user), status=201)


class RoleOfPersonView(ApiView):
    required = {"DELETE": "people.manage"}

    def delete(self, request: Request, username: str, assignment: int) -> Response:
        """Take a role away."""
        held = find(username).role_assignments.filter(pk=assignment).first()
        if held is None:
            raise NotFound("That person does not hold that role.")
        people.remove_role(held, actor=self.actor(request))
        return Response(status=204)


class RolesView(ApiView):
    required = {"GET": None}

    def get(self, request: Request) -> Response:
        """The roles, their line of defence and what they carry."""
        rows = Role.objects.all()
        return Response(
            {
                "items": [
                    {"key": r.key, "name": r.name, "line": r.line, "permissions": r.permissions}
                    for r in rows
                ]
            }
        )
