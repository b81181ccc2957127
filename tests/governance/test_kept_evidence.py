"""The row of a check and the file of its evidence are one document, whatever numbers it has."""

from __future__ import annotations

import pytest

from governance.models import CheckRun
from governance.suites import measuring
from lib.canonical import canonical_json, digest_of
from registry import artifacts
from tests.cast import People
from tests.governance.make import make_bank, make_release
from tests.governance.make_suites import make_model_version, policy_of, work_off

pytestmark = pytest.mark.django_db

NUMBERS = [1e300, -1e300, 1e16, 2.0**53, 2.0**53 - 1, 1.7e308, -0.0, 1e-310, 5e-324, 0.1 + 0.2, 1.0]


@pytest.fixture
def twice(people: People, monkeypatch: pytest.MonkeyPatch) -> list[CheckRun]:
    """The same check of two releases: measured, and taken from the first."""
    of_old = measuring.measure

    def measure(*given):
        return {**of_old(*given), "numbers": NUMBERS, "by name": {"most": 1e300}}

    monkeypatch.setattr(measuring, "measure", measure)
    bank = make_bank(people, policy=policy_of(Schema="data.schema {require: all}"))
    version = make_model_version(bank)
    found = []
    for purpose in ("decide", "advise"):
        release = make_release(bank, version=version, purpose=purpose)
        work_off()
        found.append(release.runs.get().checks.get())
    return found


def test_every_number_comes_back_from_the_database_as_it_was_measured(twice: list[CheckRun]):
    for row in twice:
        assert row.verdict == "pass"
        assert row.evidence["numbers"] == NUMBERS
        assert digest_of(row.evidence) == row.evidence_digest
        with artifacts.store().path(row.evidence_digest) as kept:
            assert kept.read_bytes() == canonical_json(row.evidence)
    assert twice[0].evidence_digest == twice[1].evidence_digest
