"""What there is to be named in a running system: what it lists itself, and a few texts by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

_MODELS, _VERSIONS = ("models", "name"), ("versions", "number")
LISTED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    # field of a call -> lists below /api/v1, and the member of their items that it names
    "name": (_MODELS, ("datasets", "name")),
    "model": (_MODELS,),
    "number": (_VERSIONS, ("releases", "number"), ("findings", "number"), ("policies", "number")),
    "version": (_VERSIONS,),
    "slug": (("use-cases", "slug"), ("policies", "slug")),
    "use_case": (("use-cases", "slug"),),
    "business_unit": (("use-cases", "business_unit"),),
    "digest": (("authorizations", "digest"), ("releases", "digest"), ("versions", "digest")),
    "artifact": (("versions", "digest"),),
    "evidence_digest": (("releases", "evidence_digest"),),
    "release_id": (("releases", "id"),),
    "webhook_id": (("webhooks", "id"),),
    "deployment_id": (("deployments", "id"),),
    "run_id": (("runs", "id"),),
    "run": (("runs", "id"),),
    "entry_id": (("audit/entries", "id"),),
    "export_id": (("audit/exports", "id"),),
    "environment": (("environments", "name"),),
    "regime": (("regimes", "key"),),
    "role": (("roles", "role"),),
}
BY_HAND: Final[Mapping[str, tuple[Any, ...]]] = {
    "purpose": ("credit-decisioning",),
    "username": ("elena", "petra"),
    "owner": ("ada", "rita", "bo", "elena"),
    "alias": ("champion", "best", "latest", "v1"),
    "stage": ("Production", "Staging", "Archived", "None"),
    "key": ("team", "a.b", "mlflow.note"),
    "source": ("s3://bucket/model", "models:/mortgage-approval/1", "models:/m@best"),
    "filter": (
        "name = 'mortgage-approval'",
        "name LIKE '%m%' AND tag.`a.b` != 'x'",
        "version_number >= 1 AND name ILIKE '%'",
        "run_id IN ('a', 'b')",
        "tags.team = 'x",
    ),
    "order_by": ("name DESC", "version_number", "last_updated_timestamp DESC", "colour"),
    "path": ("versions/mortgage-approval/1/model.onnx", "versions/mortgage-approval", "a/../b"),
    "rest": ("0/000", "0/000.p/1", "entries/0", "1/x001/000"),
    "state": ("in_review", "sealed", "active", "open"),
    "gate": ("validation", "sign-off"),
    "severity": ("high", "low"),
    "tag": ("team=x", "team"),
    "subject": ("release:1", "model:mortgage-approval", "model_version:mortgage-approval/1"),
    "at": ("2026-11-22T12:00:00Z", "2026-11-22"),
    "until": ("2126-11-22T12:00:00Z", "2126-11-22"),
    "due_on": ("2126-11-22",),
    # Nobody answers there, whoever is allowed to ask.
    "url": ("https://nowhere.invalid/hook", "http://127.0.0.1:9/", "ftp://nowhere.invalid"),
    "address": ("https://nowhere.invalid/hook", "http://127.0.0.1:9/", "x"),
}


def known(read: Callable[[str], Any], password: str = "") -> dict[str, list[Any]]:
    """Values by the name of their field. ``read`` gets a JSON document below /api/v1, None where it
    gets none."""
    found: dict[str, list[Any]] = {name: list(values) for name, values in BY_HAND.items()}
    lists: dict[str, list[dict[str, Any]]] = {}
    for name, places in LISTED.items():
        for address, member in places:
            if address not in lists:
                lists[address] = list(_items(read(address)))
            values = [item[member] for item in lists[address] if item.get(member)]
            found.setdefault(name, []).extend(dict.fromkeys(values))
    # Most often those of the example, which have been through much; the rest was made by the storm.
    for name in ("name", "model"):
        found[name] += ["mortgage-approval"] * (len(found[name]) + 1)
    if password:
        found["password"] = [password]
    return found


def _items(document: Any) -> Iterable[dict[str, Any]]:
    items = document.get("items", []) if isinstance(document, dict) else document or []
    return (item for item in items if isinstance(item, dict))
