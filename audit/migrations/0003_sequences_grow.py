"""A subject's sequence only counts up, so that a number is never handed out twice and a missing
entry always leaves a gap."""

from django.db import migrations

COUNTS_UP = """
CREATE FUNCTION audit_sequence_counts_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.subject_type, NEW.subject_key)
       IS DISTINCT FROM ROW(OLD.id, OLD.subject_type, OLD.subject_key)
       OR NEW.last <= OLD.last
    THEN
        RAISE EXCEPTION 'a sequence only counts up' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_sequence_counts_up BEFORE UPDATE ON audit_subjectsequence
    FOR EACH ROW EXECUTE FUNCTION audit_sequence_counts_up();
ALTER TABLE audit_subjectsequence ENABLE ALWAYS TRIGGER audit_sequence_counts_up;

CREATE TRIGGER audit_never BEFORE DELETE ON audit_subjectsequence
    FOR EACH ROW EXECUTE FUNCTION audit_never();
CREATE TRIGGER audit_never_truncate BEFORE TRUNCATE ON audit_subjectsequence
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never();
ALTER TABLE audit_subjectsequence ENABLE ALWAYS TRIGGER audit_never;
ALTER TABLE audit_subjectsequence ENABLE ALWAYS TRIGGER audit_never_truncate;
"""

BACK = """
DROP FUNCTION audit_sequence_counts_up() CASCADE;
DROP TRIGGER audit_never ON audit_subjectsequence;
DROP TRIGGER audit_never_truncate ON audit_subjectsequence;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunSQL(COUNTS_UP, BACK)]
