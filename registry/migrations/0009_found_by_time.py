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
    ]
