"""Tables of figures handed in on the value page."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from governance.models import Observation, Upload
from tests.governance.make import Bank
from tests.governance.make_value import make_kpi
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/use-cases/mortgage/value/files/"
MIXED = b"kpi,period,value\nhours,2026-01,7\nhours,2026-02,<b>x</b>\n"


def hand_in(bank: Bank, data: bytes | None, keep: str = "all", name: str = "may.csv") -> Any:
    form: dict[str, Any] = {"keep": keep}
    if data is not None:
        form["file"] = SimpleUploadedFile(name, data)
    return signed_in(bank.people.petra).post(ADDRESS, form, follow=True)


def test_a_good_file_is_kept_whole(bank: Bank) -> None:
    make_kpi(bank)
    shown = hand_in(bank, b"kpi,period,value\nhours,2026-01,7\n").content.decode()
    assert "All 1 figures of may.csv are kept." in shown
    assert "kept whole" in shown


def test_bad_rows_are_named_and_the_good_ones_kept_where_chosen(bank: Bank) -> None:
    make_kpi(bank)
    shown = hand_in(bank, MIXED, keep="good").content.decode()
    assert "1 of 2 rows kept" in shown
    assert "“&lt;b&gt;x&lt;/b&gt;” is no number." in shown
    assert Observation.objects.count() == 1


def test_none_is_kept_where_that_was_chosen_but_the_file_is(bank: Bank) -> None:
    make_kpi(bank)
    shown = hand_in(bank, MIXED).content.decode()
    assert "nothing kept of 2 rows" in shown
    assert not Observation.objects.exists()
    assert Upload.objects.get().file_name == "may.csv"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (None, "Choose a file."),
        (b"", "The file is empty"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"when,what\n1,2\n", "names no column kpi"),
        (b"kpi,period,value\n", "no rows below the line of names"),
    ],
)
def test_what_is_no_table_is_said_on_the_page(bank: Bank, data: bytes | None, told: str) -> None:
    answer = hand_in(bank, data)
    assert answer.status_code == 400
    assert told in answer.content.decode()


def test_what_is_wrong_with_a_file_is_said_once(bank: Bank) -> None:
    shown = hand_in(bank, b"").content.decode()
    assert shown.count("The file is empty") == 1
    assert ".." not in shown.partition('role="alert"')[2].partition("</div>")[0]
    assert "No table of figures." in shown


def test_a_file_of_another_use_case_is_not_found(bank: Bank) -> None:
    address = f"{ADDRESS}00000000-0000-0000-0000-000000000007/"
    assert signed_in(bank.people.petra).get(address).status_code == 404


def test_who_may_not_record_hands_in_nothing(bank: Bank) -> None:
    form = {"file": SimpleUploadedFile("may.csv", MIXED), "keep": "all"}
    assert signed_in(bank.people.otto).post(ADDRESS, form).status_code == 403
