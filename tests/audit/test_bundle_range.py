"""Bundles of a stretch of the log: all of it or none of it verifies, without a proof for each."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from audit import tree
from audit.models import Checkpoint, Entry, Leaf
from audit.offline import proofs
from audit.services import erase, leaves
from audit.services.exports import Period, export_bundle
from audit.services.exports_range import export_range
from audit.services.keys import signing_key
from lib.actor import SYSTEM, Actor, Grant
from lib.errors import Invalid, NotFound, Refused
from tests.audit.trail import (
    ADA,
    MODEL,
    OTHER,
    integrate_all,
    make_entries,
    make_entry,
    members,
    verify,
    zipped,
)

pytestmark = pytest.mark.django_db
OTTO = Actor(
    "person",
    "0" * 32,
    "Otto Haller",
    (Grant("auditor", frozenset({"audit.export", "audit.read"}), 3),),
)


def whole(**asked: Any) -> bytes:
    return export_range(actor=OTTO, **asked).file.read()


@pytest.fixture
def full() -> bytes:
    """All of a log with every kind of entry, and the proof from an earlier checkpoint."""
    make_entries(3, OTHER)
    integrate_all()
    earlier = Checkpoint.objects.latest().size
    make_entry(reason="The sample was too small", personal={"email": "ada@example.org"})
    make_entry(details={"text": "long " * 10_000})
    make_entries(4)
    return whole(previous=earlier)


def verified(data: bytes, tmp_path: Path, *more: str) -> dict[str, Any]:
    (tmp_path / "bundle.zip").write_bytes(data)
    done = verify(tmp_path / "bundle.zip", "--json", *more)
    assert not done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if report["valid"] else 1)
    return report


def test_the_whole_log_verifies_with_python_alone(full: bytes, tmp_path: Path) -> None:
    report = verified(full, tmp_path, "--key", str(signing_key().verifier))
    assert report["failure"] is None
    found = {each["check"]: each["found"] for each in report["checks"]}
    assert found["entries"] == "10 entries, all from leaf 0 to 9"
    assert found["openings"] == "11 texts fit their commitments; 0 erased"
    stored = Entry.objects.filter(leaf__index__lt=10).order_by("leaf__index")
    lines = members(full)["entries.jsonl"].splitlines()
    assert lines == [entry.leaf_bytes for entry in stored]


def test_any_stretch_of_the_log_verifies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaves, "STRETCH", 3)
    make_entries(12)
    integrate_all()
    for first, end in [(0, 1), (0, 8), (1, 2), (3, 11), (4, 12), (7, 13), (12, 13)]:
        report = verified(whole(first=first, end=end), tmp_path)
        assert report["failure"] is None, (first, end, report)
        assert f"all from leaf {first} to {end - 1}" in report["checks"][3]["found"]


def test_a_period_is_covered_whole(tmp_path: Path) -> None:
    make_entries(3, OTHER)
    integrate_all()
    start = timezone.now()
    make_entries(4)
    integrate_all()
    end = timezone.now()
    make_entries(2, OTHER)
    report = verified(whole(period=Period(start, end)), tmp_path)
    assert report["failure"] is None
    assert "4 entries, all from leaf 4 to 7" in report["checks"][3]["found"]
    assert start.isoformat() in report["checks"][3]["found"]
    with pytest.raises(NotFound):
        whole(period=Period(end + timedelta(days=1)))
    with pytest.raises(Invalid):
        whole(period=Period(start), first=1)


def test_a_subject_in_a_period_has_no_gap_between_its_ends(tmp_path: Path) -> None:
    make_entries(3)
    start = timezone.now()
    make_entries(4)
    data = export_bundle(MODEL, actor=OTTO, period=Period(since=start)).file.read()
    assert verified(data, tmp_path)["failure"] is None
    index = json.loads(members(data)["index.json"])
    assert (index["subjects"][0]["first"], index["subjects"][0]["last"]) == (4, 7)


CHANGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "change": lambda lines: [lines[0][:20] + b"x" + lines[0][21:], *lines[1:]],
    "drop": lambda lines: [lines[0], *lines[2:]],
    "drop the last": lambda lines: lines[:-1],
    "swap": lambda lines: [lines[1], lines[0], *lines[2:]],
    "duplicate": lambda lines: [lines[0], *lines],
    "truncate": lambda lines: [*lines[:-1], lines[-1][:-9]],
    "join": lambda lines: [lines[0][:-1] + b" " + lines[1], *lines[2:]],
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["entries.jsonl", "proofs.jsonl", "openings.jsonl"])
def test_no_line_changes_unseen(full: bytes, tmp_path: Path, name: str, change: str) -> None:
    parts = members(full)
    lines = parts[name].splitlines(keepends=True)
    parts[name] = b"".join(CHANGES[change](lines))
    path = zipped(parts, tmp_path / "changed.zip")
    report = verified(path.read_bytes(), tmp_path)
    assert not report["valid"]
    assert report["failure"]["member"] == name


def test_no_flipped_byte_goes_unseen(full: bytes, tmp_path: Path) -> None:
    parts = members(full)
    for name, data in parts.items():
        for at in sorted({0, len(data) // 2, len(data) - 1}):
            flipped = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            path = zipped(parts | {name: flipped}, tmp_path / "changed.zip")
            report = verified(path.read_bytes(), tmp_path, "--key", str(signing_key().verifier))
            assert not report["valid"], (name, at)
            assert report["failure"]["member"] == name, (name, at, report["failure"])


def test_an_exporter_that_leaves_an_entry_out_cannot_hide_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Even though every digest in the export's own entry fits."""
    from audit.services import exports_range

    make_entries(5)
    integrate_all()
    honest = exports_range.lines_between

    def cheating(first: int, end: int) -> bytes:
        return b"".join(honest(first, end).splitlines(keepends=True)[:-1])

    monkeypatch.setattr(exports_range, "lines_between", cheating)
    report = verified(whole(), tmp_path)
    assert (report["valid"], report["failure"]["member"]) == (False, "proofs.jsonl")


def test_an_opening_that_fits_no_entry_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from audit.bundle import compact
    from audit.services import exports_range

    make_entries(3)
    digest = hashlib.sha256(b"\0" + b"Mallory").hexdigest()
    line = {"commitment": digest, "entry": "", "field": "actor.name", "salt": "00"}
    alien = compact(line | {"value": "Mallory"}) + b"\n"
    monkeypatch.setattr(exports_range, "openings_between", lambda first, end: alien)
    report = verified(whole(), tmp_path)
    assert report["failure"]["member"] == "openings.jsonl"
    assert report["failure"]["entry"] == "line 1"


def test_erased_texts_are_counted(tmp_path: Path) -> None:
    make_entry(reason="Because", personal={"email": "ada@example.org"})
    erase(ADA.id, actor=SYSTEM, reason="She asked for it", words=True)
    report = verified(whole(), tmp_path)
    assert report["valid"]
    assert "3 erased" in report["checks"][4]["found"]


def test_the_whole_log_proves_the_previous_checkpoint_without_being_asked(tmp_path: Path) -> None:
    from audit.notes import SignedHead, sign

    make_entries(5)
    integrate_all()
    make_entries(3)
    kept = tmp_path / "kept"
    kept.write_text(Checkpoint.objects.earliest("size").note)
    data = whole()
    report = verified(data, tmp_path, "--previous", str(kept))
    assert report["valid"]
    assert "it is all here" in report["checks"][5]["found"]
    size = Checkpoint.objects.earliest("size").size
    kept.write_text(sign(SignedHead(signing_key().name, size, bytes(32)).text(), signing_key()))
    report = verified(data, tmp_path, "--previous", str(kept))
    assert report["failure"]["member"] == "consistency"


def test_several_keys_while_one_takes_the_place_of_another(full: bytes, tmp_path: Path) -> None:
    from audit.notes import SigningKey

    key, stranger = str(signing_key().verifier), str(SigningKey.generate("bank").verifier)
    assert verified(full, tmp_path, "--key", stranger, "--key", key)["valid"]
    assert not verified(full, tmp_path, "--key", stranger)["valid"]
    parts = members(full)
    parts["keys"] = f"{stranger}\n{key}\n".encode()
    path = zipped(parts, tmp_path / "changed.zip")
    assert verified(path.read_bytes(), tmp_path)["failure"]["member"] == "keys"


def test_it_refuses_what_it_cannot_give() -> None:
    make_entries(2)
    integrate_all()
    for first, end in [(2, 2), (3, 1), (0, 99), (-1, 2)]:
        with pytest.raises(Invalid):
            whole(first=first, end=end)
    with pytest.raises(Invalid):
        whole(previous=99)
    scope = ("model", "mortgage")
    narrow = Grant("auditor", frozenset({"audit.export", "audit.read"}), 3, scope)
    for grants in ((), (narrow,)):
        with pytest.raises(Refused):
            export_range(actor=Actor("person", "1" * 32, "Bo", grants))


def test_a_missing_leaf_stops_the_export(monkeypatch: pytest.MonkeyPatch) -> None:
    from lib.errors import Unavailable

    make_entries(2)
    integrate_all()
    with pytest.raises(Unavailable):
        leaves.lines_between(1, Leaf.objects.count() + 1)


def test_the_growing_tree_agrees_with_the_other_one() -> None:
    """For each size and each beginning, in one go and one by one."""
    hashes = [hashlib.sha256(b"\0%d" % number).digest() for number in range(70)]
    for end in range(1, 70):
        expected = tree.root(end, tree.tile_reader(tree.extend(0, hashes[:end], lambda at: b"")))
        for first in range(0, end, 7):
            left = tree.peaks(first, tree.tile_reader(tree.extend(0, hashes, lambda at: b"")))
            grown = proofs.Tree(first, list(left))
            grown.add(hashes[first:end])
            assert (grown.size, grown.root()) == (end, expected)
    with pytest.raises(ValueError, match="left"):
        proofs.Tree(3, [bytes(32)])
    with pytest.raises(ValueError, match="left"):
        proofs.Tree(1, [bytes(31)])


def test_a_given_file_is_filled_and_left_open() -> None:
    make_entries(2)
    file = io.BytesIO()
    told: list[float] = []
    bundle = export_range(actor=OTTO, file=file, progress=told.append)
    assert (bundle.file is file, bundle.filename) == (True, "imprimatur-log-0-3.zip")
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert "export.json" in members(file.getvalue())


def test_openings_are_written_as_all_json_is() -> None:
    from audit.bundle import compact

    text = 'Zoë said: "no"\\ \n\t\x7f\u2028 \U0001f512'
    entry = make_entry(reason=text, personal={"e-mail": text})
    integrate_all()
    place = Leaf.objects.get(entry=entry).index
    lines = leaves.openings_between(place, place + 1).splitlines(keepends=True)
    assert leaves.openings_at([place]) == b"".join(lines)
    assert [json.loads(line)["field"] for line in lines] == [
        "actor.name",
        "personal.e-mail",
        "reason",
    ]
    for line in lines:
        assert line == compact(json.loads(line)) + b"\n"
    assert json.loads(lines[2])["value"] == text
