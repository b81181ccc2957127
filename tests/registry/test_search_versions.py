"""What a search filter finds among versions, and in which order."""

from __future__ import annotations

import pytest

from lib.actor import SYSTEM
from lib.errors import Invalid
from registry.mlflow.search import PROMPT, version_order, versions_matching
from registry.models import ModelVersion, RegisteredModel
from registry.services import aliases
from registry.services.stages import move_stage
from registry.services.unsealed import register_unsealed
from registry.services.versions import delete_version
from tests.registry.make import make_model, make_version

pytestmark = pytest.mark.django_db


def _found(text: str) -> list[str]:
    rows = ModelVersion.objects.living().filter(versions_matching(text)).select_related("model")
    return sorted(row.key for row in rows)


@pytest.fixture
def credit() -> RegisteredModel:
    """Three versions: the first sealed, the others with a source only."""
    credit = make_model("credit", governed=False)
    make_version(credit, tags={"team": "risk"})
    register_unsealed(credit, source="s3://m/1", tracking_run="run1", actor=SYSTEM)
    register_unsealed(
        credit, source="C:\\m\\2", tracking_run="run2", tags={"team": "cards"}, actor=SYSTEM
    )
    other = make_model("Churn", governed=False)
    register_unsealed(other, source="s3://m/3", actor=SYSTEM)
    return credit


@pytest.mark.usefixtures("credit")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["Churn/1", "credit/1", "credit/2", "credit/3"]),
        ("name = 'credit'", ["credit/1", "credit/2", "credit/3"]),
        ("name ILIKE 'c%' AND version_number = 1", ["Churn/1", "credit/1"]),
        ("name != 'credit'", ["Churn/1"]),
        ("name NOT IN ('credit', 'x')", ["Churn/1"]),
        ("name = 'credit' AND version_number > 1", ["credit/2", "credit/3"]),
        ("name = 'credit' AND version_number >= '2'", ["credit/2", "credit/3"]),
        ("name = 'credit' AND version_number != 2", ["credit/1", "credit/3"]),
        ("version_number < 2", ["Churn/1", "credit/1"]),
        ("version_number <= 1 AND name LIKE 'c%'", ["credit/1"]),
        (f"version_number < {10**29}", ["Churn/1", "credit/1", "credit/2", "credit/3"]),
        (f"version_number = {10**29}", []),
        (f"version_number > -{10**29}", ["Churn/1", "credit/1", "credit/2", "credit/3"]),
        (f"version_number != {10**29}", ["Churn/1", "credit/1", "credit/2", "credit/3"]),
        ("run_id = 'run1'", ["credit/2"]),
        ("run_id != 'run1'", ["credit/3"]),
        ("run_id IN ('run1', 'run2')", ["credit/2", "credit/3"]),
        ("run_id NOT IN ('run1')", ["credit/3"]),
        ("run_id LIKE '%'", ["credit/2", "credit/3"]),
        ("source_path = 's3://m/1'", ["credit/2"]),
        ("source_path LIKE 's3://m/_'", ["Churn/1", "credit/2"]),
        ("source_path = 'C:\\m\\2'", ["credit/3"]),
        ("source_path LIKE 'C:\\m\\%'", ["credit/3"]),
        ("tags.team = 'risk'", ["credit/1"]),
        ("tags.team != 'risk'", ["credit/3"]),
        (f"tag.`{PROMPT}` != 'true' AND tags.team LIKE '%'", ["credit/1", "credit/3"]),
        ("state = 'sealed'", ["credit/1"]),
        ("state IN ('unsealed') AND name = 'credit'", ["credit/2", "credit/3"]),
    ],
)
def test_it_finds(text: str, expected: list[str]) -> None:
    assert _found(text) == expected


def test_aliases_and_stages_are_searched(credit: RegisteredModel) -> None:
    _, second, third = credit.versions.order_by("number")
    aliases.move_alias(second, name="best", actor=SYSTEM)
    aliases.move_alias(second, name="better", actor=SYSTEM)
    aliases.move_alias(third, name="spare", actor=SYSTEM)
    move_stage(third, stage="Staging", archive_existing=False, actor=SYSTEM)
    assert _found("alias LIKE 'be%'") == ["credit/2"]
    assert _found("alias = 'spare'") == ["credit/3"]
    assert _found("name = 'credit' AND alias != 'best'") == ["credit/1", "credit/3"]
    assert _found("stage = 'Staging'") == ["credit/3"]


def test_prompts_stay_out_unless_asked_for(credit: RegisteredModel) -> None:
    register_unsealed(credit, source="x", tags={PROMPT: "true"}, actor=SYSTEM)
    assert "credit/4" not in _found("")
    assert _found(f"tag.`{PROMPT}` = 'true'") == ["credit/4"]


def test_deleted_versions_are_left_to_the_caller(credit: RegisteredModel) -> None:
    delete_version(credit.versions.get(number=2), actor=SYSTEM)
    assert _found("run_id = 'run1'") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version = 1", "Valid keys are name, version_number, run_id, source_path"),
        ("version_number LIKE '1'", "Valid comparators are =, !=, <"),
        ("version_number = 'one'", "compared with a whole number"),
        ("version_number IN ('1')", "Valid comparators are"),
        ("source_path IN ('a')", "Valid comparators are =, !=, LIKE, ILIKE"),
        ("run_id > 'a'", "Valid comparators are"),
    ],
)
def test_it_refuses_and_names_what_is_valid(text: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        versions_matching(text)
    assert words in refusal.value.detail


def test_the_last_changed_comes_first_unless_told_otherwise() -> None:
    last = [("model__name", False), ("number", True)]
    assert version_order([]) == [("updated_at", True), *last]
    assert version_order(["name DESC"]) == [("model__name", True), ("number", True)]
    assert version_order(["version_number ASC"]) == [("number", False), ("model__name", False)]
    assert version_order(["creation_timestamp"]) == [("created_at", False), *last]
    with pytest.raises(Invalid, match="Valid keys are name, version_number"):
        version_order(["stage"])
