"""Search: the whole grammar, order, pages."""

from __future__ import annotations

import time
from typing import Any

from walk.house import House, found, refused


def _models(house: House) -> str:
    """Three models under one word; the part of a filter that finds just these."""
    word = house.name("find")
    make = house.client.create_registered_model
    make(f"{word}-Alpha", tags={"team": "risk", "with.dots": "yes"})
    make(f"{word}-beta", tags={"team": "Risk"})
    make(f"{word}-gamma", tags={"team": "sales", "empty": ""})
    return word


def models_are_found_by_name_and_tag(house: House) -> Any:
    word = _models(house)
    seen = {}
    for clause, wanted in (
        (f"name = '{word}-beta'", ["beta"]),
        (f"name LIKE '{word}-%a'", ["Alpha", "beta", "gamma"]),
        (f"name LIKE '{word}-alpha'", []),
        (f"name ILIKE '{word.upper()}-ALPHA'", ["Alpha"]),
        (f"name LIKE '{word}-%' AND tags.team = 'risk'", ["Alpha"]),
        (f"name LIKE '{word}-%' AND tags.team ILIKE 'RISK'", ["Alpha", "beta"]),
        (f"name LIKE '{word}-%' AND tags.team LIKE '_isk'", ["Alpha", "beta"]),
        (f"name LIKE '{word}-%' AND tags.empty = ''", ["gamma"]),
        (f"name LIKE '{word}-%' AND tag.`with.dots` = 'yes'", ["Alpha"]),
        (f"name LIKE '{word}-%' and name != '{word}-beta'", ["Alpha", "gamma"]),
        (f'name LIKE "{word}-%" AND tags."team" = "sales"', ["gamma"]),
    ):
        names = found(house.client.search_registered_models(clause))
        seen[clause.replace(word, "WORD")] = [name.replace(word, "") for name in names]
        assert names == [f"{word}-{each}" for each in wanted], clause
    return seen


def what_is_no_prompt_is_a_model(house: House) -> Any:
    """The client leaves prompts out with such a clause: whatever lacks the tag must pass it."""
    word = _models(house)
    clause = f"name LIKE '{word}-%' AND tag.`mlflow.prompt.is_prompt` != 'true'"
    names = found(house.client.search_registered_models(clause))
    assert names == [f"{word}-{each}" for each in ("Alpha", "beta", "gamma")]
    return [name.replace(word, "") for name in names]


def a_tag_differs_only_where_it_is(house: House) -> Any:
    word = _models(house)
    clause = f"name LIKE '{word}-%' AND tags.team != 'sales'"
    names = found(house.client.search_registered_models(clause))
    other = found(house.client.search_registered_models(clause + " AND tag.`with.dots` != 'no'"))
    assert names == [f"{word}-Alpha", f"{word}-beta"]
    return [each.replace(word, "") for each in other]


def models_are_put_in_order(house: House) -> Any:
    word = _models(house)
    clause = f"name LIKE '{word}-%'"
    seen = {}
    for order in (["name DESC"], ["timestamp DESC"], ["last_updated_timestamp ASC", "name"]):
        names = found(house.client.search_registered_models(clause, order_by=order))
        seen[", ".join(order)] = [name.replace(word, "") for name in names]
    assert seen["name DESC"] == seen["timestamp DESC"] == ["-gamma", "-beta", "-Alpha"]
    return seen


def versions_are_found(house: House) -> Any:
    name, other = house.model("found"), house.model("found")
    run = "f" * 32
    house.version(name, "s3://bucket/a", run_id=run, tags={"ok": "yes"})
    house.version(name, "s3://bucket/b", tags={"ok": "no", "x.y": "1"})
    house.version(name, "s3://bucket/c")
    house.version(other, "s3://bucket/a")
    seen = {}
    for clause, wanted in (
        (f"name = '{name}'", [3, 2, 1]),
        (f"name = '{name}' AND run_id = '{run}'", [1]),
        (f"name = '{name}' AND run_id IN ('{run}', 'another')", [1]),
        (f"name = '{name}' AND source_path = 's3://bucket/b'", [2]),
        (f"name = '{name}' AND source_path LIKE 's3://%/c'", [3]),
        (f"name = '{name}' AND version_number > 1", [3, 2]),
        (f"name = '{name}' AND version_number <= 2 AND version_number != 1", [2]),
        (f"name = '{name}' AND tags.ok = 'yes'", [1]),
        (f"name = '{name}' AND tags.ok ILIKE 'NO'", [2]),
        (f"name = '{name}' AND tag.`x.y` = '1'", [2]),
    ):
        versions = found(
            house.client.search_model_versions(clause, order_by=["version_number DESC"])
        )
        seen[clause.replace(name, "NAME")] = versions
        assert versions == [[name, number] for number in wanted], clause
    return list(seen)


def versions_are_listed_page_by_page(house: House) -> Any:
    name = house.model()
    for _ in range(5):
        house.version(name)
    pages: list[Any] = []
    token = None
    while token or not pages:
        page = house.client.search_model_versions(
            f"name = '{name}'", max_results=2, page_token=token, order_by=["version_number ASC"]
        )
        pages.append([number for _, number in found(page)])
        token = page.token
    assert pages == [[1, 2], [3, 4], [5]]
    return pages


def what_changed_last_comes_first(house: House) -> Any:
    name = house.model()
    for _ in range(3):
        house.version(name)
        time.sleep(0.005)
    house.client.update_model_version(name, "1", description="Changed")
    order = [number for _, number in found(house.client.search_model_versions(f"name = '{name}'"))]
    assert order == [1, 3, 2]
    return order


def bad_filters_are_refused(house: House) -> None:
    for clause in (
        "name ~ 'x'",
        "name = x",
        "colour = 'red'",
        "name = 'a' OR name = 'b'",
        "name =",
    ):
        with refused("INVALID_PARAMETER_VALUE"):
            house.client.search_registered_models(clause)
    for clause in ("colour = 'red'", "version_number = 'two'", "tags.a > '1'", "name"):
        with refused("INVALID_PARAMETER_VALUE"):
            house.client.search_model_versions(clause)
    with refused("INVALID_PARAMETER_VALUE"):
        house.client.search_registered_models(order_by=["colour"])
