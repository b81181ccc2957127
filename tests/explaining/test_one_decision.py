"""A decision is explained by a worker that really runs the model: the parts add up, the strongest
reasons come first, and everything is called by its plain name."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.models import Explanation
from governance.services import explaining
from registry.models import ModelVersion
from tests import cast
from tests.explaining.make import VALUES, row_of, work
from tests.governance.make import Bank

pytestmark = pytest.mark.django_db


def asked(bank: Bank, version: ModelVersion, **fields: object) -> Explanation:
    fields = {"values": VALUES, "reference": "complaint 17"} | fields
    return explaining.ask(version, actor=bank.people.bo.actor, **fields)  # type: ignore[arg-type]


def test_the_answer_in_words_names_score_and_threshold(bank: Bank, version: ModelVersion) -> None:
    found = work(asked(bank, version))
    assert (found.state, found.error) == ("finished", "")
    result = found.result
    assert result["decision"] == "unfavourable"
    assert result["score"] < result["threshold"] == 0.5
    assert "falls short of the threshold of 0.5" in result["sentence"]
    assert "not “Approved”" in result["sentence"]


def test_the_parts_add_up_from_the_average_to_the_score(bank: Bank, version: ModelVersion) -> None:
    result = work(asked(bank, version)).result
    parts = sum(row["contribution"] for row in result["inputs_used"])
    assert result["base"] + parts == pytest.approx(result["score"], abs=1e-6)
    assert result["additivity_error"] < 1e-6


def test_the_strongest_reason_comes_first_and_by_its_plain_name(
    bank: Bank, version: ModelVersion
) -> None:
    result = work(asked(bank, version)).result
    assert [row["name"] for row in result["reasons"]][:2] == ["Yearly income", "Other debts"]
    assert result["reasons"][0]["value"] == -1.25
    assert "Yearly income" in result["reasons"][0]["sentence"]
    assert all(row["contribution"] < 0 for row in result["reasons"])
    assert all(row["contribution"] > 0 for row in result["raised"])
    assert "<svg" in result["chart"]["svg"]


def test_the_same_question_has_the_same_answer(bank: Bank, version: ModelVersion) -> None:
    first, second = (work(asked(bank, version)).result for _ in range(2))
    assert first["inputs_used"] == second["inputs_used"]


def test_a_row_of_the_validation_data_is_explained_with_its_own_values(
    bank: Bank, version: ModelVersion, tmp_path: Path
) -> None:
    result = work(asked(bank, version, values=None, row=12)).result
    row = row_of(tmp_path / "files", 12)
    assert {r["feature"]: r["value"] for r in result["inputs_used"]} == {
        name: pytest.approx(row[name]) for name in VALUES
    }
    assert result["background"]["sample"] == 199


def test_what_nobody_tested_the_model_on_is_said(bank: Bank, version: ModelVersion) -> None:
    result = work(asked(bank, version, values=VALUES | {"income": 90})).result
    (outside,) = result["unusual"]
    assert "“Yearly income” lies outside what the validation data hold" in outside


def test_a_model_that_cannot_do_without_a_value_says_which(
    bank: Bank, version: ModelVersion
) -> None:
    found = work(asked(bank, version, values=VALUES | {"age": None}))
    assert found.state == "failed"
    assert "no number when “Age of the file” is empty" in found.error


def test_a_model_that_does_not_load_is_a_sentence_and_no_answer(
    bank: Bank, version: ModelVersion, tmp_path: Path
) -> None:
    from tests.explaining.make import make_explainable
    from tests.registry.make import make_manifest

    broken = make_explainable(bank, tmp_path / "other", manifest=make_manifest(b"no model"))
    found = work(asked(bank, broken))
    assert (found.state, found.result) == ("failed", {})
    assert found.error.endswith(".")


def test_nothing_of_it_is_left_in_the_work_folder(
    bank: Bank, version: ModelVersion, tmp_path: Path
) -> None:
    work(asked(bank, version))
    left = {each.name for each in (tmp_path / "work").iterdir() if each.name[0] != "."}
    assert left == {"shared"}, "the validation data that every suite reads, and nothing else"


def test_it_goes_from_the_question_to_the_answer_over_rest(
    bank: Bank, version: ModelVersion
) -> None:
    client = cast.api(bank.people.bo)
    address = f"/api/v1/models/credit/versions/{version.number}/explanations"
    answer = client.post(address, {"values": VALUES, "reference": "complaint 17"}, format="json")
    assert answer.status_code == 202, answer.content
    waiting = client.get(answer["Location"])
    assert waiting.json()["state"] == "queued"
    assert waiting["Retry-After"] == "1"
    work(Explanation.objects.get(pk=answer.json()["id"]))
    body = client.get(answer["Location"]).json()
    assert body["state"] == "finished"
    assert body["reference"] == "complaint 17"
    assert body["reasons"][0]["name"] == "Yearly income"
    assert {"score", "decision", "base", "raised", "method", "link", "background"} <= set(body)
    assert {"additivity_error", "model_digest", "chart"} <= set(body)
    (listed,) = client.get(address).json()["items"]
    assert listed["decision"] == "unfavourable"
    assert "inputs" not in listed
