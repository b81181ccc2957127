"""Figures of several KPIs that are recorded at the same moment are all in what is kept."""

from __future__ import annotations

import pytest

from governance.models import KPI, ValueStanding
from governance.services import standings
from tests import cast
from tests.governance.at_once import at_once
from tests.governance.make import make_bank
from tests.governance.make_value import make_kpi, observe
from tests.governance.test_standings import agrees, approve

pytestmark = pytest.mark.clones


def test_the_last_to_write_reads_what_the_others_wrote(committed_db: str) -> None:
    bank = make_bank(cast.people())
    for key in ("first", "second", "third", "fourth"):
        make_kpi(bank, key=key, name=key.title())
    approve(bank)
    kpis = list(KPI.objects.select_related("use_case"))
    for period in ("2026-01", "2026-02", "2026-03"):
        at_once(*[lambda kpi=kpi, period=period: observe(kpi, period, 7) for kpi in kpis])  # type: ignore[misc]
        kept = ValueStanding.objects.get(use_case=bank.use_case)
        agrees(kept, standings.standing_of(bank.use_case))
    assert kept.covered == 3


def test_the_first_figures_make_one_copy(committed_db: str) -> None:
    bank = make_bank(cast.people())
    kpis = [make_kpi(bank, key=key, name=key.title()) for key in ("first", "second")]
    ValueStanding.objects.all().delete()
    at_once(*[lambda kpi=kpi: observe(kpi, "2026-01", 7) for kpi in kpis])  # type: ignore[misc]
    kept = ValueStanding.objects.get(use_case=bank.use_case)
    agrees(kept, standings.standing_of(bank.use_case))
