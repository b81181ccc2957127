"""What runs somewhere protected is what is authorized there: else a finding says so, once."""

from __future__ import annotations

import pytest

from governance.services import authorizations, verifying
from lib.actor import SYSTEM
from registry.models import Environment, ModelVersion
from registry.services.deployments import start_deployment
from tests.governance.make import Bank, make_released, make_sealed_version

pytestmark = pytest.mark.django_db


def runs(version: ModelVersion) -> None:
    place = Environment.objects.get(name="production")
    start_deployment(version, environment=place, purpose="decide", actor=SYSTEM)


def test_what_is_authorized_raises_nothing(bank: Bank) -> None:
    runs(make_released(bank).version)
    assert verifying.verify_all() == []


def test_what_was_never_authorized_is_a_finding_once(bank: Bank) -> None:
    version = make_sealed_version(bank)
    runs(version)
    (finding,) = verifying.verify_all()
    assert (finding.cause, finding.version, finding.owner) == (
        "deployment",
        version,
        bank.people.ada,
    )
    assert verifying.verify_all() == []


def test_what_was_revoked_while_it_ran_is_a_finding(bank: Bank) -> None:
    release = make_released(bank)
    runs(release.version)
    authorizations.revoke(release.authorization, reason="incident", actor=bank.people.rita.actor)
    (finding,) = verifying.verify_all()
    assert "revoked" in finding.text
