"""The state tables in the database too: which state may follow which, and that ends are ends.

The tables are copied here, because a migration stays as it was; tests/governance/test_states.py
holds the newest triggers against ``governance/states.py``.
"""

import json

from django.db import migrations

# A row whose state has no way out stays as it is; any other may change, but its state only along
# the table in the trigger's argument.
FOLLOW = """
DECLARE
    ways jsonb := TG_ARGV[0]::jsonb;
BEGIN
    IF NEW.state = OLD.state AND (ways -> OLD.state) <> '[]'::jsonb THEN
        RETURN NEW;
    END IF;
    IF NOT COALESCE((ways -> OLD.state) ? NEW.state, false) THEN
        RAISE EXCEPTION 'a row of % that is % cannot become %', TG_TABLE_NAME, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# What was authorized stays. What may change is how it stands, when it is looked at again, and
# limits on use, which only ever grow.
AUTHORIZATION = """
DECLARE
    free text[] := ARRAY['review_due_at', 'limits'];
BEGIN
    IF NEW.state IN ('active', 'suspended') AND NEW.state <> OLD.state THEN
        free := free || ARRAY['state'];
    ELSIF NEW.state <> OLD.state THEN
        free := free || ARRAY['state', 'ended_at', 'end_reason'];
    ELSIF NEW IS NOT DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'nothing about this authorization would change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'what was authorized never changes: only how it stands is written'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT NEW.limits @> OLD.limits THEN
        RAISE EXCEPTION 'a limit on use is never taken back: authorize anew'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# A stop is written ahead and ended once: it can be neither moved nor taken away.
STOP = """
BEGIN
    IF OLD.ends_at IS NOT NULL OR NEW.ends_at IS NULL
       OR to_jsonb(NEW) - ARRAY['ends_at', 'ended_by', 'end_reason']
          IS DISTINCT FROM to_jsonb(OLD) - ARRAY['ends_at', 'ended_by', 'end_reason']
    THEN
        RAISE EXCEPTION 'a stop is ended once and changes in no other way'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

WAYS = {
    "governance_authorization": {
        "active": ["suspended", "superseded", "revoked", "retired"],
        "suspended": ["active", "superseded", "revoked", "retired"],
        "superseded": [],
        "revoked": [],
        "retired": [],
    },
    "governance_question": {
        "asked": ["answered", "withdrawn"],
        "answered": ["settled", "asked", "withdrawn"],
        "settled": [],
        "withdrawn": [],
    },
    "governance_condition": {
        "open": ["met", "dropped"],
        "met": ["verified", "open", "dropped"],
        "verified": [],
        "dropped": [],
    },
    "governance_finding": {
        "open": ["planned", "rebutted", "resolved"],
        "planned": ["rebutted", "resolved"],
        "rebutted": ["open", "closed"],
        "resolved": ["open", "closed"],
        "closed": ["open"],
    },
    "governance_waiver": {
        "requested": ["granted", "refused", "withdrawn"],
        "granted": ["revoked"],
        "refused": [],
        "withdrawn": [],
        "revoked": [],
    },
    "governance_emergencyreview": {
        "open": ["ratified", "refused"],
        "ratified": [],
        "refused": [],
    },
}
WRITTEN_ONCE = (
    "governance_answer",
    "governance_classification",
    "governance_determination",
    "governance_findingnote",
    "governance_methodology",
    "governance_recertification",
    "governance_riskassessment",
)


def _function(name: str, body: str, *, anew: bool = False) -> migrations.RunSQL:
    create = "CREATE OR REPLACE FUNCTION" if anew else "CREATE FUNCTION"
    return migrations.RunSQL(
        f"{create} {name}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = pg_catalog, public, pg_temp AS $$ {body} $$;",
        migrations.RunSQL.noop if anew else f"DROP FUNCTION {name}() CASCADE;",
    )


def _trigger(
    table: str, name: str, when: str, function: str, each: str = "ROW"
) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function};"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};",
        f"DROP TRIGGER {name} ON {table};",
    )


def _follows(table: str) -> migrations.RunSQL:
    ways = json.dumps(WAYS[table])
    call = f"governance_follow_states('{ways}')"
    return _trigger(table, "governance_states", "BEFORE UPDATE", call)


def _stays(table: str, operations: str) -> migrations.RunSQL:
    return _trigger(table, "governance_frozen_rows", f"BEFORE {operations}", "governance_frozen()")


def _never_emptied(table: str) -> migrations.RunSQL:
    name = "governance_never_emptied"
    return _trigger(table, name, "BEFORE TRUNCATE", "governance_frozen()", "STATEMENT")


_STOP = "governance_stop"
_NEW = [table for table in WAYS if table != "governance_authorization"]


class Migration(migrations.Migration):
    dependencies = [("governance", "0009_decisions_that_hold")]
    operations = [
        _function("governance_follow_states", FOLLOW),
        _function("governance_guard_authorization", AUTHORIZATION, anew=True),
        _function("governance_guard_stop", STOP),
        _trigger(_STOP, "governance_guard_stop", "BEFORE UPDATE", "governance_guard_stop()"),
        *[_follows(table) for table in WAYS],
        *[_stays(table, "DELETE") for table in (*_NEW, _STOP)],
        *[_stays(table, "UPDATE OR DELETE") for table in WRITTEN_ONCE],
        *[_never_emptied(table) for table in (*_NEW, _STOP, *WRITTEN_ONCE)],
    ]
