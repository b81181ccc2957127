"""Cosignatures: the format of C2SP, and what the log keeps of them."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, connection, transaction

from audit import notes
from audit.cosignatures import WitnessKey, WitnessSigningKey, cosignatures, signed_at
from audit.models import Checkpoint, Cosignature, Entry
from tests import cast
from tests.audit.trail import integrate_all, make_entry
from tests.cast import People

KEY = notes.SigningKey("bank.example/log", bytes(range(32)))
WITNESS = WitnessSigningKey("witness.example/w1", bytes(range(1, 33)))
OTHER = WitnessSigningKey("witness.example/w2", bytes(range(2, 34)))
TEXT = notes.SignedHead(KEY.name, 7, bytes(range(32))).text()
NOTE = notes.sign(TEXT, KEY)
COSIGNED = NOTE + WITNESS.cosign(TEXT, at=1679315147)
# The example of c2sp.org/tlog-cosignature.
PUBLISHED = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 \
jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""


def test_it_is_written_as_the_format_says() -> None:
    """Built here from the words of the specification alone."""
    private = Ed25519PrivateKey.from_private_bytes(WITNESS.seed)
    public = private.public_key().public_bytes_raw()
    key_id = hashlib.sha256(b"witness.example/w1\n\x04" + public).digest()[:4]
    message = f"cosignature/v1\ntime 1679315147\n{TEXT}".encode()
    signature = key_id + (1679315147).to_bytes(8, "big") + private.sign(message)
    assert WITNESS.cosign(TEXT, at=1679315147) == (f"— witness.example/w1 {notes.b64(signature)}\n")


def test_the_published_example_reads() -> None:
    text, lines = notes.split(PUBLISHED)
    assert notes.SignedHead.parse(text).size == 20_852_163
    name, key_id, signature = notes.parse_signature(lines[1])
    assert (name, key_id.hex()) == ("witness.example.com/w1", "8d66cf3f")
    assert signed_at(signature) == 1679315147
    assert cosignatures(PUBLISHED, [WITNESS.verifier]) == []


def test_a_cosigned_note_opens_with_the_logs_key_and_with_the_witnesss() -> None:
    assert notes.open_note(COSIGNED, KEY.verifier) == (TEXT, [KEY.verifier])
    (found,) = cosignatures(COSIGNED, [OTHER.verifier, WITNESS.verifier])
    assert (found.key, found.at) == (WITNESS.verifier, 1679315147)
    assert NOTE + found.line == COSIGNED
    assert notes.open_note(COSIGNED, WITNESS.verifier)[1] == [WITNESS.verifier]


def test_one_key_is_never_taken_for_the_other_kind() -> None:
    same = notes.SigningKey(WITNESS.name, WITNESS.seed)
    assert same.verifier.public == WITNESS.verifier.public
    assert same.verifier.key_id != WITNESS.verifier.key_id
    with pytest.raises(notes.NoteError, match="no trusted key"):
        notes.open_note(TEXT + "\n" + WITNESS.cosign(TEXT, at=1), same.verifier)
    assert cosignatures(notes.sign(TEXT, same), [WITNESS.verifier]) == []
    with pytest.raises(notes.NoteError, match="type 4"):
        WitnessKey.parse(str(KEY.verifier))
    with pytest.raises(notes.NoteError, match="type 1"):
        notes.VerifierKey.parse(str(WITNESS.verifier))


def test_no_altered_character_goes_unseen() -> None:
    start = len(NOTE)
    for at in [*range(len(TEXT)), *range(start, len(COSIGNED))]:
        altered = COSIGNED[:at] + chr(ord(COSIGNED[at]) ^ 1) + COSIGNED[at + 1 :]
        try:
            assert cosignatures(altered, [WITNESS.verifier]) == []
        except notes.NoteError:
            continue


@pytest.mark.parametrize("keep", [0, 8, 71, 73])
def test_a_signature_of_another_length_is_wrong(keep: int) -> None:
    _, _, signature = notes.parse_signature(notes.split(COSIGNED)[1][1])
    assert WITNESS.verifier.is_signed(TEXT, signature)
    assert not WITNESS.verifier.is_signed(TEXT, (signature + b"\x00")[:keep])
    late = (2**63).to_bytes(8, "big") + signature[8:]
    assert not WITNESS.verifier.is_signed(TEXT, late)


def test_keys_survive_being_written_down() -> None:
    made = WitnessSigningKey.generate("witness.example/w3")
    assert WitnessSigningKey.parse(made.encode()) == made
    assert WitnessKey.parse(str(made.verifier)) == made.verifier
    assert made.seed.hex() not in repr(made)
    wrong = str(made.verifier).replace("w3", "w4")
    with pytest.raises(notes.NoteError, match="does not fit"):
        WitnessKey.parse(wrong)


# What the log keeps -----------------------------------------------------------------------------

API = "/api/v1/audit/cosignatures"


@pytest.fixture
def checkpoint(db: None, settings: Any) -> Checkpoint:
    settings.LOG_WITNESSES = [str(WITNESS.verifier), str(OTHER.verifier)]
    make_entry()
    integrate_all()
    return Checkpoint.objects.latest()


def cosigned(checkpoint: Checkpoint, *keys: WitnessSigningKey, at: int | None = None) -> str:
    moment = int(time.time()) if at is None else at
    text = notes.split(checkpoint.note)[0]
    return checkpoint.note + "".join(key.cosign(text, at=moment) for key in keys)


def post(note: str) -> Any:
    return cast.api().post(API, {"note": note}, format="json")


def test_it_is_kept_once_and_served_with_the_checkpoint(checkpoint: Checkpoint) -> None:
    entries = Entry.objects.count()
    note = cosigned(checkpoint, WITNESS)
    assert post(note).status_code == 201
    assert post(note).status_code == 201
    assert post(cosigned(checkpoint, WITNESS, at=1)).status_code == 201
    assert Cosignature.objects.count() == 1
    assert Entry.objects.count() == entries
    client = cast.api("auditor")
    for path in ("/tlog/checkpoint", "/api/v1/audit/checkpoint"):
        assert client.get(path).content.decode() == note
    assert post(cosigned(checkpoint, OTHER)).status_code == 201
    served = client.get("/tlog/checkpoint").content.decode()
    found = cosignatures(served, [WITNESS.verifier, OTHER.verifier])
    assert [each.key for each in found] == [WITNESS.verifier, OTHER.verifier]
    listed = client.get(API, {"size": checkpoint.size}).json()["items"]
    assert [each["witness"] for each in listed] == [str(OTHER.verifier), str(WITNESS.verifier)]
    assert client.get(API, {"size": checkpoint.size + 1}).json()["items"] == []


def test_an_older_checkpoint_may_be_cosigned_late(checkpoint: Checkpoint) -> None:
    make_entry()
    integrate_all()
    assert post(cosigned(checkpoint, WITNESS)).status_code == 201
    assert Checkpoint.objects.latest().cosignatures.count() == 0


@pytest.mark.parametrize("note", ["", "nonsense", NOTE[:20], "\x00", "x" * 40_000])
def test_what_is_no_cosigned_checkpoint_is_refused(checkpoint: Checkpoint, note: str) -> None:
    assert post(note).status_code == 400


def test_an_unknown_witness_is_refused(checkpoint: Checkpoint, settings: Any) -> None:
    stranger = WitnessSigningKey.generate("stranger.example/w")
    assert post(cosigned(checkpoint, stranger)).status_code == 403
    assert post(checkpoint.note).status_code == 403
    settings.LOG_WITNESSES = []
    assert post(cosigned(checkpoint, WITNESS)).status_code == 403
    settings.LOG_WITNESSES = ["nonsense"]
    assert post(cosigned(checkpoint, WITNESS)).status_code == 503
    assert not Cosignature.objects.exists()


def test_a_wrong_cosignature_is_refused(checkpoint: Checkpoint) -> None:
    line = WITNESS.cosign("another text\n", at=int(time.time()))
    assert post(checkpoint.note + line).status_code == 400


def test_a_checkpoint_that_we_did_not_sign_is_a_conflict(checkpoint: Checkpoint) -> None:
    head = notes.SignedHead.parse(notes.split(checkpoint.note)[0])
    for other, status in (
        (notes.SignedHead(head.origin, head.size, bytes(32)), 409),
        (notes.SignedHead("other.example/log", head.size, head.root), 409),
        (notes.SignedHead(head.origin, head.size + 1, head.root), 422),
        (notes.SignedHead(head.origin, 2**63 - 1, head.root), 422),
        (notes.SignedHead(head.origin, 2**70, head.root), 400),
        (notes.SignedHead(head.origin, 10**4_000, head.root), 400),
    ):
        text = other.text()
        note = notes.sign(text, KEY) + WITNESS.cosign(text, at=int(time.time()))
        assert post(note).status_code == status, other


def test_a_cosignature_from_the_future_is_refused(checkpoint: Checkpoint) -> None:
    for at in (int(time.time()) + 3600, 2**63 - 1):
        assert post(cosigned(checkpoint, WITNESS, at=at)).status_code == 422
    assert post(cosigned(checkpoint, WITNESS, at=0)).status_code == 201


@pytest.mark.parametrize("table", ["audit_cosignature", "audit_stamp"])
def test_what_was_said_about_a_checkpoint_is_only_added_to(
    checkpoint: Checkpoint, table: str
) -> None:
    post(cosigned(checkpoint, WITNESS))
    checkpoint.stamps.create(tsa="http://tsa.example", token=b"x", stamped_at="2026-01-01T00:00Z")
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in (
        f"UPDATE {table} SET created_at = now()",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)


def test_who_may_read_them(people: People) -> None:
    for path in (API, "/api/v1/audit/stamps"):
        assert cast.api().get(path).status_code == 401
        assert cast.api(people.mallory).get(path).status_code == 403
        assert cast.api(people.otto).get(path).status_code == 200
        assert cast.api(people.otto).get(path, {"size": "0"}).status_code == 400
        assert cast.api(people.otto).get(path, {"wrong": "1"}).status_code == 400
