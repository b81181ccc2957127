"""Which policies match a case, and what they add up to: the most restrictive wins (R8). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from governance.policy import demands
from governance.policy.terms import SEVERITIES
from lib.canonical import digest_of

Document = dict[str, Any]
_JUDGED_BY: Final = ("check", "parameters", "threshold", "on_inconclusive")


@dataclass(frozen=True, slots=True)
class Extra:
    """Checks that no policy asks for: the dials of a use case do. It has no terms of its own and
    lets nothing be waived. ``mark`` tells its checks from those of the same name."""

    label: str
    mark: str
    checks: Sequence[Document]


def matches(document: Document, *, tier: int, environment: str, purpose: str) -> bool:
    applies = document["applies"]
    return (
        tier in applies["tiers"]
        and environment in applies["environments"]
        and (not applies["purposes"] or purpose in applies["purposes"])
    )


def join(documents: Sequence[tuple[str, Document]], extra: Extra | None = None) -> Document:
    """The requirement set of ``documents`` ((label, document) pairs) and of the checks that
    ``extra`` adds to theirs: most restrictive wins (R8).

    Every check of every policy is required; documents are joined by kind, decisions by key, role
    and line with the larger count and the later stage; ages and terms by the shorter. What only
    some of the policies allow (conditions, emergencies) is not allowed; each requirement keeps the
    waivers of the policy that asks for it. ``sources`` say which policy asked for what.
    """
    terms = [document["authorization"] for _, document in documents]
    return {
        "policies": [label for label, _ in documents],
        "checks": _checks(documents, extra),
        "documents": _papers(documents),
        **_criteria(documents),
        "decisions": _slots(documents),
        "evidence_max_age_days": min(d["evidence_max_age_days"] for _, d in documents),
        "review_days": min(d["review_days"] for _, d in documents),
        "findings": _findings(documents),
        "conditions": _shortest(documents, "conditions", "max_days"),
        "emergency": _emergency(documents),
        "recertification": _recertification(documents),
        "authorization": {
            "valid_days": min(term["valid_days"] for term in terms),
            "restrictions": sorted({text for term in terms for text in term["restrictions"]}),
            "limits": _limits(terms),
        },
    }


def _checks(documents: Sequence[tuple[str, Document]], extra: Extra | None) -> list[Document]:
    checks = [
        {**check, "source": label, "waiver": _waiver(document, check["name"])}
        for label, document in documents
        for check in document["checks"]
    ]
    if extra is not None:
        _add(extra, checks)
    names = [check["name"] for check in checks]
    for check in checks:
        repeated = names.count(check["name"]) > 1
        own = extra is not None and check["source"] == extra.label
        mark = extra.mark if own and extra else check["source"]
        check["key"] = f"{check['name']} ({mark})" if repeated else check["name"]
    return checks


def _add(extra: Extra, checks: list[Document]) -> None:
    """What a policy asks for in exactly these terms is measured and shown once, since a second gate
    could never say anything else. It is the policy's, which the database holds it to, told as asked
    for by both; and as of papers, it is waived only as all that ask for it allow, hence not."""
    for wanted in extra.checks:
        same = [one for one in checks if all(one[part] == wanted[part] for part in _JUDGED_BY)]
        if not same:
            checks.append({**wanted, "source": extra.label, "waiver": None})
            continue
        held = same[0]
        asked = held.get("asked") or [_asked(held["source"], held)]
        held |= {"asked": [*asked, _asked(extra.label, wanted)], "waiver": None}


def _papers(documents: Sequence[tuple[str, Document]]) -> list[Document]:
    """One of each kind. It is waived only as all that ask for it allow."""
    papers: dict[str, Document] = {}
    for label, document in documents:
        for paper in document["documents"]:
            held = papers.setdefault(
                paper["kind"], {**paper, "source": label, "sources": [], "asked": []}
            )
            held["sources"].append(label)
            held["asked"].append(_asked(label, paper))
            waivers = [*held.get("waivers", []), _waiver(document, paper["kind"])]
            held["waivers"] = waivers
    for paper in papers.values():
        paper["waiver"] = _strictest_waiver(paper.pop("waivers"))
    return list(papers.values())


def _criteria(documents: Sequence[tuple[str, Document]]) -> Document:
    """All that any of the policies demands, each once and in the order of the phases; waived only
    as all that demand it allow. Where none does the set says nothing, as sets of an earlier day:
    what asks for the same keeps its digest."""
    found: dict[str, Document] = {}
    for label, document in documents:
        for key in demands.of(document):
            held = found.setdefault(
                key,
                {
                    "key": key,
                    "phase": demands.phase_of(key),
                    "title": demands.title_of(key),
                    "source": label,
                    "sources": [],
                    "asked": [],
                    "waivers": [],
                },
            )
            held["sources"].append(label)
            held["asked"].append(_asked(label, {}))
            held["waivers"].append(_waiver(document, key))
    for held in found.values():
        held["waiver"] = _strictest_waiver(held.pop("waivers"))
    return {"criteria": sorted(found.values(), key=demands.place)} if found else {}


def _asked(label: str, part: Document) -> Document:
    """Who asks for a requirement that several policies may share, each in its own words."""
    return {"by": label, "why": part.get("why", ""), "clause": part.get("clause", "")}


def _waiver(document: Document, name: str) -> Document | None:
    waivers = document.get("waivers")
    if not waivers or name not in waivers["of"]:
        return None
    return {"max_days": waivers["max_days"], "approvers": [waivers["approver"]]}


def _strictest_waiver(waivers: Sequence[Document | None]) -> Document | None:
    """The terms of the policy that lets it be waived for the shortest time: its role grants, not
    one grant for each policy. Where several are equally short, whoever holds one of their roles."""
    allowed = [waiver for waiver in waivers if waiver is not None]
    if len(allowed) < len(waivers):
        return None
    shortest = min(waiver["max_days"] for waiver in allowed)
    strictest = [waiver for waiver in allowed if waiver["max_days"] == shortest]
    return {
        "max_days": shortest,
        "approvers": sorted({role for waiver in strictest for role in waiver["approvers"]}),
    }


def _slots(documents: Sequence[tuple[str, Document]]) -> list[Document]:
    slots: dict[tuple[str, str, int], Document] = {}
    for label, document in documents:
        for slot in document["decisions"]:
            asked = _asked(label, slot) | {"count": slot["count"]}
            slot = {**slot, "source": label, "sources": [label], "asked": [asked]}
            place = (slot.get("key", slot["role"]), slot["role"], slot.get("line", 0))
            held = slots.get(place)
            if held is None:
                slots[place] = slot
                continue
            stricter = slot if slot["count"] > held["count"] else held
            slots[place] = {
                **stricter,
                "stage": max(slot.get("stage", 1), held.get("stage", 1)),
                "sources": [*held["sources"], label],
                "asked": [*held["asked"], asked],
            }
    found = sorted(slots.values(), key=lambda slot: slot.get("stage", 1))
    keys = [slot.get("key", slot["role"]) for slot in found]
    for slot, key in zip(found, keys, strict=True):
        slot["key"] = f"{key} ({slot['source']})" if keys.count(key) > 1 else key
    return found


def _findings(documents: Sequence[tuple[str, Document]]) -> Document | None:
    """The lowest severity from which an open finding blocks."""
    asking = [(label, d["findings"]["block"]) for label, d in documents if d.get("findings")]
    if not asking:
        return None
    block = min((block for _, block in asking), key=SEVERITIES.index)
    asked = [{"by": label, "why": f"from {block} on", "clause": ""} for label, block in asking]
    return {"block": block, "asked": asked}


def _shortest(documents: Sequence[tuple[str, Document]], part: str, key: str) -> Document | None:
    parts = [document.get(part) for _, document in documents]
    allowed = [part[key] for part in parts if part]
    return {key: min(allowed)} if len(allowed) == len(parts) else None


def _emergency(documents: Sequence[tuple[str, Document]]) -> Document | None:
    shortest = _shortest(documents, "emergency", "valid_hours")
    if shortest is None:
        return None
    parts = [document["emergency"] for _, document in documents]
    strictest = [part for part in parts if part["valid_hours"] == shortest["valid_hours"]]
    return shortest | {"approvers": sorted({part["approver"] for part in strictest})}


def _recertification(documents: Sequence[tuple[str, Document]]) -> Document | None:
    """Due as soon as the first policy wants it, and reviewed by whom that policy names."""
    asked = [d["recertification"] for _, d in documents if d.get("recertification")]
    if not asked:
        return None
    soonest = min(part["every_days"] for part in asked)
    strictest = [part for part in asked if part["every_days"] == soonest]
    return {
        "every_days": soonest,
        "grace_days": min(part["grace_days"] for part in asked),
        "reviewers": sorted({part["reviewer"] for part in strictest}),
    }


def _limits(terms: Sequence[Document]) -> list[Document]:
    """All of them, each once: two limits of one key both hold."""
    found: list[Document] = []
    for term in terms:
        found += [limit for limit in term.get("limits", []) if limit not in found]
    return found


def digest(document: Document) -> str:
    return digest_of(document)
