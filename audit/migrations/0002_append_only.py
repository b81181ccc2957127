"""A2 in the database: plain triggers without an ignore switch, on in every session.

They raise ``restrict_violation`` (23001), which Django shows as IntegrityError. They stop the
application, and whoever injects SQL into it; the owner of the tables can still drop them, which
is what checkpoints kept outside are for (docs/audit-log.md).
"""

from django.db import migrations

NEVER = """
CREATE FUNCTION audit_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""

# A tile grows to the right; what it holds stays.
GROWS = """
CREATE FUNCTION audit_tile_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.level, NEW.index) IS DISTINCT FROM ROW(OLD.id, OLD.level, OLD.index)
       OR substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) IS DISTINCT FROM OLD.hashes
    THEN
        RAISE EXCEPTION 'a tile only grows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_tile_grows BEFORE UPDATE ON audit_tile
    FOR EACH ROW EXECUTE FUNCTION audit_tile_grows();
ALTER TABLE audit_tile ENABLE ALWAYS TRIGGER audit_tile_grows;

CREATE FUNCTION audit_log_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.origin <> OLD.origin OR NEW.size < OLD.size THEN
        RAISE EXCEPTION 'the log only grows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_log_grows BEFORE UPDATE ON audit_logstate
    FOR EACH ROW EXECUTE FUNCTION audit_log_grows();
ALTER TABLE audit_logstate ENABLE ALWAYS TRIGGER audit_log_grows;
"""


def _refuse(table: str, *operations: str) -> migrations.RunSQL:
    """Refuses these operations on the rows of ``table``, and TRUNCATE."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER audit_never BEFORE {" OR ".join(operations)} ON {table}
            FOR EACH ROW EXECUTE FUNCTION audit_never();
        CREATE TRIGGER audit_never_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION audit_never();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_never;
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_never_truncate;
        """,
        f"DROP TRIGGER audit_never ON {table}; DROP TRIGGER audit_never_truncate ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(NEVER, "DROP FUNCTION audit_never;"),
        migrations.RunSQL(
            GROWS, "DROP FUNCTION audit_tile_grows CASCADE; DROP FUNCTION audit_log_grows CASCADE;"
        ),
        _refuse("audit_entry", "UPDATE", "DELETE"),
        _refuse("audit_largedetail", "UPDATE", "DELETE"),
        _refuse("audit_leaf", "UPDATE", "DELETE"),
        _refuse("audit_checkpoint", "UPDATE", "DELETE"),
        _refuse("audit_tile", "DELETE"),
        _refuse("audit_logstate", "DELETE"),
    ]
