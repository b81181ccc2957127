"""The forms of the value page: what they take, and what they stand at."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest

from governance.models import Allocation, UseCase, ValueCase
from governance.services import allocations, value_cases
from governance.value.money import CURRENCIES
from governance.web.entries import Entries
from governance.web.fields import typed
from lib.actor import Actor
from lib.canonical import plain
from lib.errors import Invalid

CASE: Final = (*value_cases.FIELDS, "approver")
_START: Final = {"horizon_years": "3", "ramp_months": "0"}


def of_case(case: ValueCase | None) -> dict[str, str]:
    if case is None:
        return dict.fromkeys(CASE, "") | _START
    texts = {name: getattr(case, name) for name in value_cases.FIELDS}
    found = {name: "" if value is None else str(plain(value)) for name, value in texts.items()}
    return found | {"approver": case.approver.username if case.approver else ""}


def of_shares(use_case: UseCase) -> dict[str, str]:
    parts = percents(use_case, allocations.current(use_case))
    return {"shares": "\n".join(f"{unit}: {part}" for unit, part in parts), "reason": ""}


def percents(use_case: UseCase, allocation: Allocation | None) -> list[tuple[str, str]]:
    """Each business unit with its part."""
    parts = allocations.shares_of(use_case, allocation)
    return [(unit, f"{(part * 100).normalize():f}") for unit, part in parts.items()]


def _case(request: HttpRequest, use_case: UseCase, actor: Actor) -> str:
    entries = Entries(typed(request, CASE))
    fields: dict[str, Any] = {
        "currency": entries.choice("currency", CURRENCIES),
        "price_year": entries.whole("price_year", low=1990, high=2100),
        "starts_on": entries.day("starts_on"),
        "ramp_months": entries.whole("ramp_months", low=0, high=60, needed=True),
        "horizon_years": entries.whole("horizon_years", low=1, high=20, needed=True),
        "narrative": entries.text("narrative"),
        "approver": entries.text("approver", longest=150) or None,
        **{name: entries.amount(name) for name in value_cases.AMOUNTS},
    }
    if "currency" in entries.wrong:
        entries.wrong["currency"] = "a code of ISO 4217, such as EUR"
    entries.refuse()
    value_cases.set_value_case(use_case, actor=actor, **fields)
    return "The draft is kept. It counts once somebody else approves it."


def _approve(request: HttpRequest, use_case: UseCase, actor: Actor) -> str:
    given = typed(request, ("digest", "reason"))
    made = value_cases.approve_value_case(
        use_case, digest=given["digest"], reason=given["reason"], actor=actor
    )
    return f"Version {made.number} is approved and frozen. Figures are held against it from now on."


def _shares(request: HttpRequest, use_case: UseCase, actor: Actor) -> str:
    given = typed(request, ("shares", "reason"))
    made = allocations.share(
        use_case, shares=_parts(given["shares"]), reason=given["reason"], actor=actor
    )
    units = len(made.shares)
    return f"It is shared by {units} business unit{'' if units == 1 else 's'} from now on."


def _parts(text: str) -> dict[str, Decimal]:
    """Lines such as ``retail-lending: 60``, in percent. Raises Invalid."""
    found: dict[str, Decimal] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        unit, _, percent = (part.strip() for part in line.partition(":"))
        entries = Entries({"part": percent.removesuffix("%")})
        part = entries.amount("part")
        if not unit or part is None or unit in found:
            raise Invalid(
                "The shares cannot be read.",
                errors={"shares": f"“{line[:60]}”: a unit once, a colon, and its percent"},
            )
        found[unit] = part / 100
    if found and (together := sum(found.values(), Decimal(0)) * 100) != 100:
        raise Invalid(
            "The shares do not add up.",
            errors={"shares": f"together 100%, not {together.normalize():f}%"},
        )
    return found


ACTS: Final = {"case": _case, "approve": _approve, "shares": _shares}
