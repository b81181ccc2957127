"""Forgetting a person, as far as the law asks and the record allows."""

from __future__ import annotations

from django.db import transaction

import audit.services
from accounts.models import User
from lib.actor import Actor
from lib.errors import Conflict

REDACTED = "redacted"


@transaction.atomic
def erase_person(user: User, *, reason: str, actor: Actor, words: bool = False) -> int:
    """Erases who a deactivated account belonged to: name, address, user name, and the texts about
    the person in the trail (``words``: also the reasons that the person wrote). How many texts.

    A signed decision keeps its printed name: it is the record of a signature (21 CFR 11.50), which
    a right to erasure does not reach (GDPR, article 17(3)(b) and (e)). Raises Refused, and Conflict
    while the account still works.
    """
    actor.require_everywhere("people.manage")
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        raise Conflict(f"Deactivate {user.username} first: the account still works.")
    user.username = f"{REDACTED}-{user.pseudonym[:12]}"
    user.first_name = user.last_name = user.email = user.expertise = ""
    user.set_unusable_password()
    user.save()
    return audit.services.erase(user.pseudonym, actor=actor, reason=reason, words=words)
