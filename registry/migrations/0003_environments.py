"""The environments that a new installation starts with. From then on they are rows."""

from typing import Any

from django.db import migrations

SEEDS = (
    ("development", "Development", 10, False),
    ("staging", "Staging", 20, False),
    ("production", "Production", 30, True),
)


def seed(apps: Any, schema_editor: Any) -> None:
    environment = apps.get_model("registry", "Environment")
    for name, title, rank, protected in SEEDS:
        environment.objects.get_or_create(
            name=name, defaults={"title": title, "rank": rank, "protected": protected}
        )


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_immutability")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
