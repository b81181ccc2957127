"""The cast: Ada owns the model, Ravi validates, Rita is the risk officer, Bo the business owner,
Otto audits, Olga operates, Mallory has no access, robot is CI."""

from __future__ import annotations

from dataclasses import dataclass

from rest_framework.test import APIClient

from accounts.models import ServiceToken, User
from accounts.services.people import assign_role, create_person
from accounts.services.tokens import issue_token
from lib.actor import SYSTEM, Actor

PASSWORD = "correct horse battery"
ROLES = {
    "ada": "owner",
    "dev": "developer",
    "ravi": "validator",
    "rita": "officer",
    "bo": "business",
    "petra": "product",
    "elena": "executive",
    "otto": "auditor",
    "olga": "operator",
    "mallory": "",
}


@dataclass
class People:
    ada: User
    dev: User
    ravi: User
    rita: User
    bo: User
    petra: User
    elena: User
    otto: User
    olga: User
    mallory: User


def person(username: str, role: str = "") -> User:
    user = create_person(
        username=username, password=PASSWORD, first_name=username.title(), actor=SYSTEM
    )
    if role:
        assign_role(user, role=role, actor=SYSTEM)
    return user


def people() -> People:
    return People(**{name: person(name, role) for name, role in ROLES.items()})


def token(role: str = "ci", **kwargs: object) -> tuple[ServiceToken, str]:
    return issue_token(name=f"{role} robot", role=role, actor=SYSTEM, **kwargs)  # type: ignore[arg-type]


def robot() -> Actor:
    return token("ci")[0].actor


def api(who: User | str | None = None) -> APIClient:
    """A client signed in as a person, or carrying a token of the named role, or anonymous."""
    client = APIClient(raise_request_exception=False)
    if isinstance(who, User):
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    elif who is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token(who)[1]}")
    return client
