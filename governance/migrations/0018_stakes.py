"""Who describes a use case does not decide how it is treated: it begins at tier 1, and nothing but
an assessment under a published methodology makes it lighter. In the database too."""

from django.db import migrations, models

BEGINS = """
BEGIN
    IF NEW.tier <> 1 THEN
        RAISE EXCEPTION 'a use case is held to tier 1 until it is assessed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""

# A use case from before there were assessments gets the tier that it has on record, no other.
UNASSESSED = """
BEGIN
    IF NEW.methodology_id IS NULL
       AND NEW.tier > (SELECT tier FROM governance_usecase WHERE id = NEW.use_case_id) THEN
        RAISE EXCEPTION 'a tier becomes lighter under a published methodology alone'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""


def _guard(table: str, name: str, body: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = pg_catalog, public, pg_temp AS $$ {body} $$;"
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {name}(); ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};",
        f"DROP FUNCTION {name}() CASCADE;",
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0017_authorized_in_the_database")]
    operations = [
        migrations.AlterField(
            "usecase",
            "tier",
            models.PositiveSmallIntegerField(
                help_text="Risk tier as it holds: 1, the highest risk, until it is assessed."
            ),
        ),
        _guard("governance_usecase", "governance_begin_at_tier_1", BEGINS),
        _guard("governance_riskassessment", "governance_tier_by_methodology", UNASSESSED),
    ]
