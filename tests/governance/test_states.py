"""The state tables: one truth for the services, the database and the docs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection

from governance import states, states_drawn
from lib.errors import Conflict

NAMES = {
    "authorization": "authorization",
    "checkrun": "check run",
    "condition": "condition",
    "emergencyrequest": "emergency request",
    "emergencyreview": "emergency review",
    "explanation": "explanation",
    "finding": "finding",
    "policyversion": "policy version",
    "question": "question",
    "release": "release",
    "validationrun": "validation run",
    "waiver": "waiver",
}


def test_every_state_that_can_be_reached_has_its_own_line() -> None:
    for table in states.TABLES.values():
        assert {other for following in table.values() for other in following} <= set(table)


def test_every_table_ends_somewhere_or_says_that_it_never_does() -> None:
    endless = {name for name, table in states.TABLES.items() if all(table.values())}
    assert endless == {"finding"}  # a closed finding may be opened again


def test_what_has_ended_stays_ended() -> None:
    for name, table in states.TABLES.items():
        for state, following in table.items():
            for other in set(table) - set(following):
                with pytest.raises(Conflict):
                    states.require(table, state, other, what=name)


@pytest.mark.django_db
def test_the_database_follows_the_same_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_get_triggerdef(t.oid), t.tgenabled FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'governance_states'"
        )
        found = {table: (text, enabled) for table, text, enabled in cursor.fetchall()}
    assert {table.removeprefix("governance_") for table in found} == set(NAMES)
    assert set(NAMES.values()) == set(states.TABLES)
    for table, (text, enabled) in found.items():
        argument = text.partition("governance_follow_states('")[2].rpartition("')")[0]
        ways = {state: tuple(following) for state, following in json.loads(argument).items()}
        assert ways == states.TABLES[NAMES[table.removeprefix("governance_")]]
        assert enabled == "A"  # in replica mode too


def test_the_page_in_the_docs_is_drawn_from_them() -> None:
    page = Path("docs/states.md").read_text()
    assert page.strip() == states_drawn.page().strip()
