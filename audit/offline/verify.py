#!/usr/bin/env python3
"""Verifies a bundle of an Imprimatur audit trail. Needs Python 3.9 or newer and nothing else.

    python verify.py BUNDLE.zip [--key VKEY] [--previous CHECKPOINT] [--json]

Exit code 0: valid. 1: invalid; the first member and entry that fail are named. 2: unreadable.
Formats: RFC 6962 hashes, C2SP signed notes and checkpoints, RFC 8785 JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

# The file in a bundle holds audit/offline/proofs.py in place of this import.
from audit.offline.proofs import is_consistent, is_included, open_checkpoint, parse_key, unbase64

# Members that prove themselves; the digests of all others stand in the entry export.json.
OWN = {"checkpoint", "consistency", "export.json", "proofs.jsonl", "trailer.json"}
FAULT = ("member", "entry", "problem")
Check = Callable[[], str]


class Invalid(Exception):
    """The first thing that does not hold: in which member, and where in it."""

    def __init__(self, member: str, problem: str, entry: str = "") -> None:
        super().__init__(problem)
        self.member, self.entry = member, entry


class Unreadable(Exception):
    """There is nothing here to judge."""


# The bundle --------------------------------------------------------------------------------------
def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def called(data: bytes) -> str:
    """What the entry calls itself, as far as it can still be read."""
    try:
        entry = json.loads(data)
        return f" ({entry['action']} of {entry['subject']['label']}, entry {entry['id']})"
    except (LookupError, TypeError, ValueError):
        return ""


class Bundle:
    """Each check says what it found, or raises Invalid; they build on each other in this order."""

    def __init__(self, path: str) -> None:
        try:
            self.zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError) as error:
            raise Unreadable(f"{path} is not a complete zip file: {error}") from None
        self.names, self.member = self.zip.namelist(), "trailer.json"
        self.size, self.root, self.key_text = 0, b"", ""
        self.subjects: Dict[str, List[int]] = {}
        self.commitments: Dict[str, str] = {}

    def chunks(self, name: str) -> Iterator[bytes]:
        self.member = name
        try:
            with self.zip.open(name) as file:
                yield from iter(lambda: file.read(1 << 20), b"")
        except KeyError:
            raise Invalid(name, "is missing") from None
        except Exception as error:  # a flipped byte breaks an archive in many ways
            raise Invalid(name, f"cannot be read: {error}") from None

    def read(self, name: str) -> bytes:
        return b"".join(self.chunks(name))

    def digest(self, name: str) -> str:
        total = hashlib.sha256()
        for data in self.chunks(name):
            total.update(data)
        return total.hexdigest()

    def lines(self, name: str) -> List[bytes]:
        data = self.read(name)
        if data and not data.endswith(b"\n"):
            raise Invalid(name, "is cut off: its last line does not end")
        return data.split(b"\n")[:-1]

    def details(self, entry: Any) -> Any:
        """Large details lie beside the entry, which names their digest."""
        if "details_sha256" not in entry["details"]:
            return entry["details"]
        name = "evidence/" + entry["details"]["details_sha256"]
        self.names.remove(name)  # it names the members, so it cannot be one of them
        if self.digest(name) != entry["details"]["details_sha256"]:
            raise Invalid(name, "its bytes do not fit its name")
        return json.loads(self.read(name))

    def prove(self, data: bytes, number: int, intact: bool, name: str) -> Any:
        """The entry in ``data``, proven by line ``number`` of proofs.jsonl."""
        line = self.proofs[number - 1] if number <= len(self.proofs) else b"{}"
        try:
            proof = json.loads(line)
            path = [bytes.fromhex(each) for each in proof["hashes"]]
            free = compact(proof) != line or [each.hex() for each in path] != proof["hashes"]
            if not free and is_included(data, proof["index"], self.size, path, self.root):
                return json.loads(data)
        except (LookupError, TypeError, ValueError):
            pass
        problem = "this entry is not in the log at that place: changed, moved or missing"
        raise Invalid("proofs.jsonl" if intact else name, problem, f"line {number}{called(data)}")

    def checks(self, key: Optional[str], previous: Optional[str]) -> List[Tuple[str, Check]]:
        return [
            ("archive", self.archive),
            ("checkpoint", lambda: self.checkpoint(key)),
            ("export", self.export),
            ("entries", self.entries),
            ("openings", self.openings),
            ("consistency", lambda: self.consistency(previous)),
            ("trailer", self.end),
        ]

    def archive(self) -> str:
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if twice:
            raise Invalid(twice[0], "stands twice in the archive")
        if not self.names or self.names[-1] != "trailer.json":
            raise Invalid("trailer.json", "is missing at the end: the bundle is incomplete")
        return f"{len(self.names)} members, complete to the trailer"

    def checkpoint(self, trusted: Optional[str]) -> str:
        own = self.read("keys").decode()
        if parse_key(own.rstrip("\n")) and not own.endswith("\n"):
            raise Invalid("keys", "its line does not end")
        self.key_text = trusted or own[:-1]
        self.key = parse_key(self.key_text)
        self.size, self.root = open_checkpoint(self.read("checkpoint").decode(), self.key)
        return f"{self.size} entries, signed by {self.key[0]}+{self.key[1].hex()}"

    def export(self) -> str:
        self.trailer = json.loads(self.read("trailer.json"))
        self.proofs, data = self.lines("proofs.jsonl"), self.read("export.json")
        intact = self.trailer["own"]["export.json"] == hashlib.sha256(data).hexdigest()
        entry = self.prove(data, len(self.proofs), intact, "export.json")
        if entry["action"] != "audit.export":
            raise Invalid("export.json", "is not the entry of an export", entry["id"])
        self.members: Dict[str, str] = self.details(entry)["members"]
        for name in sorted((set(self.names) - OWN) ^ set(self.members)):
            raise Invalid(name, "was not exported" if name in self.names else "is missing")
        for name in sorted(set(self.members) - {"entries.jsonl"}):
            digest = self.digest(name)
            named = name[9:] if name.startswith("evidence/") else digest
            if not digest == named == self.members[name]:
                raise Invalid(name, "its bytes are not those that were exported")
        return f"entry {entry['id']} names all members; their digests fit"

    def entries(self) -> str:
        intact = self.digest("entries.jsonl") == self.members["entries.jsonl"]
        lines = self.lines("entries.jsonl")
        for number, data in enumerate(lines, 1):
            entry = self.prove(data, number, intact, "entries.jsonl")
            about = entry["subject"]["type"] + ":" + entry["subject"]["key"]
            self.subjects.setdefault(about, []).append(entry["sequence"])
            sealed = [entry["reason"], entry["actor"]["name"], *entry["personal"].values()]
            self.commitments.update({each["commitment"]: entry["id"] for each in sealed if each})
        for each in json.loads(self.read("index.json"))["subjects"]:
            about, last = each["type"] + ":" + each["key"], each["last"]
            for expected, found in enumerate([*self.subjects.pop(about, []), last + 1], 1):
                if expected != found:
                    where = f"sequence {expected} of {about}"
                    raise Invalid("entries.jsonl", f"an entry is missing before {found}", where)
        if self.subjects or not intact or len(lines) != len(self.proofs) - 1:
            raise Invalid("entries.jsonl", "holds other entries than those that were exported")
        return f"{len(lines)} entries, each proven; no gap in any subject's sequence"

    def openings(self) -> str:
        lines = self.lines("openings.jsonl")
        for number, line in enumerate(lines, 1):
            each = json.loads(line)
            data = bytes.fromhex(each["salt"]) + each["value"].encode()
            digest = hashlib.sha256(data).hexdigest()
            if digest != each["commitment"] or self.commitments.pop(digest, None) is None:
                raise Invalid("openings.jsonl", "the text fits no entry", f"line {number}")
        return f"{len(lines)} texts fit their commitments; {len(self.commitments)} erased"

    def consistency(self, previous: Optional[str]) -> str:
        earlier = open_checkpoint(previous, self.key) if previous else None
        if earlier == (self.size, self.root):
            return "this checkpoint is the previous one"
        if "consistency" not in self.names:
            if earlier:
                hint = f"ask for the bundle with previous={earlier[0]}"
                raise Invalid("consistency", f"is missing: {hint}")
            return "not asked for"
        lines = [line.decode() for line in self.lines("consistency")]
        old, root, path = int(lines[1]), unbase64(lines[2]), [unbase64(each) for each in lines[3:]]
        if lines[:2] != ["imprimatur/consistency@v1", str(old)]:
            raise Invalid("consistency", "is malformed")
        if not is_consistent(old, root, self.size, self.root, path):
            raise Invalid("consistency", f"the log does not begin with the one of size {old}")
        if earlier and earlier != (old, root):
            raise Invalid("consistency", f"is not about the previous checkpoint ({earlier[0]})")
        return f"the log of size {old} is the beginning of this one"

    def end(self) -> str:
        own = {name: self.digest(name) for name in OWN & set(self.names) - {"trailer.json"}}
        count = len(self.proofs) - 1
        told = {"entries": count, "own": own, "root": self.root.hex(), "size": self.size}
        if self.read("trailer.json") != compact(told) + b"\n":
            raise Invalid("trailer.json", "does not fit the bundle")
        return f"{count} entries, root {self.root.hex()}"


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="Verifies a bundle of an audit trail.")
    parser.add_argument("bundle")
    parser.add_argument("--key", help="the log's public key, from a source that you trust")
    parser.add_argument("--previous", help="file of a checkpoint kept from before")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args(arguments)
    report: Dict[str, Any] = {"checks": [], "failure": None, "warning": None}
    try:
        code = run(asked.bundle, asked.key, asked.previous, report)
    except Unreadable as error:
        code, report["failure"] = 2, {"member": "", "entry": "", "problem": str(error)}
    report["valid"] = code == 0
    if asked.json:
        print(json.dumps(report))
    else:
        show(report)
        print(("VALID", "INVALID", "UNREADABLE")[code])
    return code


def run(path: str, key: Optional[str], previous: Optional[str], report: Dict[str, Any]) -> int:
    """Fills ``report``; 0 when all checks pass, 1 at the first that fails."""
    bundle, earlier = Bundle(path), None
    try:
        if previous:
            with open(previous, encoding="utf-8", newline="") as file:
                earlier = file.read()
        if key:
            parse_key(key)
    except (OSError, ValueError) as error:
        raise Unreadable(f"--key or --previous cannot be read: {error}") from None
    if not key:
        report["warning"] = (
            "the key came from the bundle itself: compare it with the one that the log's operator "
            "published, or pass that one with --key"
        )
    try:
        for name, check in bundle.checks(key, earlier):
            report["checks"].append({"check": name, "found": check()})
    except Invalid as fault:
        report["failure"] = {"member": fault.member, "entry": fault.entry, "problem": str(fault)}
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        problem = f"is malformed: {error}"
        report["failure"] = {"member": bundle.member, "entry": "", "problem": problem}
    if bundle.size:
        report.update(size=bundle.size, root=bundle.root.hex(), key=bundle.key_text)
    return 1 if report["failure"] else 0


def show(report: Dict[str, Any]) -> None:
    for each in report["checks"]:
        print(f"  ok      {each['check']:12} {each['found']}")
    if report["failure"]:
        print("  FAILED  " + ": ".join(filter(None, map(report["failure"].get, FAULT))))
    if report["warning"]:
        print("  note    " + report["warning"])


if __name__ == "__main__":
    sys.exit(main())
