"""What a search filter finds among registered models, and in which order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.actor import SYSTEM
from lib.errors import Invalid
from registry.mlflow.search import PROMPT, model_order, models_matching
from registry.models import RegisteredModel
from registry.services import aliases
from tests.cast import People
from tests.registry.make import make_model, make_version

pytestmark = pytest.mark.django_db
NASTY = [
    *("", "a", "A", "ab", "aB", "a%b", "a_b", "a\\b", "a\\", "\\%", "a.b", "a*b", "[a]", "(a"),
    *("é", "É", "%", "_", "%%", "ab'", '"ab', "a+b|c", "^a$", "🜁", "a--b", "$1"),
]


def _found(text: str) -> set[str]:
    rows = RegisteredModel.objects.filter(models_matching(text))
    return set(rows.values_list("name", flat=True))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _like(text: str, pattern: str) -> bool:
    """The pattern matcher of one's schooldays: % is any text, _ any one character."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(_like(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("_", text[0]) and _like(text[1:], pattern[1:])


@pytest.fixture
def _cast() -> None:
    make_model("credit", tags={"team": "risk", "a.b c": "x", "1": "one"})
    make_model("Credit-cards", use_case="cards", tags={"team": "cards", "empty": ""})
    make_model("churn", use_case="", tags={})


@pytest.mark.usefixtures("_cast")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"credit", "Credit-cards", "churn"}),
        ("name = 'credit'", {"credit"}),
        ("name = 'Credit'", set()),
        ("name != 'credit'", {"Credit-cards", "churn"}),
        ("name LIKE 'c%'", {"credit", "churn"}),
        ("name LIKE '%redit'", {"credit"}),
        ("name ILIKE 'CREDIT%'", {"credit", "Credit-cards"}),
        ("name IN ('credit', 'churn', 'gone')", {"credit", "churn"}),
        ("name NOT IN ('credit')", {"Credit-cards", "churn"}),
        ("tags.team = 'risk'", {"credit"}),
        ("tags.team != 'risk'", {"Credit-cards"}),
        ("tags.team LIKE '%r%'", {"credit", "Credit-cards"}),
        ("tags.team ILIKE 'RISK'", {"credit"}),
        ("tags.`a.b c` = 'x'", {"credit"}),
        ("tags.1 = 'one'", {"credit"}),
        ("tags.1 LIKE 'o_e'", {"credit"}),
        ("tags.1 != 'two'", {"credit"}),
        ("tags.empty = ''", {"Credit-cards"}),
        ("tags.gone != 'x'", set()),
        ("tags.gone LIKE '%'", set()),
        ("name LIKE 'c%' AND tags.team = 'risk'", {"credit"}),
        ("tags.team = 'risk' AND tags.team = 'cards'", set()),
        ("use_case = 'mortgage'", {"credit"}),
        ("use_case != 'mortgage'", {"Credit-cards"}),
        ("business_unit IN ('retail', 'consumer')", {"credit", "Credit-cards"}),
    ],
)
def test_it_finds(text: str, expected: set[str]) -> None:
    assert _found(text) == expected


def test_aliases_are_searched_and_each_model_is_found_once(db: None) -> None:
    credit, cards = make_model("credit"), make_model("cards")
    make_model("bare")
    for model, names in ((credit, ("chief", "challenger")), (cards, ("chef",))):
        version = make_version(model)
        for name in names:
            aliases.move_alias(version, name=name, actor=SYSTEM)
    rows = RegisteredModel.objects.filter(models_matching("alias LIKE 'ch%'"))
    assert sorted(row.name for row in rows) == ["cards", "credit"]
    assert _found("alias = 'chief'") == {"credit"}
    assert _found("alias != 'chief'") == {"cards", "bare"}
    assert _found("alias NOT IN ('chef', 'chief')") == {"bare"}


def test_owners_are_searched_by_username(people: People) -> None:
    make_model("credit", owner=people.ada)
    make_model("cards", owner=people.ravi)
    make_model("bare")
    assert _found("owner = 'ada'") == {"credit"}
    assert _found("owner != 'ada'") == {"cards"}
    assert _found("owner NOT IN ('ada')") == {"cards"}


def test_prompts_are_found_only_when_asked_for() -> None:
    make_model("model")
    make_model("said", tags={PROMPT: "false", "team": "a"})
    make_model("prompt", tags={PROMPT: "true", "team": "a"})
    models = {"model", "said"}
    assert _found("") == models
    assert _found(f"tag.`{PROMPT}` != 'true'") == models
    assert _found(f"tag.`{PROMPT}` = 'false'") == models
    assert _found(f"tags.team = 'a' AND tag.`{PROMPT}` != 'true'") == {"said"}
    assert _found(f"tag.`{PROMPT}` = 'true'") == {"prompt"}
    assert _found(f"tag.`{PROMPT}` = 'TRUE'") == set()
    assert _found(f"tags.team = 'a' AND tag.`{PROMPT}` = 'true'") == {"prompt"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nam = 'a'", "Valid keys are name, alias"),
        ("NAME = 'a'", "Valid keys are name"),
        ("run_id = 'a'", "Valid keys are name"),
        ("name > 'a'", "Valid comparators are =, !=, LIKE"),
        ("name = 3", "one text in quotes"),
        ("name = ('a')", "one text in quotes"),
        ("name IN 'a'", "followed by a list"),
        ("tags.team IN ('a')", "Valid comparators are =, !=, LIKE, ILIKE"),
        ("tags.team < 'a'", "Valid comparators are"),
        ("tags.team = 3", "one text in quotes"),
        (f"tags.`{PROMPT}` < 'a'", "Valid comparators are"),
        (f"tags.`{'k' * 500}` < 'a'", "Valid comparators are"),
    ],
)
def test_it_refuses_and_names_what_is_valid(text: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        models_matching(text)
    assert words in refusal.value.detail


@given(pattern=st.text("aAbB%_\\.*[]()^$é' \n", max_size=8))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_patterns_match_as_they_always_did(db: None, pattern: str) -> None:
    if not RegisteredModel.objects.exists():
        for text in NASTY:
            make_model(text or "nothing", tags={"k": f"{text} \n{text}"})
    kept = {row.name: row.tags["k"] for row in RegisteredModel.objects.all()}
    for sign, same in (("LIKE", str), ("ILIKE", str.lower)):
        like = same(pattern)
        names = {name for name in kept if _like(same(name), like)}
        assert _found(f"name {sign} {_quoted(pattern)}") == names
        told = {name for name, value in kept.items() if _like(same(value), like)}
        assert _found(f"tags.k {sign} {_quoted(pattern)}") == told


@pytest.mark.parametrize("name", NASTY[1:])
def test_any_text_is_found_by_equality(name: str) -> None:
    make_model(name, tags={name: name})
    make_model("another", tags={"other": "v"})
    key = "`" + name.replace("`", "``") + "`"
    assert _found(f"name = {_quoted(name)}") == {name}
    assert _found(f"tags.{key} = {_quoted(name)}") == {name}
    assert _found(f"tags.{key} != 'nothing'") == {name}


def test_as_many_conditions_as_may_stand_in_a_filter_run() -> None:
    make_model("credit")
    assert _found(" AND ".join(["tags.a != 'x'"] * 100 + ["name LIKE 'c%'"] * 100)) == set()


def test_it_orders_by_name_unless_told_otherwise() -> None:
    assert model_order([]) == [("name", False)]
    assert model_order(["name DESC"]) == [("name", True)]
    assert model_order(["last_updated_timestamp DESC"]) == [("updated_at", True), ("name", False)]
    assert model_order(["creation_timestamp", "name desc"]) == [
        ("created_at", False),
        ("name", True),
    ]


@pytest.mark.parametrize("order", [["version_number"], ["name", "name DESC"], ["tags.a"], ["size"]])
def test_it_refuses_an_ordering_that_it_does_not_know(order: list[str]) -> None:
    with pytest.raises(Invalid):
        model_order(order)
