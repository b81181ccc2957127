"""Validators draft policies, so that two people can publish one; roles that are rows already get
what they carry by now, and the trail says so."""

from importlib import import_module

from django.db import migrations

ADDED = ("policy.write",)
former = import_module("accounts.migrations.0003_explanation_permissions")


def give(apps, schema_editor):
    former.give(apps, schema_editor, ADDED)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_decision_permissions")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
