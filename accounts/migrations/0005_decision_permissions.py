"""Gives roles that are rows already what they carry by now, and says so in the trail."""

from importlib import import_module

from django.db import migrations

ADDED = ("calendar.manage", "finding.raise", "promise.answer")
former = import_module("accounts.migrations.0003_explanation_permissions")


def give(apps, schema_editor):
    former.give(apps, schema_editor, ADDED)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_operations_permissions")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
