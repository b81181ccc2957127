"""Files that were called back are not handed out, until the very same ones are in force again."""

from __future__ import annotations

import pytest

from governance.models import Authorization
from governance.services import authorizations, stopping
from lib.errors import Refused
from registry.models import ModelVersion
from registry.services.downloads import download_uri
from registry.services.unsealed import copy_version
from tests.governance.make import Bank, finish_suite, make_release, make_sealed_version, sign
from tests.registry.make import make_model

pytestmark = pytest.mark.django_db


def released(bank: Bank, version: ModelVersion) -> Authorization:
    release = finish_suite(make_release(bank, version=version))
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")
    return Authorization.objects.get(release=release)


def is_handed_out(bank: Bank, version: ModelVersion) -> bool:
    version.refresh_from_db()
    try:
        return bool(download_uri(version, actor=bank.robot))
    except Refused as refusal:
        return "revoked" not in refusal.detail or "Odd scores." not in refusal.detail


def test_what_nobody_decided_about_is_handed_out(bank: Bank) -> None:
    assert is_handed_out(bank, make_sealed_version(bank))


def test_a_revoked_version_is_not_until_it_is_authorized_again(bank: Bank) -> None:
    version = make_sealed_version(bank)
    held = released(bank, version)
    assert is_handed_out(bank, version)
    authorizations.revoke(held, reason="Odd scores.", actor=bank.people.rita.actor)
    assert not is_handed_out(bank, version)
    released(bank, version)
    assert is_handed_out(bank, version)


def test_a_suspended_or_superseded_one_is_handed_out(bank: Bank) -> None:
    first = make_sealed_version(bank)
    held = released(bank, first)
    stopping.suspend(held, reason="A look at it.", actor=bank.people.rita.actor)
    assert is_handed_out(bank, first)
    released(bank, make_sealed_version(bank))
    held.refresh_from_db()
    assert held.state == "superseded"
    assert is_handed_out(bank, first)


def test_the_same_files_are_not_handed_out_under_another_name(bank: Bank) -> None:
    version = make_sealed_version(bank)
    held = released(bank, version)
    twin = copy_version(
        version, make_model("twin"), source=f"models:/{version.key}", actor=bank.robot
    )
    authorizations.revoke(held, reason="Odd scores.", actor=bank.people.rita.actor)
    assert not is_handed_out(bank, twin)


def test_nor_where_nobody_governs(bank: Bank) -> None:
    version = make_sealed_version(bank)
    held = released(bank, version)
    free = make_model("free", use_case="", governed=False)
    copy = copy_version(version, free, source=f"models:/{version.key}", actor=bank.robot)
    authorizations.revoke(held, reason="Odd scores.", actor=bank.people.rita.actor)
    assert not is_handed_out(bank, copy)


def test_what_was_called_back_is_not_copied_any_more(bank: Bank) -> None:
    version = make_sealed_version(bank)
    held = released(bank, version)
    authorizations.revoke(held, reason="Odd scores.", actor=bank.people.rita.actor)
    free = make_model("free", use_case="", governed=False)
    with pytest.raises(Refused, match="revoked"):
        copy_version(version, free, source=f"models:/{version.key}", actor=bank.robot)
