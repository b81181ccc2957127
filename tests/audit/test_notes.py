"""Signed notes and checkpoints as C2SP defines them."""

from __future__ import annotations

import pytest

from audit import notes

C2SP_EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
# The examples of Go's package golang.org/x/mod/sumdb/note.
GO_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = GO_TEXT + (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
)
GO_OTHER_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
GO_OTHER_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLo"
    "x33WWd1RvMc+QQ=\n"
)
KEY = notes.SigningKey("bank.example/log", bytes(range(32)))
OTHER = notes.SigningKey("bank.example/log", bytes(range(1, 33)))
HEAD = notes.SignedHead("bank.example/log", 7, bytes(range(32)))


def test_it_reads_the_published_example_key() -> None:
    key = notes.VerifierKey.parse(C2SP_EXAMPLE)
    assert key.name == "example.com/foo"
    assert key.key_id.hex() == "530d903a"
    assert str(key) == C2SP_EXAMPLE


def test_it_reads_and_writes_the_note_of_gos_package() -> None:
    key = notes.VerifierKey.parse(GO_KEY)
    assert str(key) == GO_KEY
    assert notes.SigningKey.parse(GO_SIGNER).verifier == key
    assert notes.open_note(GO_NOTE, key) == (GO_TEXT, [key])
    assert notes.sign(GO_TEXT, notes.SigningKey.parse(GO_SIGNER)) == GO_NOTE
    other = notes.VerifierKey.parse(GO_OTHER_KEY)
    both = GO_NOTE + GO_OTHER_LINE
    assert notes.open_note(both, key, other) == (GO_TEXT, [key, other])
    assert notes.open_note(both, other) == (GO_TEXT, [other])
    with pytest.raises(notes.NoteError, match="is wrong"):
        notes.open_note(both.replace("problem is", "problem was"), other)


def test_an_unknown_key_may_share_a_name_or_an_id() -> None:
    known = notes.VerifierKey.parse(GO_KEY)
    stranger = notes.SigningKey.generate("PeterNeumann")
    line = notes.sign(GO_TEXT, stranger).removeprefix(GO_TEXT + "\n")
    same_id = f"— Somebody {notes.b64(known.key_id + bytes(64))}\n"
    assert notes.open_note(GO_NOTE + line + same_id, known) == (GO_TEXT, [known])


def test_a_note_with_endless_signatures_is_not_read() -> None:
    key = notes.VerifierKey.parse(GO_KEY)
    assert notes.open_note(GO_NOTE + GO_OTHER_LINE * 99, key)
    with pytest.raises(notes.NoteError, match="more than 100"):
        notes.open_note(GO_NOTE + GO_OTHER_LINE * 100, key)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "\n\n",
        GO_TEXT,
        GO_TEXT + "\n",
        GO_NOTE[:-1],
        GO_NOTE + "\n",
        GO_NOTE.replace("— ", "- "),
        GO_NOTE.replace("— ", "—"),
        GO_NOTE.replace("\n\n", "\n"),
        GO_NOTE.replace("\n", "\r\n"),
        GO_NOTE.replace("you think", "you\tthink"),
        GO_NOTE.replace("AM=", "AM"),
        GO_NOTE.replace("AM=", "AN="),
        GO_NOTE.replace("AM=", "AM= "),
        GO_NOTE + "— \n",
        GO_NOTE + "— x AAAA\n",
    ],
)
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(notes.NoteError):
        notes.open_note(note, notes.VerifierKey.parse(GO_KEY))


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
