"""Policies: read from YAML with line-exact errors, matched, joined and put into words.

Pure: no Django. A policy document is a plain dict::

    {policy, title, applies: {tiers, environments, purposes?},
     checks: [{check, name, parameters, threshold, on_inconclusive, limits?}],
     documents: [{kind, title}],
     decisions: [{role, count, title}],
     evidence_max_age_days, review_days, authorization: {valid_days, restrictions}}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from governance.policy_text import Node, PolicyError, Problems, compose
from governance.threshold_words import threshold_in_words
from lib.canonical import digest_of

Document = dict[str, Any]
NAME, TITLE = 80, 180  # what gates and lists have room for
ON_INCONCLUSIVE = ("block", "second_signature")
CHECK_KEYS = {
    "check",
    "name",
    "why",
    "parameters",
    "threshold",
    "on_inconclusive",
    "second_signer",
    "conditional_days",
    "limits",
}
KEYS = {
    "policy",
    "title",
    "applies",
    "checks",
    "documents",
    "decisions",
    "evidence_max_age_days",
    "review_days",
    "authorization",
}
_DEFAULTS = {"evidence_max_age_days": 90, "review_days": 5}

LIMITS = {"seconds": (1, 86_400), "memory_mib": (256, 1_048_576)}

ValidateCheck = Callable[[str, Document, Document], list[tuple[str, str, str]]]


def parse(source: str, *, roles: Sequence[str], validate_check: ValidateCheck) -> Document:
    """The document in ``source``. Raises PolicyError listing every problem with line and key.

    ``roles`` are the roles that may hold a decision slot. ``validate_check(check, parameters,
    threshold)`` returns what is wrong with a check: in which key, in which key of that, a sentence.
    """
    root, problems = compose(source), Problems()
    root.only(KEYS, problems)
    document: Document = {
        "policy": root.text("policy", problems, slug=True, longest=60),
        "title": root.text("title", problems, longest=TITLE),
        "applies": _applies(root.child("applies", problems), problems),
        "checks": [
            _check(node, problems, roles, validate_check) for node in root.items("checks", problems)
        ],
        "documents": [_document(node, problems) for node in root.items("documents", problems)],
        "decisions": [
            _decision(node, problems, roles) for node in root.items("decisions", problems)
        ],
        "authorization": _authorization(root.child("authorization", problems), problems),
    }
    for key, default in _DEFAULTS.items():
        document[key] = root.integer(key, problems, low=1, high=3650, default=default)
    _unique(document, root, problems)
    problems.raise_if_any()
    return document


def _applies(node: Node, problems: Problems) -> Document:
    node.only({"tiers", "environments", "purposes"}, problems)
    return {
        "tiers": node.integers("tiers", problems, low=1, high=3),
        "environments": node.texts("environments", problems),
        "purposes": node.texts("purposes", problems, optional=True),
    }


def _check(
    node: Node, problems: Problems, roles: Sequence[str], validate_check: ValidateCheck
) -> Document:
    node.only(CHECK_KEYS, problems)
    check = node.text("check", problems)
    parameters = node.mapping("parameters", problems)
    threshold = node.mapping("threshold", problems)
    on_inconclusive = node.text("on_inconclusive", problems, default="block")
    if on_inconclusive not in ON_INCONCLUSIVE:
        problems.add(node, "on_inconclusive", f"one of {', '.join(ON_INCONCLUSIVE)}")
    second = node.text("second_signer", problems, default="")
    if on_inconclusive == "second_signature" and second not in roles:
        problems.add(node, "second_signer", f"who signs then? One of {', '.join(roles)}")
    for key, inner, sentence in validate_check(check, parameters, threshold) if check else ():
        place = (node.within(key), inner) if inner else (node, key)
        problems.add(*place, sentence)
    limits = _limits(node, problems)
    return {
        **({"limits": limits} if limits else {}),
        "second_signer": second,
        "conditional_days": node.integer("conditional_days", problems, low=1, high=365, default=90),
        "check": check,
        "name": node.text("name", problems, default=check, longest=NAME),
        "why": node.text("why", problems, default=""),
        "parameters": parameters,
        "threshold": threshold,
        "on_inconclusive": on_inconclusive,
    }


def _limits(node: Node, problems: Problems) -> dict[str, int]:
    """What the check may take where that is said: ``{seconds, memory_mib}``, one or both."""
    given = node.mapping("limits", problems)
    if not given:
        return {}
    within = node.within("limits")
    within.only(set(LIMITS), problems)
    return {
        key: within.integer(key, problems, low=low, high=high)
        for key, (low, high) in LIMITS.items()
        if key in given
    }


def _document(node: Node, problems: Problems) -> Document:
    node.only({"kind", "title", "why"}, problems)
    kind = node.text("kind", problems, slug=True)
    return {
        "kind": kind,
        "title": node.text("title", problems, default=kind.replace("_", " "), longest=TITLE),
        "why": node.text("why", problems, default=""),
    }


def _decision(node: Node, problems: Problems, roles: Sequence[str]) -> Document:
    node.only({"role", "count", "title", "why"}, problems)
    role = node.text("role", problems)
    if role and role not in roles:
        problems.add(node, "role", f"“{role}” cannot sign; roles that can: {', '.join(roles)}")
    return {
        "role": role,
        "count": node.integer("count", problems, low=1, high=9, default=1),
        "title": node.text("title", problems, default=role, longest=NAME),
        "why": node.text("why", problems, default=""),
    }


def _authorization(node: Node, problems: Problems) -> Document:
    node.only({"valid_days", "restrictions"}, problems)
    return {
        "valid_days": node.integer("valid_days", problems, low=1, high=3650),
        "restrictions": node.texts("restrictions", problems, optional=True),
    }


def _unique(document: Document, root: Node, problems: Problems) -> None:
    for key, field in (("checks", "name"), ("documents", "kind"), ("decisions", "role")):
        seen: set[str] = set()
        for item in document[key]:
            if item[field] in seen:
                problems.add(root, key, f"“{item[field]}” stands twice; give each its own {field}")
            seen.add(item[field])
    if not document["decisions"]:
        problems.add(root, "decisions", "somebody has to decide: name at least one role")


# ------------------------------------------------------------------------------------------------


def matches(document: Document, *, tier: int, environment: str, purpose: str) -> bool:
    applies = document["applies"]
    return (
        tier in applies["tiers"]
        and environment in applies["environments"]
        and (not applies["purposes"] or purpose in applies["purposes"])
    )


def join(documents: Sequence[tuple[str, Document]]) -> Document:
    """The requirement set of ``documents`` ((label, document) pairs): most restrictive wins (R8).

    Every check of every policy is required; documents are joined by kind, decisions by role with
    the larger count; ages and validity by the shorter.
    """
    checks: list[Document] = []
    papers: dict[str, Document] = {}
    slots: dict[str, Document] = {}
    for label, document in documents:
        for check in document["checks"]:
            checks.append({**check, "source": label})
        for paper in document["documents"]:
            papers.setdefault(paper["kind"], {**paper, "source": label})
        for slot in document["decisions"]:
            held = slots.get(slot["role"])
            if held is None or slot["count"] > held["count"]:
                slots[slot["role"]] = {**slot, "source": label}
    names = [check["name"] for check in checks]
    for check in checks:
        repeated = names.count(check["name"]) > 1
        check["key"] = f"{check['name']} ({check['source']})" if repeated else check["name"]
    return {
        "policies": [label for label, _ in documents],
        "checks": checks,
        "documents": list(papers.values()),
        "decisions": list(slots.values()),
        "evidence_max_age_days": min(d["evidence_max_age_days"] for _, d in documents),
        "review_days": min(d["review_days"] for _, d in documents),
        "authorization": {
            "valid_days": min(d["authorization"]["valid_days"] for _, d in documents),
            "restrictions": sorted(
                {text for _, d in documents for text in d["authorization"]["restrictions"]}
            ),
        },
    }


def digest(document: Document) -> str:
    return digest_of(document)


# In words ---------------------------------------------------------------------------------------


def reading(document: Document) -> list[str]:
    """The policy in plain English, a sentence each."""
    applies = document["applies"]
    tiers = " or ".join(str(tier) for tier in applies["tiers"])
    where = " or ".join(applies["environments"])
    purposes = f" for {' or '.join(applies['purposes'])}" if applies["purposes"] else ""
    sentences = [f"It applies to tier {tiers} models going to {where}{purposes}."]
    for check in document["checks"]:
        line = f"{check['name']}: {threshold_in_words(check['threshold'])}."
        if check["on_inconclusive"] == "second_signature":
            line += (
                f" Too close to call needs a second signature ({check['second_signer']}) and then"
                f" holds for {check['conditional_days']} days."
            )
        sentences.append(line + _limited(check.get("limits", {})))
    if document["documents"]:
        titles = ", ".join(paper["title"] for paper in document["documents"])
        sentences.append(f"These documents must be attached: {titles}.")
    for slot in document["decisions"]:
        people = "person" if slot["count"] == 1 else "different people"
        sentences.append(f"{slot['count']} {people} must approve as {slot['title']}.")
    sentences.append(
        f"Evidence counts for {document['evidence_max_age_days']} days; reviewers have "
        f"{document['review_days']} days; an authorization lasts "
        f"{document['authorization']['valid_days']} days."
    )
    sentences += [f"Restriction: {text}." for text in document["authorization"]["restrictions"]]
    return sentences


def _limited(limits: Document) -> str:
    """ " It may take 60 seconds and 2,048 MiB of memory."; "" where nothing is said."""
    told = []
    if "seconds" in limits:
        told.append(f"{limits['seconds']:,} second{'' if limits['seconds'] == 1 else 's'}")
    if "memory_mib" in limits:
        told.append(f"{limits['memory_mib']:,} MiB of memory")
    return f" It may take {' and '.join(told)}." if told else ""


__all__ = ["PolicyError", "digest", "join", "matches", "parse", "reading", "threshold_in_words"]
