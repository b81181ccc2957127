"""What ends stays as it ended, in the database too: plain triggers, on in every session.

They know no ignore switch, they are ``ENABLE ALWAYS``, and they raise ``restrict_violation``
(23001), which Django shows as IntegrityError. Their search path is fixed, so that no temporary
table can stand in for a real one.
"""

from django.db import migrations

# Databases made before this migration carry triggers of django-pgtrigger, which any role may
# switch off with a setting. Dropping their functions takes the triggers along.
WITHOUT_PGTRIGGER = r"""
DO $$
DECLARE
    former regprocedure;
BEGIN
    FOR former IN
        SELECT oid FROM pg_proc
        WHERE proname LIKE 'pgtrigger\_%' AND pronamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', former);
    END LOOP;
END $$;
DROP FUNCTION IF EXISTS _pgtrigger_should_ignore(name);
"""


def _function(name: str, body: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = pg_catalog, public, pg_temp AS $$ {body} $$;",
        f"DROP FUNCTION {name}() CASCADE;",
    )


FROZEN = """
BEGIN
    RAISE EXCEPTION 'rows of % stay as they are: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
"""

POLICY_VERSION = """
BEGIN
    IF OLD.state = 'published' THEN
        RAISE EXCEPTION 'a published policy never changes: % is refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
"""

AUTHORIZATION = """
DECLARE
    free text[] := ARRAY['state', 'ended_at', 'end_reason'];
BEGIN
    IF OLD.state <> 'active' THEN
        RAISE EXCEPTION 'an authorization that is % stays so', OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state NOT IN ('superseded', 'revoked') THEN
        RAISE EXCEPTION 'an authorization changes only when it is superseded or revoked'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'what was authorized never changes: only its end is written'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

RELEASE = """
BEGIN
    IF OLD.state IN ('released', 'rejected', 'withdrawn') THEN
        RAISE EXCEPTION 'a release that is % never changes', OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF ROW(NEW.id, NEW.number, NEW.version_id, NEW.version_digest, NEW.environment_id,
           NEW.purpose_id, NEW.use_case_id, NEW.requested_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.number, OLD.version_id, OLD.version_digest, OLD.environment_id,
           OLD.purpose_id, OLD.use_case_id, OLD.requested_at)
    THEN
        RAISE EXCEPTION 'what a release asks for never changes: ask for another one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# The state of the release is written after its gates, in the same transaction.
GATE = """
DECLARE
    cases uuid[] := ARRAY[]::uuid[];
    final text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        cases := cases || OLD.release_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        cases := cases || NEW.release_id;
    END IF;
    SELECT r.state INTO final FROM public.governance_release r
        WHERE r.id = ANY (cases) AND r.state IN ('released', 'rejected', 'withdrawn') LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the gates of a release that is % never change: % is refused', final, TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
"""

# What is measured, and against which threshold, is frozen from the start; results are written once.
VALIDATION_RUN = """
BEGIN
    IF OLD.state IN ('finished', 'failed') THEN
        RAISE EXCEPTION 'a validation run that is % never changes', OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF ROW(NEW.id, NEW.release_id, NEW.revision, NEW.seed, NEW.requested_at)
       IS DISTINCT FROM ROW(OLD.id, OLD.release_id, OLD.revision, OLD.seed, OLD.requested_at)
    THEN
        RAISE EXCEPTION 'what a validation run is for never changes'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

CHECK_RUN = """
BEGIN
    IF OLD.state IN ('finished', 'failed') THEN
        RAISE EXCEPTION 'a check run that is % never changes', OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF ROW(NEW.id, NEW.run_id, NEW.key, NEW.check_id, NEW.check_version, NEW.parameters,
           NEW.threshold)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.run_id, OLD.key, OLD.check_id, OLD.check_version, OLD.parameters,
           OLD.threshold)
    THEN
        RAISE EXCEPTION 'what a check run measures, and its threshold, never change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""


def _rule(table: str, function: str, operations: str) -> migrations.RunSQL:
    """``function`` decides about these operations on each row of ``table``."""
    name = function if function != "governance_frozen" else f"{function}_rows"
    return _trigger(table, name, function, f"BEFORE {operations}", "ROW")


def _never_emptied(table: str) -> migrations.RunSQL:
    name = "governance_never_emptied"
    return _trigger(table, name, "governance_frozen", "BEFORE TRUNCATE", "STATEMENT")


def _trigger(table: str, name: str, function: str, when: str, each: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}();"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};",
        f"DROP TRIGGER {name} ON {table};",
    )


TABLES = (
    "governance_decision",
    "governance_dossier",
    "governance_observation",
    "governance_requirementset",
    "governance_policyversion",
    "governance_authorization",
    "governance_release",
    "governance_gate",
    "governance_validationrun",
    "governance_checkrun",
)


class Migration(migrations.Migration):
    dependencies = [("governance", "0003_release_stakes")]
    operations = [
        migrations.RunSQL(WITHOUT_PGTRIGGER, migrations.RunSQL.noop),
        _function("governance_frozen", FROZEN),
        _function("governance_guard_policy_version", POLICY_VERSION),
        _function("governance_guard_authorization", AUTHORIZATION),
        _function("governance_guard_release", RELEASE),
        _function("governance_guard_gate", GATE),
        _function("governance_guard_validation_run", VALIDATION_RUN),
        _function("governance_guard_check_run", CHECK_RUN),
        _rule("governance_decision", "governance_frozen", "UPDATE OR DELETE"),
        _rule("governance_dossier", "governance_frozen", "UPDATE OR DELETE"),
        _rule("governance_observation", "governance_frozen", "UPDATE OR DELETE"),
        _rule("governance_requirementset", "governance_frozen", "UPDATE OR DELETE"),
        _rule("governance_policyversion", "governance_guard_policy_version", "UPDATE OR DELETE"),
        _rule("governance_authorization", "governance_frozen", "DELETE"),
        _rule("governance_authorization", "governance_guard_authorization", "UPDATE"),
        _rule("governance_release", "governance_frozen", "DELETE"),
        _rule("governance_release", "governance_guard_release", "UPDATE"),
        _rule("governance_gate", "governance_guard_gate", "INSERT OR UPDATE OR DELETE"),
        _rule("governance_validationrun", "governance_frozen", "DELETE"),
        _rule("governance_validationrun", "governance_guard_validation_run", "UPDATE"),
        _rule("governance_checkrun", "governance_frozen", "DELETE"),
        _rule("governance_checkrun", "governance_guard_check_run", "UPDATE"),
        *[_never_emptied(table) for table in TABLES],
    ]
