"""What the datasets declare of personal data: the body of ``privacy.declarations``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from governance.checks.base import JSON, Check, CheckInput, Evidence
from governance.checks.engine import answerable, items
from governance.checks.engine.items import Item, held


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    now = answerable.when(data.case.get("as_of"), "as_of")
    told: list[Item] = []
    for one in answerable.uses(data):
        name = str(one.get("name") or "unnamed")
        personal = answerable.is_personal(one)
        told.append(
            held(
                "personal_data", True if personal is not None else None,
                f"{name} states what personal data it holds ({one.get('personal_data')}).",
                f"{name} does not state whether it holds personal data.", subject=name,
            )
        )  # fmt: skip
        told.append(answerable.consent(one))
        if personal is False:
            continue
        told.append(
            held(
                "purpose", bool(str(one.get("purpose") or "").strip()),
                f"{name} states for what purpose its data were collected.",
                f"{name} does not state for what purpose its data were collected.", subject=name,
            )
        )  # fmt: skip
        told.append(_retention(name, one, personal, now))
    return items.evidence(check, settled, seed, told)


def _retention(
    name: str, one: Mapping[str, Any], personal: bool | None, now: datetime | None
) -> Item:
    until = answerable.when(one.get("retain_until"), "datasets.retain_until")
    if until is None and not str(one.get("retention") or "").strip():
        state = items.BROKEN if personal else items.UNKNOWN
        return Item("retention", state, f"{name} does not state how long it may be kept.", name)
    if until is None:
        return Item("retention", items.MET, f"{name} states how long it may be kept.", name)
    if now is None:
        bad = f"Whether {name} may still be kept is not known."
        return Item("retention", items.UNKNOWN, bad, name)
    day = f"{until:%-d %B %Y}"
    good, bad = f"{name} may be kept until {day}.", f"{name} was to be deleted by {day}."
    return held("retention", now <= until, good, bad, subject=name)
