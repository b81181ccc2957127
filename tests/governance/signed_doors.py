"""For each signed act: something it can be done to, by whom, and what either door is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from governance.models import Authorization, Release, Waiver
from governance.services import emergencies, stopping, waivers
from governance.signed_acts import SignedAct
from tests import cast
from tests.governance.make import Bank, make_released, make_reviewable
from tests.web.acting import fresh, typed

WHY = "The reasons are known."


@dataclass(frozen=True)
class Doors:
    """``ids`` fill the addresses of the act; ``body`` is for REST, ``forms`` are by the page."""

    who: User
    ids: dict[str, Any]
    body: dict[str, Any]
    forms: dict[str, dict[str, str]] = field(default_factory=dict)

    def endpoint(self, act: SignedAct) -> str:
        """The address over REST."""
        return f"/api/v1/{re.sub(r'<[a-z]+:(.*?)>', self._id, act.endpoint)}"

    def page(self, name: str) -> str:
        """The address of the page ``name``."""
        taken = {"authorization": ("digest",), "release": ("release_id", "number")}
        keys = taken[name.partition("_")[0]]
        return reverse(f"admin:{name}", args=[self.ids[key] for key in keys if key in self.ids])

    def _id(self, found: re.Match[str]) -> str:
        return str(self.ids[found[1]])


def deciding(bank: Bank) -> Doors:
    release = make_reviewable(bank)
    form = typed(release, "officer", "approve", reason=WHY)
    return Doors(bank.people.rita, {"release_id": release.pk}, form, {"release": form})


def _asked(bank: Bank) -> Any:
    release = make_reviewable(bank, Performance="fail")
    petra = fresh(bank.people.petra).actor
    return emergencies.ask(release, incident="INC-7", reason=WHY, actor=petra)


def emergency(approved: bool) -> Callable[[Bank], Doors]:
    def made(bank: Bank) -> Doors:
        ids = {"release_id": _asked(bank).release_id}
        form = {"approved": "yes" if approved else "no", "reason": WHY}
        body = {"approved": approved, "reason": WHY}
        return Doors(bank.people.rita, ids, body, {"release_emergency_decide": form})

    return made


def reviewing(bank: Bank) -> Doors:
    asked = _asked(bank)
    issued = emergencies.approve(asked, reason=WHY, actor=fresh(bank.people.rita).actor)
    forms = {
        "release_emergency_review": {"ratified": "yes", "reason": WHY},
        "authorization_emergency": {"said": "ratify", "reason": WHY},
    }
    ids = {"release_id": asked.release_id, "digest": issued.digest}
    body = {"ratified": True, "reason": WHY}
    return Doors(cast.person("frank", "officer"), ids, body, forms)


def _waiver(bank: Bank) -> Waiver:
    release = make_reviewable(bank, Performance="fail")
    ada = fresh(bank.people.ada).actor
    return waivers.request(release, gate="check:Performance", days=9, reason=WHY, actor=ada)


def waiving(bank: Bank) -> Doors:
    waiver = _waiver(bank)
    ids = {"release_id": waiver.release_id, "number": waiver.number}
    form = {"granted": "yes", "reason": WHY}
    body = {"granted": True, "reason": WHY}
    return Doors(bank.people.rita, ids, body, {"release_waiver_decide": form})


def unwaiving(bank: Bank) -> Doors:
    waiver = _waiver(bank)
    waivers.decide(waiver, granted=True, reason=WHY, actor=fresh(bank.people.rita).actor)
    ids = {"release_id": waiver.release_id, "number": waiver.number}
    body = {"reason": WHY}
    return Doors(bank.people.rita, ids, body, {"release_waiver_revoke": body})


def standing(act: str, prepare: Callable[[Bank, Authorization], Any] | None = None) -> Any:
    """An act on an authorization that takes a reason alone."""

    def made(bank: Bank) -> Doors:
        issued = make_released(bank).authorization
        if prepare is not None:
            prepare(bank, issued)
        form = {"act": act, "reason": WHY}
        body = {"reason": WHY}
        return Doors(bank.people.rita, {"digest": issued.digest}, body, {"authorization_act": form})

    return made


def certifying(bank: Bank) -> Doors:
    issued = make_released(bank).authorization
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    said = {"outcome": "modify", "rationale": WHY, "finding_due_on": day}
    ids = {"digest": issued.digest}
    return Doors(bank.people.ravi, ids, said, {"authorization_review": said})


def _suspend(bank: Bank, issued: Authorization) -> None:
    stopping.suspend(issued, reason=WHY, actor=fresh(bank.people.rita).actor)


def _supersede(bank: Bank, issued: Authorization) -> Release:
    return make_released(bank)


CASES: dict[str, Callable[[Bank], Doors]] = {
    "decisions.decide": deciding,
    "emergencies.approve": emergency(True),
    "emergencies.decline": emergency(False),
    "emergencies.review": reviewing,
    "waivers.decide": waiving,
    "waivers.revoke": unwaiving,
    "stopping.suspend": standing("suspend"),
    "stopping.resume": standing("resume", _suspend),
    "authorizations.revoke": standing("revoke"),
    "stopping.retire": standing("retire"),
    "rolling_back.roll_back": standing("roll_back", _supersede),
    "recertifying.recertify": certifying,
}
