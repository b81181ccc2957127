"""The witness shouts at a dishonest log, and does not at a damaged tile."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit import notes, tree
from tests.audit.fake_log import KEY, NEXT_KEY, FakeLog
from tests.audit.looking import beside, look, remembered

FORKS = [
    pytest.param(300, 300, 299, id="same size, another root"),
    *(
        pytest.param(old, new, at, id=f"{old}->{new} from leaf {at}")
        for old, new, at in (
            (1, 2, 0),
            (2, 3, 1),
            (4, 9, 0),
            (5, 9, 4),
            (255, 256, 254),
            (256, 300, 3),
            (256, 65_600, 255),
            (300, 65_600, 299),
            (65_536, 65_540, 0),
        )
    ),
]


@pytest.mark.parametrize(("old", "new", "at"), FORKS)
def test_it_shouts_at_a_fork_and_keeps_both_notes(
    fake_log: FakeLog,
    log_url: str,
    store: Path,
    capsys: pytest.CaptureFixture[str],
    old: int,
    new: int,
    at: int,
) -> None:
    fake_log.grow(old)
    assert look(log_url, store) == 0
    held, first = store.read_bytes(), fake_log.note
    cosigned = beside(store, "cosigned").read_bytes()
    fake_log.grow(new, forked_at=at)
    assert look(log_url, store) == 3
    assert "ALARM: FORK" in capsys.readouterr().err
    evidence = beside(store, "FORK").read_text()
    assert first in evidence
    assert fake_log.note in evidence
    assert store.read_bytes() == held
    assert beside(store, "cosigned").read_bytes() == cosigned


def test_after_a_fork_it_stays_silent_until_a_person_has_looked(
    fake_log: FakeLog, log_url: str, store: Path
) -> None:
    fake_log.grow(10)
    assert look(log_url, store) == 0
    fake_log.grow(11, forked_at=3)
    assert look(log_url, store) == 3
    evidence = beside(store, "FORK").read_bytes()
    fake_log.grow(12)
    fake_log.asked.clear()
    assert look(log_url, store) == 3
    assert not fake_log.asked
    assert beside(store, "FORK").read_bytes() == evidence
    beside(store, "FORK").unlink()
    assert look(log_url, store) == 0
    assert remembered(store).size == 12


def test_it_shouts_at_a_log_that_went_back(
    fake_log: FakeLog, log_url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_log.grow(10)
    assert look(log_url, store) == 0
    fake_log.grow(9)
    assert look(log_url, store) == 3
    assert "went back: it had 10 leaves, and now shows 9" in capsys.readouterr().err
    assert beside(store, "FORK").exists()
    assert remembered(store).size == 10


def test_it_shouts_at_a_signature_by_another_key(
    fake_log: FakeLog, log_url: str, store: Path
) -> None:
    fake_log.grow(3)
    fake_log.signers = [NEXT_KEY]
    assert look(log_url, store) == 3
    assert fake_log.note in beside(store, "REFUSED").read_text()
    assert not store.exists()
    fake_log.signers = [KEY]
    assert look(log_url, store) == 0


def test_it_shouts_at_a_wrong_signature(fake_log: FakeLog, log_url: str, store: Path) -> None:
    fake_log.grow(3)
    assert look(log_url, store) == 0
    fake_log.grow(4)
    forged = fake_log.note.replace(
        fake_log.text, notes.SignedHead(KEY.name, 5, fake_log.root).text()
    )
    fake_log.broken["/tlog/checkpoint"] = (200, forged.encode())
    assert look(log_url, store) == 3
    assert remembered(store).size == 3


def test_it_shouts_at_another_origin(
    fake_log: FakeLog, log_url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_log.grow(3)
    fake_log.origin = "bank.example/another"
    assert look(log_url, store) == 3
    assert "another log" in capsys.readouterr().err


def test_it_shouts_at_a_root_that_the_tiles_do_not_give(
    fake_log: FakeLog, log_url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_log.grow(300)
    assert look(log_url, store) == 0
    fake_log.grow(301)
    fake_log.root = bytes(32)
    assert look(log_url, store) == 3
    assert "does not prove" in capsys.readouterr().err
    assert fake_log.note in beside(store, "REFUSED").read_text()
    assert remembered(store).size == 300


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("answer", [(404, b""), (200, b"short"), (200, bytes(32 * 44))])
def test_a_tile_that_is_missing_or_damaged_is_not_called_a_fork(
    fake_log: FakeLog, log_url: str, store: Path, known: bool, answer: tuple[int, bytes]
) -> None:
    if known:
        fake_log.grow(299)
        assert look(log_url, store) == 0
    fake_log.grow(300)
    fake_log.broken["/tlog/tile/0/001.p/44"] = answer
    assert look(log_url, store) == 3
    assert not beside(store, "FORK").exists()
    fake_log.broken.clear()
    assert look(log_url, store) == 0


def test_a_partial_tile_that_was_dropped_is_read_from_the_full_one(
    fake_log: FakeLog, log_url: str, store: Path
) -> None:
    fake_log.grow(300)
    fake_log.broken["/tlog/tile/0/001.p/44"] = (404, b"")
    fake_log.broken["/tlog/tile/0/001"] = (200, fake_log.tiles[tree.TileAt(0, 1)] + bytes(32 * 212))
    assert look(log_url, store) == 0
