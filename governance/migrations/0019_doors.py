"""Every page counts what somebody has not seen, so that has an index of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0018_stakes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                "person", name="notice_unseen", condition=models.Q(("seen_at", None))
            ),
        ),
    ]
