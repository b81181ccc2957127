"""Rows that the trail answers for: what changed in a transaction, what a row is now, where it was
told of last. The triggers that use these functions are put in place after every migration
(``audit.rows.install_triggers``), because the tables belong to rooms above."""

import django.db.models.deletion
from django.db import migrations, models


# Which rows of the statement changed, apart from columns that are no part of it; kept in a setting
# that lives as long as the transaction and follows its savepoints.
NOTE_TOUCHED = """
CREATE FUNCTION audit_note_touched() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    keys text;
    key_column text := TG_ARGV[0];
    except_for text[] := string_to_array(TG_ARGV[1], ',');
    of_state text := TG_ARGV[2];
    pending text := TG_ARGV[3];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT string_agg(TG_TABLE_NAME || chr(31) || (to_jsonb(n) ->> key_column), chr(30))
        INTO keys FROM new_rows n WHERE of_state = '' OR coalesce(to_jsonb(n) ->> of_state, '') <> pending;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT string_agg(TG_TABLE_NAME || chr(31) || (to_jsonb(o) ->> key_column), chr(30))
        INTO keys FROM old_rows o WHERE of_state = '' OR coalesce(to_jsonb(o) ->> of_state, '') <> pending;
    ELSE
        SELECT string_agg(TG_TABLE_NAME || chr(31) || key, chr(30)) INTO keys
        FROM (SELECT to_jsonb(n) ->> key_column AS key, to_jsonb(n) - except_for AS now
              FROM new_rows n WHERE of_state = '' OR coalesce(to_jsonb(n) ->> of_state, '') <> pending) n
        FULL JOIN (SELECT to_jsonb(o) ->> key_column AS key, to_jsonb(o) - except_for AS former
                   FROM old_rows o WHERE of_state = '' OR coalesce(to_jsonb(o) ->> of_state, '') <> pending) o
        USING (key) WHERE now IS DISTINCT FROM former;
    END IF;
    IF keys <> '' THEN
        PERFORM set_config('audit.touched', concat_ws(
            chr(30), nullif(current_setting('audit.touched', true), ''), keys), true);
    END IF;
    RETURN NULL;
END $$;
"""

REFUSE_UNTOLD = """
CREATE FUNCTION audit_refuse_untold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('audit.touched', true), '') <> '' THEN
        RAISE EXCEPTION 'no entry tells of this change: %',
            translate(current_setting('audit.touched', true), chr(30) || chr(31), ', ')
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""

# Takes a jsonb of table -> {key, except}. The time zone is fixed, because a row as jsonb shows its
# times in the session's. The salt keeps anybody from confirming a guess at what a row says, or said
# before it was erased: it stands beside the row's seal, and in no entry.
DIGESTS = """
CREATE FUNCTION audit_row_digest(salt text, content jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT encode(sha256(convert_to(salt || content::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION audit_digests_of(touched text, config jsonb, salt text) RETURNS jsonb LANGUAGE plpgsql
    SET timezone = 'UTC' SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found jsonb := '[]';
    part jsonb;
    of_table text;
    keys text[];
    key_column text;
    key_type regtype;
BEGIN
    FOR of_table, keys IN
        SELECT split_part(t, chr(31), 1), array_agg(DISTINCT split_part(t, chr(31), 2))
        FROM unnest(string_to_array(touched, chr(30))) t GROUP BY 1 ORDER BY 1
    LOOP
        key_column := config -> of_table ->> 'key';
        SELECT atttypid INTO key_type FROM pg_attribute
        WHERE attrelid = of_table::regclass AND attname = key_column;
        EXECUTE format(
            'SELECT jsonb_agg(jsonb_build_object(''table'', %L::text, ''key'', k, ''digest'', '
            'audit_row_digest($3, to_jsonb(t) - $2)) ORDER BY k) '
            'FROM unnest($1) k LEFT JOIN %I t ON t.%I = k::%s', of_table, of_table, key_column, key_type)
        INTO part USING keys,
            ARRAY(SELECT jsonb_array_elements_text(config -> of_table -> 'except')), salt;
        found := found || part;
    END LOOP;
    RETURN found;
END $$;

CREATE FUNCTION audit_take_touched(config jsonb, salt text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    touched text := current_setting('audit.touched', true);
BEGIN
    IF coalesce(touched, '') = '' THEN
        RETURN '[]';
    END IF;
    PERFORM set_config('audit.touched', '', true);
    RETURN audit_digests_of(touched, config, salt);
END $$;
"""

KEEP = """
CREATE TRIGGER audit_never BEFORE DELETE ON audit_rowseal
    FOR EACH ROW EXECUTE FUNCTION audit_never();
CREATE TRIGGER audit_never_truncate BEFORE TRUNCATE ON audit_rowseal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never();
ALTER TABLE audit_rowseal ENABLE ALWAYS TRIGGER audit_never;
ALTER TABLE audit_rowseal ENABLE ALWAYS TRIGGER audit_never_truncate;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0005_log_restarts'),
    ]

    operations = [
        migrations.CreateModel(
            name='RowSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table_name', models.CharField(max_length=63)),
                ('row_key', models.CharField(max_length=200)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('salt', models.CharField(max_length=64)),
                ('entry', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sealed_rows', to='audit.entry')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('table_name'), models.F('row_key'), name='row_seal_once')],
            },
        ),
        migrations.RunSQL(NOTE_TOUCHED, "DROP FUNCTION audit_note_touched CASCADE;"),
        migrations.RunSQL(REFUSE_UNTOLD, "DROP FUNCTION audit_refuse_untold CASCADE;"),
        migrations.RunSQL(
            DIGESTS,
            "DROP FUNCTION audit_take_touched; DROP FUNCTION audit_digests_of; "
            "DROP FUNCTION audit_row_digest;",
        ),
        migrations.RunSQL(
            KEEP,
            "DROP TRIGGER audit_never ON audit_rowseal; "
            "DROP TRIGGER audit_never_truncate ON audit_rowseal;",
        ),
    ]
