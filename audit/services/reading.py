"""What auditors looked at: one entry a session and object, so that reading leaves a trace and
the trail is not flooded. And what an actor did before, for services that ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from audit.models import Entry
from audit.services.recording import record
from audit.subjects import Subject
from lib.actor import Actor
from lib.canonical import sha256

SESSION_SECONDS: Final = 12 * 3600


def note_look(*, actor: Actor, subject: str, session: str, **_: Any) -> None:
    """An entry for the first look of this session at ``subject``, when an observer looks."""
    if not actor.observes:
        return
    mark = "looked:" + sha256(f"{session} {actor.id} {subject}".encode())
    if cache.get(mark) or not cache.add(mark, 1, timeout=SESSION_SECONDS):  # asking is cheaper
        return
    try:
        with transaction.atomic():
            record(actor=actor, action="audit.look", subject=_labelled(subject))
    except Exception:
        cache.delete(mark)  # nothing was written, so the next look has to be
        raise


def _labelled(text: str) -> Subject:
    """The subject with the label under which the trail knows it."""
    subject = Subject.parse(text)
    known = Entry.objects.filter(subject_type=subject.type, subject_key=subject.key)
    last = known.order_by("-sequence").first()
    return last.subject if last else subject


def the_log() -> Subject:
    """What somebody looks at who reads the trail as a whole."""
    return Subject("log", settings.LOG_ORIGIN, settings.LOG_ORIGIN)


def done_by(actor: Actor, action: str, *, type: str, keys: Iterable[str]) -> set[str]:
    """Those of the subjects ``type:key`` to which the actor did this."""
    told = Entry.objects.filter(subject_type=type, subject_key__in=set(keys))
    own = told.filter(action=action, actor_kind=actor.kind, actor_id=actor.id)
    return set(own.values_list("subject_key", flat=True))
