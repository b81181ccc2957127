"""A run may be cancelled, and one that was stays so, in the database too."""

from django.db import migrations, models

GUARD = """
CREATE OR REPLACE FUNCTION governance_guard_validation_run() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state IN ({ends}) THEN
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
$$;
"""
STATES = ("queued", "scoring", "checking", "finished", "failed", "cancelled")


class Migration(migrations.Migration):
    dependencies = [("governance", "0006_explanations")]
    operations = [
        migrations.AlterField(
            model_name="validationrun",
            name="state",
            field=models.CharField(
                choices=[(state, state.capitalize()) for state in STATES],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.RunSQL(
            GUARD.format(ends="'finished', 'failed', 'cancelled'"),
            GUARD.format(ends="'finished', 'failed'"),
        ),
    ]
