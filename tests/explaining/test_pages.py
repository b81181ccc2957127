"""The form and the sheet: fields by plain names, what was typed is kept, reasons in two tables."""

from __future__ import annotations

import re
from typing import Any

import pytest

from governance.models import Explanation
from governance.services import explaining
from registry.models import ModelVersion
from tests.explaining.make import VALUES, work
from tests.governance.make import Bank
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
TYPED = {f"value.{name}": str(value) for name, value in VALUES.items()}


def address(version: ModelVersion) -> str:
    return f"/models/credit/versions/{version.number}/explanations/"


def text_of(response: Any) -> str:
    text = re.sub(
        r"<(style|script|svg).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S
    )
    return " ".join(text.split())


def test_the_version_page_leads_to_it(bank: Bank, version: ModelVersion) -> None:
    page = f"/models/credit/versions/{version.number}/"
    assert address(version) in signed_in(bank.people.bo).get(page).content.decode()
    assert address(version) not in signed_in(bank.people.dev).get(page).content.decode()


def test_the_form_asks_by_plain_names_and_says_what_they_mean(
    bank: Bank, version: ModelVersion
) -> None:
    page = text_of(signed_in(bank.people.bo).get(address(version)))
    for words in ("Yearly income", "In thousands", "Other debts", "0 to 199", "90 days"):
        assert words in page
    assert "hrat" not in page


def test_asking_leads_to_a_page_that_waits_and_then_to_the_answer(
    bank: Bank, version: ModelVersion
) -> None:
    client = signed_in(bank.people.bo)
    sent = TYPED | {"by": "values", "reference": "complaint 17"}
    answer = client.post(address(version), sent)
    assert answer.status_code == 302, answer.content
    explanation = Explanation.objects.get()
    waiting = client.get(answer["Location"])
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    assert "HX-Redirect" not in client.get(f"{answer['Location']}progress/")
    work(explanation)
    assert client.get(f"{answer['Location']}progress/")["HX-Redirect"] == answer["Location"]
    page = text_of(client.get(answer["Location"]))
    assert "falls short of the threshold of 0.500, so its answer is unfavourable" in page
    assert "What lowered it" in page
    assert "What raised it" in page
    assert "complaint 17" in page
    assert "its files hashed again before it ran" in page
    assert "What this does and does not say" in page


def test_a_row_is_asked_about_by_its_number(bank: Bank, version: ModelVersion) -> None:
    sent = {"by": "row", "row": "12", "reference": "appeal 3"}
    assert signed_in(bank.people.bo).post(address(version), sent).status_code == 302
    assert Explanation.objects.get().inputs == {"row": 12}


def test_what_was_left_empty_on_purpose_is_not_stated(bank: Bank, version: ModelVersion) -> None:
    sent = TYPED | {"value.age": "", "empty.age": "1", "by": "values", "reference": "appeal 3"}
    assert signed_in(bank.people.bo).post(address(version), sent).status_code == 302
    assert Explanation.objects.get().inputs["values"]["age"] is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"value.income": "1,5"}, "Give a number."),
        ({"value.income": ""}, "Give a number."),
        ({"reference": ""}, "Say what the explanation is for"),
    ],
)
def test_what_was_typed_is_kept_when_it_cannot_be_read(
    bank: Bank, version: ModelVersion, sent: dict[str, str], said: str
) -> None:
    form = TYPED | {"by": "values", "reference": "complaint 17"} | sent
    answer = signed_in(bank.people.bo).post(address(version), form)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert 'value="0.75"' in answer.content.decode()
    assert not Explanation.objects.exists()


def test_the_trail_leads_to_it(bank: Bank, version: ModelVersion) -> None:
    found = explaining.ask(
        version, values=VALUES, reference="complaint 17", actor=bank.people.bo.actor
    )
    page = f"/explanations/{found.pk}/"
    answer = signed_in(bank.people.otto).get(page)
    assert answer["Location"] == f"{address(version)}{found.pk}/"
    trail = signed_in(bank.people.otto).get(f"/audit/?subject=explanation:{found.pk}")
    assert page in trail.content.decode()


def test_one_that_failed_says_why(bank: Bank, version: ModelVersion) -> None:
    found = explaining.ask(
        version, values=VALUES, reference="complaint 17", actor=bank.people.bo.actor
    )
    explaining.fail(str(found.pk), "The model crashed (signal 11).")
    page = text_of(signed_in(bank.people.bo).get(f"{address(version)}{found.pk}/"))
    assert "There is no explanation. The model crashed (signal 11)." in page


def test_an_auditor_reads_and_has_no_form(bank: Bank, version: ModelVersion) -> None:
    client = signed_in(bank.people.otto)
    page = client.get(address(version))
    assert "audits: the third line looks and exports" in text_of(page)
    assert '<form class="body"' not in page.content.decode()
    assert client.post(address(version), {"by": "row", "row": "1"}).status_code == 403
