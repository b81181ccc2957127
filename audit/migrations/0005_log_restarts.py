"""A log that lost entries for good goes on under a new name: the name may change, but not together
with the size, and the size never shrinks."""

from django.db import migrations


def _grows(condition: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION audit_log_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.size < OLD.size OR {condition} THEN
        RAISE EXCEPTION 'the log only grows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_cosignatures_and_stamps")]
    operations = [
        migrations.RunSQL(
            _grows("(NEW.origin <> OLD.origin AND NEW.size <> OLD.size)"),
            _grows("NEW.origin <> OLD.origin"),
        )
    ]
