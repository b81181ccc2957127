"""What witnesses and time-stamp authorities said about checkpoints: added to, never changed."""

import django.db.models.deletion
from django.db import migrations, models


REFUSE = """
CREATE TRIGGER audit_never BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_never();
CREATE TRIGGER audit_never_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_never;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_never_truncate;
"""
BACK = "DROP TRIGGER audit_never ON {table}; DROP TRIGGER audit_never_truncate ON {table};"


def _append_only(table):
    return migrations.RunSQL(REFUSE.format(table=table), BACK.format(table=table))


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_sequences_grow'),
    ]

    operations = [
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('witness', models.CharField(help_text="The witness's public key, a vkey.", max_length=300)),
                ('line', models.CharField(max_length=500)),
                ('signed_at', models.DateTimeField(help_text='The time that the witness signed.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cosignatures', to='audit.checkpoint')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('checkpoint'), models.F('witness'), name='cosignature_once_per_witness')],
            },
        ),
        migrations.CreateModel(
            name='Stamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tsa', models.CharField(help_text='The address that was asked.', max_length=300)),
                ('token', models.BinaryField(help_text='The TimeStampResp of RFC 3161, as it came (DER).')),
                ('stamped_at', models.DateTimeField(help_text='genTime of the token.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stamps', to='audit.checkpoint')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('checkpoint'), models.F('tsa'), name='stamp_once_per_tsa')],
            },
        ),
        _append_only("audit_cosignature"),
        _append_only("audit_stamp"),
    ]
