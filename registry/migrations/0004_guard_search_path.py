"""The guard of a sealed version's datasets reads tables, so its search path is fixed: no temporary
table can stand in for a real one."""

from django.db import migrations

FIXED = "SET search_path = pg_catalog, public, pg_temp"


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_environments")]
    operations = [
        migrations.RunSQL(
            f"ALTER FUNCTION registry_guard_version_dataset() {FIXED};",
            "ALTER FUNCTION registry_guard_version_dataset() RESET search_path;",
        )
    ]
