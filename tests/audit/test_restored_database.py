"""A database that is older than what others have seen signs nothing until it has caught up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from audit import notes
from audit.models import Checkpoint, Entry, LogState
from audit.services import integrate
from audit.services.integration import why_not_signing
from audit.services.keys import signing_key
from audit.services.outside import learn
from audit.services.rotation import restart_log
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, Unavailable
from tests.audit.trail import make_entry
from tests.web.conftest import signed_in

pytestmark = [pytest.mark.clones]


def grown(by: int = 1) -> str:
    """The checkpoint after ``by`` more entries."""
    with transaction.atomic():
        for _ in range(by):
            make_entry()
    while integrate():
        pass
    return Checkpoint.objects.latest().note


@pytest.fixture
def known(committed_db: str, settings: Any, tmp_path: Path) -> Path:
    settings.LOG_KEY = tmp_path / "log.key"
    grown(3)
    return Path(settings.LOG_KNOWN)


def refused() -> str:
    with transaction.atomic():
        make_entry()
    size = LogState.objects.get().size
    with pytest.raises(Unavailable) as caught:
        integrate()
    assert LogState.objects.get().size == size
    assert caught.value.detail == why_not_signing()
    return caught.value.detail


def signed(size: int, root: bytes = bytes(32)) -> str:
    return notes.sign(notes.SignedHead(signing_key().name, size, root).text(), signing_key())


def test_every_checkpoint_is_kept_outside(known: Path) -> None:
    for _ in range(2):
        note = grown()
        assert known.read_text() == note


def test_a_checkpoint_that_did_not_commit_is_not_kept(known: Path) -> None:
    before = known.read_text()
    with transaction.atomic():
        make_entry()
        assert integrate() == 1
        transaction.set_rollback(True)
    assert known.read_text() == before


def test_a_tree_shorter_than_the_known_one_signs_nothing(known: Path) -> None:
    """As after a restore: the database says 4, and somebody holds a checkpoint of 40."""
    known.write_text(signed(40))
    assert "a checkpoint of 40 is known outside" in refused()


def test_a_tree_with_another_past_signs_nothing(known: Path) -> None:
    known.write_text(signed(2))
    assert "not those of the checkpoint" in refused()


def test_an_older_checkpoint_of_the_same_tree_is_no_hindrance(known: Path) -> None:
    older = known.read_text()
    grown(300)
    known.write_text(older)
    assert grown()


@pytest.mark.parametrize("text", ["rubbish", "", "\n\n"])
def test_a_file_that_says_nothing_readable_is_not_passed_over(known: Path, text: str) -> None:
    known.write_text(text)
    if text:
        assert "is not ours" in refused()
    else:
        assert grown()  # an empty file is as none


def test_a_forged_checkpoint_stops_nothing_silently(known: Path) -> None:
    thief = notes.SigningKey.generate(signing_key().name)
    known.write_text(notes.sign(notes.SignedHead(thief.name, 2, bytes(32)).text(), thief))
    assert "is not ours" in refused()


def test_an_auditors_checkpoint_can_be_handed_in(known: Path, tmp_path: Path) -> None:
    first = known.read_text()
    grown(5)
    with pytest.raises(Conflict, match="larger"):
        learn(first)
    with pytest.raises(Invalid):
        learn("rubbish")
    held = tmp_path / "held"
    held.write_text(signed(99))
    call_command("know_checkpoint", str(held))
    assert "99" in refused()
    with pytest.raises(CommandError):
        call_command("know_checkpoint", str(tmp_path / "nothing"))


def test_the_panel_says_why_nothing_is_signed(known: Path) -> None:
    from tests.cast import person

    known.write_text(signed(40))
    with transaction.atomic():
        make_entry()
        otto = person("otto", "auditor")
    assert "older than what others have seen" in signed_in(otto).get("/audit/").content.decode()


def test_what_is_lost_for_good_is_said_under_a_new_name(known: Path, settings: Any) -> None:
    former = settings.LOG_ORIGIN
    size = LogState.objects.get().size
    known.write_text(signed(40))
    refused()
    with pytest.raises(Conflict, match="new name"):
        restart_log(actor=SYSTEM, reason="x")
    settings.LOG_ORIGIN = "imprimatur.local/log-2"
    settings.LOG_KEY = Path(settings.LOG_KEY).with_name("log-2.key")
    key = restart_log(actor=SYSTEM, reason="The backup of Friday is all there is")
    note = grown()
    text, _ = notes.open_note(note, key.verifier)
    assert text.startswith("imprimatur.local/log-2\n")
    told = Entry.objects.get(action="log.restart").content["details"]
    assert (told["former"], told["size"], told["known"]) == (former, size, 40)
    assert known.read_text() == note
