"""What a webhook must be like to be kept: its name, its address, what it wants, what signs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from accounts import mlflow_events, webhook_events
from accounts.models import Dialect
from accounts.webhook_events import Event
from lib.errors import Invalid
from lib.http.addresses import is_trusted, target_of, why_refused
from lib.http.signing import PREFIX

LONGEST_SECRET = 500
SHORTEST_KEY = 24
"""Bytes, as the Standard Webhooks specification asks."""


def events_of(dialect: str) -> dict[str, Event]:
    """What an address can be told in that dialect."""
    return mlflow_events.EVENTS if dialect == Dialect.MLFLOW else webhook_events.EVENTS


def checked(
    *, name: str, address: str, events: Sequence[str], description: str = "", dialect: str
) -> list[str]:
    """The events, each once. Raises Invalid naming each field that is wrong."""
    errors = {}
    if not 1 <= len(name.strip()) <= 120:
        errors["name"] = "from 1 to 120 characters"
    if len(description) > 1000:
        errors["description"] = "at most 1,000 characters"
    if dialect not in Dialect.values:
        errors["dialect"] = f"one of {', '.join(Dialect.values)}"
    if why := why_not_called(address):
        errors["address"] = why
    if unknown := sorted(set(events) - set(events_of(dialect))):
        errors["events"] = f"there is no event {', '.join(unknown)[:200]} in this dialect"
    if errors:
        first = errors.get("address") or next(iter(errors.values()))
        raise Invalid(f"The webhook cannot be kept so: {first}", errors=errors)
    return list(dict.fromkeys(events))


def differing(former: dict[str, Any], given: dict[str, Any], dialect: str) -> dict[str, Any]:
    """What is given, not None, and differs. Another order of the same events is no difference.
    Raises Invalid as ``checked`` does."""
    wanted = former | {field: value for field, value in given.items() if value is not None}
    wanted["events"] = checked(**wanted, dialect=dialect)
    wanted |= {field: wanted[field].strip() for field in ("name", "address", "description")}
    if set(wanted["events"]) == set(former["events"]):
        wanted["events"] = former["events"]
    return {field: value for field, value in wanted.items() if value != former[field]}


def why_not_called(address: str) -> str:
    """Why the address is never called, as far as it shows without looking its name up."""
    trusted = settings.WEBHOOK_PRIVATE_HOSTS
    try:
        target = target_of(address.strip(), private_hosts=trusted)
    except ValueError as error:
        return str(error)
    is_number = target.host.replace(".", "").isdigit() or ":" in target.host
    if is_number and (why := why_refused(target.host, trusted=is_trusted(target, trusted))):
        return f"{why}."
    return ""


def host_of(address: str) -> str:
    """All that an entry says of an address: the path and what follows it may hold a key of the
    receiver's, and an entry stays for ever."""
    return target_of(address, private_hosts=settings.WEBHOOK_PRIVATE_HOSTS).authority


def is_inside(address: str) -> bool:
    """Whether an operator named its host as one of the house's own."""
    trusted = settings.WEBHOOK_PRIVATE_HOSTS
    return is_trusted(target_of(address, private_hosts=trusted), trusted)


def check_secret(secret: str, dialect: str) -> None:
    """A secret that somebody brings along; an empty one says that nothing signs. Raises Invalid."""
    fault = _fault_of_mlflow(secret) if dialect == Dialect.MLFLOW else _fault_of_standard(secret)
    if fault:
        raise Invalid(f"That is no secret: {fault}.", errors={"secret": fault})


def _fault_of_mlflow(secret: str) -> str:
    """MLflow takes any text, and signs with its bytes."""
    if len(secret) > LONGEST_SECRET:
        return f"at most {LONGEST_SECRET} characters"
    return "" if not secret or secret.strip() else "blanks alone"


def _fault_of_standard(secret: str) -> str:
    wanted = f"{PREFIX} and at least {SHORTEST_KEY} bytes in base64"
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return wanted
    fits = secret.startswith(PREFIX) and SHORTEST_KEY <= len(key) <= LONGEST_SECRET
    return "" if fits else wanted
