"""Policies read from YAML, with line-exact errors. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from governance.policy import demands, terms
from governance.policy.text import Node, Problems, compose

Document = dict[str, Any]
NAME, TITLE = 80, 180  # what gates and lists have room for
ON_INCONCLUSIVE = ("block", "second_signature")
CHECK_KEYS = {
    "check",
    "clause",
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
    *demands.KEYS,
    *terms.KEYS,
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
        "criteria": demands.parse(root, problems),
        **terms.parse(root, problems, roles),
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
        **_grounds(node, problems),
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
    node.only({"kind", "title", "why", "clause"}, problems)
    kind = node.text("kind", problems, slug=True)
    return {
        "kind": kind,
        "title": node.text("title", problems, default=kind.replace("_", " "), longest=TITLE),
        **_grounds(node, problems),
    }


def _decision(node: Node, problems: Problems, roles: Sequence[str]) -> Document:
    """A slot. Without a stage all slots are signed in any order; a later one waits for those of
    the stages before it."""
    node.only({"key", "role", "line", "count", "stage", "title", "why", "clause"}, problems)
    role = node.text("role", problems)
    if role and role not in roles:
        problems.add(node, "role", f"“{role}” cannot sign; roles that can: {', '.join(roles)}")
    return {
        "key": node.text("key", problems, slug=True, default=role, longest=60),
        "role": role,
        "line": node.integer("line", problems, low=1, high=3, default=0),
        "count": node.integer("count", problems, low=1, high=9, default=1),
        "stage": node.integer("stage", problems, low=1, high=9, default=1),
        "title": node.text("title", problems, default=role, longest=NAME),
        **_grounds(node, problems),
    }


def _grounds(node: Node, problems: Problems) -> dict[str, str]:
    """Why something is asked for, and which clause of which regime asks for it."""
    return {
        "why": node.text("why", problems, default=""),
        "clause": node.text("clause", problems, default="", longest=TITLE),
    }


def _unique(document: Document, root: Node, problems: Problems) -> None:
    for key, field in (("checks", "name"), ("documents", "kind"), ("decisions", "key")):
        seen: set[str] = set()
        for item in document[key]:
            if item[field] in seen:
                problems.add(root, key, f"“{item[field]}” stands twice; give each its own {field}")
            seen.add(item[field])
    named = {check["name"] for check in document["checks"]}
    named |= {paper["kind"] for paper in document["documents"]} | set(document["criteria"])
    for name in (document["waivers"] or {"of": ()})["of"]:
        if name not in named:
            problems.add(
                root.within("waivers"), "of", f"“{name}” is no check, document or criterion here"
            )
    if not document["decisions"]:
        problems.add(root, "decisions", "somebody has to decide: name at least one role")
