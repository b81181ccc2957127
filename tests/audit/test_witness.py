"""The witness: follows an honest log, remembers whatever happens, shouts at a dishonest one."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit import notes, tree
from audit.cosignatures import WitnessKey, WitnessSigningKey, cosignatures
from audit.witness import command
from audit.witness.command import main
from tests.audit.fake_log import KEY, NEXT_KEY, FakeLog, served


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "SECOND_LOOK_SECONDS", 0.0)


@pytest.fixture
def log() -> FakeLog:
    return FakeLog()


@pytest.fixture
def url(log: FakeLog) -> Iterator[str]:
    with served(log) as address:
        yield address


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "bank.json"


def look(url: str, store: Path, *more: str, keys: tuple[notes.SigningKey, ...] = (KEY,)) -> int:
    named = [text for key in keys for text in ("--origin-key", str(key.verifier))]
    return main([url, "--store", str(store), *named, *more])


def beside(store: Path, name: str) -> Path:
    return store.with_name(f"{store.name}.{name}")


def remembered(store: Path) -> notes.SignedHead:
    note = json.loads(store.read_text())["checkpoint"]
    return notes.SignedHead.parse(notes.open_note(note, KEY.verifier, NEXT_KEY.verifier)[0])


def own_key(store: Path) -> WitnessKey:
    return WitnessSigningKey.parse(beside(store, "key").read_text().strip()).verifier


SIZES = (1, 2, 3, 8, 255, 256, 257, 300, 512, 513, 65_536, 65_800)


def test_it_follows_an_honest_log_and_cosigns(log: FakeLog, url: str, store: Path) -> None:
    for size in SIZES:
        log.grow(size)
        before = int(time.time())
        assert look(url, store) == 0
        assert (remembered(store).size, remembered(store).root) == (size, log.root)
        cosigned = beside(store, "cosigned").read_text()
        assert notes.open_note(cosigned, KEY.verifier)[0] == log.text
        (found,) = cosignatures(cosigned, [own_key(store)])
        assert before <= found.at <= time.time()
    assert not beside(store, "FORK").exists()


def test_it_fetches_a_handful_of_tiles_however_long_the_log(
    log: FakeLog, url: str, store: Path
) -> None:
    log.grow(60_000)
    assert look(url, store) == 0
    log.grow(65_000)
    log.asked.clear()
    assert look(url, store) == 0
    assert len(log.asked) <= 6


def test_looking_again_at_the_same_log_changes_nothing(log: FakeLog, url: str, store: Path) -> None:
    log.grow(5)
    assert look(url, store) == 0
    files = {path: path.read_bytes() for path in store.parent.iterdir()}
    assert look(url, store) == 0
    assert {path: path.read_bytes() for path in store.parent.iterdir()} == files


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
    log: FakeLog,
    url: str,
    store: Path,
    capsys: pytest.CaptureFixture[str],
    old: int,
    new: int,
    at: int,
) -> None:
    log.grow(old)
    assert look(url, store) == 0
    held, first = store.read_bytes(), log.note
    cosigned = beside(store, "cosigned").read_bytes()
    log.grow(new, forked_at=at)
    assert look(url, store) == 3
    assert "ALARM: FORK" in capsys.readouterr().err
    evidence = beside(store, "FORK").read_text()
    assert first in evidence
    assert log.note in evidence
    assert store.read_bytes() == held
    assert beside(store, "cosigned").read_bytes() == cosigned


def test_after_a_fork_it_stays_silent_until_a_person_has_looked(
    log: FakeLog, url: str, store: Path
) -> None:
    log.grow(10)
    assert look(url, store) == 0
    log.grow(11, forked_at=3)
    assert look(url, store) == 3
    evidence = beside(store, "FORK").read_bytes()
    log.grow(12)
    log.asked.clear()
    assert look(url, store) == 3
    assert not log.asked
    assert beside(store, "FORK").read_bytes() == evidence
    beside(store, "FORK").unlink()
    assert look(url, store) == 0
    assert remembered(store).size == 12


def test_it_shouts_at_a_log_that_went_back(
    log: FakeLog, url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.grow(10)
    assert look(url, store) == 0
    log.grow(9)
    assert look(url, store) == 3
    assert "went back: it had 10 leaves, and now shows 9" in capsys.readouterr().err
    assert beside(store, "FORK").exists()
    assert remembered(store).size == 10


def test_it_shouts_at_a_signature_by_another_key(log: FakeLog, url: str, store: Path) -> None:
    log.grow(3)
    log.signers = [NEXT_KEY]
    assert look(url, store) == 3
    assert log.note in beside(store, "REFUSED").read_text()
    assert not store.exists()
    log.signers = [KEY]
    assert look(url, store) == 0


def test_it_shouts_at_a_wrong_signature(log: FakeLog, url: str, store: Path) -> None:
    log.grow(3)
    assert look(url, store) == 0
    log.grow(4)
    forged = log.note.replace(log.text, notes.SignedHead(KEY.name, 5, log.root).text())
    log.broken["/tlog/checkpoint"] = (200, forged.encode())
    assert look(url, store) == 3
    assert remembered(store).size == 3


def test_it_shouts_at_another_origin(
    log: FakeLog, url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.grow(3)
    log.origin = "bank.example/another"
    assert look(url, store) == 3
    assert "another log" in capsys.readouterr().err


def test_it_shouts_at_a_root_that_the_tiles_do_not_give(
    log: FakeLog, url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.grow(300)
    assert look(url, store) == 0
    log.grow(301)
    log.root = bytes(32)
    assert look(url, store) == 3
    assert "does not prove" in capsys.readouterr().err
    assert log.note in beside(store, "REFUSED").read_text()
    assert remembered(store).size == 300


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("answer", [(404, b""), (200, b"short"), (200, bytes(32 * 44))])
def test_a_tile_that_is_missing_or_damaged_is_not_called_a_fork(
    log: FakeLog, url: str, store: Path, known: bool, answer: tuple[int, bytes]
) -> None:
    if known:
        log.grow(299)
        assert look(url, store) == 0
    log.grow(300)
    log.broken["/tlog/tile/0/001.p/44"] = answer
    assert look(url, store) == 3
    assert not beside(store, "FORK").exists()
    log.broken.clear()
    assert look(url, store) == 0


def test_a_partial_tile_that_was_dropped_is_read_from_the_full_one(
    log: FakeLog, url: str, store: Path
) -> None:
    log.grow(300)
    log.broken["/tlog/tile/0/001.p/44"] = (404, b"")
    log.broken["/tlog/tile/0/001"] = (200, log.tiles[tree.TileAt(0, 1)] + bytes(32 * 212))
    assert look(url, store) == 0


@pytest.mark.parametrize(
    "answer",
    [
        (500, b""),
        (503, b""),
        (401, b""),
        (404, b""),
        (302, b"http://127.0.0.1:1/"),
        (200, b"<html>sign in to the hotel's network</html>"),
        (200, b"\xff\xfe"),
        (200, b"x" * 100_000),
        (200, b""),
    ],
)
def test_trouble_on_the_way_is_not_an_alarm(
    log: FakeLog, url: str, store: Path, answer: tuple[int, bytes]
) -> None:
    log.grow(3)
    assert look(url, store) == 0
    log.grow(4)
    log.broken["/tlog/checkpoint"] = answer
    assert look(url, store) == 2
    assert remembered(store).size == 3
    log.broken.clear()
    assert look(url, store) == 0


def test_it_follows_no_redirect(log: FakeLog, url: str, store: Path) -> None:
    log.grow(3)
    log.broken["/tlog/checkpoint"] = (302, f"{url}/elsewhere".encode())
    assert look(url, store) == 2
    assert log.asked == ["/tlog/checkpoint"]


def test_nobody_there_is_trouble(store: Path) -> None:
    assert look("http://127.0.0.1:9", store) == 2


def test_keys_may_rotate_with_an_overlap(log: FakeLog, url: str, store: Path) -> None:
    log.grow(3)
    assert look(url, store) == 0
    log.grow(4)
    log.signers = [KEY, NEXT_KEY]
    assert look(url, store) == 0
    log.grow(5)
    log.signers = [NEXT_KEY]
    assert look(url, store) == 3
    assert look(url, store, keys=(KEY, NEXT_KEY)) == 0
    assert remembered(store).size == 5


def test_without_a_key_it_trusts_the_first_look_and_says_so(
    log: FakeLog, url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.grow(3)
    assert look(url, store, keys=()) == 0
    assert str(KEY.verifier) in capsys.readouterr().err
    log.published = log.signers = [NEXT_KEY]
    log.grow(4)
    assert look(url, store, keys=()) == 3


def test_its_key_is_made_once_and_for_its_owner_alone(
    log: FakeLog, url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.grow(3)
    assert look(url, store, "--name", "otto.example/witness") == 0
    key = own_key(store)
    assert key.name == "otto.example/witness"
    assert str(key) == json.loads(store.read_text())["witness"]
    for name in ("key", "cosigned"):
        assert stat.S_IMODE(beside(store, name).stat().st_mode) == 0o600
    log.grow(4)
    assert look(url, store) == 0
    assert own_key(store) == key
    beside(store, "key").unlink()
    assert look(url, store) == 1
    assert "put it back" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"format": "imprimatur/witness@v1"}'])
def test_a_damaged_store_is_not_begun_anew(
    log: FakeLog, url: str, store: Path, content: str
) -> None:
    log.grow(3)
    assert look(url, store) == 0
    store.write_text(content)
    assert look(url, store) == 1
    assert store.read_text() == content


def test_an_altered_store_is_not_believed(log: FakeLog, url: str, store: Path) -> None:
    log.grow(3)
    assert look(url, store) == 0
    store.write_text(store.read_text().replace("\\n3\\n", "\\n2\\n"))
    assert look(url, store) == 1


def test_it_hands_its_cosignature_in_and_lives_without(
    log: FakeLog, url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.grow(3)
    assert look(url, store, "--submit") == 0
    assert log.received == [beside(store, "cosigned").read_text()]
    log.grow(4)
    log.broken["/api/v1/audit/cosignatures"] = (403, b"")
    assert look(url, store, "--submit") == 0
    assert "was not taken" in capsys.readouterr().err


def test_what_others_wrote_under_the_checkpoint_is_not_repeated(
    log: FakeLog, url: str, store: Path
) -> None:
    log.grow(3)
    other = WitnessSigningKey.generate("other.example/witness")
    log.more = other.cosign(log.text, at=1)
    assert look(url, store) == 0
    assert "other.example" not in beside(store, "cosigned").read_text()
    log.more = WitnessSigningKey(own_key(store).name, bytes(32)).cosign(log.text, at=1)
    assert look(url, store) == 0


def test_it_carries_a_token(
    log: FakeLog, url: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_TOKEN", "imp_abc")
    log.grow(3)
    assert look(url, store, "--token-env", "LOG_TOKEN") == 0
    assert log.headers["Authorization"] == "Bearer imp_abc"
    assert look(url, store, "--token-env", "NOT_SET") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["http://x"],
        ["ftp://x", "--store", "/tmp/x"],
        ["http://x", "--store", "/tmp/x", "--follow", "0"],
        ["http://x", "--store", "/tmp/x", "--follow", "nan"],
        ["http://x", "--store", "/tmp/x", "--follow", "9", "--once"],
        ["http://x", "--store", "/tmp/x", "--origin-key", "nonsense"],
    ],
)
def test_a_wrong_start_is_told_apart_from_the_network(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([text.replace("/tmp/x", str(tmp_path / "x")) for text in arguments]) == 1


def test_a_store_belongs_to_one_log_and_one_witness_at_a_time(
    log: FakeLog, url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.grow(3)
    assert look(url, store) == 0
    stranger = notes.SigningKey("other.example/log", bytes(32))
    assert look(url, store, keys=(stranger,)) == 1
    assert look(url, store, keys=(KEY, stranger)) == 1
    with command.Store(store).locked():
        assert look(url, store) == 1
    assert "another witness" in capsys.readouterr().err
