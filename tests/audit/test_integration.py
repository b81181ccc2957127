"""The integrator: each entry once, indices without gaps, every checkpoint signed and consistent."""

from __future__ import annotations

import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from audit import notes, tree
from audit.models import Checkpoint, Entry, Leaf, LogState, Pending, Tile
from audit.services import consistency_proof, inclusion_proof, integrate
from audit.services.keys import signing_key
from audit.tasks import integrate as integrate_task
from lib.errors import Invalid, NotFound, Unavailable
from tests.audit.trail import integrate_all, make_entries, make_entry


@pytest.mark.django_db
def test_nothing_waits_and_nothing_is_signed() -> None:
    assert integrate() == 0
    assert not Checkpoint.objects.exists()


@pytest.mark.django_db
def test_every_entry_gets_its_place_and_the_checkpoint_is_signed() -> None:
    entries = make_entries(10)
    assert integrate_all() == 11
    start = Entry.objects.get(action="log.start")
    assert start.content["details"]["key"] == str(signing_key().verifier)
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(11))
    assert [entry.leaf.index for entry in entries] == list(range(10))
    checkpoint = Checkpoint.objects.latest()
    text, _ = notes.open_note(checkpoint.note, signing_key().verifier)
    head = notes.SignedHead.parse(text)
    assert (head.size, head.root.hex()) == (11, checkpoint.root)
    assert not Pending.objects.exists()
    assert integrate() == 0


@pytest.mark.django_db
def test_leaf_hashes_are_those_of_the_stored_bytes() -> None:
    make_entries(3)
    integrate_all()
    for leaf in Leaf.objects.select_related("entry"):
        assert bytes(leaf.hash) == tree.leaf_hash(leaf.entry.leaf_bytes)


@pytest.mark.django_db
def test_every_checkpoint_is_consistent_with_every_earlier_one_and_proves_every_leaf() -> None:
    make_entries(40)
    while integrate(batch=7):
        pass
    checkpoints = list(Checkpoint.objects.order_by("size"))
    assert [each.size for each in checkpoints] == [7, 14, 21, 28, 35, 41]
    for position, new in enumerate(checkpoints):
        for old in checkpoints[: position + 1]:
            proof = consistency_proof(old.size, new.size)
            assert proof.old_root.hex() == old.root
            assert tree.verify_consistency(
                old.size, proof.old_root, new.size, proof.new_root, proof.hashes
            )
    for entry in Entry.objects.all():
        found = inclusion_proof(entry)
        assert tree.verify_inclusion(
            tree.leaf_hash(entry.leaf_bytes),
            found.index,
            found.checkpoint.size,
            found.hashes,
            bytes.fromhex(found.checkpoint.root),
        )


@pytest.mark.django_db
def test_a_proof_waits_for_the_place() -> None:
    entry = make_entry()
    with pytest.raises(NotFound, match="empty"):
        inclusion_proof(entry)
    integrate_all()
    later = make_entry()
    with pytest.raises(NotFound, match="waits for its place"):
        inclusion_proof(later)


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), [(0, 1), (0, 0), (3, 2), (1, 99)])
def test_there_is_no_consistency_proof_from_nothing_or_from_the_future(old: int, new: int) -> None:
    make_entries(3)
    integrate_all()
    with pytest.raises(Invalid):
        consistency_proof(old, new)


def test_rival_integrators_place_each_entry_once(committed_db: str) -> None:
    stop = threading.Event()

    def run() -> None:
        try:
            while not stop.is_set() or Pending.objects.exists():
                integrate(batch=3)
        finally:
            connection.close()

    rivals = [threading.Thread(target=run) for _ in range(2)]
    for rival in rivals:
        rival.start()
    make_entries(60)
    stop.set()
    for rival in rivals:
        rival.join()
    indices = list(Leaf.objects.order_by("index").values_list("index", flat=True))
    assert indices == list(range(61))
    assert Entry.objects.filter(leaf=None).count() == 0
    assert LogState.objects.get().size == 61
    assert integrate() == 0


def test_a_rolled_back_integration_leaves_everything_waiting(committed_db: str) -> None:
    make_entries(2)

    @transaction.atomic
    def crash() -> None:
        integrate()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        crash()
    assert Pending.objects.count() == 2
    assert not Leaf.objects.exists()
    assert integrate_all() == 3


@pytest.mark.django_db
def test_it_signs_nothing_when_the_tree_is_not_the_one_signed_last() -> None:
    make_entries(3)
    integrate_all()
    Tile.objects.filter(level=0).update(hashes=bytes(Tile.objects.get(level=0).hashes) + bytes(32))
    LogState.objects.update(size=5)
    make_entry()
    with pytest.raises(Unavailable, match=r"not the one that was signed|ncomplete"):
        integrate()


@pytest.mark.django_db
def test_the_key_is_made_once_and_for_its_owner_alone(settings: Any, tmp_path: Path) -> None:
    settings.LOG_KEY = tmp_path / "keys" / "log.key"
    assert signing_key() == signing_key()
    assert stat.S_IMODE(settings.LOG_KEY.stat().st_mode) == 0o600


@pytest.mark.django_db
def test_a_lost_key_is_not_replaced_in_silence(settings: Any, tmp_path: Path) -> None:
    make_entry()
    integrate_all()
    settings.LOG_KEY = tmp_path / "log.key"
    make_entry()
    with pytest.raises(Unavailable, match="gone"):
        integrate()


@pytest.mark.django_db
def test_a_key_of_another_log_signs_nothing(settings: Any, tmp_path: Path) -> None:
    settings.LOG_KEY = tmp_path / "log.key"
    settings.LOG_KEY.write_text(notes.SigningKey.generate("other.example/log").encode())
    make_entry()
    with pytest.raises(Unavailable, match="LOG_ORIGIN"):
        integrate()


@pytest.mark.django_db
def test_the_task_and_the_command_do_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    make_entries(2)
    assert integrate_task() == 3
    make_entries(2)
    call_command("integrate")
    assert "2 entries integrated" in capsys.readouterr().out
