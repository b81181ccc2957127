"""Erasing what the trail says in plain words about a person. No proof breaks (A5)."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import Q

from audit.models import Commitment
from audit.services.recording import record
from audit.subjects import Subject
from lib.actor import Actor

REASON: Final = "reason"


@transaction.atomic
def erase(person: str, *, actor: Actor, reason: str, words: bool = False) -> int:
    """Deletes salt and text of every commitment about the person with this pseudonym.

    Names and personal fields always; with ``words`` also the reasons that the person wrote,
    which a bank usually has to keep. Returns how many texts were erased. An entry lists their
    commitments, so that everybody can tell erased from missing. Raises Refused.
    """
    actor.require("people.manage")
    erased = Commitment.objects.filter(about=person)
    if not words:
        erased = erased.filter(~Q(field=REASON))
    digests = sorted(erased.values_list("digest", flat=True))
    Commitment.objects.filter(digest__in=digests).delete()
    record(
        actor=actor,
        action="person.erase",
        subject=Subject("person", person, person[:12]),
        reason=reason,
        details={"redacted": digests, "words": words},
    )
    return len(digests)
