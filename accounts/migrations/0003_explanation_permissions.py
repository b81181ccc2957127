"""Gives roles that are rows already what they carry by now, and says so in the trail."""

from django.db import migrations

ADDED = ("explanation.make", "explanation.read")


def give(apps, schema_editor, permissions=ADDED):
    """A new installation has nothing to be given: its roles were made a moment ago."""
    from accounts.roles import SPECS
    from audit.services import record
    from audit.subjects import Subject
    from lib.actor import SYSTEM

    Role = apps.get_model("accounts", "Role")
    for spec in SPECS:
        role = Role.objects.filter(key=spec.key).first()
        wanted = {each for each in permissions if each in spec.permissions}
        if role is None or wanted <= set(role.permissions):
            continue
        added = sorted(wanted - set(role.permissions))
        Role.objects.filter(key=spec.key).update(permissions=sorted([*role.permissions, *added]))
        record(
            actor=SYSTEM,
            action="role.change",
            subject=Subject("role", spec.key, spec.name),
            details={"added": added},
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_roles"), ("audit", "0009_found_by_subject")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
