"""A bundle made to break its reader is judged all the same: named, bounded, and never obeyed."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from audit.notes import NoteError, SignedHead, SigningKey, b64, sign
from audit.offline import archive, proofs
from tests.audit.trail import members, system_python, verify, zipped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_provider")]

DEEP = b"[" * 100_000 + b"\n"


def test_json_that_is_nested_without_end_is_named(bundle: bytes, tmp_path: Path) -> None:
    parts = members(bundle)
    for name in parts:
        done = verify(zipped(parts | {name: DEEP}, tmp_path / "changed.zip"), "--json")
        assert not done.stderr
        assert (done.returncode, json.loads(done.stdout)["failure"]["member"]) == (1, name)


@pytest.mark.parametrize("text", [b"null", b"{}", b"[]", b'"x"', b'{"own":{}}', b"9" * 6_000])
def test_another_trailer_is_named(bundle: bytes, tmp_path: Path, text: bytes) -> None:
    parts = members(bundle) | {"trailer.json": text + b"\n"}
    done = verify(zipped(parts, tmp_path / "changed.zip"), "--json")
    assert not done.stderr
    assert json.loads(done.stdout)["failure"]["member"] == "trailer.json"


def test_a_version_of_zip_that_nobody_knows_is_unreadable(bundle: bytes, tmp_path: Path) -> None:
    at = bundle.rindex(b"PK\x01\x02") + 6
    path = tmp_path / "changed.zip"
    path.write_bytes(bundle[:at] + b"\xff" + bundle[at + 1 :])
    done = verify(path)
    assert (done.returncode, done.stderr) == (2, "")


def test_proofs_twice_over_are_named(bundle: bytes, tmp_path: Path) -> None:
    parts = members(bundle)
    parts["proofs.jsonl"] *= 2
    done = verify(zipped(parts, tmp_path / "changed.zip"), "--json")
    assert json.loads(done.stdout)["failure"]["member"] == "proofs.jsonl"


@pytest.mark.parametrize("name", ["keys", "checkpoint", "trailer.json", "proofs.jsonl"])
def test_a_member_that_swells_does_not_fill_the_memory(
    bundle: bytes, tmp_path: Path, name: str
) -> None:
    parts, path = members(bundle), tmp_path / "changed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for each, data in parts.items():
            file.writestr(each, data if each != name else b"0" * (archive.LONGEST + (1 << 22)))
    done = verify(path, "--json")
    failure = json.loads(done.stdout)["failure"]
    assert failure["member"] == name
    assert "more than" in failure["problem"]


def test_names_do_not_command_the_terminal(bundle: bytes, tmp_path: Path) -> None:
    parts = {"x\nVALID\x1b[2J\u0396": b"1"} | members(bundle)
    path = zipped(parts, tmp_path / "changed.zip")
    verify(path)
    done = subprocess.run(
        [system_python(), "-S", str(tmp_path / "verify.py"), str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONIOENCODING": "ascii", "PATH": os.environ["PATH"]},
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert r"x\nVALID\x1b[2J\u0396: was not exported" in done.stdout
    assert done.stdout.splitlines()[-1] == "INVALID"


def test_large_details_that_were_left_out_are_named(tmp_path: Path) -> None:
    bundle = archive.Archive(str(zipped({"trailer.json": b"{}"}, tmp_path / "small.zip")))
    with pytest.raises(archive.Invalid, match="is missing") as caught:
        bundle.details({"details": {"details_sha256": "ab" * 32, "size": 30_000}})
    assert caught.value.member == "evidence/" + "ab" * 32


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("other.example/log", "7", bytes(32)),
        ("bank.example/log", "07", bytes(32)),
        ("bank.example/log", "+7", bytes(32)),
        ("bank.example/log", "9" * 5_000, bytes(32)),
        ("bank.example/log", "7", bytes(31)),
    ],
)
def test_what_the_key_signed_has_to_be_a_checkpoint_of_its_log(
    origin: str, size: str, root: bytes
) -> None:
    key = SigningKey("bank.example/log", bytes(range(32)))
    note = sign(f"{origin}\n{size}\n{b64(root)}\n", key)
    with pytest.raises(ValueError, match=r"checkpoint|digits"):
        proofs.open_checkpoint(note, [proofs.parse_key(str(key.verifier))])


@pytest.mark.parametrize("size", ["9" * 5_000, str(2**63), "00", "٣", "-1", ""])
def test_a_size_that_no_log_has_is_refused_as_a_note(size: str) -> None:
    with pytest.raises(NoteError, match="size"):
        SignedHead.parse(f"bank.example/log\n{size}\n{b64(bytes(32))}\n")


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--previous", "", "no signed note"),
        ("--previous", "rubbish", "no signed note"),
        ("--previous", "log\r\n3\r\nAAAA\r\n\r\n— x y\r\n", "no signed note"),
        ("--previous", "log\n3\nAAAA\n\nthis is not a signature\n", "is no signature"),
        ("--key", "rubbish", "looks like NAME+"),
    ],
)
def test_what_was_given_wrongly_is_told_in_words(
    bundle: bytes, tmp_path: Path, option: str, text: str, said: str
) -> None:
    path = zipped(members(bundle), tmp_path / "bundle.zip")
    given = text
    if option == "--previous":
        (tmp_path / "kept").write_text(text, newline="")
        given = str(tmp_path / "kept")
    done = verify(path, option, given)
    assert done.returncode == 2
    assert said in done.stdout
