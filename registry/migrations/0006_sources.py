"""Versions that have only a source yet, stages, and names of deleted models that are free again."""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


GUARD = """
CREATE OR REPLACE FUNCTION registry_guard_version() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
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
        free := ARRAY[%s];
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
        RAISE EXCEPTION 'a %% version never changes', OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
FREE_BEFORE = "'description', 'tags', 'state'"
FREE = f"{FREE_BEFORE}, 'stage', 'updated_at'"

DELETED_MODELS = """
CREATE FUNCTION registry_guard_deleted_model() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.deleted_at IS NOT NULL THEN
        RAISE EXCEPTION 'a deleted model never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_guard_deleted_model BEFORE UPDATE ON registry_registeredmodel
    FOR EACH ROW EXECUTE FUNCTION registry_guard_deleted_model();
ALTER TABLE registry_registeredmodel ENABLE ALWAYS TRIGGER registry_guard_deleted_model;
"""
# Rewrites the table without an update of any row, which the guard would refuse.
AS_OLD_AS_THEY_ARE = (
    "ALTER TABLE registry_modelversion ALTER COLUMN updated_at TYPE timestamptz USING created_at"
)


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0005_declarations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='modelversion',
            name='logged_model',
            field=models.CharField(blank=True, max_length=250),
        ),
        migrations.AddField(
            model_name='modelversion',
            name='run_link',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='modelversion',
            name='source',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='modelversion',
            name='stage',
            field=models.CharField(choices=[('None', 'None'), ('Staging', 'Staging'), ('Production', 'Production'), ('Archived', 'Archived')], default='None', max_length=10),
        ),
        migrations.AddField(
            model_name='modelversion',
            name='tracking_run',
            field=models.CharField(blank=True, max_length=250),
        ),
        migrations.AddField(
            model_name='modelversion',
            name='updated_at',
            field=models.DateTimeField(auto_now=True),
        ),
        migrations.RunSQL(AS_OLD_AS_THEY_ARE, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='registeredmodel',
            name='created_by',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='registeredmodel',
            name='deleted_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='registeredmodel',
            name='name',
            field=models.CharField(db_index=True, max_length=256),
        ),
        migrations.AddIndex(
            model_name='modelversion',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='model_version_tags'),
        ),
        migrations.AddIndex(
            model_name='modelversion',
            index=models.Index(fields=['model', 'stage', '-number'], name='model_version_by_stage'),
        ),
        migrations.AddIndex(
            model_name='modelversion',
            index=models.Index(fields=['model', '-updated_at', '-number'], name='model_version_changed'),
        ),
        migrations.AddIndex(
            model_name='modelversion',
            index=models.Index(fields=['-updated_at'], name='model_version_newest'),
        ),
        migrations.AddIndex(
            model_name='modelversion',
            index=models.Index(condition=models.Q(('tracking_run', ''), _negated=True), fields=['tracking_run'], name='model_version_run'),
        ),
        migrations.AddIndex(
            model_name='registeredmodel',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='model_tags'),
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['None', 'Staging', 'Production', 'Archived'])), name='model_version_stage'),
        ),
        migrations.AddConstraint(
            model_name='registeredmodel',
            constraint=models.UniqueConstraint(models.F('name'), condition=models.Q(('deleted_at', None)), name='model_name_once'),
        ),
        migrations.RunSQL(GUARD % FREE, GUARD % FREE_BEFORE),
        migrations.RunSQL(DELETED_MODELS, "DROP FUNCTION registry_guard_deleted_model CASCADE;"),
    ]
