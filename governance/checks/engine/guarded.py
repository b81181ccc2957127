"""Looks at a version's files and at how they behaved: the bodies of the checks of security."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.base import (
    JSON,
    Check,
    CheckError,
    CheckInput,
    Evidence,
    Measurement,
    Table,
)
from governance.checks.engine import items
from governance.checks.engine.allowed_globals import is_allowed
from governance.checks.engine.items import Item, held

_NEVER = ("pickle", "torch", "program")
_TIERS = ("process", "confined", "namespaces")  # as governance.scoring.tiers has them
_TOLD = 6


def _files(data: CheckInput) -> list[Mapping[str, Any]]:
    found = data.case.get("files") or []
    if not found and "files" not in data.case:
        raise CheckError("The case lists no files: nobody has looked at the artefact.")
    return sorted(found, key=lambda one: str(one.get("path")))


def formats(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    allowed = tuple(settled["allowed"])
    told = []
    for one in _files(data):
        path, kind = str(one.get("path")), str(one.get("format") or "unknown")
        why = "it can run anything when loaded" if kind in _NEVER else "it is not on the list"
        told.append(
            held(
                "format", kind in allowed, f"{path} is {kind}, which is allowed.",
                f"{path} is {kind}, which is not allowed: {why}.", subject=path,
            )
        )  # fmt: skip
    if not told:
        told.append(
            Item("format", items.MET, "There are no files: the version has predictions only.")
        )
    return items.evidence(check, settled, seed, told)


def structure(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    told = []
    for one in _files(data):
        path = str(one.get("path"))
        told.append(
            held(
                "digest", one.get("digest_ok"), f"{path} has the digest it was registered with.",
                f"{path} was not hashed again." if one.get("digest_ok") is None
                else f"{path} does not have the digest it was registered with.", subject=path,
            )
        )  # fmt: skip
        found = one.get("structure") or {}
        said = str(found.get("sentence") or "")
        good, bad = f"{path} is sound in its structure.", f"{path} has not been validated."
        told.append(held("structure", found.get("ok"), said or good, said or bad, subject=path))
    if not told:
        told.append(Item("structure", items.MET, "There are no files to be validated."))
    return items.evidence(check, settled, seed, told)


def signature(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    given = data.case.get("signature")
    if given is None:
        raise CheckError("The case says nothing of a signature: nobody has looked for one.")
    present = bool(given.get("present"))
    signer = str(given.get("signer") or "").strip()
    told = [
        held(
            "present", present, f"The artefact is signed{f' by {signer}' if signer else ''}.",
            "The artefact is not signed.",
        )
    ]  # fmt: skip
    verified = given.get("verified") if present else False
    said = str(given.get("sentence") or "")
    bad = "There is no signature to verify." if not present else said
    if verified is None:
        bad = said or "No key is known to verify the signature with."
    told.append(
        held("verified", verified, said or "The signature is right for these files.",
             bad or "The signature does not fit these files.")
    )  # fmt: skip
    allowed = settled["signers"]
    if allowed and present:
        told.append(
            held(
                "verified", signer in allowed, f"{signer} may sign.",
                f"{signer or 'An unnamed signer'} is not among those who may sign.",
                subject="signer",
            )
        )  # fmt: skip
    return items.evidence(check, settled, seed, told)


def opcodes(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    scans = data.case.get("scan") or {}
    more = frozenset(settled["allowed"] or ())
    told: list[Item] = []
    shown: list[tuple[Any, ...]] = []
    refused_names: set[str] = set()
    for one in _files(data):
        path = str(one.get("path"))
        found = scans.get(path)
        if found is None:
            told.append(Item("scanned", items.UNKNOWN, f"{path} was not scanned.", path))
            continue
        told.append(_scanned(path, found))
        names = list(found.get("globals") or ())
        refused = [name for name in names if not is_allowed(name, more)]
        refused_names |= set(refused)
        if found.get("kind") == "pickle" or names:
            told.append(_globals(path, names, refused))
            shown.append(
                (path, f"{found.get('opcodes', 0):,}", f"{len(names)}", ", ".join(refused[:20]))
            )
    if not told:
        told.append(Item("scanned", items.MET, "There are no files to be scanned."))
    columns = ("file", "opcodes", "names imported", "names not on the allow-list")
    note = "Nothing was loaded: the opcodes were read."
    tables = (Table("Pickles", columns, tuple(shown), note),) if shown else ()
    count = Measurement("names_refused", len(refused_names), n=len(scans), note="Counted.")
    return items.evidence(check, settled, seed, told, tables=tables, measurements=(count,))


def _scanned(path: str, found: Mapping[str, Any]) -> Item:
    problems = [str(one) for one in found.get("problems") or ()]
    whole = bool(found.get("complete")) and not problems
    said = " ".join(problems[:3]) or "The scan did not reach its end."
    bad = f"{path} could not be read to its end, so nobody can vouch for it: {said}"
    return held("scanned", whole, f"{path} was read to its end.", bad, subject=path)


def _globals(path: str, names: list[str], refused: list[str]) -> Item:
    which = ", ".join(refused[:_TOLD])
    more = f" and {len(refused) - _TOLD} more" if len(refused) > _TOLD else ""
    return held(
        "globals", not refused,
        f"All {len(names)} names that {path} imports are on the allow-list.",
        f"{path} would import {which}{more}, not on the allow-list.", subject=path,
    )  # fmt: skip


def dependencies(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    given = data.case.get("dependencies")
    packages = list((given or {}).get("items") or ())
    path = str((given or {}).get("path") or "the manifest")
    told = [
        held(
            "declared", given is not None, f"{path} declares {len(packages)} dependencies.",
            "No dependency manifest is among the files (requirements.txt).",
        )
    ]  # fmt: skip
    for item, key, spoken in (
        ("pinned", "pinned", "pinned to one version"),
        ("hashed", "hashed", "pinned by a hash"),
    ):
        loose = [str(one.get("name")) for one in packages if not one.get(key)]
        which = ", ".join(loose[:_TOLD]) + (
            f" and {len(loose) - _TOLD} more" if len(loose) > _TOLD else ""
        )
        good = f"All {len(packages)} dependencies are {spoken}."
        bad = f"{len(loose)} of {len(packages)} dependencies are not {spoken}: {which}."
        if given is None:
            told.append(
                Item(item, items.UNKNOWN, f"Whether dependencies are {spoken} is not known.")
            )
        elif item != "hashed" or settled["hashes"]:
            told.append(held(item, not loose, good, bad))
    rows = tuple(
        (str(one.get("name")), str(one.get("version") or ""), "yes" if one.get("pinned") else "no",
         "yes" if one.get("hashed") else "no")
        for one in packages[:200]
    )  # fmt: skip
    columns = ("package", "version", "pinned", "hash")
    tables = (Table("Dependencies", columns, rows),) if rows else ()
    return items.evidence(check, settled, seed, told, tables=tables)


def behaviour(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    given = data.case.get("sandbox")
    if not given:
        raise CheckError("The case says nothing of the sandbox: the model has not been run.")
    told = [_tier(str(given.get("tier") or ""), settled["tier"]), _ended(given)]
    most = settled["most_share"]
    told.append(_within("time", given.get("seconds"), given.get("limit_seconds"), "s", most))
    memory = (given.get("peak_memory_kib"), given.get("limit_memory_kib"))
    told.append(_within("memory", *memory, "KiB", most))
    refused = given.get("refused")
    which = ", ".join(str(one) for one in (refused or ())[:_TOLD])
    told.append(
        held(
            "doors", None if refused is None else not refused,
            "It asked for nothing that it may not have.",
            "What it was refused was not recorded." if refused is None
            else f"It asked for what it may not have: {which}.",
        )
    )  # fmt: skip
    return items.evidence(check, settled, seed, told)


def _tier(reached: str, wanted: str) -> Item:
    if wanted not in _TIERS:
        raise CheckError(f"'tier' must be {' or '.join(_TIERS)}, not {wanted!r}.")
    if reached not in _TIERS:
        return Item("tier", items.UNKNOWN, "How far the sandbox confined it is not known.")
    return held(
        "tier", _TIERS.index(reached) >= _TIERS.index(wanted),
        f"The sandbox reached the tier “{reached}”.",
        f"The sandbox reached only the tier “{reached}”; “{wanted}” is wanted.",
    )  # fmt: skip


_GAVE_UP = 3  # governance.scoring.child.UNUSABLE


def _ended(given: Mapping[str, Any]) -> Item:
    if given.get("timed_out"):
        return Item("ended", items.BROKEN, "It was stopped because it took too long.")
    if given.get("out_of_memory"):
        return Item("ended", items.BROKEN, "It needed more memory than it may have.")
    if given.get("signal"):
        return Item("ended", items.BROKEN, f"It crashed (signal {given['signal']}).")
    code = given.get("exit_code")
    bad = "How it ended is not known." if code is None else f"It ended with exit code {code}."
    if code == _GAVE_UP:
        bad = f"It could not be used: its process gave up and said why (exit code {code})."
    return held("ended", None if code is None else code == 0, "It ran and ended well.", bad)


def _within(item: str, used: Any, limit: Any, unit: str, most: float) -> Item:
    if used is None or not limit:
        return Item(item, items.UNKNOWN, f"How much {item} it used of its limit is not known.")
    share = used / limit
    said = f"It used {share:.0%} of the {item} it may have ({used:,.0f} of {limit:,.0f} {unit})"
    return held(item, share <= most, f"{said}.", f"{said}, more than {most:.0%}.")
