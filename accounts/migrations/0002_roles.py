"""The roles a new installation starts with."""

from django.db import migrations


def seed(apps, schema_editor):
    from accounts.roles import SPECS

    Role = apps.get_model("accounts", "Role")
    for spec in SPECS:
        Role.objects.get_or_create(
            key=spec.key,
            defaults={
                "name": spec.name,
                "line": spec.line,
                "permissions": sorted(spec.permissions),
            },
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
