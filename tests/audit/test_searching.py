"""The newest entries about something: its own and those related to it, in one order."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import Entry
from audit.services.searching import newest
from audit.subjects import Subject
from tests import cast
from tests.audit.trail import MODEL, OTHER, make_entries, make_entry

pytestmark = pytest.mark.django_db
RELEASE = Subject("release", "r1", "R-1")


@pytest.fixture
def rows() -> list[Entry]:
    """Of the model, related to it, and neither, by turns."""
    made = []
    for _ in range(4):
        made += [make_entry(MODEL), make_entry(RELEASE, related=[MODEL]), make_entry(OTHER)]
    return made


def test_own_and_related_entries_come_newest_first(rows: list[Entry]) -> None:
    expected = [row for row in reversed(rows) if row.subject_key in ("mortgage", "r1")]
    assert newest(Entry.objects.all(), MODEL, 50) == expected
    assert newest(Entry.objects.all(), MODEL, 3) == expected[:3]
    assert set(Entry.objects.about(MODEL)) == set(expected)
    assert newest(Entry.objects.all(), None, 2) == [rows[-1], rows[-2]]


def test_an_entry_that_names_its_own_subject_as_related_comes_once() -> None:
    row = make_entry(MODEL, related=[MODEL])
    assert newest(Entry.objects.all(), MODEL, 50) == [row]


def test_other_filters_hold_for_both(rows: list[Entry]) -> None:
    before = Entry.objects.filter(pk__lt=rows[4].pk)
    assert newest(before, MODEL, 50) == [rows[3], rows[1], rows[0]]


def test_pages_of_a_subject_follow_each_other(rows: list[Entry]) -> None:
    client = cast.api("auditor")
    seen: list[str] = []
    query: dict[str, Any] = {"subject": str(MODEL), "limit": 3}
    while True:
        page = client.get("/api/v1/audit/entries", query).json()
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    expected = [str(row.pk) for row in reversed(rows) if row.subject_key in ("mortgage", "r1")]
    assert seen == expected


def test_the_page_takes_two_questions_however_many_entries(
    django_assert_max_num_queries: Any,
) -> None:
    make_entries(20)
    with django_assert_max_num_queries(2):
        newest(Entry.objects.select_related("leaf"), MODEL, 10)
