"""What people owe each other, are told and are sent, and what each copy says of it."""

from __future__ import annotations

from config.scale.copying import copy
from config.scale.counts import Counts, key, of_release
from config.scale.decided import Decided


def promises(one: Decided, counts: Counts) -> str:
    """Conditions and waivers of the newest releases, questions about the open ones."""
    release = "i + %(undecided)s + %(released)s - %(promises)s"
    owner = f"%(person)s + ({release}) %% %(models)s %% %(use_cases)s %% %(people)s"
    changes = {
        "id": f"{one.condition.pk} + i",
        "release_id": key("release", release),
        "decision_id": key("officer", "i + %(released)s - %(promises)s"),
        "owner_id": owner,
        "state": "CASE WHEN i %% 20 = 7 THEN 'met' WHEN i %% 5 = 0 THEN 'open' ELSE 'verified' END",
        "due_at": "now() + (i %% 100 - 5) * interval '1 day'",
    }
    made = copy(one.condition, counts.promises, changes, counts.given)
    of_waiver = {
        "id": f"{one.waiver.pk} + i",
        "number": "1 + i",
        "release_id": key("release"),
        "version_id": of_release("version_id", "i"),
        "requested_by_id": "%(person)s + i %% %(people)s",
        "state": "CASE WHEN i %% 5 = 0 THEN 'requested' ELSE 'refused' END",
    }
    made += copy(one.waiver, counts.open, of_waiver, counts.given)
    of_question = {
        "id": f"{one.question.pk} + i",
        "release_id": key("release"),
        "state": "CASE WHEN i %% 5 = 0 THEN 'asked' ELSE 'settled' END",
        "asked_by_id": "%(person)s + i %% %(people)s",
    }
    made += copy(one.question, counts.open, of_question, counts.given)
    return f"{made:,} conditions, waivers and questions"


def findings(one: Decided, counts: Counts) -> str:
    """Of ten findings one is not closed."""
    settled = "i %% 10 <> 0"
    changes = {
        "id": f"{one.finding.pk} + i",
        "number": "1 + i",
        "model_id": "%(base)s + i / 3 %% %(models)s",
        "use_case_id": "%(use_case)s + i / 3 %% %(models)s %% %(use_cases)s",
        "title": "'Made-up defect ' || i",
        "severity": "(ARRAY['low','medium','high','critical'])[1 + i / 10 %% 4]",
        "state": f"CASE WHEN {settled} THEN 'closed' ELSE"
        " coalesce((ARRAY['rebutted','resolved'])[i / 10 %% 20],"
        " (ARRAY['open','planned'])[1 + i / 10 %% 2]) END",
        "closed_at": f"CASE WHEN {settled} THEN now() END",
        "owner_id": "%(person)s + i / 3 %% %(models)s %% %(use_cases)s %% %(people)s",
        "due_on": "current_date + (i / 10 %% 200 - 30)",
    }
    made = copy(one.finding, counts.findings, changes, counts.given)
    return f"{made:,} findings"


def people(one: Decided, counts: Counts) -> str:
    """Everybody owns models in a unit; ten delegations each."""
    people = int(counts.given["people"])
    unit = {
        "id": f"{one.role.pk} + i",
        "user_id": "%(person)s + i",
        "scope_kind": "'business_unit'",
        "scope_key": "'unit-' || i %% 20",
    }
    made = copy(one.role, people - 1, unit, counts.given)
    given_to = {
        "id": f"{one.delegation.pk} + i",
        "delegator_id": "%(person)s + i %% %(people)s",
        "delegate_id": "%(person)s + (i + 1) %% %(people)s",
    }
    made += copy(one.delegation, 10 * people, given_to, counts.given)
    copy(one.holiday, 100, {"day": "source.day + i", "name": "'Made-up day ' || i"})
    token = {
        "id": f"{one.token.pk} + i",
        "public_id": "substr(md5('token' || i), 1, 12)",
        "pseudonym": "md5('made-up token ' || i)",
        "name": "'made-up-' || i",
        "expires_at": "now() + (i %% 60 - 10) * interval '1 day'",
    }
    made += copy(one.token, people, token)
    return f"{made:,} roles, delegations and tokens"


def told(one: Decided, counts: Counts) -> str:
    """Five hundred notices for everybody, a twentieth unseen; a dossier for each release."""
    of_it = {
        "id": f"{one.dossier.pk} + i",
        "release_id": key("release", "i + %(undecided)s"),
        "basis": "'made-up-' || i",
    }
    made = copy(one.dossier, counts.released, of_it, counts.given)
    people = int(counts.given["people"])
    told = {
        "id": f"{one.notice.pk} + i",
        "person_id": "%(person)s + i %% %(people)s",
        "key": "'made-up-' || i",
        "made_at": "now() - i * interval '1 minute'",
        "seen_at": "CASE WHEN i / %(people)s %% 20 = 0 THEN NULL ELSE now() END",
    }
    made += copy(one.notice, 500 * people, told, counts.given)
    return f"{made:,} dossiers and notices"


def sent(one: Decided, counts: Counts) -> str:
    """Twenty addresses that heard of every release; jobs, two hundred of them dead."""
    address = {"id": key("endpoint"), "name": "'made-up-' || i", "made_at": "now()"}
    copy(one.endpoint, 20, address)
    sent = {
        "id": key("delivery"),
        "endpoint_id": key("endpoint", "1 + i %% 20"),
        "event": key("event"),
        "state": "CASE WHEN i %% 50 = 0 THEN 'failed' ELSE 'delivered' END",
        "made_at": "now() - i * interval '1 minute'",
    }
    made = copy(one.delivery, counts.releases, sent)
    done = {
        "id": key("job"),
        "key": "i",
        "state": "CASE WHEN i <= 200 THEN 'dead' ELSE 'done' END",
        "finished_at": "now() - i * interval '2 minutes'",
    }
    made += copy(one.job, counts.releases, done)
    return f"{made:,} deliveries and jobs"
