"""What people are told: one line each, once for one thing. Nothing follows from a notice, so a
missing one costs a reminder and never a rule."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from governance.models import Notice, NoticePreference
from lib.actor import Actor
from lib.errors import NotFound, Refused

log = logging.getLogger(__name__)


def safely(told: Callable[[], None], what: str) -> None:
    """A notice that cannot be written is logged and costs nothing else."""
    try:
        with transaction.atomic():
            told()
    except Exception:
        log.exception("nobody was told of %s", what)


@transaction.atomic
def tell(people: Iterable[User | None], *, kind: str, key: str, text: str, address: str) -> None:
    """One notice for each of ``people`` who is still there; who was told of (kind, key) before is
    not told again. Mail is the clock's: a job for each person here would make transactions that
    have nothing to do with each other wait for each other."""
    wanted = {person.pk: person for person in people if person is not None and person.is_active}
    known = Notice.objects.filter(person__in=wanted, kind=kind, key=key)
    for known_id in known.values_list("person_id", flat=True):
        wanted.pop(known_id)
    if not wanted:
        return
    now = timezone.now()
    Notice.objects.bulk_create(
        [
            Notice(
                person=person,
                kind=kind,
                key=key[:200],
                text=text if len(text) <= 300 else f"{text[:299]}…",
                address=address,
                made_at=now,
            )
            for person in wanted.values()
        ],
        ignore_conflicts=True,
    )


def notices_of(actor: Actor) -> QuerySet[Notice]:
    """Those of the person who looks, newest first."""
    return Notice.objects.filter(person=actor.user_id).order_by("-made_at", "-pk")


def unseen_of(actor: Actor) -> QuerySet[Notice]:
    """Those that they have not marked as seen, newest first."""
    return notices_of(actor).filter(seen_at=None)


def unseen(actor: Actor) -> int:
    """How many those are. One query of a small index: every page asks it."""
    return unseen_of(actor).count()


def see(actor: Actor, *, notice: int | None = None) -> int:
    """Marks one of their own notices as seen, or all of them; how many that were. Raises NotFound
    for a notice that was told to nobody or to somebody else."""
    rows = unseen_of(actor)
    if notice is not None:
        if not notices_of(actor).filter(pk=notice).exists():
            raise NotFound(f"You were told no notice {notice}.")
        rows = rows.filter(pk=notice)
    return rows.order_by().update(seen_at=timezone.now())


def wants_mail(actor: Actor) -> bool:
    return not NoticePreference.objects.filter(person=actor.user_id, mail=False).exists()


def set_mail(actor: Actor, *, wanted: bool) -> None:
    """Whether notices come by e-mail as well. Raises Refused to tokens."""
    if actor.user_id is None:
        raise Refused("Only people are sent mail.", code="people_only")
    NoticePreference.objects.update_or_create(person_id=actor.user_id, defaults={"mail": wanted})
