"""What a witness believes, and what makes it shout. Pure but for the reader of tiles."""

from __future__ import annotations

from dataclasses import dataclass

from audit import notes, tree
from audit.notes import NoteError, SignedHead, VerifierKey
from audit.witness.outcomes import Alarm, Trouble, Unproven


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint that a trusted key signed. ``note`` has the signatures of those keys alone."""

    head: SignedHead
    text: str
    note: str

    @classmethod
    def opened(cls, note: str, keys: list[VerifierKey]) -> Seen:
        """Raises Trouble for what is no note at all (a proxy's page), Alarm for one that is
        signed by nobody we trust, wrongly, or for another log."""
        try:
            lines = notes.split(note)[1]
        except NoteError as error:
            raise Trouble(f"what the server calls a checkpoint is none: {error}") from error
        try:
            text, signers = notes.open_note(note, *keys)
            head = SignedHead.parse(text)
        except NoteError as error:
            raise Alarm(
                f"the checkpoint cannot be trusted: {error}", note, lasting=False
            ) from error
        if head.origin not in {key.name for key in keys}:
            said = f"the checkpoint is that of another log, {head.origin!r}"
            raise Alarm(said, note, lasting=False)
        if head.size == 0 and head.root != tree.EMPTY_ROOT:
            raise Alarm("a tree without leaves has only one root", note, lasting=True)
        trusted = {(key.name, key.key_id) for key in signers}
        kept = [line for line in lines if notes.parse_signature(line)[:2] in trusted]
        return cls(head, text, f"{text}\n" + "".join(f"{line}\n" for line in kept))


def check_first(seen: Seen, read: tree.Reader) -> None:
    """Nothing is known yet: at least the tiles must lead to the root that was signed."""
    if tree.root(seen.head.size, read) != seen.head.root:
        raise Unproven("the tiles do not lead to the root of the checkpoint")


def check_grown(known: SignedHead, seen: Seen, read: tree.Reader) -> None:
    """Raises Alarm unless the tree of ``seen`` begins with the one that we know.

    Tiles are only believed where they lead to the signed root, so that a damaged tile is Unproven
    and not taken for a fork: the proof is made from the log's own past first, and then that
    past is compared with ours.
    """
    head = seen.head
    if head.size < known.size:
        said = f"the log went back: it had {known.size} leaves, and now shows {head.size}"
        raise Alarm(said, seen.note, lasting=True)
    if head.size == known.size:
        if head.root != known.root:
            said = f"FORK: two roots for the size {head.size}"
            raise Alarm(said, seen.note, lasting=True)
        return
    if known.size == 0:
        check_first(seen, read)
        return
    past = tree.root(known.size, read)
    proof = tree.consistency_proof(known.size, head.size, read)
    if not tree.verify_consistency(known.size, past, head.size, head.root, proof):
        raise Unproven("the tiles do not lead to the root of the checkpoint")
    if past != known.root:
        said = f"FORK: the log of size {head.size} does not begin with the log of size {known.size}"
        raise Alarm(said, seen.note, lasting=True)
