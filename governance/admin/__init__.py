"""The lists of governance."""

from __future__ import annotations

from django.db.models import Model

from governance.admin.authorizations import AuthorizationList
from governance.admin.policies import PolicyList
from governance.admin.releases import ReleaseList
from governance.admin.use_cases import UseCaseList
from governance.models import Authorization, Policy, Release, UseCase
from lib.http.lists import ReadOnlyList

LISTS: tuple[tuple[type[Model], type[ReadOnlyList]], ...] = (
    (Release, ReleaseList),
    (Authorization, AuthorizationList),
    (UseCase, UseCaseList),
    (Policy, PolicyList),
)
