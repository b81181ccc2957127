"""No function or operator of a caller's own stands in for PostgreSQL's inside the trail's triggers, and
nothing leaves the queue without a place in the tree."""

from django.db import migrations

FUNCTIONS = (
    "audit_never", "audit_tile_grows", "audit_log_grows", "audit_sequence_counts_up",
    "audit_note_touched", "audit_refuse_untold", "audit_take_touched",
)  # fmt: skip

FIXED = "".join(
    f"ALTER FUNCTION {name} SET search_path = pg_catalog, public, pg_temp;\n"
    for name in FUNCTIONS
    if name not in ("audit_note_touched", "audit_take_touched")
)

# A setting made inside a function that fixes its own search path would end with it, so the two that
# pass one on name what they use.
PLACED = """
CREATE FUNCTION audit_queue_leads_to_the_tree() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM gone LEFT JOIN audit_leaf leaf USING (entry_id) WHERE leaf IS NULL) THEN
        RAISE EXCEPTION 'an entry leaves the queue only for its place in the tree'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_queue_leads_to_the_tree AFTER DELETE ON audit_pending
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION audit_queue_leads_to_the_tree();
ALTER TABLE audit_pending ENABLE ALWAYS TRIGGER audit_queue_leads_to_the_tree;
CREATE TRIGGER audit_never_truncate BEFORE TRUNCATE ON audit_pending
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never();
ALTER TABLE audit_pending ENABLE ALWAYS TRIGGER audit_never_truncate;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_governed_rows")]
    operations = [
        migrations.RunSQL(FIXED, migrations.RunSQL.noop),
        migrations.RunSQL(
            PLACED,
            "DROP FUNCTION audit_queue_leads_to_the_tree CASCADE; "
            "DROP TRIGGER audit_never_truncate ON audit_pending;",
        ),
    ]
