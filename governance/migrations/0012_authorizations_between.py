"""Emergencies are asked for before somebody else lets them; a rollback carries stops on."""

import json

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


WAYS = {"asked": ["approved", "declined"], "approved": [], "declined": []}
_TABLE = "governance_emergencyrequest"


def _trigger(name: str, when: str, function: str, each: str = "ROW") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} {when} ON {_TABLE} FOR EACH {each} EXECUTE FUNCTION {function};"
        f"ALTER TABLE {_TABLE} ENABLE ALWAYS TRIGGER {name};",
        f"DROP TRIGGER {name} ON {_TABLE};",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0011_risk_tiers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='stop',
            name='condition',
            field=models.ForeignKey(help_text='A rollback carries the stop on: one condition may then stop two.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stops', to='governance.condition'),
        ),
        migrations.CreateModel(
            name='EmergencyRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('incident', models.CharField(help_text="As the firm's own records name it.", max_length=120)),
                ('reason', models.TextField()),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('approved', 'Approved'), ('declined', 'Declined')], default='asked', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_reason', models.TextField(blank=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergency_requests', to='governance.release')),
            ],
            options={
                'ordering': ['asked_at'],
            },
        ),
        migrations.AddField(
            model_name='emergencyreview',
            name='request',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='review', to='governance.emergencyrequest'),
        ),
        migrations.AddConstraint(
            model_name='emergencyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'approved', 'declined'])), name='emergency_request_state'),
        ),
        migrations.AddConstraint(
            model_name='emergencyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('asked_by', models.F('decided_by')), _negated=True), _connector='OR'), name='emergency_request_takes_two'),
        ),
        migrations.AddConstraint(
            model_name='emergencyrequest',
            constraint=models.UniqueConstraint(models.F('release'), condition=models.Q(('state', 'asked')), name='emergency_asked_once'),
        ),
        _trigger(
            "governance_states",
            "BEFORE UPDATE",
            f"governance_follow_states('{json.dumps(WAYS)}')",
        ),
        _trigger("governance_frozen_rows", "BEFORE DELETE", "governance_frozen()"),
        _trigger(
            "governance_never_emptied", "BEFORE TRUNCATE", "governance_frozen()", "STATEMENT"
        ),
    ]
