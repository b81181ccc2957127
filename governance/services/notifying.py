"""Who is told of what: one function for each kind of entry that somebody should hear of.

``hear`` is told of every entry in its transaction, so a notice stands or falls with what it is
about. A notice that cannot be written is logged and costs nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from accounts.models import User, WebhookEndpoint
from accounts.services.people import holders_of_role
from audit.models import Entry
from governance import gating, permissions
from governance.models import Authorization, Condition, Finding, Question, Release, Waiver
from governance.policy.terms import waivable
from governance.services import gates
from governance.services.notices import safely, tell
from governance.services.slots import case_of
from lib.actor import Scope

Teller = Callable[[Entry, dict[str, Any]], None]
ESCALATED_TO: Final = "officer"
"""The role that hears of what is overdue, where the policies name nobody for it."""
_TELLERS: Final[dict[str, Teller]] = {}


def _on(*actions: str) -> Callable[[Teller], Teller]:
    def register(teller: Teller) -> Teller:
        _TELLERS.update(dict.fromkeys(actions, teller))
        return teller

    return register


def hear(entry: Entry) -> None:
    teller = _TELLERS.get(entry.action)
    if teller is None:
        return
    safely(lambda: teller(entry, entry.content["details"]), f"{entry.action} {entry.pk}")


def review_began(release: Release) -> None:
    """In the transaction in which the release goes to review."""
    safely(lambda: tell_awaited(release), f"the review of {release.label}")


def page_of(release: Release) -> str:
    return f"/releases/{release.pk}/"


def page_of_finding(finding: Finding) -> str:
    return f"/findings/{finding.number}/"


def those_who_asked(release: Release) -> list[User]:
    """The people among the requesters of all revisions; for a token, the model's owners."""
    asked = User.objects.filter(pseudonym__in=release.stakes["requesters"], is_active=True)
    return list(asked) or owners(release)


def owners(release: Release) -> list[User]:
    found = (release.version.model.owner, release.use_case.owner)
    return [person for person in found if person is not None]


def may_decide(release: Release, roles: Iterable[str]) -> list[User]:
    """Those who hold one of the roles here and have no stake in the release."""
    case = case_of(release)
    return [
        person
        for person in holders_of_role(roles, *release.scopes)
        if not permissions.stake_in(person.actor, case)
    ]


def may_let_run(release: Release) -> list[User]:
    """Those whom the policies name for emergencies, and who have no stake in this one."""
    rule = release.requirement_set.document.get("emergency") or {}
    return may_decide(release, rule.get("approvers", ()))


def awaited(release: Release) -> dict[str, list[User]]:
    """Slot -> who could fill it now: unfilled, its stage come, nothing that bars them."""
    facts = gates.facts_of(release)
    specs = gating.slots(release.requirement_set.document, facts)
    case = case_of(release)
    people = holders_of_role({spec.role for spec in specs}, *release.scopes)
    found = {}
    for spec in specs:
        filled = len(gating.approvals(spec.key, facts)) >= spec.needed
        if filled or gating.waits_for(spec, specs, facts) is not None:
            continue
        found[spec.title] = [
            person
            for person in people
            if not permissions.why_not(
                person.actor, role=spec.role, role_title=spec.title, case=case, line=spec.line
            )
        ]
    return found


def tell_awaited(release: Release) -> None:
    """Everybody who could sign now is told, once for each slot of a revision."""
    for title, people in awaited(release).items():
        tell(
            people,
            kind="slot.awaits",
            key=f"{release.pk}:{release.revision}:{title}",
            text=f"{release} awaits a signature: {title}.",
            address=page_of(release),
        )


def _release(key: str) -> Release:
    rows = Release.objects.select_related(
        "version__model__owner", "environment", "use_case__owner", "requirement_set", "purpose"
    )
    return rows.get(pk=key)


@_on("release.approve", "release.approve_with_conditions", "release.abstain")
def _signed(entry: Entry, details: dict[str, Any]) -> None:
    """The next stage may have come, and whoever owes something is told of it."""
    release = _release(entry.subject_key)
    tell_awaited(release)
    for one in Condition.objects.filter(decision=details["decision"]).select_related("owner"):
        tell(
            [one.owner],
            kind="condition.given",
            key=str(one.pk),
            text=f"A condition of {release} is yours, due {one.due_at:%-d %B %Y}: {one.text}",
            address=page_of(release),
        )


@_on("release.reject", "release.request_changes")
def _sent_back(entry: Entry, details: dict[str, Any]) -> None:
    release = _release(entry.subject_key)
    done = "was rejected" if entry.action == "release.reject" else "was sent back for changes"
    tell(
        those_who_asked(release),
        kind="release.decided",
        key=f"{entry.pk}",
        text=f"{release} {done}.",
        address=page_of(release),
    )


@_on(
    "authorization.issue",
    "authorization.suspend",
    "authorization.resume",
    "authorization.revoke",
    "authorization.retire",
)
def _authorized(entry: Entry, details: dict[str, Any]) -> None:
    row = Authorization.objects.select_related("release").get(pk=entry.subject_key)
    release = _release(str(row.release_id))
    done = {
        "issue": "is released: it is authorized",
        "suspend": "is suspended: it allows nothing for now",
        "resume": "is authorized again",
        "revoke": "has lost its authorization",
        "retire": "is retired",
    }[entry.action.partition(".")[2]]
    tell(
        {*those_who_asked(release), *owners(release)},
        kind="release.decided",
        key=f"{entry.pk}",
        text=f"{release} {done}.",
        address=page_of(release),
    )


@_on("question.ask", "question.answer", "question.ask_again")
def _questioned(entry: Entry, details: dict[str, Any]) -> None:
    release = _release(entry.subject_key)
    row = Question.objects.select_related("asked_by", "asked_of").get(
        release=release, number=details["question"]
    )
    answered = entry.action == "question.answer"
    what = "was answered: say whether that will do" if answered else "waits for an answer"
    answering = [row.asked_of] if row.asked_of is not None else those_who_asked(release)
    tell(
        [row.asked_by] if answered else answering,
        kind="question.answered" if answered else "question.asked",
        key=f"{entry.pk}",
        text=f"Question {row.number} about {release} {what}.",
        address=page_of(release),
    )


@_on("waiver.request", "waiver.grant", "waiver.refuse", "waiver.revoke")
def _waived(entry: Entry, details: dict[str, Any]) -> None:
    release = _release(entry.subject_key)
    row = Waiver.objects.select_related("requested_by").get(
        number=int(details["waiver"].partition("-")[2])
    )
    if entry.action == "waiver.request":
        terms = waivable(release.requirement_set.document).get(row.gate, {})
        found = may_decide(release, terms.get("approvers", ()))
        people = [one for one in found if one.pk != row.requested_by_id]
        what = "awaits a decision"
    else:
        people, what = [row.requested_by], f"is {row.state}"
    tell(
        people,
        kind="waiver.awaits" if entry.action == "waiver.request" else "waiver.decided",
        key=f"{entry.pk}",
        text=f"{row.label}, a waiver of “{row.gate}” for {release}, {what}.",
        address=page_of(release),
    )


@_on("finding.raise", "finding.send_back", "finding.reopen", "finding.resolve", "finding.rebut")
def _found(entry: Entry, details: dict[str, Any]) -> None:
    rows = Finding.objects.select_related("model", "owner")
    row = rows.get(number=entry.subject_key)
    if entry.action in ("finding.resolve", "finding.rebut"):
        people = list(User.objects.filter(pseudonym=row.raised_by))
        what = f"is {row.state}: somebody who does not own it looks at it"
    else:
        people, what = [row.owner], f"is yours, to be mended by {row.due_on:%-d %B %Y}"
    tell(
        people,
        kind="finding.assigned" if people == [row.owner] else "finding.answered",
        key=f"{entry.pk}",
        text=f"{row.label} of {row.model.name}, “{row.title}”, {what}.",
        address=page_of_finding(row),
    )


@_on("condition.meet", "condition.reopen")
def _promised(entry: Entry, details: dict[str, Any]) -> None:
    rows = Condition.objects.select_related("release", "owner", "decision__signer")
    row = rows.get(release__pk=entry.subject_key, number=details["condition"])
    met = entry.action == "condition.meet"
    what = "is said to be met: verify it" if met else "was sent back: it is not met yet"
    tell(
        [row.decision.signer if met else row.owner],
        kind="condition.met" if met else "condition.reopened",
        key=f"{entry.pk}",
        text=f"Condition {row.number} of {row.release.label} {what}.",
        address=page_of(row.release),
    )


@_on("emergency.ask", "emergency.approve")
def _urgent(entry: Entry, details: dict[str, Any]) -> None:
    release = _release(entry.subject_key)
    asked = entry.action == "emergency.ask"
    what = "is asked for: a second person decides" if asked else "runs: a third person ratifies it"
    people = [one for one in may_let_run(release) if one.pseudonym != entry.actor_id]
    tell(
        people,
        kind="emergency.asked" if asked else "emergency.to_ratify",
        key=f"{entry.pk}",
        text=f"Emergency {details['incident']} of {release} {what}.",
        address=page_of(release),
    )


@_on("webhook.disable", "webhook.change")
def _unheard(entry: Entry, details: dict[str, Any]) -> None:
    """When the server stopped it, or somebody else sent it elsewhere: whoever did it knows."""
    row = WebhookEndpoint.objects.select_related("made_by").get(pk=entry.subject_key)
    person, moved = row.made_by, "address" in details.get("changed", ())
    known = person is not None and entry.actor_id == person.pseudonym
    if not (details.get("by_itself") or (moved and not known)):
        return
    what = f"is told at {details['host']} now." if moved else f"was stopped. {row.why_disabled}"
    tell(
        [person] if person is not None and person.is_active else holders_of_role(["operator"]),
        kind="webhook.moved" if moved else "webhook.stopped",
        key=f"{entry.pk}",
        text=f"The webhook {row.name} {what}",
        address=f"/webhooks/{row.pk}/",
    )


def officers(scopes: Iterable[Scope]) -> list[User]:
    """The second line's officers there, whom what is overdue is told as well: those of ``scopes``
    and of the whole house, and of no other unit."""
    return holders_of_role([ESCALATED_TO], *scopes)
