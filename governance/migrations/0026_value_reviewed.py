from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0025_plans")]
    operations = [
        migrations.AddField(
            "recertification",
            "value",
            models.JSONField(
                default=dict,
                help_text="How its use case stood against its promise; see reviewing_value.",
            ),
        ),
    ]
