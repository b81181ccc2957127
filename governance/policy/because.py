"""Why a requirement is there: which policies ask for it of this case, and by which clause. Pure."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def because(document: Document, gate: str, *, tier: int, environment: str, purpose: str) -> str:
    """The reason for the gate of key ``gate``, in a sentence; empty where no policy asked.

    ``document`` is a requirement set (``joining.join``): all the policies that asked are named,
    each with the clause that it cites and its own words.
    """
    asked = [_told(one) for one in _asked(document, gate)]
    if not asked:
        return ""
    return f"Needed because tier {tier}, {environment}, {purpose}: {'; '.join(asked)}."


def beside_policies(document: Document) -> list[str]:
    """Who else than the policies asks for checks, such as the dials of a use case."""
    told = [one["by"] for check in document["checks"] for one in check.get("asked", [])]
    named = dict.fromkeys([*(check["source"] for check in document["checks"]), *told])
    return [label for label in named if label not in document.get("policies", [])]


def _asked(document: Document, gate: str) -> list[Document]:
    """Who asked: ``{by, clause, why}`` each. Requirement sets of an earlier day keep the words of
    one policy alone where several asked."""
    kind, _, key = gate.partition(":")
    if kind == "check":
        found = [check for check in document["checks"] if check["key"] == key]
    elif kind == "document":
        found = [paper for paper in document["documents"] if paper["kind"] == key]
    elif kind == "criterion":
        found = [one for one in document.get("criteria", ()) if one["key"] == key]
    elif kind == "decision":
        found = [slot for slot in document["decisions"] if slot.get("key", slot["role"]) == key]
    else:
        found = [document["findings"]] if gate == "findings" and document.get("findings") else []
    return [one for part in found for one in part.get("asked") or _alone(part)]


def _alone(part: Document) -> list[Document]:
    sources = part.get("sources") or [part["source"]] if part.get("source") else []
    own = {"clause": part.get("clause", ""), "why": part.get("why", "")}
    return [{"by": label, **(own if label == part["source"] else {})} for label in sources]


def _told(one: Document) -> str:
    count = one.get("count", 1)
    people = f", {count} people" if count > 1 else ""
    cited = f" ({one['clause']})" if one.get("clause") else ""
    why = str(one.get("why", "")).strip().rstrip(".")
    return f"{one['by']}{cited}{people}" + (f", “{why}”" if why else "")
