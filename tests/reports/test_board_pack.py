"""The board pack: printed by a worker, as of a day, and unmoved by what came to be known later."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

import governance.value_tasks  # noqa: F401  (the worker knows the job)
from accounts.models import User
from audit.models import Entry
from config.scale.copying import unguarded
from governance.models import KPI, BoardPack, Observation, UseCase, ValueCaseVersion
from governance.reports import board_pack, typeset
from governance.services import board_packs
from governance.services.portfolio import Portfolio, Wanted, portfolio
from governance.services.portfolio_lines import end_of_day
from jobs.models import Job
from jobs.tasks import run as run_job
from lib.errors import Unavailable
from tests.by_hand import by_hand
from tests.governance.make import Bank
from tests.governance.make_value import observe
from tests.governance.test_standings import approve
from tests.reports.make import text_of
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/portfolio/board-pack/"


def today() -> str:
    return timezone.localdate().isoformat()


def print_it() -> None:
    job = Job.objects.get(kind=board_packs.KIND, state="queued")
    run_job(str(job.id))


def as_of(bank: Bank, day: str) -> Portfolio:
    return portfolio(Wanted(), actor=bank.people.elena.actor, moment=end_of_day(day))


def test_it_is_printed_by_a_worker_and_its_download_is_on_record(bank: Bank) -> None:
    approve(bank)
    client = signed_in(bank.people.elena)
    waiting = client.get(ADDRESS, {"on": today()})
    assert (waiting.status_code, waiting["Refresh"]) == (202, "4")
    client.get(ADDRESS, {"on": today()})
    assert BoardPack.objects.count() == 1
    print_it()
    answer = client.get(ADDRESS, {"on": today()})
    assert answer["Content-Type"] == "application/pdf"
    said = text_of(answer.content)
    assert "1of1usecasehasanapprovedvaluecase" in said
    assert "Whatisunknown" in said
    entry = Entry.objects.filter(action="audit.export").latest("id")
    assert entry.content["details"]["what"] == "board pack"


def test_it_is_handed_to_whoever_asked_alone(bank: Bank) -> None:
    signed_in(bank.people.elena).get(ADDRESS, {"on": today()})
    print_it()
    assert signed_in(bank.people.rita).get(ADDRESS, {"on": today()}).status_code == 202


def test_with_other_roles_another_one_is_printed(bank: Bank) -> None:
    from accounts.services.people import assign_role
    from lib.actor import SYSTEM

    signed_in(bank.people.elena).get(ADDRESS, {"on": today()})
    print_it()
    assign_role(bank.people.elena, role="executive", actor=SYSTEM, scope=("business_unit", "cards"))
    elena = User.objects.get(pk=bank.people.elena.pk)
    assert signed_in(elena).get(ADDRESS, {"on": today()}).status_code == 202


def test_it_is_not_printed_with_roles_that_changed_since_it_was_asked_for(bank: Bank) -> None:
    from accounts.services.people import assign_role
    from lib.actor import SYSTEM

    signed_in(bank.people.elena).get(ADDRESS, {"on": today()})
    assign_role(bank.people.elena, role="executive", actor=SYSTEM, scope=("business_unit", "cards"))
    print_it()
    pack = BoardPack.objects.get()
    assert (pack.artifact_id, pack.problem) == (None, board_packs.CHANGED)
    elena = User.objects.get(pk=bank.people.elena.pk)
    assert signed_in(elena).get(ADDRESS, {"on": today()}).status_code == 202
    print_it()
    assert signed_in(elena).get(ADDRESS, {"on": today()})["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("day", ["2999-01-01", "2026-02-30", "yesterday", "1999-12-31"])
def test_a_day_that_is_none_or_lies_ahead_is_a_400(bank: Bank, day: str) -> None:
    answer = signed_in(bank.people.elena).get(ADDRESS, {"on": day})
    assert answer.status_code == 400
    assert not BoardPack.objects.exists()


def test_without_pango_it_says_so(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    def engine() -> None:
        raise Unavailable(typeset.NO_PANGO, code="no_pango")

    monkeypatch.setattr(typeset, "engine", engine)
    client = signed_in(bank.people.elena)
    client.get(ADDRESS, {"on": today()})
    print_it()
    answer = client.get(ADDRESS, {"on": today()})
    assert answer.status_code == 503
    assert "Pango" in answer.content.decode()


def test_what_is_corrected_later_changes_nothing_of_a_past_day(bank: Bank) -> None:
    approve(bank)
    kpi = bank.use_case.kpis.get()
    observe(kpi, "2026-01", 7)
    long_ago = timezone.now() - timedelta(days=40)
    _made_on(bank, long_ago)
    day = (long_ago + timedelta(days=5)).date().isoformat()
    before = _told(as_of(bank, day))
    observe(kpi, "2026-01", 1, restates="The ledger was wrong.")
    observe(kpi, "2026-02", 1)
    approve(bank, promised_annual_benefit=Decimal(1))
    assert _told(as_of(bank, day)) == before
    assert _told(as_of(bank, today())) != before
    assert before["says"].count("EUR 10.0 k") == 1


def _made_on(bank: Bank, moment: datetime) -> None:
    with by_hand(), unguarded((Observation, ValueCaseVersion, UseCase, KPI)):
        Observation.objects.update(recorded_at=moment)
        ValueCaseVersion.objects.update(approved_at=moment)
        UseCase.objects.update(created_at=moment)
        KPI.objects.update(created_at=moment)


def _told(found: Portfolio) -> dict[str, Any]:
    shown = board_pack.context(found, asked_by="Elena")
    return {
        "says": shown["told"].headline.replace("\N{NO-BREAK SPACE}", " "),
        "amounts": shown["amounts"],
        "units": shown["units"],
        "points": [(line.slug, why) for line, why in shown["points"][0]],
    }


def test_cover_and_first_chapter_agree_on_what_has_no_rate(bank: Bank) -> None:
    approve(bank)
    found = portfolio(Wanted(currency="USD"), actor=bank.people.elena.actor)
    said = render_to_string(board_pack.TEMPLATE, board_pack.context(found, asked_by="Elena"))
    assert said.count("he one use case with a value case is not told in USD") == 4
    assert "No use case had an approved value case" not in said
    assert "nothing is known" not in said


def test_before_a_use_case_was_described_there_was_none(bank: Bank) -> None:
    assert as_of(bank, "2020-01-01").all == []
