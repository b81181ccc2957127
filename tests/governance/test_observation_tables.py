"""Tables of figures: each row is kept or named, the file is kept as it came, nothing is lost."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from audit.models import Entry
from governance.models import KPI, Observation, Upload
from governance.services import observations
from lib.errors import Invalid
from registry.services import artifacts
from tests import cast
from tests.governance.make import ROBOT, Bank
from tests.governance.make_value import make_kpi, observe

pytestmark = pytest.mark.django_db
AT = "/api/v1/use-cases/mortgage/observation-files"
MIXED = b"""kpi,period,value,unit
hours,2026-01,7,hours
hours,2026-02,7,EUR
hours,2099-02,7,
"""


@pytest.fixture
def kpi(bank: Bank) -> KPI:
    return make_kpi(bank)


def take(bank: Bank, data: bytes, keep: str = "all") -> Upload:
    return observations.take_table(
        bank.use_case, data=data, file_name="may.csv", keep=keep, actor=ROBOT
    )


def values() -> list[str]:
    return [
        f"{row.period}={float(row.value):g}" for row in Observation.objects.order_by("period", "pk")
    ]


def test_a_good_table_is_kept_whole(bank: Bank, kpi: KPI) -> None:
    upload = take(bank, b"kpi,period,value\nhours,2026-01,7\nhours,2026-02,6.5\n")
    assert (upload.rows, upload.kept, upload.refused) == (2, 2, [])
    assert values() == ["2026-01=7", "2026-02=6.5"]
    told = list(Entry.objects.filter(action__startswith="observation").order_by("id"))
    assert [entry.action for entry in told] == ["observation.upload", "observation.record"]
    assert told[1].content["details"]["figures"] == {"hours": 2}


def test_the_good_rows_are_kept_where_the_uploader_says_so(bank: Bank, kpi: KPI) -> None:
    upload = take(bank, MIXED, keep="good")
    assert (upload.rows, upload.kept) == (3, 1)
    assert values() == ["2026-01=7"]
    assert [(one["line"], one["problems"]) for one in upload.refused] == [
        (3, ["the unit is hours, not EUR"]),
        (4, ["2099-02 has not begun"]),
    ]


def test_otherwise_none_is_and_the_table_is_on_record(bank: Bank, kpi: KPI) -> None:
    upload = take(bank, MIXED)
    assert (upload.rows, upload.kept, len(upload.refused)) == (3, 0, 2)
    assert values() == []
    artifact = artifacts.find(upload.artifact, actor=ROBOT)
    assert artifact.size == len(MIXED)


def test_a_table_restates_with_its_own_reason(bank: Bank, kpi: KPI) -> None:
    observe(kpi, "2026-01", 7)
    take(bank, b"kpi,period,value,restates\nhours,2026-01,6,late invoices\n")
    assert values() == ["2026-01=7", "2026-01=6"]
    assert Observation.objects.latest("pk").reason == "late invoices"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "The file is empty"), (b"\xff\xfe1", "no text in UTF-8"),
     (b"kpi,period\nhours,2026-01\n", "no column value"), (b"kpi,period,value\n", "no rows")],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_a_sentence(
    bank: Bank, kpi: KPI, data: bytes, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        take(bank, data)
    assert not Upload.objects.exists()


def test_a_hundred_thousand_rows_with_three_hundred_bad_ones(bank: Bank) -> None:
    """Each of 1,000 KPIs reports 100 months; every so often somebody writes a unit that is none."""
    made = [make_kpi(bank, key=f"k{n}", starts_on=None) for n in range(1_000)]
    months = [f"{2010 + n // 12}-{n % 12 + 1:02}" for n in range(100)]
    lines = [
        f"{kpi.key},{month},{n},{'EUR' if (n * 100 + m) % 333 == 0 and n < 999 else 'hours'}"
        for n, kpi in enumerate(made)
        for m, month in enumerate(months)
    ]
    data = ("kpi,period,value,unit\n" + "\n".join(lines)).encode()
    wrong = sum(line.endswith("EUR") for line in lines)

    begun = time.monotonic()
    upload = take(bank, data, keep="good")

    assert (upload.rows, upload.kept, len(upload.refused)) == (100_000, 100_000 - wrong, wrong)
    assert 295 <= wrong <= 305
    assert Observation.objects.count() == 100_000 - wrong
    print(f"taken in {time.monotonic() - begun:.1f} s")


def test_a_nul_is_a_bad_row_and_the_good_ones_are_kept(bank: Bank, kpi: KPI) -> None:
    data = b"kpi;period;value;source\nhours;2026-01;7;\nhours;2026-02;7;led\0ger\n"
    upload = take(bank, data, keep="good")
    assert values() == ["2026-01=7"]
    (one,) = Upload.objects.get(pk=upload.pk).refused
    assert (one["line"], one["problems"]) == (3, ["the source holds a NUL character"])
    assert one["cells"]["source"] == "ledger"
    assert artifacts.find(upload.artifact, actor=ROBOT).size == len(data)


def test_over_http_the_file_is_the_body(bank: Bank, kpi: KPI) -> None:
    def send(who: Any, data: bytes, query: str = "") -> Any:
        client = cast.api(who)
        return client.generic("POST", f"{AT}{query}", data, content_type="text/csv")

    people = bank.people
    assert send(people.otto, MIXED).status_code == 403
    refused = send(people.petra, b"kpi,month\n")
    assert refused.status_code == 400
    assert "no column period and value" in refused.json()["detail"]
    assert send(people.petra, MIXED, "?keep=some").status_code == 400
    made = send(people.petra, MIXED, "?keep=good&name=may.csv")
    assert (made.status_code, made.json()["kept"]) == (201, 1)
    listed = cast.api(people.otto).get(AT).json()["items"]
    assert [one["file_name"] for one in listed] == ["may.csv"]


def test_a_table_of_nothing_but_bad_rows_is_another_file(bank: Bank, kpi: KPI) -> None:
    bad = b"kpi,period,value\n" + b"hours,2026-01,x\n" * (observations.MOST_REFUSED + 1)
    with pytest.raises(Invalid, match=r"5,001 rows cannot be kept.*Line 2: “x” is no number"):
        take(bank, bad, keep="good")
    assert not Upload.objects.exists()


def test_somebody_signed_in_hands_a_table_in_as_a_script_would(bank: Bank, kpi: KPI) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bank.people.petra, backend="django.contrib.auth.backends.ModelBackend")
    data = b"kpi,period,value\nhours,2026-01,7\n"
    refused = client.post(AT, data, content_type="text/csv")
    assert refused.status_code == 403, "without a token against forged requests"
    client.cookies["csrftoken"] = token = "t" * 32
    sent = client.post(AT, data, content_type="text/csv", headers={"X-CSRFToken": token})
    assert sent.status_code == 201
    assert values() == ["2026-01=7"]
