"""What witnesses send back: kept beside the checkpoints, and served with them.

A cosignature leaves no entry in the trail: the entry would make a new checkpoint, which the
witness would cosign, without end. It carries its own proof of who made it and when.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone

from audit import cosignatures as lines
from audit.models import Checkpoint, Cosignature
from audit.notes import NoteError, SignedHead, split
from lib.errors import Conflict, Invalid, Refused, Unavailable, Unprocessable

_MAY_BE_AHEAD_SECONDS = 300


def witnesses() -> list[lines.WitnessKey]:
    """The keys in the setting LOG_WITNESSES. Raises Unavailable when one cannot be read."""
    try:
        return [lines.WitnessKey.parse(text) for text in settings.LOG_WITNESSES]
    except NoteError as error:
        raise Unavailable(f"LOG_WITNESSES cannot be read: {error}") from error


def accept_cosignatures(note: str) -> list[Cosignature]:
    """Keeps what known witnesses signed on ``note``, a checkpoint of this log.

    Sending the same again changes nothing; of one witness the first line counts. Raises Invalid
    for what is no cosigned checkpoint, Refused when no listed witness signed it, Unprocessable
    for a size that was never signed here or a time to come, Conflict when the log signed another
    root at that size: somebody has seen another log under our name.
    """
    known = witnesses()
    try:
        found = lines.cosignatures(note, known)
        text, _ = split(note)
        head = SignedHead.parse(text)
    except NoteError as error:
        raise Invalid(f"Not a cosigned checkpoint: {error}", errors={"note": str(error)}) from error
    if not found:
        raise Refused("No witness that this log knows has signed the note.", code="no_witness")
    checkpoint = Checkpoint.objects.filter(size=head.size).first()
    if checkpoint is None:
        raise Unprocessable("This log has signed no checkpoint of that size.")
    if split(checkpoint.note)[0] != text:
        raise Conflict(
            "This log signed something else at that size: the witness has seen another log.",
            code="another_log",
        )
    if any(each.at > timezone.now().timestamp() + _MAY_BE_AHEAD_SECONDS for each in found):
        raise Unprocessable("The cosignature is from the future: look at the witness's clock.")
    Cosignature.objects.bulk_create(
        [_row(checkpoint, each) for each in found], ignore_conflicts=True
    )
    return list(checkpoint.cosignatures.order_by("pk"))


def cosigned_note(checkpoint: Checkpoint) -> str:
    """The checkpoint as it was signed, with the lines of its witnesses below."""
    rows = checkpoint.cosignatures.order_by("pk").values_list("line", flat=True)
    return checkpoint.note + "".join(rows)


def _row(checkpoint: Checkpoint, found: lines.Cosignature) -> Cosignature:
    return Cosignature(
        checkpoint=checkpoint,
        witness=str(found.key),
        line=found.line,
        signed_at=datetime.fromtimestamp(found.at, UTC),
    )
