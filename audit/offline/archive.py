"""How the verifier reads a bundle: a zip file whose members may be larger than memory. Pure."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from typing import Any, Iterator, Tuple

# What reading malformed data raises, JSON that is nested without end included.
BROKEN = (LookupError, TypeError, ValueError, AttributeError, RecursionError)
LONGEST = 1 << 26  # bytes of a line, or of a member that is read whole


class Invalid(Exception):
    """The first thing that does not hold: in which member, and where in it."""

    def __init__(self, member: str, problem: str, entry: str = "") -> None:
        super().__init__(problem)
        self.member, self.entry = member, entry


class Unreadable(Exception):
    """There is nothing here to judge."""


# Reading members ---------------------------------------------------------------------------------
def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def called(data: bytes) -> str:
    """What the entry calls itself, as far as it can still be read."""
    try:
        entry = json.loads(data)
        return f" ({entry['action']} of {entry['subject']['label']}, entry {entry['id']})"
    except BROKEN:
        return ""


def say(text: str) -> None:
    """Prints what a bundle says, without letting it command the terminal or break a plain one."""
    text = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    encoding = sys.stdout.encoding or "ascii"
    print(text.encode(encoding, "backslashreplace").decode(encoding))


class Archive:
    """The members by name. ``member`` is the one that was read last: where a fault is likely."""

    def __init__(self, path: str) -> None:
        try:
            self.zip = zipfile.ZipFile(path)
        except Exception as error:  # a flipped byte breaks an archive in many ways
            raise Unreadable(f"{path} is not a complete zip file: {error}") from None
        self.names, self.member = self.zip.namelist(), "trailer.json"
        self.opened = 0

    def chunks(self, name: str) -> Iterator[bytes]:
        self.member = name
        try:
            with self.zip.open(name) as file:
                yield from iter(lambda: file.read(1 << 20), b"")
        except KeyError:
            raise Invalid(name, "is missing") from None
        except Exception as error:
            raise Invalid(name, f"cannot be read: {error}") from None

    def blocks(self, name: str) -> Iterator[bytes]:
        """The member in pieces that end where a line ends."""
        rest = b""
        for data in self.chunks(name):
            cut = data.rfind(b"\n") + 1
            if cut:
                yield rest + data[:cut]
                rest = data[cut:]
            else:
                rest += data
            if len(rest) > LONGEST:
                raise Invalid(name, f"has a line of more than {LONGEST} bytes")
        if rest:
            raise Invalid(name, "is cut off: its last line does not end")

    def lines(self, name: str) -> Iterator[bytes]:
        for block in self.blocks(name):
            yield from block[:-1].split(b"\n")

    def read(self, name: str) -> bytes:
        whole = b""
        for data in self.chunks(name):
            whole += data
            if len(whole) > LONGEST:
                raise Invalid(name, f"has more than {LONGEST} bytes")
        return whole

    def digest(self, name: str) -> str:
        total = hashlib.sha256()
        for data in self.chunks(name):
            total.update(data)
        return total.hexdigest()

    def last_line(self, name: str) -> Tuple[int, bytes]:
        """How many lines there are, and the last of them."""
        count, last = 0, b"{}"
        for block in self.blocks(name):
            count += block.count(b"\n")
            last = block[block.rfind(b"\n", 0, -1) + 1 : -1]
        return count, last

    def details(self, entry: Any) -> Any:
        """Large details lie beside the entry, which names their digest."""
        if "details_sha256" not in entry["details"]:
            return entry["details"]
        name = "evidence/" + entry["details"]["details_sha256"]
        if name not in self.names:
            raise Invalid(name, "is missing")
        self.names.remove(name)  # it names the members, so it cannot be one of them
        if self.digest(name) != entry["details"]["details_sha256"]:
            raise Invalid(name, "its bytes do not fit its name")
        return json.loads(self.read(name))

    def texts(self) -> Iterator[Tuple[int, bytes]]:
        """The commitment that each line of openings.jsonl opens, with the line's number."""
        sha256, unhex = hashlib.sha256, bytes.fromhex
        for block in self.blocks("openings.jsonl"):
            self.member = "openings.jsonl"
            for each in json.loads(b"[" + block[:-1].replace(b"\n", b",") + b"]"):
                self.opened += 1
                digest = sha256(unhex(each["salt"]) + each["value"].encode()).hexdigest()
                if digest != each["commitment"]:
                    where = f"line {self.opened}"
                    raise Invalid("openings.jsonl", "the text fits no entry", where)
                yield self.opened, digest.encode()
