"""Who wrote a value case last, or owns its use case or a model of it, does not approve it."""

from importlib import import_module

from django.db import migrations, models

earlier = import_module("governance.migrations.0024_value")
APPROVES = """
BEGIN
    IF EXISTS (SELECT 1 FROM governance_usecase u
               WHERE u.id = NEW.use_case_id AND u.owner_id = NEW.approved_by_id) THEN
        RAISE EXCEPTION 'the owner of a use case does not approve what it promises'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM governance_valuecase c JOIN accounts_user p ON p.pseudonym = c.written_by
               WHERE c.use_case_id = NEW.use_case_id AND p.id = NEW.approved_by_id) THEN
        RAISE EXCEPTION 'who wrote a value case does not approve it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""


def _anew(body: str) -> str:
    return (
        "CREATE OR REPLACE FUNCTION governance_approves_value() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = pg_catalog, public, pg_temp AS $$ {body} $$;"
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0028_criteria_rest_on"), ("accounts", "0008_webhook_dialect")]
    operations = [
        migrations.AddField(
            "valuecase",
            "written_by",
            models.CharField(
                blank=True,
                default="",
                max_length=64,
                help_text="Who wrote it last, and so does not approve it.",
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(_anew(APPROVES), _anew(earlier.APPROVES)),
    ]
