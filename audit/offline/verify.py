#!/usr/bin/env python3
"""Verifies a bundle of an Imprimatur audit trail. Needs Python 3.9 or newer and nothing else.

    python verify.py BUNDLE.zip [--key VKEY]... [--previous CHECKPOINT] [--json]

Exit code 0: valid. 1: invalid; the first member and entry that fail are named. 2: unreadable.
Formats: RFC 6962 hashes, C2SP signed notes and checkpoints, RFC 8785 JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from typing import Any, Callable, Dict, List, Optional, Tuple

# The file in a bundle holds proofs.py and archive.py of this folder in place of these imports.
from audit.offline.archive import BROKEN, Archive, Invalid, Unreadable, called, compact, say
from audit.offline.proofs import (
    Tree,
    is_consistent,
    is_included,
    open_checkpoint,
    parse_key,
    unbase64,
)

# Members that prove themselves; the digests of all others stand in the entry export.json.
OWN = {"checkpoint", "consistency", "export.json", "proofs.jsonl", "trailer.json"}
FAULT = ("member", "entry", "problem")
SEALED = b'"commitment":"'
MISSING = "is not in the log at that place: changed, moved or missing"
Check = Callable[[], str]


# The bundle --------------------------------------------------------------------------------------
class Bundle(Archive):
    """Each check says what it found, or raises Invalid; they build on each other in this order."""

    def __init__(self, path: str, keys: List[str], previous: Optional[str]) -> None:
        super().__init__(path)
        self.trusted, self.previous = keys, previous
        self.size, self.root, self.count, self.erased = 0, b"", 0, 0
        self.commitments: Dict[str, str] = {}
        self.passed: Tuple[int, bytes] = (0, b"")

    def prove(self, data: bytes, line: bytes, number: int, intact: bool, name: str) -> Any:
        """The entry in ``data``, proven by ``line``, which is that ``number`` of proofs.jsonl."""
        try:
            proof = json.loads(line)
            path = [bytes.fromhex(each) for each in proof["hashes"]]
            free = compact(proof) != line or [each.hex() for each in path] != proof["hashes"]
            if not free and is_included(data, proof["index"], self.size, path, self.root):
                return json.loads(data)
        except BROKEN:
            pass
        where = f"line {number}{called(data)}"
        raise Invalid("proofs.jsonl" if intact else name, f"this entry {MISSING}", where)

    def checks(self) -> List[Tuple[str, Check]]:
        return [
            ("archive", self.archive),
            ("checkpoint", self.checkpoint),
            ("export", self.export),
            ("entries", self.entries),
            ("openings", self.openings),
            ("consistency", self.consistency),
            ("trailer", self.end),
        ]

    def archive(self) -> str:
        twice = sorted(name for name, times in Counter(self.names).items() if times > 1)
        if twice:
            raise Invalid(twice[0], "stands twice in the archive")
        if not self.names or self.names[-1] != "trailer.json":
            raise Invalid("trailer.json", "is missing at the end: the bundle is incomplete")
        return f"{len(self.names)} members, complete to the trailer"

    def checkpoint(self) -> str:
        own = self.read("keys").decode().split("\n")
        if [parse_key(line) for line in own[:-1]] and own[-1]:
            raise Invalid("keys", "its last line does not end")
        self.trusted = self.trusted or own[:-1]
        self.keys = [parse_key(line) for line in self.trusted]
        self.size, self.root = open_checkpoint(self.read("checkpoint").decode(), self.keys)
        by = ", ".join(key[0] + "+" + key[1].hex() for key in self.keys)
        return f"{self.size} entries, signed by {by}"

    def export(self) -> str:
        own = json.loads(self.read("trailer.json"))["own"]
        told, lost = own["export.json"], sorted(set(own) - set(self.names))
        if lost:
            raise Invalid(lost[0], "is missing")
        (self.proofs, line), data = self.last_line("proofs.jsonl"), self.read("export.json")
        intact = told == hashlib.sha256(data).hexdigest()
        entry = self.prove(data, line, self.proofs, intact, "export.json")
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
        self.index = json.loads(self.read("index.json"))
        return f"entry {entry['id']} names all members; their digests fit"

    def entries(self) -> str:
        if "range" in self.index:
            return self.stretch(*self.index["range"])
        intact = self.digest("entries.jsonl") == self.members["entries.jsonl"]
        about = {each["type"] + ":" + each["key"]: each for each in self.index["subjects"]}
        proofs, awaited = self.lines("proofs.jsonl"), {}
        for name, each in about.items():
            awaited[name] = each.get("first", 1)
        for data in self.lines("entries.jsonl"):
            self.count += 1
            line, self.member = next(proofs, b"{}"), "entries.jsonl"
            entry = self.prove(data, line, self.count, intact, "entries.jsonl")
            name = entry["subject"]["type"] + ":" + entry["subject"]["key"]
            if name not in awaited:
                raise Invalid(self.member, f"an entry of {name} does not belong here", entry["id"])
            self.without_gap(name, awaited[name], entry["sequence"])
            awaited[name] += 1
            sealed = [entry["reason"], entry["actor"]["name"], *entry["personal"].values()]
            self.commitments.update({each["commitment"]: "" for each in sealed if each})
        for name, each in about.items():
            self.without_gap(name, awaited[name], each["last"] + 1)
        if not intact or self.count != self.proofs - 1:
            which = "proofs.jsonl" if intact else "entries.jsonl"
            raise Invalid(which, "holds others than those that were exported")
        return f"{self.count} entries, each proven; no gap in any subject's sequence{self.period()}"

    def without_gap(self, about: str, awaited: int, found: int) -> None:
        if awaited != found:
            where = f"sequence {awaited} of {about}"
            raise Invalid("entries.jsonl", f"an entry is missing before {found}", where)

    def period(self) -> str:
        ends = [f"{end} {self.index[end]}" for end in ("since", "until") if end in self.index]
        return f" ({', '.join(ends)})" if ends else ""

    def stretch(self, first: int, end: int) -> str:
        """All leaves from ``first`` on, below ``end``: together with the hashes to their left they
        give a root with which the signed tree has to begin. So none of them can be missing."""
        line = next(self.lines("proofs.jsonl"))
        proof, total, sha256 = json.loads(line), hashlib.sha256(), hashlib.sha256
        path, left = ([bytes.fromhex(each) for each in proof[key]] for key in ("hashes", "left"))
        told = {"hashes": [h.hex() for h in path], "left": [h.hex() for h in left]}
        if compact({"range": [first, end], **told}) != line or self.proofs != 2:
            raise Invalid("proofs.jsonl", "is malformed", "line 1")
        tree, texts = Tree(first, left), self.texts()
        text, before = next(texts, None), ((first == 0 and self.earlier()) or (0,))[0]
        for block in self.blocks("entries.jsonl"):
            total.update(block)
            row = [sha256(b"\x00" + data).digest() for data in block[:-1].split(b"\n")]
            if 0 < before - tree.size <= len(row):
                row, rest = row[: before - tree.size], row[before - tree.size :]
                tree.add(row)
                self.passed, row = (before, tree.root()), rest
            tree.add(row)
            self.erased, at = self.erased + block.count(SEALED), 0
            while text and (at := block.find(SEALED + text[1] + b'"', at)) >= 0:
                at = block.rfind(b"\n", 0, at) + 1  # one line may have several, in any order
                text, self.erased = next(texts, None), self.erased - 1
        intact, self.count = total.hexdigest() == self.members["entries.jsonl"], end - first
        good = is_consistent(end, tree.root(), self.size, self.root, path)
        if tree.size != end or not good or not intact:
            which = "proofs.jsonl" if intact else "entries.jsonl"
            raise Invalid(
                which, "what the log holds there is another", f"leaves {first} to {end - 1}"
            )
        if text:
            raise Invalid("openings.jsonl", "the text fits no entry", f"line {text[0]}")
        return f"{self.count} entries, all from leaf {first} to {end - 1}{self.period()}"

    def earlier(self) -> Optional[Tuple[int, bytes]]:
        """The previous checkpoint, if there is one. A wrong one is no fault of the bundle's."""
        try:
            return None if self.previous is None else open_checkpoint(self.previous, self.keys)
        except (LookupError, ValueError) as error:
            raise Unreadable(f"--previous is no checkpoint of this log: {error}") from None

    def openings(self) -> str:
        if "range" not in self.index:
            for number, digest in self.texts():
                if self.commitments.pop(digest.decode(), None) is None:
                    raise Invalid("openings.jsonl", "the text fits no entry", f"line {number}")
            self.erased = len(self.commitments)
        return f"{self.opened} texts fit their commitments; {self.erased} erased"

    def consistency(self) -> str:
        earlier = self.earlier()
        if earlier and earlier[0] > self.size:
            problem = f"the bundle is older than the checkpoint of size {earlier[0]}"
            raise Invalid("consistency", problem)
        if earlier == (self.size, self.root):
            return "this checkpoint is the previous one"
        if earlier and earlier[0] == self.passed[0] and "consistency" not in self.names:
            if earlier != self.passed:
                problem = f"the log does not begin with the one of size {earlier[0]}"
                raise Invalid("consistency", problem)
            return f"the log of size {earlier[0]} is the beginning of this one: it is all here"
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
        told = {"entries": self.count, "own": own, "root": self.root.hex(), "size": self.size}
        if self.read("trailer.json") != compact(told) + b"\n":
            raise Invalid("trailer.json", "does not fit the bundle")
        return f"{self.count} entries, root {self.root.hex()}"


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="Verifies a bundle of an audit trail.")
    parser.add_argument("bundle")
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        help="the log's public key, from a source that you trust; several while it is replaced",
    )
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


def run(path: str, keys: List[str], previous: Optional[str], report: Dict[str, Any]) -> int:
    """Fills ``report``; 0 when all checks pass, 1 at the first that fails."""
    earlier = None
    try:
        if previous is not None:
            with open(previous, encoding="utf-8", newline="") as file:
                earlier = file.read()
        for key in keys:
            parse_key(key)
    except (OSError, ValueError) as error:
        raise Unreadable(f"--key or --previous cannot be read: {error}") from None
    bundle = Bundle(path, keys, earlier)
    if not keys:
        report["warning"] = (
            "the key came from the bundle itself: compare it with the one that the log's operator "
            "published, or pass that one with --key"
        )
    try:
        for name, check in bundle.checks():
            report["checks"].append({"check": name, "found": check()})
    except Invalid as fault:
        report["failure"] = {"member": fault.member, "entry": fault.entry, "problem": str(fault)}
    except BROKEN as error:
        problem = f"is malformed: {error}"
        report["failure"] = {"member": bundle.member, "entry": "", "problem": problem}
    if bundle.size:
        report.update(size=bundle.size, root=bundle.root.hex(), key=" ".join(bundle.trusted))
    return 1 if report["failure"] else 0


def show(report: Dict[str, Any]) -> None:
    for each in report["checks"]:
        say(f"  ok      {each['check']:12} {each['found']}")
    if report["failure"]:
        say("  FAILED  " + ": ".join(filter(None, map(report["failure"].get, FAULT))))
    if report["warning"]:
        say("  note    " + report["warning"])


if __name__ == "__main__":
    sys.exit(main())
