"""Risk in the database too: a tier is that of the newest assessment, and a prohibited use (Art. 5
of Regulation (EU) 2024/1689) has no authorization that runs."""

from django.db import migrations

# A use case from before there were assessments has none, and keeps the tier it began with.
TIER = """
DECLARE
    assessed integer;
    held integer;
    one bigint;
BEGIN
    IF TG_TABLE_NAME = 'governance_usecase' THEN
        one := (to_jsonb(NEW) ->> 'id')::bigint;
    ELSE
        one := (to_jsonb(NEW) ->> 'use_case_id')::bigint;
    END IF;
    SELECT tier INTO assessed FROM governance_riskassessment
        WHERE use_case_id = one ORDER BY assessed_at DESC, id DESC LIMIT 1;
    SELECT tier INTO held FROM governance_usecase WHERE id = one;
    IF assessed IS NULL AND TG_TABLE_NAME = 'governance_usecase' AND OLD.tier <> NEW.tier THEN
        RAISE EXCEPTION 'a tier changes by an assessment' USING ERRCODE = 'restrict_violation';
    END IF;
    IF assessed IS NOT NULL AND held IS DISTINCT FROM assessed THEN
        RAISE EXCEPTION 'the tier of a use case is that of its newest assessment'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
"""

PROHIBITED = """
DECLARE
    class text;
BEGIN
    SELECT c.eu_class INTO class
        FROM governance_classification c JOIN governance_purpose p ON p.use_case_id = c.use_case_id
        WHERE p.id = NEW.purpose_id ORDER BY c.assessed_at DESC, c.id DESC LIMIT 1;
    IF class = 'prohibited' THEN
        RAISE EXCEPTION 'a prohibited use is authorized by nothing'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# When the transaction that classifies ends, so that it can revoke what runs.
STILL_RUNNING = """
BEGIN
    IF NEW.eu_class = 'prohibited' AND EXISTS (
        SELECT 1 FROM governance_authorization a JOIN governance_purpose p ON p.id = a.purpose_id
        WHERE p.use_case_id = NEW.use_case_id AND a.state IN ('active', 'suspended')
    ) THEN
        RAISE EXCEPTION 'something is authorized still for a use that is prohibited'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
"""


def _function(name: str, body: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = pg_catalog, public, pg_temp AS $$ {body} $$;",
        f"DROP FUNCTION {name}() CASCADE;",
    )


def _trigger(table: str, function: str, when: str, timing: str = "") -> migrations.RunSQL:
    kind = "CONSTRAINT TRIGGER" if timing else "TRIGGER"
    return migrations.RunSQL(
        f"CREATE {kind} {function} {when} ON {table} {timing} FOR EACH ROW "
        f"EXECUTE FUNCTION {function}(); ALTER TABLE {table} ENABLE ALWAYS TRIGGER {function};",
        f"DROP TRIGGER {function} ON {table};",
    )


LATE = "DEFERRABLE INITIALLY DEFERRED"


class Migration(migrations.Migration):
    dependencies = [("governance", "0010_states_in_the_database")]
    operations = [
        _function("governance_hold_tier", TIER),
        _function("governance_refuse_prohibited", PROHIBITED),
        _function("governance_refuse_running", STILL_RUNNING),
        _trigger("governance_usecase", "governance_hold_tier", "AFTER UPDATE OF tier"),
        _trigger("governance_riskassessment", "governance_hold_tier", "AFTER INSERT", LATE),
        _trigger("governance_authorization", "governance_refuse_prohibited", "BEFORE INSERT"),
        _trigger("governance_classification", "governance_refuse_running", "AFTER INSERT", LATE),
    ]
