"""Signed notes and checkpoints as C2SP defines them."""

from __future__ import annotations

import pytest

from audit import notes

C2SP_EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
KEY = notes.SigningKey("bank.example/log", bytes(range(32)))
OTHER = notes.SigningKey("bank.example/log", bytes(range(1, 33)))
HEAD = notes.SignedHead("bank.example/log", 7, bytes(range(32)))


def test_it_reads_the_published_example_key() -> None:
    key = notes.VerifierKey.parse(C2SP_EXAMPLE)
    assert key.name == "example.com/foo"
    assert key.key_id.hex() == "530d903a"
    assert str(key) == C2SP_EXAMPLE


def test_a_signing_key_survives_being_written_down() -> None:
    key = notes.SigningKey.generate("bank.example/log")
    assert notes.SigningKey.parse(key.encode()) == key
    assert key.seed.hex() not in repr(key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        C2SP_EXAMPLE.replace("530d903a", "530d903b"),
        C2SP_EXAMPLE.replace("foo", "fo o"),
        C2SP_EXAMPLE[:-4],
        C2SP_EXAMPLE.replace("+Ae", "+Ag"),
        C2SP_EXAMPLE + "=",
    ],
)
def test_it_refuses_a_malformed_key(text: str) -> None:
    with pytest.raises(notes.NoteError):
        notes.VerifierKey.parse(text)


def test_a_signed_checkpoint_opens_with_its_key() -> None:
    text, signers = notes.open_note(notes.sign(HEAD.text(), KEY), KEY.verifier)
    assert notes.SignedHead.parse(text) == HEAD
    assert signers == [KEY.verifier]


def test_unknown_signatures_are_ignored_so_that_keys_can_rotate() -> None:
    note = notes.sign(HEAD.text(), OTHER, KEY)
    assert notes.open_note(note, KEY.verifier)[1] == [KEY.verifier]
    assert notes.open_note(note, OTHER.verifier)[1] == [OTHER.verifier]


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    with pytest.raises(notes.NoteError, match="no trusted key"):
        notes.open_note(notes.sign(HEAD.text(), KEY), OTHER.verifier)


def test_no_altered_character_goes_unseen() -> None:
    note = notes.sign(HEAD.text(), KEY)
    for at in range(len(note)):
        altered = note[:at] + chr(ord(note[at]) ^ 1) + note[at + 1 :]
        with pytest.raises(notes.NoteError):
            notes.open_note(altered, KEY.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "log\n7\n",
        "\n7\nAAAA\n",
        "log\n07\n" + notes.b64(bytes(32)) + "\n",
        "log\n-1\n" + notes.b64(bytes(32)) + "\n",
        "log\n7\n" + notes.b64(bytes(31)) + "\n",
    ],
)
def test_it_refuses_a_malformed_checkpoint(text: str) -> None:
    with pytest.raises(notes.NoteError):
        notes.SignedHead.parse(text)


def test_a_proof_is_written_as_the_format_says() -> None:
    checkpoint = notes.sign(HEAD.text(), KEY)
    lines = notes.tlog_proof(3, [bytes(32), bytes(range(32))], checkpoint).split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 3"]
    assert lines[4] == ""
    assert "\n".join(lines[5:]) == checkpoint
