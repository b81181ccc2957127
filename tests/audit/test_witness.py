"""The witness: follows an honest log, and remembers whatever happens on the way."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path

import pytest

from audit import notes
from audit.cosignatures import WitnessSigningKey, cosignatures
from audit.witness import command
from audit.witness.command import main
from tests.audit.fake_log import KEY, NEXT_KEY, FakeLog
from tests.audit.looking import beside, look, own_key, remembered

SIZES = (1, 2, 3, 8, 255, 256, 257, 300, 512, 513, 65_536, 65_800)


def test_it_follows_an_honest_log_and_cosigns(fake_log: FakeLog, log_url: str, store: Path) -> None:
    for size in SIZES:
        fake_log.grow(size)
        before = int(time.time())
        assert look(log_url, store) == 0
        assert (remembered(store).size, remembered(store).root) == (size, fake_log.root)
        cosigned = beside(store, "cosigned").read_text()
        assert notes.open_note(cosigned, KEY.verifier)[0] == fake_log.text
        (found,) = cosignatures(cosigned, [own_key(store)])
        assert before <= found.at <= time.time()
    assert not beside(store, "FORK").exists()


def test_it_fetches_a_handful_of_tiles_however_long_the_log(
    fake_log: FakeLog, log_url: str, store: Path
) -> None:
    fake_log.grow(60_000)
    assert look(log_url, store) == 0
    fake_log.grow(65_000)
    fake_log.asked.clear()
    assert look(log_url, store) == 0
    assert len(fake_log.asked) <= 6


def test_looking_again_at_the_same_log_changes_nothing(
    fake_log: FakeLog, log_url: str, store: Path
) -> None:
    fake_log.grow(5)
    assert look(log_url, store) == 0
    files = {path: path.read_bytes() for path in store.parent.iterdir()}
    assert look(log_url, store) == 0
    assert {path: path.read_bytes() for path in store.parent.iterdir()} == files


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
    fake_log: FakeLog, log_url: str, store: Path, answer: tuple[int, bytes]
) -> None:
    fake_log.grow(3)
    assert look(log_url, store) == 0
    fake_log.grow(4)
    fake_log.broken["/tlog/checkpoint"] = answer
    assert look(log_url, store) == 2
    assert remembered(store).size == 3
    fake_log.broken.clear()
    assert look(log_url, store) == 0


def test_it_follows_no_redirect(fake_log: FakeLog, log_url: str, store: Path) -> None:
    fake_log.grow(3)
    fake_log.broken["/tlog/checkpoint"] = (302, f"{log_url}/elsewhere".encode())
    assert look(log_url, store) == 2
    assert fake_log.asked == ["/tlog/checkpoint"]


def test_nobody_there_is_trouble(store: Path) -> None:
    assert look("http://127.0.0.1:9", store) == 2


def test_keys_may_rotate_with_an_overlap(fake_log: FakeLog, log_url: str, store: Path) -> None:
    fake_log.grow(3)
    assert look(log_url, store) == 0
    fake_log.grow(4)
    fake_log.signers = [KEY, NEXT_KEY]
    assert look(log_url, store) == 0
    fake_log.grow(5)
    fake_log.signers = [NEXT_KEY]
    assert look(log_url, store) == 3
    assert look(log_url, store, keys=(KEY, NEXT_KEY)) == 0
    assert remembered(store).size == 5


def test_without_a_key_it_trusts_the_first_look_and_says_so(
    fake_log: FakeLog, log_url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_log.grow(3)
    assert look(log_url, store, keys=()) == 0
    assert str(KEY.verifier) in capsys.readouterr().err
    fake_log.published = fake_log.signers = [NEXT_KEY]
    fake_log.grow(4)
    assert look(log_url, store, keys=()) == 3


def test_its_key_is_made_once_and_for_its_owner_alone(
    fake_log: FakeLog, log_url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_log.grow(3)
    assert look(log_url, store, "--name", "otto.example/witness") == 0
    key = own_key(store)
    assert key.name == "otto.example/witness"
    assert str(key) == json.loads(store.read_text())["witness"]
    for name in ("key", "cosigned"):
        assert stat.S_IMODE(beside(store, name).stat().st_mode) == 0o600
    fake_log.grow(4)
    assert look(log_url, store) == 0
    assert own_key(store) == key
    beside(store, "key").unlink()
    assert look(log_url, store) == 1
    assert "put it back" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"format": "imprimatur/witness@v1"}'])
def test_a_damaged_store_is_not_begun_anew(
    fake_log: FakeLog, log_url: str, store: Path, content: str
) -> None:
    fake_log.grow(3)
    assert look(log_url, store) == 0
    store.write_text(content)
    assert look(log_url, store) == 1
    assert store.read_text() == content


def test_an_altered_store_is_not_believed(fake_log: FakeLog, log_url: str, store: Path) -> None:
    fake_log.grow(3)
    assert look(log_url, store) == 0
    store.write_text(store.read_text().replace("\\n3\\n", "\\n2\\n"))
    assert look(log_url, store) == 1


def test_it_hands_its_cosignature_in_and_lives_without(
    fake_log: FakeLog, log_url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_log.grow(3)
    assert look(log_url, store, "--submit") == 0
    assert fake_log.received == [beside(store, "cosigned").read_text()]
    fake_log.grow(4)
    fake_log.broken["/api/v1/audit/cosignatures"] = (403, b"")
    assert look(log_url, store, "--submit") == 0
    assert "was not taken" in capsys.readouterr().err


def test_what_others_wrote_under_the_checkpoint_is_not_repeated(
    fake_log: FakeLog, log_url: str, store: Path
) -> None:
    fake_log.grow(3)
    other = WitnessSigningKey.generate("other.example/witness")
    fake_log.more = other.cosign(fake_log.text, at=1)
    assert look(log_url, store) == 0
    assert "other.example" not in beside(store, "cosigned").read_text()
    fake_log.more = WitnessSigningKey(own_key(store).name, bytes(32)).cosign(fake_log.text, at=1)
    assert look(log_url, store) == 0


def test_it_carries_a_token(
    fake_log: FakeLog, log_url: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_TOKEN", "imp_abc")
    fake_log.grow(3)
    assert look(log_url, store, "--token-env", "LOG_TOKEN") == 0
    assert fake_log.headers["Authorization"] == "Bearer imp_abc"
    assert look(log_url, store, "--token-env", "NOT_SET") == 1


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
    fake_log: FakeLog, log_url: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_log.grow(3)
    assert look(log_url, store) == 0
    stranger = notes.SigningKey("other.example/log", bytes(32))
    assert look(log_url, store, keys=(stranger,)) == 1
    assert look(log_url, store, keys=(KEY, stranger)) == 1
    with command.Store(store).locked():
        assert look(log_url, store) == 1
    assert "another witness" in capsys.readouterr().err


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_breaks_off_leaves_what_was(
    fake_log: FakeLog, log_url: str, store: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    fake_log.grow(3)
    assert look(log_url, store) == 0
    held = {name: beside(store, name).read_bytes() for name in ("key", "cosigned")}
    known = store.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    fake_log.grow(4)
    with monkeypatch.context() as broken:
        broken.setattr(f"os.{step}", fail)
        assert look(log_url, store) == 1
    assert store.read_bytes() == known
    assert {name: beside(store, name).read_bytes() for name in held} == held
    assert look(log_url, store) == 0
    assert remembered(store).size == 4


def test_what_it_saw_is_kept_before_it_is_signed(
    fake_log: FakeLog, log_url: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_log.grow(3)
    assert look(log_url, store) == 0
    fake_log.grow(4)

    def killed(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(WitnessSigningKey, "cosign", killed)
        look(log_url, store)
    assert remembered(store).size == 4
    assert "\n3\n" in beside(store, "cosigned").read_text()
    assert look(log_url, store) == 0
    assert "\n4\n" in beside(store, "cosigned").read_text()
