"""What a policy says of the time after and around the checks: the terms of an authorization, and
what may be waived, promised for later, or done in an emergency. Pure.

What a policy does not mention it does not allow: nothing can be waived, no condition attached,
nothing released in an emergency.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from governance.policy.text import Node, Problems

Document = dict[str, Any]
SEVERITIES = ("low", "medium", "high", "critical")
KEYS = {"findings", "waivers", "conditions", "emergency", "recertification"}
LONGEST = 180


def parse(root: Node, problems: Problems, roles: Sequence[str]) -> Document:
    """The parts of a policy document that ``KEYS`` and ``authorization`` name; None for a part
    that is left out."""

    def part(key: str) -> Node | None:
        return root.child(key, problems) if root.has(key) else None

    found: Document = {
        "authorization": _authorization(root.child("authorization", problems), problems),
    }
    for key, read in _PARTS.items():
        node = part(key)
        found[key] = read(node, problems, roles) if node is not None else None
    return found


def _authorization(node: Node, problems: Problems) -> Document:
    node.only({"valid_days", "restrictions", "limits"}, problems)
    return {
        "valid_days": node.integer("valid_days", problems, low=1, high=3650),
        "restrictions": node.texts("restrictions", problems, optional=True),
        "limits": [_limit(item, problems) for item in node.items("limits", problems)],
    }


def _limit(node: Node, problems: Problems) -> Document:
    """A restriction on use that a machine can read: ``{key, value, text}``."""
    node.only({"key", "value", "text"}, problems)
    return {
        "key": node.text("key", problems, slug=True, longest=60),
        "value": node.scalar("value", problems),
        "text": node.text("text", problems, longest=LONGEST),
    }


def _findings(node: Node, problems: Problems, roles: Sequence[str]) -> Document:
    node.only({"block"}, problems)
    block = node.text("block", problems)
    if block and block not in SEVERITIES:
        problems.add(node, "block", f"from which severity on: {', '.join(SEVERITIES)}")
    return {"block": block}


def _waivers(node: Node, problems: Problems, roles: Sequence[str]) -> Document:
    """Which requirements of this policy may be waived: names of checks, kinds of documents,
    keys of criteria."""
    node.only({"of", "max_days", "approver"}, problems)
    return {
        "of": node.texts("of", problems),
        "max_days": node.integer("max_days", problems, low=1, high=365),
        "approver": _signing(node, "approver", problems, roles),
    }


def waivable(document: Document) -> dict[str, Document]:
    """What a requirement set lets be waived: the gate's key -> ``{max_days, approvers}``."""
    asked = {f"check:{check['key']}": check for check in document["checks"]}
    asked |= {f"document:{paper['kind']}": paper for paper in document["documents"]}
    asked |= {f"criterion:{one['key']}": one for one in document.get("criteria", ())}
    return {key: one["waiver"] for key, one in asked.items() if one.get("waiver")}


def _conditions(node: Node, problems: Problems, roles: Sequence[str]) -> Document:
    node.only({"max_days"}, problems)
    return {"max_days": node.integer("max_days", problems, low=1, high=365)}


def _emergency(node: Node, problems: Problems, roles: Sequence[str]) -> Document:
    node.only({"approver", "valid_hours"}, problems)
    return {
        "approver": _signing(node, "approver", problems, roles),
        "valid_hours": node.integer("valid_hours", problems, low=1, high=720),
    }


def _recertification(node: Node, problems: Problems, roles: Sequence[str]) -> Document:
    """How often, and for how many days after that day the authorization still holds."""
    node.only({"every_days", "grace_days", "reviewer"}, problems)
    return {
        "every_days": node.integer("every_days", problems, low=1, high=3650),
        "grace_days": node.integer("grace_days", problems, low=0, high=365, default=0),
        "reviewer": _signing(node, "reviewer", problems, roles),
    }


def _signing(node: Node, key: str, problems: Problems, roles: Sequence[str]) -> str:
    role = node.text(key, problems)
    if role and role not in roles:
        problems.add(node, key, f"“{role}” cannot sign; roles that can: {', '.join(roles)}")
    return role


_PARTS = {
    "findings": _findings,
    "waivers": _waivers,
    "conditions": _conditions,
    "emergency": _emergency,
    "recertification": _recertification,
}
