"""``record``: what an entry holds, and that it stands or falls with the change it tells of."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from audit import ids
from audit.catalog import ACTIONS
from audit.models import Commitment, Entry, LargeDetail, Pending
from audit.services import record
from audit.subjects import Subject
from lib.actor import SYSTEM
from lib.canonical import canonical_json
from lib.errors import Invalid, TooLarge
from tests.audit.trail import ADA, MODEL, OTHER, make_entries, make_entry

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_the_stored_bytes_are_canonical_and_hold_no_personal_text() -> None:
    entry = make_entry(
        reason="Because Ada said so", details={"b": 1, "a": 1.5}, personal={"email": "ada@x.org"}
    )
    assert entry.leaf_bytes == canonical_json(json.loads(entry.leaf_bytes))
    assert entry.digest == hashlib.sha256(entry.leaf_bytes).hexdigest()
    assert entry.content["details"] == {"a": 1.5, "b": 1}
    for personal in (b"Ada", b"ada@x.org", b"Lovelace"):
        assert personal not in entry.leaf_bytes


@pytest.mark.django_db
def test_every_commitment_opens() -> None:
    entry = make_entry(reason="Reason", personal={"email": "ada@x.org"})
    said = entry.content
    for field, place, text in (
        ("reason", said["reason"], "Reason"),
        ("actor.name", said["actor"]["name"], "Ada Lovelace"),
        ("personal.email", said["personal"]["email"], "ada@x.org"),
    ):
        opening = Commitment.objects.get(entry=entry, field=field)
        assert len(bytes(opening.salt)) == 32
        assert opening.value == text
        digest = hashlib.sha256(bytes(opening.salt) + text.encode()).hexdigest()
        assert place == {"commitment": digest}


@pytest.mark.django_db
def test_the_system_has_no_name_to_hide() -> None:
    entry = make_entry(actor=SYSTEM)
    assert entry.content["actor"]["name"] is None
    assert not entry.openings.exists()


@pytest.mark.django_db
def test_each_subject_counts_its_own_entries() -> None:
    assert [entry.sequence for entry in make_entries(3)] == [1, 2, 3]
    assert make_entry(OTHER).sequence == 1
    assert make_entry().sequence == 4


@pytest.mark.django_db
def test_it_finds_entries_by_subject_and_by_what_is_related() -> None:
    first = make_entry(MODEL)
    second = make_entry(OTHER, related=[MODEL])
    make_entry(OTHER)
    assert list(Entry.objects.about(MODEL).order_by("id")) == [first, second]


@pytest.mark.django_db
def test_ids_are_in_order_of_time_and_answer_since_and_until() -> None:
    entries = make_entries(5)
    assert sorted(entry.pk for entry in entries) == [entry.pk for entry in entries]
    middle = entries[2].at
    assert list(Entry.objects.since(middle).order_by("id")) == entries[2:]
    assert list(Entry.objects.until(middle).order_by("id")) == entries[:2]


def test_an_id_is_a_uuid_of_version_7() -> None:
    now = datetime(2026, 11, 21, 3, 14, 22, 882323, tzinfo=UTC)
    made = ids.new_id(now)
    assert made.version == 7
    assert made.int >> 80 == int(now.timestamp() * 1000)
    assert ids.lowest_id_at(now) <= made < ids.lowest_id_at(now + timedelta(microseconds=1))


def test_it_refuses_to_write_outside_a_transaction(committed_db: str) -> None:
    with pytest.raises(RuntimeError, match="transaction of the change"):
        record(actor=ADA, action="model.change", subject=MODEL)


@pytest.mark.django_db
def test_it_refuses_an_action_that_is_not_in_the_catalogue() -> None:
    with pytest.raises(KeyError, match=r"catalog\.py"):
        make_entry(action="model.explode")


@pytest.mark.django_db
def test_it_refuses_evidence_that_is_no_digest() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        make_entry(evidence=["report.pdf"])


@pytest.mark.django_db
def test_large_details_stand_beside_the_entry_which_names_their_digest() -> None:
    details = {"text": "x" * 100_000}
    entry = make_entry(details=details)
    named = entry.content["details"]
    assert named["size"] == len(canonical_json(details))
    kept = LargeDetail.objects.get(digest=named["details_sha256"])
    assert bytes(kept.body) == canonical_json(details)
    make_entry(details=details)


@pytest.mark.django_db
def test_it_refuses_an_entry_over_the_limit() -> None:
    with pytest.raises(TooLarge):
        make_entry(related=[Subject("model", "m" * 190 + str(n)) for n in range(400)])


@pytest.mark.django_db
def test_a_change_whose_entry_fails_is_not_made() -> None:
    def change() -> None:
        make_entry(OTHER)
        make_entry(details={"text": "\ud800"})

    with pytest.raises(ValueError, match="UTF-8"):
        transaction.atomic(change)()
    assert not Entry.objects.exists()
    assert not Pending.objects.exists()


@pytest.mark.django_db
def test_a_transaction_wakes_the_integrator_once(
    django_capture_on_commit_callbacks: object,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:  # type: ignore[operator]
        make_entries(5)
    assert len(callbacks) == 1


@pytest.mark.parametrize("text", ["", "release", "release:", ":x", "Release:x", "a:b\tc", "a:\x00"])
def test_it_refuses_a_malformed_subject(text: str) -> None:
    with pytest.raises(Invalid):
        Subject.parse(text)


def test_a_subject_is_read_as_it_is_written() -> None:
    assert str(Subject.parse("model_version:mortgage/3")) == "model_version:mortgage/3"


def test_a_key_that_is_too_long_for_a_row_ends_in_its_digest() -> None:
    long = Subject("model", "x" * 300)
    assert (len(long.key), long.key[:136]) == (200, "x" * 135 + "~")
    assert Subject.parse("model:" + "x" * 300) == long != Subject("model", "x" * 301)
    assert Subject("model", long.key) == long


def test_numbers_are_contiguous_under_concurrent_writers(committed_db: str) -> None:
    def write() -> None:
        try:
            for _ in range(5):
                make_entry()
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = Entry.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(numbers) == list(range(1, 41))


def test_the_catalogue_names_exactly_what_services_write() -> None:
    rooms = ("accounts", "audit", "governance", "jobs", "registry", "config")
    written = set()
    for room in rooms:
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text()
            written |= set(re.findall(r'"([a-z_]+\.[a-z_]+)"', text)) & ACTIONS.keys()
            unknown = set(re.findall(r'action="([a-z_]+\.[a-z_]+)"', text)) - ACTIONS.keys()
            assert not unknown, f"{path.name} writes {unknown}"
    assert written >= {"audit.export", "log.start", "person.erase"}


def test_the_documentation_shows_the_catalogue() -> None:
    from audit.catalog import as_markdown

    assert as_markdown() in (ROOT / "docs" / "audit-log.md").read_text()
