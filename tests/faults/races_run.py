"""One round of each race: what is there, who does what at once, and what may come of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import Any

from accounts.models import User
from audit.models import Entry
from governance.models import Authorization, Decision, Release
from governance.services import authorizations, releases, signed_verdicts, verdicts
from lib.actor import SYSTEM
from lib.errors import ImprimaturError
from registry.models import Alias
from tests import cast
from tests.governance.at_once import at_once
from tests.governance.make import ROBOT, Bank, make_bank, make_released, make_reviewable, sign

Round = tuple[str, list[str]]
"""Who was first, and sentences on what is wrong."""


def make_town() -> Bank:
    bank = make_bank(cast.people())
    cast.person("oscar", "officer")
    return bank


def oscar() -> User:
    return User.objects.get(username="oscar")


def both_last_signatures(bank: Bank) -> Round:
    """Each could miss the other's, and nobody would issue."""
    release, people = make_reviewable(bank), bank.people
    done = at_once(
        lambda: sign(release, people.ravi, "validator"),
        lambda: sign(release, people.rita, "officer"),
    )
    wrong = [str(one) for one in done if not isinstance(one, Decision)]
    last = release.decisions.order_by("signed_at").last()
    return last.slot if last else "nobody", wrong + released_once(release)


def two_for_the_last_slot(bank: Bank) -> Round:
    release, people = make_reviewable(bank), bank.people
    sign(release, people.ravi, "validator")
    done = at_once(
        lambda: sign(release, people.rita, "officer"),
        lambda: sign(release, oscar(), "officer"),
    )
    signed = [one for one in done if isinstance(one, Decision)]
    wrong = [] if len(signed) == 1 else [f"{len(signed)} signed for one slot"]
    return signed[0].signer.username if signed else "nobody", wrong + released_once(release)


def approve_or_reject(bank: Bank) -> Round:
    release, people = make_reviewable(bank), bank.people
    sign(release, people.ravi, "validator")
    approved, rejected = at_once(
        lambda: sign(release, people.rita, "officer"),
        lambda: sign(release, oscar(), "officer", outcome="reject"),
    )
    if isinstance(approved, Decision):
        wrong = [] if isinstance(rejected, ImprimaturError) else ["both were signed"]
        return "approve", wrong + released_once(release)
    wrong = [] if isinstance(rejected, Decision) else ["neither was signed"]
    return "reject", wrong + released_never(release, "rejected")


def approve_or_change_the_evidence(bank: Bank) -> Round:
    """The signature is on what was read before; the revision makes that void."""
    release, people = make_reviewable(bank), bank.people
    sign(release, people.ravi, "validator")
    digest = Release.objects.get(pk=release.pk).evidence_digest
    approved, revised = at_once(
        lambda: sign(release, people.rita, "officer", evidence_digest=digest),
        lambda: releases.revise(release, reason="new data", actor=ROBOT),
    )
    if isinstance(approved, Decision):
        wrong = [] if isinstance(revised, ImprimaturError) else ["signed, and revised after it"]
        return "approve", wrong + released_once(release)
    wrong = [] if isinstance(revised, Release) else [f"neither was done: {revised}"]
    wrong += released_never(release, "validating")
    if release.decisions.filter(revision__gt=1).exists():
        wrong.append("a signature counts for a revision that nobody read")
    releases.withdraw(release, reason="the round is over", actor=ROBOT)
    return "change", wrong


def revoke_or_ask(bank: Bank) -> Round:
    """A pipeline asks on and on while it is revoked: once denied it is never allowed again, and
    whoever asks after the revocation was confirmed is denied, signed or not. Nor does the trail
    tell of a signed allow after the revocation."""
    release = make_released(bank)
    held = Authorization.objects.get(release=release)
    confirmed = Event()
    asked = {"digest": held.version_digest, "environment": "production", "purpose": "decide"}
    answers: list[tuple[bool, bool]] = []

    def revoke() -> None:
        time.sleep(0.002)
        authorizations.revoke(held, reason="it is wrong", actor=bank.people.rita.actor)
        confirmed.set()

    def ask() -> None:
        after = 0
        while after < 3:
            late = confirmed.is_set()
            after += late
            answers.append((late, verdicts.verdict(**asked).allow))
            answers.append((late, signed_verdicts.issue(**asked, actor=SYSTEM).verdict.allow))

    failed = [str(one) for one in at_once(revoke, ask) if one is not None]
    allowed = [allow for _, allow in answers]
    wrong = failed + ["allowed after it was revoked" for late, allow in answers if late and allow]
    if sorted(allowed, reverse=True) != allowed:
        wrong.append("allowed again after a denial")
    held.refresh_from_db()
    if held.state != "revoked":
        wrong.append(f"it is {held.state}")
    wrong += allowed_late(held)
    return ("ask" if allowed[0] else "revoke"), wrong


def allowed_late(held: Authorization) -> list[str]:
    """Signed allows that stand in the trail after its revocation."""
    told = Entry.objects.filter(action="authorization.revoke", subject_key=held.digest).get()
    signed = Entry.objects.filter(
        action="verdict.issue", subject_key=held.version_digest, at__gt=told.at
    )
    later = [entry.content["details"]["verdict"] for entry in signed]
    return [f"the trail tells of {later.count('allow')} allows after it"] * ("allow" in later)


def two_champions(bank: Bank) -> Round:
    """While two releases of one model clear at once, one runs at every moment."""
    make_released(bank)
    rivals = [make_reviewable(bank), make_reviewable(bank)]
    for release in rivals:
        sign(release, bank.people.ravi, "validator")
    over, counts = Event(), []

    def watch() -> None:
        while not over.is_set():
            counts.append(Authorization.objects.on_own_terms().count())

    signed = iter(range(2))

    def issue(release: Release, who: User) -> Callable[[], Any]:
        def act() -> Any:
            try:
                return sign(release, who, "officer")
            finally:
                if next(signed) == 1:
                    over.set()

        return act

    done = at_once(issue(rivals[0], bank.people.rita), issue(rivals[1], oscar()), watch)
    wrong = [str(one) for one in done[:2] if not isinstance(one, Decision)]
    wrong += [f"{count} ran at once" for count in sorted(set(counts)) if count != 1]
    running = Authorization.objects.filter(state__in=("active", "suspended"))
    if running.count() != 1:
        return "nobody", [*wrong, f"{running.count()} run"]
    champion = Alias.objects.get(name="champion").version_id
    if champion != running.get().version_id:
        wrong.append("the alias points at another version")
    for release in rivals:
        wrong += released_once(release)
    return ("first" if running.get().release_id == rivals[0].pk else "second"), wrong


def released_once(release: Release) -> list[str]:
    """One authorization, one entry of its issue, and the release is released."""
    wrong = []
    if (state := Release.objects.get(pk=release.pk).state) != "released":
        wrong.append(f"{release.label} is {state}")
    digests = list(Authorization.objects.filter(release=release).values_list("pk", flat=True))
    told = Entry.objects.filter(action="authorization.issue", subject_key__in=digests).count()
    if (len(digests), told) != (1, 1):
        wrong.append(f"{len(digests)} authorizations, {told} entries")
    return wrong


def released_never(release: Release, state: str) -> list[str]:
    now = Release.objects.get(pk=release.pk).state
    wrong = [] if now == state else [f"{release.label} is {now}"]
    if Authorization.objects.filter(release=release).exists():
        wrong.append(f"{release.label} is authorized")
    return wrong


ROUNDS: dict[str, Callable[[Bank], Round]] = {
    "both last signatures": both_last_signatures,
    "two for the last slot": two_for_the_last_slot,
    "approve or reject": approve_or_reject,
    "approve or change the evidence": approve_or_change_the_evidence,
    "revoke or ask": revoke_or_ask,
    "two champions": two_champions,
}
