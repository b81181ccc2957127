"""What the tests of the witness share: a look at a log, and what lies beside its store."""

from __future__ import annotations

import json
from pathlib import Path

from audit import notes
from audit.cosignatures import WitnessKey, WitnessSigningKey
from audit.witness.command import main
from tests.audit.fake_log import KEY, NEXT_KEY


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
