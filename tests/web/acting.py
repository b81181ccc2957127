"""What somebody does on the release page: forms sent to it as a browser would."""

from __future__ import annotations

import re
from typing import Any

from accounts.models import User
from governance.models import Release
from tests.cast import PASSWORD
from tests.web.conftest import signed_in

TERMS = """
findings: {block: high}
waivers: {of: [Performance], max_days: 30, approver: officer}
conditions: {max_days: 60}
emergency: {approver: officer, valid_hours: 12}
"""


def fresh(who: User) -> User:
    """As the database knows them now: roles are kept with the object."""
    return User.objects.get(pk=who.pk)


def page(who: User, release: Release) -> str:
    return signed_in(fresh(who)).get(f"/releases/{release.pk}/").content.decode()


def do(who: User, release: Release, act: str, **fields: str) -> Any:
    """Sends the form of ``act`` (``questions/1/answer``) with the password, which acts that are not
    signed leave alone, and goes where the answer leads."""
    form = {"password": PASSWORD} | fields
    return signed_in(fresh(who)).post(f"/releases/{release.pk}/{act}/", form, follow=True)


def typed(release: Release, slot: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {
        "slot": slot,
        "outcome": outcome,
        "meaning": "approval",
        "reason": "The evidence is complete.",
        "evidence_digest": Release.objects.get(pk=release.pk).evidence_digest,
    } | more


def shown_in(answer: Any) -> str:
    """The digest of what was shown, from the page with the statement; empty on another page."""
    found = re.search(r'name="shown" value="(\w+)"', answer.content.decode())
    return found[1] if found else ""


def sign_on_page(
    who: User, release: Release, slot: str, outcome: str = "approve", **more: Any
) -> Any:
    """Reads what would be signed, then signs it; or the answer that came instead."""
    client, address = signed_in(fresh(who)), f"/releases/{release.pk}/"
    form = typed(release, slot, outcome, **more)
    read = client.post(address, form)
    shown = shown_in(read)
    if not shown:
        return read
    return client.post(address, form | {"shown": shown, "password": PASSWORD}, follow=True)
