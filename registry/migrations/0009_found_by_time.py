from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0008_sealing'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='deployment',
            index=models.Index(fields=['-started_at', '-id'], name='deployment_by_start'),
        ),
        migrations.AddIndex(
            model_name="modelversion",
            index=models.Index(fields=["created_by", "model"], name="model_version_makers"),
        ),
    ]
