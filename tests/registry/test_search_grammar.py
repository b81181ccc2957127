"""How a search filter is read: quotes, keywords, lists, limits, and what cannot be read."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import Invalid
from registry.mlflow.grammar import MAX_CONDITIONS, MAX_LIST, Condition, conditions, ordering

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


def _quoted(text: str, quote: str = "'") -> str:
    return quote + text.replace(quote, quote * 2) + quote


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name='x'", ("attribute", "name", "=", "x")),
        ('name = "x"', ("attribute", "name", "=", "x")),
        ("attribute.name != 'x'", ("attribute", "name", "!=", "x")),
        ("  name  like 'a%'  ", ("attribute", "name", "LIKE", "a%")),
        ("name iLike '_'", ("attribute", "name", "ILIKE", "_")),
        ("name in ('a',\"b\" , 'c')", ("attribute", "name", "IN", ("a", "b", "c"))),
        ("name IN ('a',)", ("attribute", "name", "IN", ("a",))),
        ("name not  in ('a')", ("attribute", "name", "NOT IN", ("a",))),
        ("version_number>=-3", ("attribute", "version_number", ">=", -3)),
        ("version_number = 007", ("attribute", "version_number", "=", 7)),
        ("tags.team = ''", ("tag", "team", "=", "")),
        ("tag.a.b-c/d:e = 'x'", ("tag", "a.b-c/d:e", "=", "x")),
        ("tag.`a b.c` = 'x'", ("tag", "a b.c", "=", "x")),
        ("tags.`a``b` = 'x'", ("tag", "a`b", "=", "x")),
        ("tags.\"it's\" = 'x'", ("tag", "it's", "=", "x")),
        ("tags.and = 'and'", ("tag", "and", "=", "and")),
        ("tags.1 = 'x'", ("tag", "1", "=", "x")),
        ("tags.é='x'", ("tag", "é", "=", "x")),
        ("name = 'it''s'", ("attribute", "name", "=", "it's")),
        ('name = "it\'s"', ("attribute", "name", "=", "it's")),
        ("source_path = 'C:\\models\\'", ("attribute", "source_path", "=", "C:\\models\\")),
        ("name = 'a AND b'", ("attribute", "name", "=", "a AND b")),
        ("name = '-- no comment'", ("attribute", "name", "=", "-- no comment")),
    ],
)
def test_it_reads_a_condition(text: str, expected: tuple[str, ...]) -> None:
    assert conditions(text) == [Condition(*expected)]


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_filter_asks_for_nothing(text: str) -> None:
    assert conditions(text) == []


@pytest.mark.parametrize("word", ["AND", "and", "And", "\n AND \t"])
def test_conditions_are_joined_with_and_in_any_case(word: str) -> None:
    found = conditions(f"name='a'{word} tags.b = 'c'")
    assert [one.key for one in found] == ["name", "b"]


def test_it_reads_what_the_client_appends() -> None:
    found = conditions("name LIKE 'a%' AND tag.`mlflow.prompt.is_prompt` != 'true'")
    assert found[1] == Condition("tag", "mlflow.prompt.is_prompt", "!=", "true")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name", "after the key stands"),
        ("name =", "ends too early"),
        ("name = x", "in single or double quotes"),
        ("name = `x`", "no such sign"),
        ("name = 'x", "never closed"),
        ("name = 'it\\'s'", "never closed"),
        ("'x' = name", "begins with a key"),
        ("name = 'a' OR name = 'b'", "joined with AND"),
        ("name = 'a' name = 'b'", "joined with AND"),
        ("name = 'a' AND", "ends too early"),
        ("AND name = 'a'", "after the key stands"),
        ("(name = 'a')", "begins with a key"),
        ("name = 'a';", "no such sign"),
        ("name == 'a'", "after the key stands"),
        ("name <> 'a'", "after the key stands"),
        ("name NOT LIKE 'a'", "after NOT stands IN"),
        ("name IS NULL", "after the key stands"),
        ("name IN ()", "a list holds texts"),
        ("name IN ('a'", "closed with )"),
        ("name IN ('a' 'b')", "closed with )"),
        ("name IN (1)", "a list holds texts"),
        ("name IN (('a'))", "a list holds texts"),
        ("version_number = 1.5", "not a whole number"),
        ("version_number = 1e3", "not a whole number"),
        (f"version_number = {'9' * 5000}", "not a whole number"),
        ("model.name = 'a'", "“model.” is not known"),
        ("tags. = 'a'", "no such sign"),
        ("tags.`` = 'a'", "key of a tag is missing"),
        ("name = 'a\x00b'", "NUL"),
        ("name = '\ud800'", "surrogate"),
    ],
)
def test_it_says_where_a_filter_cannot_be_read(text: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        conditions(text)
    assert words in refusal.value.detail
    assert "filter" in refusal.value.errors
    assert len(refusal.value.detail) < 250


def test_it_refuses_more_conditions_than_anybody_writes() -> None:
    conditions(" AND ".join(["name = 'a'"] * MAX_CONDITIONS))
    with pytest.raises(Invalid, match="at most 200 conditions"):
        conditions(" AND ".join(["name = 'a'"] * 5_000))


def test_it_refuses_lists_without_end() -> None:
    names = ",".join(["'a'"] * MAX_LIST)
    conditions(f"name IN ({names})")
    with pytest.raises(Invalid, match="at most 1,000 texts"):
        conditions(f"name IN ({names},'a')")


def test_it_refuses_a_filter_that_is_too_long() -> None:
    with pytest.raises(Invalid, match="longer than"):
        conditions(f"name = '{'a' * 200_000}'")


def test_deep_nesting_is_an_error_like_any_other() -> None:
    with pytest.raises(Invalid):
        conditions("name = " + "(" * 100_000)
    with pytest.raises(Invalid):
        conditions("(" * 100_000 + "name = 'a'" + ")" * 100_000)


@given(TEXTS, st.sampled_from("'\""))
def test_every_text_can_be_asked_for(text: str, quote: str) -> None:
    found = conditions(f"tags.k = {_quoted(text, quote)} AND name = 'b'")
    assert [one.value for one in found] == [text, "b"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
def test_every_tag_can_be_asked_for(key: str) -> None:
    assert conditions(f"tags.{_quoted(key, '`')} = 'a'")[0].key == key


@given(st.text() | st.text("nametgs.`'\"\\ =<>!(),1ANDLIKE\x00", max_size=40))
def test_whatever_is_sent_is_read_or_refused(text: str) -> None:
    with suppress(Invalid):
        assert isinstance(conditions(text), list)


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("name", ("name", False)),
        ("name ASC", ("name", False)),
        (" version_number  desc ", ("version_number", True)),
        ("`name` Desc", ("name", True)),
        ("attribute.name", ("name", False)),
    ],
)
def test_it_reads_an_ordering(clause: str, expected: tuple[str, bool]) -> None:
    assert ordering(clause) == expected


@pytest.mark.parametrize("clause", ["", " ", "name down", "name, x", "name; drop", "na me ASC x"])
def test_it_refuses_an_ordering_that_cannot_be_read(clause: str) -> None:
    with pytest.raises(Invalid, match="Invalid order_by clause"):
        ordering(clause)
