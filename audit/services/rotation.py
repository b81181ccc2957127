"""Replacing the log's key: both sign for a while, and each step is a leaf of the log itself.

Who trusts the old key learns of the new one from a checkpoint that both signed, over a leaf that
names both. Steps are taken under the integrators' lock, so that none signs with half a change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from audit.models import Checkpoint, Entry, LogState
from audit.notes import NoteError, SigningKey, open_note
from audit.services.keys import signing_keys, write_keys
from audit.services.outside import known_size, set_aside
from audit.services.recording import record
from audit.subjects import Subject
from lib.actor import Actor
from lib.errors import Conflict, Invalid

_TOLD: Final = ("log.start", "log.rotate_key", "log.restart")


def rotate_key(*, actor: Actor, reason: str = "") -> SigningKey:
    """Adds a key, announced by a leaf: from now on checkpoints carry its signature too.

    A key that is in the file already without having been announced (the file is kept where this
    command may not write, or the last attempt broke off) is announced, and none is made.
    """
    actor.require("log.manage")
    with transaction.atomic():
        LogState.objects.select_for_update().filter(pk=1).first()
        keys = signing_keys()
        if not Entry.objects.filter(action__in=_TOLD).exists():
            raise Conflict("The log has not started yet: there is no key to replace.")
        if announced(keys[-1]):
            keys.append(SigningKey.generate(keys[-1].name))
            write_keys(keys)
        old, new = keys[-2:]
        record(
            actor=actor,
            action="log.rotate_key",
            subject=of_log(new),
            details={"old": str(old.verifier), "new": str(new.verifier)},
            reason=reason,
        )
    return new


def retire_key(key_id: str, *, actor: Actor, reason: str = "") -> None:
    """Ends an overlap: the key with this id (eight hex digits) signs no more.

    Raises Invalid for an unknown id, Conflict for the newest key, or while no checkpoint that both
    keys signed holds the leaf that announced its successor.
    """
    actor.require("log.manage")
    with transaction.atomic():
        LogState.objects.select_for_update().filter(pk=1).first()
        keys = signing_keys()
        found = [key for key in keys if key.verifier.key_id.hex() == key_id]
        if not found:
            ids = ", ".join(key.verifier.key_id.hex() for key in keys)
            raise Invalid(f"No key that signs has the id {key_id}: there are {ids}.")
        old, new = found[0], keys[-1]
        if old == new:
            raise Conflict("This is the newest key. Rotate first, then retire it.")
        _refuse_before_both_signed(old, new)
        record(
            actor=actor,
            action="log.retire_key",
            subject=of_log(new),
            details={"retired": str(old.verifier), "remaining": str(new.verifier)},
            reason=reason,
        )
        write_keys([key for key in keys if key != old])


def announced(key: SigningKey) -> bool:
    """True when a leaf of the log names the key."""
    told = Entry.objects.filter(action__in=_TOLD)
    return any(
        str(key.verifier) in (entry.content["details"].get(name) for name in ("key", "new"))
        for entry in told
    )


def of_log(key: SigningKey) -> Subject:
    return Subject("log", key.name, key.name)


def _refuse_before_both_signed(old: SigningKey, new: SigningKey) -> None:
    leaves = Entry.objects.filter(action="log.rotate_key").integrated()
    told = [e for e in leaves if e.content["details"]["new"] == str(new.verifier)]
    checkpoint = Checkpoint.objects.order_by("-size").first()
    if not told or checkpoint is None or told[-1].leaf.index >= checkpoint.size:
        raise Conflict("The leaf that announces the new key is not signed yet: wait some seconds.")
    try:
        _, signers = open_note(checkpoint.note, old.verifier, new.verifier)
    except NoteError as error:
        raise Conflict(f"The last checkpoint is not signed as it should be: {error}") from error
    if len(signers) < 2:
        raise Conflict("The last checkpoint does not carry both signatures yet: wait some seconds.")


def restart_log(*, actor: Actor, reason: str) -> SigningKey:
    """Goes on under the new name in LOG_ORIGIN when entries are lost for good.

    The tree stays as far as it was restored; the new name tells everybody that it does not continue
    what the old one signed, and the leaf says how much is missing. The key of the new name is made
    when the file LOG_KEY is not there. Raises Conflict while LOG_ORIGIN is still the old name.
    """
    actor.require("log.manage")
    with transaction.atomic():
        state = LogState.objects.select_for_update().filter(pk=1).first()
        if state is None or state.origin == settings.LOG_ORIGIN:
            raise Conflict(
                "A log that begins anew needs a new name: set LOG_ORIGIN, move the file LOG_KEY "
                "away, and run this again."
            )
        if not Path(settings.LOG_KEY).exists():
            write_keys([SigningKey.generate(settings.LOG_ORIGIN)])
        key = signing_keys()[-1]
        record(
            actor=actor,
            action="log.restart",
            subject=of_log(key),
            details={
                "former": state.origin,
                "origin": key.name,
                "key": str(key.verifier),
                "size": state.size,
                "known": known_size(),
            },
            reason=reason,
        )
        LogState.objects.filter(pk=1).update(origin=key.name)
        transaction.on_commit(set_aside)
    return key
