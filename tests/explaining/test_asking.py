"""What may be asked, by whom, and what is said to those who ask what cannot be answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from governance.models import Explanation
from jobs.models import Job
from registry.models import ModelVersion
from tests import cast
from tests.explaining.make import SCHEMA, VALUES, make_explainable
from tests.governance.make import Bank
from tests.registry.make import make_dataset_version, make_manifest, scoped_api

pytestmark = pytest.mark.django_db
ASKED = {"values": VALUES, "reference": "complaint 17"}


def ask(who: Any, version: ModelVersion, body: Any) -> Any:
    client = who if hasattr(who, "post") else cast.api(who)
    address = f"/api/v1/models/credit/versions/{version.number}/explanations"
    return client.post(address, body, format="json")


@pytest.mark.parametrize("name", ["ada", "bo", "ravi", "rita"])
def test_those_who_answer_complaints_may_ask(bank: Bank, version: ModelVersion, name: str) -> None:
    assert ask(getattr(bank.people, name), version, ASKED).status_code == 202


@pytest.mark.parametrize("name", ["dev", "petra", "elena", "olga", "otto", "mallory"])
def test_nobody_else_may_ask(bank: Bank, version: ModelVersion, name: str) -> None:
    assert ask(getattr(bank.people, name), version, ASKED).status_code == 403
    assert not Explanation.objects.exists()


def test_auditors_read_what_was_answered_and_developers_do_not(
    bank: Bank, version: ModelVersion
) -> None:
    address = ask(bank.people.bo, version, ASKED)["Location"]
    assert cast.api(bank.people.otto).get(address).status_code == 200
    assert cast.api(bank.people.dev).get(address).status_code == 403


def test_a_role_in_another_scope_finds_nothing(bank: Bank, version: ModelVersion) -> None:
    address = ask(bank.people.bo, version, ASKED)["Location"]
    elsewhere = scoped_api("business", "cards")
    assert ask(elsewhere, version, ASKED).status_code == 404
    assert elsewhere.get(address).status_code == 404
    assert scoped_api("business", "mortgage").get(address).status_code == 200


def test_the_same_key_asks_once(bank: Bank, version: ModelVersion) -> None:
    client = cast.api(bank.people.bo)
    client.credentials(HTTP_IDEMPOTENCY_KEY="k1")
    first, second = (ask(client, version, ASKED) for _ in range(2))
    assert first.json() == second.json()
    assert second["Location"] == first["Location"]
    assert Explanation.objects.count() == 1


def test_what_is_kept_for_retries_says_nothing_of_the_person(
    bank: Bank, version: ModelVersion
) -> None:
    from lib.models import IdempotentRequest

    client = cast.api(bank.people.bo)
    client.credentials(HTTP_IDEMPOTENCY_KEY="k2")
    ask(client, version, ASKED)
    kept = str(IdempotentRequest.objects.get().answer)
    assert "complaint" not in kept
    assert "-1.25" not in kept
    assert Job.objects.get(kind="explanation.make").payload == {}


BAD: dict[str, tuple[Any, str]] = {
    "unknown input": ({"values": VALUES | {"race": "white"}}, "values.race"),
    "missing input": ({"values": {"income": 1.0, "debt": 1.0}}, "values.age"),
    "text for a number": ({"values": VALUES | {"income": "much"}}, "values.income"),
    "true for a number": ({"values": VALUES | {"income": True}}, "values.income"),
    "a list for a number": ({"values": VALUES | {"income": [1]}}, "values.income"),
    "too large a number": ({"values": VALUES | {"income": 1e39}}, "values.income"),
    "values that are a list": ({"values": [1]}, "values"),
    "neither": ({}, "values"),
    "both": ({"values": VALUES, "row": 1}, "values"),
    "a row beyond the last": ({"row": 200}, "row"),
    "a row before the first": ({"row": -1}, "row"),
    "a row as text": ({"row": "12"}, "row"),
    "half a row": ({"row": 1.5}, "row"),
    "no reference": ({"values": VALUES, "reference": ""}, "reference"),
    "a reference of blanks": ({"values": VALUES, "reference": "  "}, "reference"),
    "too long a reference": ({"values": VALUES, "reference": "x" * 201}, "reference"),
    "a reference of two lines": ({"values": VALUES, "reference": "a\nb"}, "reference"),
    "an unknown field": ({"values": VALUES, "why": "x"}, "why"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_sentence_says_what_to_mend(bank: Bank, version: ModelVersion, name: str) -> None:
    body, field = BAD[name]
    answer = ask(bank.people.bo, version, {"reference": "complaint 17"} | body)
    assert answer.status_code == 400, answer.content
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert answer.json()["detail"]
    assert not Explanation.objects.exists()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "1" + "0" * 40])
def test_what_is_no_number_is_refused(bank: Bank, version: ModelVersion, number: str) -> None:
    text = f'{{"reference": "c", "values": {{"income": {number}, "debt": 1, "age": 1}}}}'
    address = f"/api/v1/models/credit/versions/{version.number}/explanations"
    answer = cast.api(bank.people.bo).post(address, text, content_type="application/json")
    assert answer.status_code == 400


def test_a_category_that_the_schema_does_not_know_is_refused_with_those_it_knows(
    bank: Bank, tmp_path: Path
) -> None:
    region = {"name": "income", "type": "text", "title": "Region", "categories": ["north", "south"]}
    data = make_dataset_version("regions", schema=[region, *SCHEMA[1:]], roles={"label": "ok"})
    version = make_explainable(
        bank, tmp_path / "f", datasets=[{"name": "regions", "number": data.number,
                                         "role": "validation"}],
    )  # fmt: skip
    answer = ask(bank.people.bo, version, ASKED | {"values": VALUES | {"income": "west"}})
    assert answer.status_code == 400
    assert "“Region” is not as the model needs it" in answer.json()["detail"]
    assert "“north”, “south”" in answer.json()["detail"]


def test_a_version_without_validation_data_cannot_be_explained(bank: Bank, tmp_path: Path) -> None:
    version = make_explainable(bank, tmp_path / "f", datasets=[])
    answer = ask(bank.people.bo, version, ASKED)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_validation_data")
    assert "names no validation data" in answer.json()["detail"]


def test_predictions_without_a_model_cannot_be_explained(bank: Bank, tmp_path: Path) -> None:
    data = make_dataset_version("scored")
    version = make_explainable(
        bank, tmp_path / "f", format="predictions", manifest=make_manifest(b"p", "scores.csv"),
        datasets=[{"name": "scored", "number": data.number, "role": "validation"}],
    )  # fmt: skip
    answer = ask(bank.people.bo, version, ASKED)
    assert (answer.status_code, answer.json()["code"]) == (409, "predictions_only")


def test_an_unknown_explanation_is_not_found(bank: Bank, version: ModelVersion) -> None:
    address = f"/api/v1/models/credit/versions/{version.number}/explanations"
    unknown = "00000000-0000-0000-0000-000000000001"
    assert cast.api(bank.people.bo).get(f"{address}/{unknown}").status_code == 404
