"""An upgrade gives roles that are rows already what they carry by now, and the trail tells."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import Role
from accounts.roles import SPECS
from audit.models import Entry
from tests.by_hand import by_hand

pytestmark = pytest.mark.django_db
give = import_module("accounts.migrations.0003_explanation_permissions").give


def test_a_new_installation_is_given_nothing() -> None:
    give(apps, None)
    assert not Entry.objects.filter(action="role.change").exists()


def test_an_older_one_is_given_what_is_new_and_keeps_what_it_changed() -> None:
    with by_hand():
        Role.objects.filter(key="business").update(permissions=["registry.read"])
        Role.objects.filter(key="auditor").update(permissions=["audit.read"])
    give(apps, None)
    carried = {role.key: set(role.permissions) for role in Role.objects.all()}
    assert carried["business"] == {"registry.read", "explanation.make", "explanation.read"}
    assert carried["auditor"] == {"audit.read", "explanation.read"}
    told = Entry.objects.filter(action="role.change").order_by("subject_key")
    assert [entry.subject_key for entry in told] == ["auditor", "business"]
    assert told[0].content["details"] == {"added": ["explanation.read"]}


def test_those_who_ask_may_read_the_answer() -> None:
    for spec in SPECS:
        if "explanation.make" in spec.permissions:
            assert {"explanation.read", "registry.read"} <= set(spec.permissions)


def test_a_later_upgrade_gives_only_what_it_brings() -> None:
    with by_hand():
        Role.objects.filter(key="operator").update(permissions=["audit.read"])
        Role.objects.filter(key="auditor").update(permissions=["audit.read"])
    import_module("accounts.migrations.0004_operations_permissions").give(apps, None)
    carried = {role.key: set(role.permissions) for role in Role.objects.all()}
    new = {"operations.manage", "operations.read", "validation.cancel"}
    assert carried["operator"] == {"audit.read", *new}
    assert carried["auditor"] == {"audit.read", "operations.read"}


def test_operators_and_officers_may_say_who_outside_is_told() -> None:
    with by_hand():
        Role.objects.update(permissions=["audit.read"])
    import_module("accounts.migrations.0007_webhooks").give(apps, None)
    given = {role.key for role in Role.objects.all() if "webhook.manage" in role.permissions}
    assert given == {"operator", "officer"}
