"""G1 in the database: plain triggers, always on, that no session setting can step around.

They raise ``restrict_violation`` (23001), which Django shows as IntegrityError.
"""

from django.db import migrations

SEALED = """
CREATE FUNCTION registry_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'model versions are never deleted; they leave a tombstone'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'deleted' THEN
        free := ARRAY[]::text[];
    ELSIF OLD.state = 'sealed' OR OLD.digest IS NOT NULL THEN
        free := ARRAY['description', 'tags', 'state'];
        IF NEW.state NOT IN ('sealed', 'deleted') THEN
            RAISE EXCEPTION 'a sealed version is never unsealed'
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSE
        IF ROW(NEW.id, NEW.model_id, NEW.number, NEW.created_at, NEW.created_by)
           IS DISTINCT FROM ROW(OLD.id, OLD.model_id, OLD.number, OLD.created_at, OLD.created_by)
        THEN
            RAISE EXCEPTION 'the identity of a model version never changes'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'a % version never changes', OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_guard_version BEFORE UPDATE OR DELETE ON registry_modelversion
    FOR EACH ROW EXECUTE FUNCTION registry_guard_version();
ALTER TABLE registry_modelversion ENABLE ALWAYS TRIGGER registry_guard_version;
"""

NUMBERS = """
CREATE FUNCTION registry_guard_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.last_number < OLD.last_number THEN
        RAISE EXCEPTION 'version numbers are never reused' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_guard_numbers BEFORE UPDATE ON registry_registeredmodel
    FOR EACH ROW EXECUTE FUNCTION registry_guard_numbers();
ALTER TABLE registry_registeredmodel ENABLE ALWAYS TRIGGER registry_guard_numbers;
"""

DATASETS_OF_SEALED = """
CREATE FUNCTION registry_guard_version_dataset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM registry_modelversion v
               WHERE v.id = NEW.version_id AND v.state <> 'unsealed') THEN
        RAISE EXCEPTION 'the datasets of a sealed version never change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_guard_version_dataset BEFORE INSERT ON registry_versiondataset
    FOR EACH ROW EXECUTE FUNCTION registry_guard_version_dataset();
ALTER TABLE registry_versiondataset ENABLE ALWAYS TRIGGER registry_guard_version_dataset;
"""

FROZEN_FUNCTION = """
CREATE FUNCTION registry_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % never change', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""

FROZEN_TABLES = (
    "registry_artifact",
    "registry_datasetversion",
    "registry_run",
    "registry_runinput",
    "registry_versiondataset",
    "registry_versiondocument",
)


def _freeze(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER registry_frozen BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION registry_frozen();"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER registry_frozen;",
        f"DROP TRIGGER registry_frozen ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [
        migrations.RunSQL(SEALED, "DROP FUNCTION registry_guard_version CASCADE;"),
        migrations.RunSQL(NUMBERS, "DROP FUNCTION registry_guard_numbers CASCADE;"),
        migrations.RunSQL(
            DATASETS_OF_SEALED, "DROP FUNCTION registry_guard_version_dataset CASCADE;"
        ),
        migrations.RunSQL(FROZEN_FUNCTION, "DROP FUNCTION registry_frozen;"),
        *[_freeze(table) for table in FROZEN_TABLES],
    ]
