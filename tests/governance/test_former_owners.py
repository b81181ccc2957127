"""Whoever owned a model or its use case before anybody asked for a release has a stake in it all
the same: both hand-overs happened before there was a release to remember them."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services.people import assign_role
from governance.models import Release
from governance.services import findings, use_cases
from governance.services.awaited_answers import of_findings
from lib.actor import SYSTEM, Actor
from lib.errors import Refused
from registry.models import ModelVersion, RegisteredModel
from registry.services.models import change_model, rename_model
from tests.governance.make import Bank, finish_suite, make_release, make_sealed_version, sign
from tests.governance.make_findings import make_finding
from tests.registry.make import make_model as register

pytestmark = pytest.mark.django_db


def actor(name: str) -> Actor:
    return User.objects.get(username=name).actor


@pytest.fixture
def validating(bank: Bank) -> Bank:
    """In which Ada, who owns model and use case, may sign as a validator."""
    assign_role(bank.people.ada, role="validator", actor=SYSTEM)
    return bank


def given_away(bank: Bank, *, model: bool = True, use_case: bool = True) -> None:
    if model:
        change_model(RegisteredModel.objects.get(), owner=bank.people.bo, actor=actor("dev"))
    if use_case:
        reason = "She works elsewhere."
        use_cases.hand_over(bank.use_case, owner="petra", reason=reason, actor=actor("rita"))


def asked(bank: Bank, version: ModelVersion) -> Release:
    """As somebody asks who knows nothing of former owners."""
    return finish_suite(make_release(bank, version=ModelVersion.objects.get(pk=version.pk)))


@pytest.mark.parametrize(("model", "use_case"), [(True, False), (False, True), (True, True)])
def test_who_owned_it_when_its_version_was_registered_does_not_sign(
    validating: Bank, model: bool, use_case: bool
) -> None:
    version = make_sealed_version(validating)
    given_away(validating, model=model, use_case=use_case)
    release = asked(validating, version=version)
    assert actor("ada").id in release.stakes["owners"]
    with pytest.raises(Refused, match="You own"):
        sign(release, validating.people.ada, "validator")


def test_another_name_of_the_model_hides_nobody(validating: Bank) -> None:
    """Renamed twice, and its first name is another model's by now."""
    version = make_sealed_version(validating)
    given_away(validating)
    for name in ("credit-2", "credit-3"):
        rename_model(RegisteredModel.objects.get(), name=name, actor=SYSTEM)
    other = register("credit", use_case="mortgage", owner=validating.people.rita)
    change_model(other, owner=validating.people.dev, actor=SYSTEM)
    finding = make_finding(validating, owner="bo", model="credit-3")
    release = asked(validating, version=version)
    owners = set(release.stakes["owners"])
    assert {actor("ada").id, actor("bo").id} <= owners
    assert actor("rita").id not in owners
    findings.resolve(finding, text="Mended.", actor=actor("bo"))
    finding.refresh_from_db()
    assert "You own" in findings.why_not_judge(finding, actor=actor("ada"))
    assert findings.why_not_judge(finding, actor=actor("rita")) == ""


def test_who_gave_it_away_before_there_was_the_version_signs(validating: Bank) -> None:
    early = timezone.now() - timedelta(hours=1)
    given_away(validating)
    with mock.patch("django.utils.timezone.now", return_value=early + timedelta(hours=2)):
        version = make_sealed_version(validating)
    sign(asked(validating, version=version), validating.people.ada, "validator")


def test_who_owned_both_when_it_was_raised_closes_no_finding(validating: Bank) -> None:
    make_sealed_version(validating)
    finding = make_finding(validating, owner="bo")
    given_away(validating)
    findings.resolve(finding, text="Mended.", actor=actor("bo"))
    finding.refresh_from_db()
    assert of_findings(actor("ada")) == []
    with pytest.raises(Refused, match="You own"):
        findings.close(finding, accepted=True, text="Seen.", actor=actor("ada"))
    findings.close(finding, accepted=True, text="Seen.", actor=actor("ravi"))
