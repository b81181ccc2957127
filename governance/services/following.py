"""What follows for open releases when something changes that criteria of their use case rest on.

A plan, a value case, a KPI, a figure, an assessment, a review: whoever changes such a thing bears
on the gates of releases whose policies demand criteria, so their rows are locked before it, as
everywhere, and they are judged anew in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import transaction

from governance.models import KPI, Release, UseCase
from governance.services import gates
from governance.services.advancing import advance
from governance.services.transitions import lock
from lib.actor import Actor
from lib.errors import Conflict

Service = TypeVar("Service", bound=Callable[..., Any])


def bears_on_criteria(service: Service) -> Service:
    """Of a service that changes such a thing of the use case or KPI that it takes first, within its
    transaction. Where no policy demands criteria it costs two short queries."""

    @wraps(service)
    def followed(subject: UseCase | KPI, /, *, actor: Actor, **fields: Any) -> Any:
        use_case = subject.use_case if isinstance(subject, KPI) else subject
        for release in _asking(use_case):
            lock(release)
        done = service(subject, actor=actor, **fields)
        go_on_with(use_case, actor=actor)
        return done

    return cast(Service, followed)


def go_on_with(use_case: UseCase, *, actor: Actor) -> None:
    """Judges the gates of its open releases anew; the caller holds their locks. What bars one for
    another reason (its tier rose, its use is prohibited) is told to whoever acts on it, not to
    whoever changed something else."""
    for release in _asking(use_case):
        try:
            with transaction.atomic():
                advance(lock(release), actor=actor)
        except Conflict:
            gates.refresh(lock(release), actor=actor)


def _asking(use_case: UseCase) -> list[Release]:
    """Its open releases whose policies demand criteria, always in the same order."""
    rows = Release.objects.filter(
        use_case=use_case, closed_at=None, requirement_set__document__has_key="criteria"
    )
    return list(rows.order_by("pk"))
