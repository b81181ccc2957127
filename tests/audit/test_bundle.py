"""Bundles verify with Python alone, and no byte, entry or member can change unseen (A4)."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from audit import offline, providers
from audit.bundle import compact
from audit.models import Checkpoint, Entry
from audit.services import erase, exports
from audit.services.keys import signing_key
from audit.services.proofs import latest_checkpoint
from audit.subjects import Subject
from lib.actor import SYSTEM
from lib.errors import Invalid, NotFound, Refused, Unprocessable
from tests.audit.trail import (
    ADA,
    DIGEST,
    MODEL,
    OTTO,
    REPORT,
    integrate_all,
    make_bundle,
    make_entry,
    members,
    verify,
    zipped,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_provider")]


def test_it_verifies_with_system_python_alone(bundle: bytes, tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(bundle)
    done = verify(tmp_path / "bundle.zip", "--key", str(signing_key().verifier))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("VALID\n")
    assert "6 entries" in done.stdout
    assert "note" not in done.stdout
    assert not done.stderr


def test_without_a_key_it_says_that_the_key_must_be_confirmed(
    bundle: bytes, tmp_path: Path
) -> None:
    (tmp_path / "bundle.zip").write_bytes(bundle)
    done = verify(tmp_path / "bundle.zip", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["valid"], report["failure"]) == (0, True, None)
    assert "compare it" in report["warning"]
    assert report["key"] == str(signing_key().verifier)


def test_it_holds_what_the_documentation_says(bundle: bytes) -> None:
    parts = members(bundle)
    assert parts["verify.py"] == offline.verifier()
    assert parts["dossier.pdf"] == b"%PDF-1.7 dossier"
    assert parts[f"evidence/{DIGEST}"] == REPORT
    assert list(parts)[-1] == "trailer.json"
    lines = parts["entries.jsonl"].splitlines()
    stored = Entry.objects.filter(subject_key="mortgage").order_by("leaf__index")
    assert lines == [entry.leaf_bytes for entry in stored]
    texts = [json.loads(line)["value"] for line in parts["openings.jsonl"].splitlines()]
    assert "The sample was too small" in texts


def test_the_export_is_an_entry_that_names_every_member(bundle: bytes) -> None:
    parts = members(bundle)
    export = json.loads(parts["export.json"])
    assert Entry.objects.get(action="audit.export").leaf_bytes == parts["export.json"]
    assert export["actor"]["id"] == OTTO.id
    named = export["details"]["members"]
    assert named == {name: hashlib.sha256(parts[name]).hexdigest() for name in named}
    own = {"checkpoint", "consistency", "export.json", "proofs.jsonl", "trailer.json"}
    assert set(parts) == set(named) | own


def test_half_a_file_is_unreadable(bundle: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle[: len(bundle) // 2])
    assert verify(path).returncode == 2
    assert verify(tmp_path / "absent.zip").returncode == 2
    path.write_bytes(bundle)
    assert verify(path, "--key", "nonsense").returncode == 2
    assert verify(path, "--previous", str(tmp_path / "absent")).returncode == 2


def test_another_key_is_not_trusted(bundle: bytes, tmp_path: Path) -> None:
    from audit.notes import SigningKey, open_note, sign

    thief = SigningKey.generate(signing_key().name)
    parts = members(bundle)
    text, _ = open_note(parts["checkpoint"].decode(), signing_key().verifier)
    parts |= {"checkpoint": sign(text, thief).encode(), "keys": f"{thief.verifier}\n".encode()}
    path = zipped(parts, tmp_path / "forged.zip")
    done = verify(path, "--key", str(signing_key().verifier), "--json")
    assert json.loads(done.stdout)["failure"]["member"] == "checkpoint"
    assert verify(path).returncode == 1


def test_the_previous_checkpoint_has_to_be_the_beginning(bundle: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle)
    earlier = Checkpoint.objects.order_by("size").first()
    assert earlier is not None
    kept = tmp_path / "kept"
    kept.write_text(earlier.note)
    assert verify(path, "--previous", str(kept)).returncode == 0
    latest = tmp_path / "latest"
    latest.write_bytes(members(bundle)["checkpoint"])
    assert verify(path, "--previous", str(latest)).returncode == 0
    middle = Checkpoint.objects.order_by("size")[1]
    kept.write_text(middle.note)
    done = verify(path, "--previous", str(kept))
    assert done.returncode == 1
    assert "consistency" in done.stdout


def test_a_fork_is_found_with_a_checkpoint_kept_from_before(bundle: bytes, tmp_path: Path) -> None:
    from audit.notes import SignedHead, sign

    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle)
    size = Checkpoint.objects.order_by("size").values_list("size", flat=True)[0]
    other_past = SignedHead(signing_key().name, size, bytes(range(32)))
    kept = tmp_path / "kept"
    kept.write_text(sign(other_past.text(), signing_key()))
    done = verify(path, "--previous", str(kept))
    assert done.returncode == 1
    assert "consistency" in done.stdout


def test_erased_texts_break_nothing(tmp_path: Path) -> None:
    make_entry(reason="Because", personal={"email": "ada@example.org"})
    erased = erase(ADA.id, actor=SYSTEM, reason="She asked for it", words=True)
    assert erased == 3
    data = make_bundle()
    assert members(data)["openings.jsonl"] == b""
    (tmp_path / "bundle.zip").write_bytes(data)
    done = verify(tmp_path / "bundle.zip")
    assert done.returncode == 0, done.stdout
    assert "3 erased" in done.stdout
    told = Entry.objects.get(action="person.erase").content["details"]
    assert len(told["redacted"]) == 3


def test_reasons_stay_unless_asked_for() -> None:
    make_entry(reason="Because")
    assert erase(ADA.id, actor=SYSTEM, reason="She asked for it") == 1
    with pytest.raises(Refused):
        erase(ADA.id, actor=OTTO, reason="x")


def test_an_export_of_very_many_members_still_verifies(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = [b"file %d" % number for number in range(400)]
    parts = providers.BundleParts(
        subjects=[MODEL],
        evidence={hashlib.sha256(data).hexdigest(): ("file", data) for data in files},
    )
    monkeypatch.setitem(providers._providers, "model", lambda key, actor: parts)
    make_entry()
    path = tmp_path / "bundle.zip"
    path.write_bytes(make_bundle())
    done = verify(path)
    assert done.returncode == 0, done.stdout


def test_it_refuses_who_may_not_export_and_what_nobody_knows() -> None:
    make_entry()
    with pytest.raises(Refused):
        exports.export_bundle(MODEL, actor=ADA)
    with pytest.raises(NotFound):
        exports.export_bundle(Subject("model", "none"), actor=OTTO)
    integrate_all()
    with pytest.raises(Invalid):
        exports.export_bundle(MODEL, actor=OTTO, previous=99)


def test_it_refuses_evidence_that_is_not_what_its_digest_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = providers.BundleParts(subjects=[MODEL], evidence={DIGEST: ("report.txt", b"other")})
    monkeypatch.setitem(providers._providers, "model", lambda key, actor: parts)
    make_entry()
    with pytest.raises(Unprocessable, match=r"report\.txt"):
        make_bundle()


def test_the_verifier_is_one_file_for_python_3_9_with_the_standard_library_alone() -> None:
    parsed = ast.parse(offline.verifier(), feature_version=(3, 9))
    imported = set()
    for node in ast.walk(parsed):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module))
    known = {"__future__", "argparse", "base64", "collections", "hashlib", "json", "sys"}
    known |= {"typing", "zipfile"}
    assert imported <= known


def test_bundle_and_verifier_write_json_alike() -> None:
    from audit.offline import verify as program

    value = {"b": ["é", 1], "a": {"x": None}}
    assert compact(value) == program.compact(value)


@pytest.mark.parametrize("given", [["--key", ""], ["--previous", ""], ["--previous", "/dev/null"]])
def test_an_empty_key_or_checkpoint_is_not_taken_for_none(
    bundle: bytes, tmp_path: Path, given: list[str]
) -> None:
    """As in a script whose variable is not set: nothing is verified, and it does not say VALID."""
    (tmp_path / "bundle.zip").write_bytes(bundle)
    done = verify(tmp_path / "bundle.zip", *given)
    assert done.returncode == 2, done.stdout
    assert "VALID" not in done.stdout


@pytest.mark.parametrize("damage", [lambda n: n[:60], lambda n: n.replace("\n", "\n1", 1)])
def test_a_damaged_checkpoint_is_not_blamed_on_the_bundle(
    bundle: bytes, tmp_path: Path, damage: Callable[[str], str]
) -> None:
    (tmp_path / "bundle.zip").write_bytes(bundle)
    (tmp_path / "kept").write_text(damage(latest_checkpoint().note))
    done = verify(tmp_path / "bundle.zip", "--previous", str(tmp_path / "kept"))
    assert done.returncode == 2
    assert "--previous" in done.stdout


def test_a_bundle_older_than_the_checkpoint_says_so(bundle: bytes, tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(bundle)
    make_entry()
    integrate_all()
    (tmp_path / "kept").write_text(latest_checkpoint().note)
    done = verify(tmp_path / "bundle.zip", "--previous", str(tmp_path / "kept"))
    assert done.returncode == 1
    assert "the bundle is older than the checkpoint" in done.stdout
