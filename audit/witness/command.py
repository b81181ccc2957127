"""``python -m audit.witness URL --store FILE``: look once, or follow.

Exit codes: 0 all is well, 1 started wrongly, 2 nothing learnt (network), 3 ALARM.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from audit.cosignatures import cosignatures
from audit.notes import NoteError, VerifierKey, split
from audit.witness.checking import Seen, check_first, check_grown
from audit.witness.log import RemoteLog
from audit.witness.outcomes import Alarm, Misuse, Trouble, Unproven
from audit.witness.store import Memory, Store, key_at, write_whole

SECOND_LOOK_SECONDS = 2.0


class Witness:
    """``keys``: the log's, as the operator was told; without any, those of the first look."""

    def __init__(
        self,
        log: RemoteLog,
        store: Store,
        *,
        keys: list[VerifierKey],
        key_file: Path,
        name: str,
        submits: bool,
    ) -> None:
        self.log, self.store, self.keys, self.submits = log, store, keys, submits
        self.key = key_at(key_file, name=name, memory=store.read())
        self._handed_in = ""

    def look(self) -> str:
        """Fetches, checks, remembers, cosigns; a line that says so.

        What was seen is on the disk before it is signed: a witness that forgot what it signed
        could be shown another log. Raises Trouble, Alarm or Misuse.
        """
        memory = self.store.read()
        keys = self._trusted(memory)
        known = memory.seen if memory else None
        if known and known.head.origin not in {key.name for key in keys}:
            raise Misuse(f"{self.store.path} remembers another log, {known.head.origin!r}")
        try:
            seen = self._checked(known, keys)
        except Alarm as alarm:
            path = self.store.keep_evidence(alarm, known)
            alarm.add_note(f"The evidence is in {path}.")
            raise
        if known is None or seen.head.size > known.head.size:
            self.store.write(Memory(seen, keys, str(self.key.verifier)))
        self._cosign(seen)
        since = f"consistent with {known.head.size}" if known else "the first that was seen"
        return f"{seen.head.origin} has {seen.head.size} leaves, {since}; cosigned"

    def _checked(self, known: Seen | None, keys: list[VerifierKey]) -> Seen:
        for patience in (True, False):
            seen = Seen.opened(self.log.checkpoint(), keys)
            try:
                read = self.log.reader(seen.head.size)
                if known is None:
                    check_first(seen, read)
                else:
                    check_grown(known.head, seen, read)
            except Unproven as problem:
                if not patience:
                    said = f"the log signed what it does not prove: {problem}"
                    raise Alarm(said, seen.note, lasting=False) from problem
                time.sleep(SECOND_LOOK_SECONDS)
            else:
                break
        return seen

    def _trusted(self, memory: Memory | None) -> list[VerifierKey]:
        if self.keys:
            return self.keys
        if memory:
            return memory.keys
        keys = self.log.keys()
        for key in keys:
            _say(f"no --origin-key: trusting what the server says. Compare elsewhere: {key}")
        return keys

    def _cosign(self, seen: Seen) -> None:
        cosigned = self._cosigned_before(seen)
        if not cosigned:
            cosigned = seen.note + self.key.cosign(seen.text, at=int(time.time()))
            write_whole(self.store.cosigned, cosigned)
        if self.submits and self._handed_in != cosigned:
            try:
                self.log.submit(cosigned)
                self._handed_in = cosigned
            except Trouble as trouble:
                _say(f"the cosignature was not taken: {trouble}")

    def _cosigned_before(self, seen: Seen) -> str:
        """What lies beside the store, when it is this checkpoint with our signature."""
        try:
            held = self.store.cosigned.read_text(encoding="utf-8")
            same = split(held)[0] == seen.text and cosignatures(held, [self.key.verifier])
        except (OSError, ValueError):
            return ""
        return held if same else ""


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        given = _parser().parse_args(arguments)
        store = Store(given.store)
        with store.locked():
            return _run(_witness(given, store), given.follow)
    except (Misuse, Trouble) as problem:
        _say(str(problem))
        return problem.exit_code
    except Alarm as alarm:
        _say("\n".join([f"*** ALARM: {alarm} ***", *getattr(alarm, "__notes__", [])]))
        return alarm.exit_code
    except OSError as error:
        _say(f"a file of the witness cannot be used: {error}")
        return Misuse.exit_code
    except KeyboardInterrupt:
        return 0


def _run(witness: Witness, pause: float | None) -> int:
    if witness.store.fork.exists():
        said = f"an alarm was raised before, see {witness.store.fork}; remove it once cleared up"
        raise Alarm(said, "", lasting=True)
    while True:
        try:
            print(witness.look(), flush=True)
        except Trouble as trouble:
            if pause is None:
                raise
            _say(f"{trouble}; trying again in {pause:g} s")
        if pause is None:
            return 0
        time.sleep(pause)


def _witness(given: argparse.Namespace, store: Store) -> Witness:
    try:
        keys = [VerifierKey.parse(text) for text in given.origin_key]
    except NoteError as error:
        raise Misuse(f"--origin-key: {error}") from error
    if len({key.name for key in keys}) > 1:
        raise Misuse("--origin-key: keys of one log have one name")
    if given.token_env and not os.environ.get(given.token_env):
        raise Misuse(f"--token-env: the variable {given.token_env} is empty")
    token = os.environ[given.token_env] if given.token_env else ""
    if not _is_address(given.url):
        raise Misuse("URL: an address with http:// or https://")
    key_file = given.key or store.path.with_name(f"{store.path.name}.key")
    return Witness(
        RemoteLog(given.url, token=token, seconds=given.timeout),
        store,
        keys=keys,
        key_file=key_file,
        name=given.name or f"{socket.gethostname()}/witness",
        submits=given.submit,
    )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Exit code 2 means the network here."""
        raise Misuse(f"{self.format_usage()}{message}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m audit.witness", description=__doc__)
    add = parser.add_argument
    add("url", metavar="URL", help="the server, such as https://models.bank.example")
    add("--store", metavar="FILE", type=Path, required=True, help="what was seen; keep it safe")
    add("--origin-key", metavar="VKEY", action="append", default=[], help="repeat in a rotation")
    add("--key", metavar="FILE", type=Path, help="the witness's own; default: the store's .key")
    add("--name", metavar="NAME", help="of a key that is made; default: HOST/witness")
    add("--token-env", metavar="NAME", help="the variable that holds a token for the server")
    add("--timeout", metavar="SECONDS", type=_positive, default=20.0, help="for one answer")
    add("--submit", action="store_true", help="hand cosignatures in at the server")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--follow", metavar="SECONDS", type=_positive, help="look that often")
    how.add_argument("--once", action="store_true", help="look once (the default)")
    return parser


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 10**9:
        raise ValueError(text)
    return value


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
