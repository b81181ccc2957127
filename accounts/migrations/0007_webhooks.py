"""Addresses outside that are told what happens, and the permission to name them, which operators
and officers get."""


import accounts.models.webhooks
import django.contrib.postgres.fields
import django.db.models.deletion
from importlib import import_module

from django.conf import settings
from django.db import migrations, models


ADDED = ("webhook.manage",)
former = import_module("accounts.migrations.0003_explanation_permissions")


def give(apps, schema_editor):
    former.give(apps, schema_editor, ADDED)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_policy_drafting'),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.UUIDField(default=accounts.models.webhooks.new_key, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('address', models.CharField(max_length=2000)),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='Names of events; empty means every event there is.', size=None)),
                ('secret', models.TextField(editable=False, help_text='Sealed; see lib.sealing.')),
                ('former_secret', models.TextField(blank=True, editable=False)),
                ('former_until', models.DateTimeField(help_text='Until then both secrets sign.', null=True)),
                ('state', models.CharField(choices=[('active', 'Active'), ('disabled', 'Disabled'), ('deleted', 'Deleted')], default='active', max_length=10)),
                ('why_disabled', models.CharField(blank=True, max_length=300)),
                ('made_at', models.DateTimeField()),
                ('failing_since', models.DateTimeField(help_text='The first failure since the last success.', null=True)),
                ('made_by', models.ForeignKey(help_text='None: a service token did.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='webhooks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.UUIDField(default=accounts.models.webhooks.new_key, editable=False, primary_key=True, serialize=False)),
                ('event', models.UUIDField(help_text='The same at every try: receivers tell repeats by it.')),
                ('kind', models.CharField(max_length=60)),
                ('about', models.CharField(blank=True, max_length=300)),
                ('body', models.TextField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='waiting', max_length=10)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('begun_at', models.PositiveSmallIntegerField(default=0, help_text='The number of tries when somebody had it delivered anew.')),
                ('next_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField()),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='accounts.webhookendpoint')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='WebhookAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('seconds', models.FloatField(null=True)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='accounts.webhookdelivery')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(models.F('delivery'), models.F('number'), name='webhook_try_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='webhookendpoint',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['active', 'disabled', 'deleted'])), name='webhook_state'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['endpoint', '-id'], name='webhook_history'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(models.F('endpoint'), models.F('event'), name='webhook_told_once'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'delivered', 'failed', 'cancelled'])), name='webhook_delivery_state'),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
