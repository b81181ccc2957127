"""What is decided about so many models: policies, releases with their gates, and authorizations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from accounts.models import RoleAssignment, ServiceToken, WebhookDelivery, WebhookEndpoint
from config.scale import owed
from config.scale.copying import Kind, copy
from config.scale.counts import Counts, digest, key, of_release
from config.scale.decided import Decided
from governance.models import (
    Authorization,
    CheckRun,
    Condition,
    Decision,
    Delegation,
    Dossier,
    Finding,
    Gate,
    Holiday,
    Notice,
    Policy,
    PolicyVersion,
    Question,
    Release,
    ValidationRun,
    Waiver,
)
from jobs.models import Job

FILLED: Final[tuple[Kind, ...]] = (
    *(RoleAssignment, ServiceToken, WebhookEndpoint, WebhookDelivery, Job),
    *(Policy, PolicyVersion, Release, Gate, ValidationRun, CheckRun, Decision, Authorization),
    *(Condition, Question, Waiver, Finding, Dossier, Notice, Delegation, Holiday),
)


def copies(one: Decided, given: Mapping[str, Any], said: Callable[[str], None]) -> None:
    """``given``: how many models, people and use cases there are, and the keys they begin at."""
    counts = Counts(given)
    governed = (_policies, _releases, _authorizations)
    others = (owed.promises, owed.findings, owed.people, owed.told, owed.sent)
    for step in (*governed, *others):
        said(step(one, counts))


def _policies(one: Decided, counts: Counts) -> str:
    """Thirty policies with a dozen versions each, of which one is published: as drafts would match
    nobody, and all published would be joined for every release."""
    policy, version = one.policy.policy, one.policy
    own = counts.given | {"policy": policy.pk, "own": version.pk}
    named = {"slug": "'made-up-' || i", "title": "'Made-up policy ' || i"}
    made = copy(policy, 29, {"id": "%(policy)s + i"} | named, own)
    changes = {
        "id": "%(own)s + i",
        "policy_id": "%(policy)s + 1 + i %% 29",
        "number": "1 + i / 29",
        "state": "CASE WHEN i / 29 = 10 THEN 'published' ELSE 'withdrawn' END",
        "withdrawn_at": "CASE WHEN i / 29 = 10 THEN NULL ELSE now() END",
        "document": "jsonb_set(source.document, '{policy}', "
        " to_jsonb('made-up-' || (1 + i %% 29)::text))",
        "digest": digest("policy"),
    }
    made += copy(version, 29 * 11 - 1, changes, own)
    return f"{made:,} policies and versions of them"


def _releases(one: Decided, counts: Counts) -> str:
    """The first are open, a few were given up, and the rest came through: the newest of a model is
    the last of it. Which version it is of is one of the model's sealed ones."""
    model = "%(base)s + i %% %(models)s"
    place = "i %% %(models)s %% %(use_cases)s"
    its = f"registry_modelversion v WHERE v.model_id = {model} AND v.state = 'sealed'"
    which = "1 + (%(releases)s - i) / %(models)s %% greatest(count(*), 1)"
    version = f"(SELECT (array_agg(v.id ORDER BY v.number DESC))[{which}] FROM {its})"  # noqa: S608
    open_as = (
        "(ARRAY['in_review','in_review','in_review','in_review','in_review','in_review',"
        "'blocked','blocked','validating','changes_requested'])[1 + i %% 10]"
    )
    is_open, given_up = "i <= %(open)s", "i <= %(undecided)s"
    asked = "now() - (%(releases)s - i) * interval '25 minutes'"
    changes = {
        "id": key("release"),
        "number": "1 + i",
        "version_id": version,
        "version_digest": digest("bytes"),
        "use_case_id": f"%(use_case)s + {place}",
        "purpose_id": f"%(purpose)s + {place}",
        "tier": f"1 + {place} %% 3",
        "state": f"CASE WHEN {is_open} THEN {open_as} WHEN {given_up} THEN 'rejected'"
        " ELSE 'released' END",
        "evidence_digest": digest("evidence"),
        "requester_name": "'Made-up robot ' || i %% 30",
        "requested_at": asked,
        "changed_at": asked,
        "review_started_at": asked,
        "due_at": f"CASE WHEN {is_open} THEN now() + (i %% 40 - 10) * interval '1 day' END",
        "closed_at": f"CASE WHEN {is_open} THEN NULL ELSE {asked} + interval '1 hour' END",
    }
    given = counts.given | {"releases": counts.releases}
    made = copy(one.release, counts.releases, changes, given)
    for place_, gate in enumerate(one.gates):
        state = f"CASE WHEN {is_open} AND (i + {place_}) %% 3 = 0 THEN 'closed' ELSE 'open' END"
        number = "nextval(pg_get_serial_sequence('governance_gate', 'id'))"
        gated = {"id": number, "release_id": key("release"), "state": state}
        copy(gate, counts.releases, gated, given)
    of_it = {"id": key("run"), "release_id": key("release"), "state": "'finished'"}
    copy(one.run, counts.releases, of_it)
    verdict = "CASE WHEN i %% 7 = 0 THEN 'inconclusive' ELSE 'pass' END"
    for check in one.checks:
        measured = {"id": key(check.key), "run_id": key("run"), "verdict": verdict}
        copy(check, counts.releases, measured | {"state": "'finished'"}, given)
    return f"{made:,} releases with their gates and checks, {counts.open:,} of them open"


def _authorizations(one: Decided, counts: Counts) -> str:
    """One for each release that came through, on two signatures. The newest of a model is in force,
    unless its days are over; the others are superseded."""
    release = "i + %(undecided)s"
    for place, slot in enumerate(("validator", "officer")):
        signed = {
            "id": key(slot),
            "release_id": key("release", release),
            "slot": f"'{slot}'",
            "role": f"'{slot}'",
            "signer_id": f"%(person)s + (i + {place}) %% %(people)s",
            "digest": digest(slot),
            "signed_at": "now() - (%(released)s - i) * interval '25 minutes'",
        }
        copy(one.decision, counts.released, signed, counts.given)
    newest = "i > %(released)s - %(models)s"
    issued = "now() - (%(released)s - i) * interval '25 minutes'"
    changes = {
        "digest": digest("authorization"),
        "release_id": key("release", release),
        "model_id": f"%(base)s + ({release}) %% %(models)s",
        "version_id": of_release("version_id", release),
        "version_digest": digest("bytes", release),
        "purpose_id": of_release("purpose_id", release),
        "state": f"CASE WHEN NOT {newest} THEN 'superseded' WHEN i %% 50 = 0 THEN 'suspended'"
        " ELSE 'active' END",
        "kind": "CASE WHEN i %% 5 = 0 THEN 'conditional' ELSE 'normal' END",
        "review_due_at": "CASE WHEN i %% 3 = 0 THEN now() + (i %% 300 - 10) * interval '1 day' END",
        "issued_at": issued,
        "expires_at": "now() + (i %% 360 - 5) * interval '1 day'",
        "ended_at": f"CASE WHEN {newest} THEN NULL ELSE {issued} + interval '150 days' END",
        "end_reason": f"CASE WHEN {newest} THEN '' ELSE 'Superseded.' END",
    }
    made = copy(one.authorization, counts.released, changes, counts.given)
    return f"{made:,} authorizations with two signatures each"
