"""Requests to seal a version that has only a source, and how far each has come."""

import django.db.models.deletion
from django.db import migrations, models

import registry.models.identifiers


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_search")]
    operations = [
        migrations.CreateModel(
            name="Sealing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=registry.models.identifiers.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("fetching", "Fetching"),
                            ("sealed", "Sealed"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("given", models.JSONField(default=dict)),
                ("files", models.JSONField(default=list)),
                ("note", models.TextField(blank=True)),
                ("error", models.TextField(blank=True)),
                (
                    "requested_by",
                    models.CharField(help_text="The actor's pseudonym.", max_length=64),
                ),
                ("requested_name", models.CharField(blank=True, max_length=200)),
                ("requested_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sealings",
                        to="registry.modelversion",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["version", "-id"], name="sealing_by_version")],
                "constraints": [
                    models.UniqueConstraint(
                        "version",
                        condition=models.Q(state__in=("waiting", "fetching")),
                        name="sealing_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            state__in=["waiting", "fetching", "sealed", "failed"]
                        ),
                        name="sealing_state",
                    ),
                ],
            },
        )
    ]
