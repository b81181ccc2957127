"""Replacing the key: both sign for a while, and the log itself says which and when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit import notes
from audit.models import Entry
from audit.services import integrate
from audit.services.keys import signing_key, signing_keys, write_keys
from audit.services.proofs import inclusion_proof, latest_checkpoint
from audit.services.rotation import retire_key, rotate_key
from lib.actor import SYSTEM, Actor
from lib.errors import Conflict, Invalid, Refused, Unavailable
from tests.audit.trail import make_entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key_file(settings: Any, tmp_path: Path) -> Path:
    settings.LOG_KEY = tmp_path / "keys" / "log.key"
    make_entry()
    placed()
    return Path(settings.LOG_KEY)


def placed() -> str:
    """The note of the checkpoint over everything so far."""
    while integrate():
        pass
    return latest_checkpoint().note


def signers(note: str, *keys: notes.SigningKey) -> set[str]:
    _, found = notes.open_note(note, *(key.verifier for key in keys))
    return {str(key) for key in found}


def test_both_keys_sign_during_the_overlap_and_the_new_one_after_it() -> None:
    old = signing_key()
    new = rotate_key(actor=SYSTEM, reason="Yearly")
    assert signers(placed(), old, new) == {str(old.verifier), str(new.verifier)}
    retire_key(old.verifier.key_id.hex(), actor=SYSTEM)
    make_entry()
    assert signers(placed(), old, new) == {str(new.verifier)}
    with pytest.raises(notes.NoteError):
        notes.open_note(latest_checkpoint().note, old.verifier)


def test_who_trusts_the_old_key_learns_of_the_new_one_from_the_log() -> None:
    old = signing_key()
    new = rotate_key(actor=SYSTEM)
    note = placed()
    told = Entry.objects.get(action="log.rotate_key")
    assert told.content["details"] == {"old": str(old.verifier), "new": str(new.verifier)}
    proof = inclusion_proof(told)
    assert proof.checkpoint.note == note
    assert notes.open_note(note, old.verifier)


def test_the_old_key_is_not_retired_before_both_have_signed_the_news() -> None:
    old = signing_key()
    rotate_key(actor=SYSTEM)
    with pytest.raises(Conflict, match="not signed yet"):
        retire_key(old.verifier.key_id.hex(), actor=SYSTEM)
    assert len(signing_keys()) == 2


def test_the_last_key_cannot_be_retired_nor_one_that_is_not_there() -> None:
    with pytest.raises(Conflict, match="newest"):
        retire_key(signing_key().verifier.key_id.hex(), actor=SYSTEM)
    with pytest.raises(Invalid, match="00000000"):
        retire_key("00000000", actor=SYSTEM)


def test_a_key_that_an_operator_put_into_the_file_is_announced_and_none_made() -> None:
    old, new = signing_key(), notes.SigningKey.generate(signing_key().name)
    write_keys([old, new])
    assert rotate_key(actor=SYSTEM) == new
    assert signing_keys() == [old, new]
    assert rotate_key(actor=SYSTEM) != new


def test_a_host_with_yesterdays_key_file_signs_nothing() -> None:
    old = signing_key()
    rotate_key(actor=SYSTEM)
    placed()
    write_keys([old])
    make_entry()
    with pytest.raises(Unavailable, match="from before the key"):
        integrate()


def test_a_file_that_cannot_be_written_leaves_no_entry(
    monkeypatch: pytest.MonkeyPatch, key_file: Path
) -> None:
    def full(*_: object) -> None:
        raise PermissionError(13, "Read-only file system")

    before = key_file.read_text()
    with monkeypatch.context() as patched:
        patched.setattr("audit.services.keys.os.replace", full)
        with pytest.raises(Unavailable, match="Read-only"):
            rotate_key(actor=SYSTEM)
    assert not Entry.objects.filter(action="log.rotate_key").exists()
    assert key_file.read_text() == before
    assert key_file.stat().st_mode & 0o077 == 0


def test_only_the_shell_changes_keys() -> None:
    with pytest.raises(Refused):
        rotate_key(actor=Actor(kind="person", id="p", name="Olga"))
    with pytest.raises(Refused):
        retire_key("00000000", actor=Actor(kind="person", id="p", name="Olga"))


def test_the_key_address_lists_every_key_that_signs(people: Any) -> None:
    from tests.cast import api

    new = rotate_key(actor=SYSTEM)
    lines = api(people.otto).get("/api/v1/audit/key").content.decode().splitlines()
    assert lines == [str(signing_keys()[0].verifier), str(new.verifier)]


def test_the_commands_do_it_and_say_what_comes_next(capsys: pytest.CaptureFixture[str]) -> None:
    old = signing_key()
    call_command("rotate_log_key", reason="Yearly")
    assert "retire_log_key" in capsys.readouterr().out
    with pytest.raises(CommandError, match="not signed yet"):
        call_command("retire_log_key", old.verifier.key_id.hex())
    placed()
    call_command("retire_log_key", old.verifier.key_id.hex())
    assert [key != old for key in signing_keys()] == [True]
