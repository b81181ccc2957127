import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0022_statements_kept'),
        ('registry', '0009_found_by_time'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='authorization',
            index=models.Index(fields=['-issued_at', '-digest'], name='authorization_by_issue'),
        ),
        migrations.AddIndex(
            model_name='authorization',
            index=models.Index(models.F('expires_at'), condition=models.Q(('state__in', ('active', 'suspended'))), name='authorization_ends'),
        ),
        migrations.AddIndex(
            model_name='authorization',
            index=models.Index(models.F('review_due_at'), condition=models.Q(('state__in', ('active', 'suspended'))), name='authorization_review'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(models.F('signed_at'), name='decision_by_time'),
        ),
        migrations.AddIndex(
            model_name='release',
            index=django.contrib.postgres.indexes.GinIndex(fields=['stakes'], name='release_stakes', opclasses=['jsonb_path_ops']),
        ),
    ]
