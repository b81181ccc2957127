"""No byte, line or member of a bundle changes unseen, and the verifier says where (A4)."""

from __future__ import annotations

import json
import zipfile
from array import array
from pathlib import Path

import pytest

from audit import providers
from audit.services import exports
from audit.services.keys import signing_key
from tests.audit.trail import make_bundle, make_entries, members, verify, zipped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_provider")]


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_the_verifier_names_every_member_in_which_a_byte_is_flipped(
    bundle: bytes, tmp_path: Path
) -> None:
    parts = members(bundle)
    for name, data in parts.items():
        for at in sorted({0, len(data) // 2, len(data) - 1}):
            changed = zipped(parts | {name: flipped(data, at)}, tmp_path / "changed.zip")
            done = verify(changed, "--json", "--key", str(signing_key().verifier))
            failure = json.loads(done.stdout)["failure"]
            assert (done.returncode, failure["member"]) == (1, name), (name, at, failure)


def test_the_verifier_names_the_entry_that_was_changed(bundle: bytes, tmp_path: Path) -> None:
    parts = members(bundle)
    lines = parts["entries.jsonl"].split(b"\n")
    entry = json.loads(lines[2])
    lines[2] = lines[2].replace(b'"sequence":3', b'"sequence":4')
    changed = zipped(parts | {"entries.jsonl": b"\n".join(lines)}, tmp_path / "changed.zip")
    done = verify(changed)
    assert done.returncode == 1
    assert "entries.jsonl: line 3" in done.stdout
    assert entry["id"] in done.stdout


def lines_of(parts: dict[str, bytes], name: str) -> list[bytes]:
    return parts[name].splitlines(keepends=True)


@pytest.mark.parametrize("change", ["drop", "swap", "duplicate", "truncate"])
@pytest.mark.parametrize("name", ["entries.jsonl", "proofs.jsonl", "openings.jsonl"])
def test_lines_cannot_be_dropped_swapped_doubled_or_cut(
    bundle: bytes, tmp_path: Path, name: str, change: str
) -> None:
    parts = members(bundle)
    lines = lines_of(parts, name)
    changed = {
        "drop": lines[:1] + lines[2:],
        "swap": [lines[1], lines[0], *lines[2:]],
        "duplicate": [lines[0], *lines],
        "truncate": [*lines[:-1], lines[-1][:-9]],
    }[change]
    path = zipped(parts | {name: b"".join(changed)}, tmp_path / "changed.zip")
    done = verify(path, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["failure"]["member"] == name


def test_an_entry_taken_out_with_its_proof_leaves_a_gap_in_the_sequence(
    bundle: bytes, tmp_path: Path
) -> None:
    parts = members(bundle)
    for name in ("entries.jsonl", "proofs.jsonl"):
        lines = lines_of(parts, name)
        parts[name] = b"".join(lines[:3] + lines[4:])
    done = verify(zipped(parts, tmp_path / "changed.zip"))
    assert done.returncode == 1
    assert "sequence 4 of model:mortgage" in done.stdout


def test_an_export_that_leaves_an_entry_out_is_betrayed_by_the_sequence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Even when the system that exports is the one that cheats."""
    make_entries(5)
    honest = exports._places

    def cheating(parts: providers.BundleParts, period: exports.Period) -> array[int]:
        places = honest(parts, period)
        del places[2]
        return places

    monkeypatch.setattr(exports, "_places", cheating)
    (tmp_path / "bundle.zip").write_bytes(make_bundle())
    done = verify(tmp_path / "bundle.zip")
    assert done.returncode == 1
    assert "sequence 3 of model:mortgage" in done.stdout


@pytest.mark.parametrize("change", ["drop", "add", "double"])
def test_members_cannot_be_dropped_or_added(bundle: bytes, tmp_path: Path, change: str) -> None:
    parts = members(bundle)
    for name in parts:
        odd = name if change == "drop" else f"new-{name}" if change == "add" else name
        kept = {each: data for each, data in parts.items() if change != "drop" or each != name}
        if change == "add":
            kept = {odd: b"x", **kept}
        path = zipped(kept, tmp_path / "changed.zip")
        if change == "double":
            with (
                pytest.warns(UserWarning, match="Duplicate name"),
                zipfile.ZipFile(path, "a") as archive,
            ):
                archive.writestr(name, parts[name])
        done = verify(path, "--json")
        assert done.returncode == 1
        assert json.loads(done.stdout)["failure"]["member"] == odd


def test_a_dropped_consistency_proof_is_missed(bundle: bytes, tmp_path: Path) -> None:
    parts = members(bundle)
    del parts["consistency"]
    done = verify(zipped(parts, tmp_path / "changed.zip"))
    assert done.returncode == 1
    assert "FAILED  consistency: is missing" in done.stdout


def test_a_flipped_byte_of_the_raw_file_is_never_valid_content(
    bundle: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "bundle.zip"
    for at in range(40, len(bundle), len(bundle) // 12):
        path.write_bytes(flipped(bundle, at))
        done = verify(path, "--json")
        assert done.returncode in (0, 1, 2)
        assert not done.stderr
        if done.returncode == 0:  # a byte of the archive's own bookkeeping, such as a date
            assert members(flipped(bundle, at)) == members(bundle)
