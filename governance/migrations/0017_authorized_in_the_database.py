"""R1 and R9 in the database too: what may be authorized, and which columns an act may write.

Nothing is authorized but what went the whole way (every gate of the present revision open, enough
signatures on exactly what is authorized), or what follows from something else in one act: an
emergency that a second person let, or a rollback to what was authorized before. What somebody
decided about (how long, how severe, by when) stays as it was decided.
"""

import datetime
import json
from importlib import import_module

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models.expressions import CombinedExpression
from django.db.models.lookups import LessThanOrEqual

before = import_module("governance.migrations.0010_states_in_the_database")
AUTHORIZATION, RELEASE = "governance_authorization", "governance_release"

# A row begins in one of the states in the trigger's arguments, and gets on from there.
BEGINS = """
BEGIN
    IF NOT (NEW.state = ANY (TG_ARGV)) THEN
        RAISE EXCEPTION 'a row of % does not begin %', TG_TABLE_NAME, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# The argument says which columns are written with which change of state ("open>met"), and under
# "*" those that may change at any time.
COLUMNS = """
DECLARE
    free jsonb := TG_ARGV[0]::jsonb;
    may jsonb := '["state"]' || COALESCE(free -> '*', '[]')
        || COALESCE(free -> (OLD.state || '>' || NEW.state), '[]');
    columns text[] := ARRAY(SELECT jsonb_array_elements_text(may));
BEGIN
    IF to_jsonb(NEW) - columns IS DISTINCT FROM to_jsonb(OLD) - columns THEN
        RAISE EXCEPTION 'of a row of % that is % and becomes % only these columns change: %',
            TG_TABLE_NAME, OLD.state, NEW.state, columns USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

DELEGATION = """
BEGIN
    IF OLD.ended_at IS NOT NULL
       OR to_jsonb(NEW) - 'ended_at' IS DISTINCT FROM to_jsonb(OLD) - 'ended_at' THEN
        RAISE EXCEPTION 'a delegation is ended once and changes in no other way: give another one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# Whatever the kind: it runs, and it is of what its release asked for.
ISSUE = """
BEGIN
    IF NEW.state <> 'active' OR NEW.ended_at IS NOT NULL
       OR NEW.document ->> 'release' IS DISTINCT FROM NEW.release_id::text
       OR NOT EXISTS (
            SELECT 1 FROM governance_release r JOIN registry_modelversion v ON v.id = r.version_id
            WHERE r.id = NEW.release_id AND v.model_id = NEW.model_id
              AND r.version_id = NEW.version_id AND r.version_digest = NEW.version_digest
              AND r.environment_id = NEW.environment_id AND r.purpose_id = NEW.purpose_id)
    THEN
        RAISE EXCEPTION 'what is authorized is what its release asks for, and begins active'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# R1, and R2 for what stands on the signatures.
CLEARED = """
DECLARE
    asked record;
    shut text;
BEGIN
    SELECT r.*, s.document AS rules INTO asked
        FROM governance_release r JOIN governance_requirementset s ON s.digest = r.requirement_set_id
        WHERE r.id = NEW.release_id FOR UPDATE OF r;
    IF asked.state IS DISTINCT FROM 'in_review' THEN
        RAISE EXCEPTION 'a release that is % is not authorized', asked.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT g.key INTO shut FROM governance_gate g
        WHERE g.release_id = asked.id AND g.revision = asked.revision AND g.state <> 'open' LIMIT 1;
    IF shut IS NULL THEN
        SELECT wanted.key INTO shut FROM (
            SELECT 'artifact' AS key
            UNION ALL SELECT 'check:' || (c ->> 'key')
                FROM jsonb_array_elements(asked.rules -> 'checks') c
            UNION ALL SELECT 'document:' || (d ->> 'kind')
                FROM jsonb_array_elements(asked.rules -> 'documents') d
            UNION ALL SELECT 'decision:' || COALESCE(d ->> 'key', d ->> 'role')
                FROM jsonb_array_elements(asked.rules -> 'decisions') d
            UNION ALL SELECT 'findings' WHERE jsonb_typeof(asked.rules -> 'findings') = 'object'
        ) wanted WHERE NOT EXISTS (
            SELECT 1 FROM governance_gate g WHERE g.release_id = asked.id
                AND g.revision = asked.revision AND g.key = wanted.key
        ) LIMIT 1;
    END IF;
    IF shut IS NULL THEN
        SELECT g.key INTO shut FROM governance_gate g
            WHERE g.release_id = asked.id AND g.revision = asked.revision AND g.verdict = 'waived'
            AND NOT EXISTS (
                SELECT 1 FROM governance_waiver w WHERE w.release_id = asked.id AND w.gate = g.key
                    AND w.state = 'granted' AND w.expires_at >= NEW.expires_at
            ) LIMIT 1;
    END IF;
    IF shut IS NOT NULL THEN
        RAISE EXCEPTION 'the gate % is not open', shut USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT wanted.slot INTO shut FROM (
        SELECT COALESCE(d ->> 'key', d ->> 'role') AS slot, (d ->> 'count')::integer AS people
            FROM jsonb_array_elements(asked.rules -> 'decisions') d
        UNION ALL SELECT 'second:' || substr(g.key, 7), 1 FROM governance_gate g
            WHERE g.release_id = asked.id AND g.revision = asked.revision
                AND g.kind = 'check' AND g.verdict = 'inconclusive'
    ) wanted WHERE wanted.people > (
        SELECT count(DISTINCT d.signer_id) FROM governance_decision d
            WHERE d.release_id = asked.id AND d.revision = asked.revision AND d.slot = wanted.slot
                AND d.outcome IN ('approve', 'approve_with_conditions')
                AND d.version_digest = asked.version_digest AND d.tier = asked.tier
                AND d.requirement_digest = asked.requirement_set_id
                AND d.evidence_digest = asked.evidence_digest
    ) LIMIT 1;
    IF shut IS NOT NULL THEN
        RAISE EXCEPTION 'too few signatures as %', shut USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.expires_at - NEW.issued_at
       > make_interval(days => (asked.rules #>> '{authorization,valid_days}')::integer) THEN
        RAISE EXCEPTION 'it lasts longer than the policies let it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# What a person said no to stays no, so neither act brings it back.
_DERIVED = """
    IF NOT EXISTS (SELECT 1 FROM governance_release r
                   WHERE r.id = NEW.release_id AND r.state = 'released')
       OR EXISTS (SELECT 1 FROM governance_authorization a
                  WHERE a.version_digest = NEW.version_digest
                    AND a.state IN ('revoked', 'suspended'))
"""
EMERGENCY = f"""
BEGIN
    {_DERIVED} OR NOT EXISTS (
        SELECT 1 FROM governance_emergencyrequest e
            JOIN governance_release r ON r.id = e.release_id
            JOIN governance_requirementset s ON s.digest = r.requirement_set_id
        WHERE r.id::text = NEW.document ->> 'from_release'
            AND r.state IN ('validating', 'blocked', 'in_review', 'changes_requested')
            AND r.version_digest = NEW.version_digest AND r.purpose_id = NEW.purpose_id
            AND r.environment_id = NEW.environment_id
            AND e.incident = NEW.document ->> 'incident'
            AND e.state = 'approved' AND e.decided_by_id <> e.asked_by_id
            AND NEW.expires_at - NEW.issued_at
                <= make_interval(hours => (s.document #>> '{{emergency,valid_hours}}')::integer)
            AND NOT EXISTS (SELECT 1 FROM governance_emergencyreview v WHERE v.request_id = e.id)
    ) THEN
        RAISE EXCEPTION 'an emergency is authorized for some hours when a second person let it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""
ROLLBACK = f"""
BEGIN
    {_DERIVED} OR NOT EXISTS (
        SELECT 1 FROM governance_authorization a
        WHERE a.digest = NEW.document ->> 'rollback_to' AND a.state = 'superseded'
            AND a.kind <> 'emergency' AND a.kind = NEW.kind
            AND a.version_id = NEW.version_id AND a.version_digest = NEW.version_digest
            AND a.environment_id = NEW.environment_id AND a.purpose_id = NEW.purpose_id
            AND NEW.expires_at <= a.expires_at AND NEW.limits @> a.limits
            AND NEW.restrictions @> a.restrictions
    ) THEN
        RAISE EXCEPTION 'a rollback authorizes what another took the place of, and no more'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# When the transaction ends: a release is released by its authorization and by nothing else.
WHOLE = """
DECLARE
    one uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM governance_authorization a JOIN governance_release r ON r.id = a.release_id
        WHERE r.id = one AND r.state = 'released' AND (a.kind <> 'emergency' OR EXISTS (
            SELECT 1 FROM governance_emergencyreview v WHERE v.authorization_id = a.digest))
    ) THEN
        RAISE EXCEPTION 'what is released is authorized, and an emergency is looked at'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
"""

WAYS = {
    "governance_release": {
        "validating": ["blocked", "in_review", "withdrawn"],
        "blocked": ["validating", "in_review", "rejected", "withdrawn"],
        "in_review": ["validating", "released", "rejected", "changes_requested", "withdrawn"],
        "changes_requested": ["validating", "withdrawn"],
        "released": [],
        "rejected": [],
        "withdrawn": [],
    },
    "governance_validationrun": {
        "queued": ["scoring", "failed", "cancelled"],
        "scoring": ["scoring", "checking", "failed", "cancelled"],
        "checking": ["finished", "failed", "cancelled"],
        "finished": [],
        "failed": [],
        "cancelled": [],
    },
    "governance_checkrun": {
        "queued": ["running", "failed"],
        "running": ["running", "finished", "failed"],
        "finished": [],
        "failed": [],
    },
    "governance_explanation": {
        "queued": ["running", "failed"],
        "running": ["running", "finished", "failed"],
        "finished": [],
        "failed": [],
    },
}
# A derived release begins released; what a rollback carries on may have been met already.
FIRST = {
    "governance_release": ("validating", "released"),
    "governance_validationrun": ("queued",),
    "governance_checkrun": ("queued",),
    "governance_explanation": ("queued",),
    "governance_policyversion": ("draft",),
    "governance_question": ("asked",),
    "governance_condition": ("open", "met"),
    "governance_finding": ("open",),
    "governance_waiver": ("requested",),
    "governance_emergencyrequest": ("asked",),
    "governance_emergencyreview": ("open",),
}
_DECIDED = ["decided_by_id", "decided_at", "decision_reason"]
_SETTLED = ["outcome", "settled_by_id", "settled_at"]
FREE = {
    "governance_waiver": {
        "requested>granted": [*_DECIDED, "expires_at"],
        "requested>refused": _DECIDED,
        "requested>withdrawn": ["decision_reason", "ended_at"],
        "granted>revoked": ["decision_reason", "ended_at"],
    },
    "governance_finding": {
        "*": ["owner_id"],
        "open>planned": ["plan"],
        "open>rebutted": ["rebutted_at"],
        "planned>rebutted": ["rebutted_at"],
        "open>resolved": ["resolved_by"],
        "planned>resolved": ["resolved_by"],
        "rebutted>closed": ["closed_at"],
        "resolved>closed": ["closed_at"],
        "closed>open": ["closed_at", "resolved_by"],
    },
    "governance_condition": {
        "*": ["owner_id"],
        "open>met": ["met_at", "met_with"],
        "met>open": ["met_at", "met_with"],
        "met>verified": ["verified_by_id", "verified_at"],
    },
    "governance_question": {
        "answered>settled": _SETTLED,
        "answered>asked": ["outcome"],
        "asked>withdrawn": ["outcome"],
        "answered>withdrawn": ["outcome"],
    },
    "governance_emergencyrequest": {"asked>approved": _DECIDED, "asked>declined": _DECIDED},
    "governance_emergencyreview": {"open>ratified": _DECIDED, "open>refused": _DECIDED},
}

_CALL = "EXECUTE FUNCTION {function}; ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};"


def _insert(name: str, which: str) -> migrations.RunSQL:
    """Before an authorization of the kind that ``which`` tells is written."""
    call = _CALL.format(function=f"{name}()", table=AUTHORIZATION, name=name)
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE INSERT ON {AUTHORIZATION} FOR EACH ROW WHEN ({which}) {call}",
        f"DROP TRIGGER {name} ON {AUTHORIZATION};",
    )


def _late(table: str, when: str, key: str, which: str = "true") -> migrations.RunSQL:
    """When the transaction ends; ``key`` is the column that names the release."""
    name = "governance_whole"
    call = _CALL.format(function=f"governance_whole('{key}')", table=table, name=name)
    return migrations.RunSQL(
        f"CREATE CONSTRAINT TRIGGER {name} AFTER {when} ON {table} "
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({which}) {call}",
        f"DROP TRIGGER {name} ON {table};",
    )


def _begins(table: str) -> migrations.RunSQL:
    call = "governance_begins(" + ", ".join(f"'{state}'" for state in FIRST[table]) + ")"
    return before._trigger(table, "governance_begins", "BEFORE INSERT", call)


def _follows(table: str) -> migrations.RunSQL:
    call = f"governance_follow_states('{json.dumps(WAYS[table])}')"
    return before._trigger(table, "governance_states", "BEFORE UPDATE", call)


def _keeps(table: str) -> migrations.RunSQL:
    call = f"governance_guard_columns('{json.dumps(FREE[table])}')"
    return before._trigger(table, "governance_guard_columns", "BEFORE UPDATE", call)


_ROLLED_BACK = "NEW.document ->> 'rollback_to' IS NOT NULL"
_DELEGATION = "governance_delegation"


class Migration(migrations.Migration):
    dependencies = [("governance", "0016_notices")]
    operations = [
        before._function("governance_begins", BEGINS),
        before._function("governance_guard_columns", COLUMNS),
        before._function("governance_guard_delegation", DELEGATION),
        before._function("governance_takes_a_release", ISSUE),
        before._function("governance_takes_open_gates", CLEARED),
        before._function("governance_takes_a_second_person", EMERGENCY),
        before._function("governance_takes_a_former_one", ROLLBACK),
        before._function("governance_whole", WHOLE),
        *[_begins(table) for table in FIRST],
        *[_follows(table) for table in WAYS],
        *[_keeps(table) for table in FREE],
        before._trigger(
            _DELEGATION,
            "governance_guard_delegation",
            "BEFORE UPDATE",
            "governance_guard_delegation()",
        ),
        before._stays(_DELEGATION, "DELETE"),
        before._never_emptied(_DELEGATION),
        before._trigger(
            AUTHORIZATION, "governance_takes_a_release", "BEFORE INSERT", "governance_takes_a_release()"
        ),
        _insert("governance_takes_a_second_person", "NEW.kind = 'emergency'"),
        _insert(
            "governance_takes_a_former_one",
            f"NEW.kind <> 'emergency' AND {_ROLLED_BACK}",
        ),
        _insert(
            "governance_takes_open_gates",
            f"NEW.kind <> 'emergency' AND NOT {_ROLLED_BACK}",
        ),
        # For what is written from now on: an upgrade does not stop over rows that are there.
        AddConstraintNotValid(
            "delegation",
            models.CheckConstraint(
                name="delegation_for_90_days_at_most",
                condition=models.Q(
                    LessThanOrEqual(
                        CombinedExpression(models.F("ends_at"), "-", models.F("starts_at")),
                        datetime.timedelta(days=90),
                    )
                ),
            ),
        ),
        AddConstraintNotValid(
            "emergencyreview",
            models.CheckConstraint(
                name="emergency_looked_at_by_a_third",
                condition=models.Q(decided_by__isnull=True)
                | (
                    ~models.Q(decided_by=models.F("asked_by"))
                    & ~models.Q(decided_by=models.F("approved_by"))
                ),
            ),
        ),
        AddConstraintNotValid(
            "waiver",
            models.CheckConstraint(
                name="waiver_no_longer_than_decided",
                condition=models.Q(expires_at__isnull=True)
                | models.Q(
                    LessThanOrEqual(
                        CombinedExpression(models.F("expires_at"), "-", models.F("decided_at")),
                        models.ExpressionWrapper(
                            CombinedExpression(
                                models.F("days"), "*", models.Value(datetime.timedelta(days=1))
                            ),
                            models.DurationField(),
                        ),
                    ),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
        ),
        _late(AUTHORIZATION, "INSERT", "release_id"),
        _late(RELEASE, "INSERT OR UPDATE OF state", "id", "NEW.state = 'released'"),
    ]
