"""A1, service by service: a change of state leaves exactly its entries, they name every row that
changed, and a change whose entry cannot be written is not made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import Entry
from audit.rows import governed
from audit.services import integrate
from audit.services.reconciling import reconcile
from jobs.models import Job
from tests.cast import People
from tests.governance.make import make_bank
from tests.walk import everything  # noqa: F401  (scenarios register themselves)
from tests.walk.leaving import SCENARIOS
from tests.walk.services import ELSEWHERE, NO_ENTRY, PARTS, READS, ROOT, found

pytestmark = pytest.mark.django_db
WRITING = re.compile(r"\brecord\(|\.save\(|create\(|\.update\(\w+=|\.delete\(")


def test_every_service_is_walked_or_says_why_not() -> None:
    for module, names in found().items():
        walked = {n.rpartition(".")[2] for n in SCENARIOS if n.startswith(f"{module}.")}
        lists = [walked, *(each.get(module, set()) for each in (READS, PARTS, NO_ENTRY, ELSEWHERE))]
        assert set().union(*lists) == names, module
        assert sum(map(len, lists)) == len(names), f"{module}: a function is in two lists"


@pytest.mark.parametrize("module", sorted(READS))
def test_what_only_reads_writes_nothing(module: str) -> None:
    """Their text holds no word that writes."""
    room, _, name = module.partition(".")
    folder = ROOT / room / "services"
    path = folder / f"{name}.py" if folder.is_dir() else folder.with_suffix(".py")
    functions = re.split(r"^(?=def |@|class |\w)", path.read_text(), flags=re.MULTILINE)
    for text in functions:
        named = re.match(r"def (\w+)", text)
        if named and named[1] in READS[module]:
            assert not WRITING.search(text), f"{module}.{named[1]}"


def state() -> dict[str, str]:
    """A digest of every governed table, and of the queue of work."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'")
        found = {}
        for table in [*(each.table for each in governed()), Job._meta.db_table]:
            cursor.execute(
                "SELECT md5(string_agg(t::text, chr(10) ORDER BY to_jsonb(t)::text)) "
                f"FROM {table} t"
            )
            found[table] = cursor.fetchone()[0]
    return found


@contextmanager
def a_trail_that_takes_nothing() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_all() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$; "
            "CREATE TRIGGER refuse_all BEFORE INSERT ON audit_entry "
            "FOR EACH ROW EXECUTE FUNCTION refuse_all()"
        )
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_a_service_leaves_its_entries_or_nothing_at_all(name: str, people: People) -> None:
    scenario, actions = SCENARIOS[name]
    act = scenario(make_bank(people))
    integrate(batch=1)  # the log starts, which tells of what migrations made
    before, last = state(), Entry.objects.order_by("-id").first()
    assert last is not None
    with a_trail_that_takes_nothing():
        with pytest.raises(DatabaseError, match="the disk is full"), transaction.atomic():
            act()
        assert state() == before
    assert state() == before
    act()
    left = Entry.objects.filter(id__gt=last.pk).order_by("id").values_list("action", flat=True)
    assert list(left) == actions
    assert list(reconcile()) == []
