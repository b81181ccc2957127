"""Every way to rewrite the trail that we know of, who gets through by it, and what betrays it.

``test_bypasses`` tries each line as each role, and compares the table that ``powers`` makes of them
with the one in docs/audit-log.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

ROLES: Final = ("application", "owner", "superuser")

# How an attempt ends.
RIGHT: Final = "no: lacks the right"
TRIGGER: Final = "no: trigger"
TAKEN: Final = "no: key is taken"
FAILS: Final = "no: the change fails with it"
ITSELF: Final = "deceives its own session"
YES: Final = "**yes**"

# What somebody finds who holds an older checkpoint: see tests/audit/outsider.py.
GONE: Final = "the log is gone"
SHORTER: Final = "the log went back"
FORK: Final = "fork: not the log of the older checkpoint"
TILES: Final = "tiles do not make the signed root"
ENTRIES: Final = "entries do not make the signed root"
COLUMNS: Final = "columns differ from the body"
BUNDLE: Final = "no valid bundle"
UNSEEN: Final = "nothing in the log"

SHUT: Final = (RIGHT, TRIGGER, TRIGGER)
DOOR: Final = (RIGHT, YES, YES)

_CHANGE: Final = "UPDATE audit_entry SET body = body || ' '"
_COPY: Final = (
    "SELECT id, body || ' ' AS body, digest, subject_type, subject_key, sequence, subjects, "
    "action, actor_kind, actor_id, at FROM"
)


@dataclass(frozen=True)
class Attempt:
    """``does``: statements, one after the other, or what Django is asked to do.

    ``betrayed`` is all that an outsider finds afterwards, where the attempt gets through.
    """

    way: str
    does: tuple[str, ...] | Callable[[], object]
    answers: tuple[str, str, str]
    betrayed: frozenset[str] = frozenset()

    def answer(self, role: str) -> str:
        return self.answers[ROLES.index(role)]

    @property
    def row(self) -> str:
        shown = "; ".join(sorted(self.betrayed)) or (UNSEEN if YES in self.answers else "")
        return f"| {self.way} | {' | '.join(self.answers)} | {shown} |"


def _sql(
    way: str, *does: str, answers: tuple[str, str, str] = SHUT, betrayed: tuple[str, ...] = ()
) -> Attempt:
    return Attempt(way, does, answers, frozenset(betrayed))


STATEMENTS: Final = (
    _sql("`UPDATE`", _CHANGE),
    _sql("`DELETE`", "DELETE FROM audit_entry"),
    _sql("`TRUNCATE … CASCADE`", "TRUNCATE audit_entry CASCADE"),
    _sql(
        "`DELETE` from the queue, so that an entry never gets its place",
        "DELETE FROM audit_pending",
        answers=(TRIGGER, TRIGGER, TRIGGER),
    ),
    _sql(
        "`INSERT … ON CONFLICT DO UPDATE`",
        "INSERT INTO audit_entry SELECT * FROM audit_entry ON CONFLICT (id) "
        "DO UPDATE SET body = excluded.body || ' '",
    ),
    _sql(
        "`MERGE … UPDATE`",
        "MERGE INTO audit_entry e USING audit_leaf l ON e.id = l.entry_id "
        "WHEN MATCHED THEN UPDATE SET body = body || ' '",
    ),
    _sql(
        "`MERGE … DELETE`",
        "MERGE INTO audit_entry e USING audit_leaf l ON e.id = l.entry_id WHEN MATCHED THEN DELETE",
    ),
    _sql("`COPY … FROM` over what is there", "COPY audit_entry FROM STDIN", answers=(TAKEN,) * 3),
    _sql(
        "`UPDATE` of all rows through a view",
        "CREATE TEMPORARY VIEW same AS SELECT * FROM audit_entry",
        "UPDATE same SET body = body || ' '",
    ),
    _sql(
        "`CREATE RULE` that changes entries when something harmless happens",
        "CREATE RULE also AS ON UPDATE TO audit_logstate DO ALSO " + _CHANGE,
        "UPDATE audit_logstate SET size = size",
    ),
    _sql(
        "`GRANT UPDATE` to itself",
        "GRANT UPDATE ON audit_entry TO CURRENT_USER",
        _CHANGE,
    ),
    _sql("`SET ROLE` to the owner", "SET LOCAL ROLE imprimatur_owner", _CHANGE),
    _sql(
        "`SET session_replication_role = replica`",
        "SET LOCAL session_replication_role = replica",
        _CHANGE,
        answers=(RIGHT, RIGHT, TRIGGER),
    ),
    _sql(
        "a temporary table of the same name",
        "CREATE TEMPORARY TABLE audit_entry AS SELECT * FROM public.audit_entry",
        _CHANGE,
        answers=(ITSELF,) * 3,
    ),
)

BEHIND: Final = (
    _sql(
        "`ALTER TABLE … DISABLE TRIGGER USER`, then `UPDATE`",
        "ALTER TABLE audit_entry DISABLE TRIGGER USER",
        _CHANGE,
        answers=DOOR,
        betrayed=(ENTRIES, BUNDLE),
    ),
    _sql(
        "`ALTER TABLE … DISABLE TRIGGER ALL`, then `DELETE`",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DELETE FROM audit_entry WHERE sequence = 2",
        answers=(RIGHT, RIGHT, YES),
        betrayed=(ENTRIES, BUNDLE),
    ),
    _sql(
        "`DROP TRIGGER`, then `UPDATE`",
        "DROP TRIGGER audit_never ON audit_entry",
        _CHANGE,
        answers=DOOR,
        betrayed=(ENTRIES, BUNDLE),
    ),
    _sql(
        "`CREATE OR REPLACE FUNCTION` of the trigger, then `UPDATE`",
        "CREATE OR REPLACE FUNCTION audit_never() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RETURN NEW; END $$",
        _CHANGE,
        answers=DOOR,
        betrayed=(ENTRIES, BUNDLE),
    ),
    _sql(
        "`ALTER COLUMN … TYPE … USING`, which rewrites the table",
        "ALTER TABLE audit_entry ALTER COLUMN body TYPE bytea USING body || ' '",
        answers=DOOR,
        betrayed=(ENTRIES, BUNDLE),
    ),
    _sql(
        "another table, or a view, in the place of the old one",
        "ALTER TABLE audit_entry RENAME TO audit_true",
        f"CREATE VIEW audit_entry AS {_COPY} audit_true",
        answers=DOOR,
        betrayed=(ENTRIES, BUNDLE),
    ),
    _sql(
        "a table that inherits, with a second row for each entry",
        "CREATE TABLE audit_more () INHERITS (audit_entry)",
        f"INSERT INTO audit_more {_COPY} audit_entry",
        answers=DOOR,
        betrayed=(ENTRIES, BUNDLE),
    ),
    _sql(
        "row security that hides entries",
        "ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "CREATE POLICY hiding ON audit_entry USING (sequence <> 2)",
        "SET LOCAL ROLE imprimatur_owner",  # a superuser would still see all
        answers=DOOR,
        betrayed=(ENTRIES, BUNDLE),
    ),
    _sql(
        "an operator `=` of its own in a schema on `search_path`, then a tile",
        "CREATE SCHEMA liar",
        "CREATE FUNCTION liar.yes(bytea, bytea) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE OPERATOR liar.= (FUNCTION = liar.yes, LEFTARG = bytea, RIGHTARG = bytea)",
        "SET LOCAL search_path = liar, pg_catalog, public",
        "UPDATE audit_tile SET hashes = sha256('x') || substr(hashes, 33)",
        "SET LOCAL search_path = public",
    ),
    _sql(
        "`UPDATE pg_trigger`",
        "SET LOCAL allow_system_table_mods = on",
        "UPDATE pg_trigger SET tgenabled = 'D' WHERE tgname = 'audit_never'",
        "UPDATE pg_class SET relname = relname WHERE relname = 'audit_entry'",  # to be noticed
        _CHANGE,
        answers=(RIGHT, RIGHT, YES),
        betrayed=(ENTRIES, BUNDLE),
    ),
    _sql(
        "triggers off, then only the columns by which entries are found",
        "ALTER TABLE audit_entry DISABLE TRIGGER USER",
        "UPDATE audit_entry SET action = 'model.register'",
        answers=DOOR,
        betrayed=(COLUMNS,),
    ),
    _sql(
        "triggers off, then a tile",
        "ALTER TABLE audit_tile DISABLE TRIGGER USER",
        "UPDATE audit_tile SET hashes = sha256('x') || substr(hashes, 33)",
        answers=DOOR,
        betrayed=(TILES, BUNDLE),
    ),
    _sql(
        "`DROP TABLE … CASCADE` of the checkpoints",
        "DROP TABLE audit_checkpoint CASCADE",
        answers=DOOR,
        betrayed=(GONE,),
    ),
    _sql(
        "`CREATE RULE … ON INSERT DO INSTEAD NOTHING`, so that nothing new is written",
        "CREATE RULE silent AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
        "record",
        answers=(RIGHT, FAILS, FAILS),
    ),
    _sql(
        "a trigger that changes entries while they are written",
        "CREATE FUNCTION liar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "NEW.body = replace(convert_from(NEW.body, 'UTF8'), NEW.action, 'model.register')::bytea; "
        "NEW.action = 'model.register'; RETURN NEW; END $$",
        "CREATE TRIGGER liar BEFORE INSERT ON audit_entry FOR EACH ROW "
        "WHEN (NEW.action = 'model.change') EXECUTE FUNCTION liar()",
        "record",
        answers=DOOR,
    ),
)
