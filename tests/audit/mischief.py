"""What the application's role may do to the trail besides adding to it, or SQL injected into it:
no past can be changed that way, but the present can be disturbed. What comes of it is tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.audit.bypasses import BUNDLE, UNSEEN

STOPS: Final = "nothing more is signed"
GOES_ON: Final = "signing goes on"


@dataclass(frozen=True)
class Mischief:
    """``after`` is whether the next entry reaches the log, ``betrayed`` what an outsider finds."""

    way: str
    does: tuple[str, ...]
    after: str
    betrayed: frozenset[str] = frozenset()

    @property
    def row(self) -> str:
        return f"| {self.way} | {self.after} | {'; '.join(sorted(self.betrayed)) or UNSEEN} |"


MISCHIEF: Final = (
    Mischief(
        "skips a number of a subject",
        ("UPDATE audit_subjectsequence SET last = last + 1",),
        GOES_ON,
        frozenset({BUNDLE}),
    ),
    Mischief(
        "moves the size of the log ahead",
        ("UPDATE audit_logstate SET size = size + 1",),
        STOPS,
        frozenset({BUNDLE}),
    ),
    Mischief(
        "lengthens a tile",
        ("UPDATE audit_tile SET hashes = hashes || sha256('x')",),
        STOPS,
        frozenset({BUNDLE}),
    ),
    Mischief(
        "adds a checkpoint that nobody signed",
        (
            "INSERT INTO audit_checkpoint SELECT size + 1, root, note, now() FROM audit_checkpoint "
            "ORDER BY size DESC LIMIT 1",
        ),
        STOPS,
        frozenset({BUNDLE}),
    ),
    Mischief(
        "adds a leaf of its own",
        (
            "INSERT INTO audit_leaf (index, entry_id, hash) SELECT size, entry_id, sha256('x') "
            "FROM audit_pending, audit_logstate",
        ),
        STOPS,
        frozenset({BUNDLE}),
    ),
    Mischief(
        "deletes the texts behind commitments, which is what erasure does",
        ("DELETE FROM audit_commitment",),
        GOES_ON,
    ),
    Mischief(
        "writes an entry that says what did not happen",
        (
            "INSERT INTO audit_entry SELECT gen_random_uuid(), replace(convert_from(body, 'UTF8'), "
            "'\"sequence\":1,', '\"sequence\":8,')::bytea, digest, subject_type, subject_key, 8, "
            "subjects, action, actor_kind, actor_id, now() FROM audit_entry "
            "WHERE sequence = 1 AND subject_type = 'model'",
            "INSERT INTO audit_pending (entry_id) SELECT id FROM audit_entry WHERE sequence = 8",
            "UPDATE audit_subjectsequence SET last = 8 WHERE subject_type = 'model'",
        ),
        GOES_ON,
    ),
)
