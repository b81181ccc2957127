"""Registered models: made, read, described, tagged, renamed, listed, deleted."""

from __future__ import annotations

from typing import Any

from walk.house import House, found, refused, told


def a_model_is_created_and_read_back(house: House) -> Any:
    name = house.name()
    made = house.client.create_registered_model(name, tags={"team": "risk"}, description="Loans")
    read = house.client.get_registered_model(name)
    assert made.name == read.name == name
    assert read.description == "Loans"
    assert read.tags == {"team": "risk"}
    assert 0 <= read.last_updated_timestamp - read.creation_timestamp <= 5  # two looks at one clock
    return told(read)


def a_description_changes(house: House) -> Any:
    name = house.model()
    house.client.update_registered_model(name, description="For mortgages")
    read = house.client.get_registered_model(name)
    assert read.description == "For mortgages"
    assert read.last_updated_timestamp >= read.creation_timestamp
    return told(read)


def tags_are_set_overwritten_and_deleted(house: House) -> Any:
    name = house.model()
    for key, value in (("a", "1"), ("a", "2"), ("b", ""), ("with.dots and spaces", "ü")):
        house.client.set_registered_model_tag(name, key, value)
    before = dict(house.client.get_registered_model(name).tags)
    assert before == {"a": "2", "b": "", "with.dots and spaces": "ü"}
    house.client.delete_registered_model_tag(name, "a")
    house.client.delete_registered_model_tag(name, "never there")
    after = dict(house.client.get_registered_model(name).tags)
    assert "a" not in after
    return [before, after]


def a_model_is_renamed_with_all_that_hangs_on_it(house: House) -> Any:
    name, other = house.model("before"), house.name("after")
    house.version(name)
    house.client.set_registered_model_alias(name, "champion", "1")
    house.client.rename_registered_model(name, other)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        house.client.get_registered_model(name)
    read = house.client.get_registered_model(other)
    assert read.aliases == {"champion": "1"}
    assert house.client.get_model_version(other, "1").name == other
    house.model("before-again")
    return told(read)


def the_newest_version_of_each_stage_stands_on_the_model(house: House) -> Any:
    name = house.model()
    for _ in range(3):
        house.version(name)
    read = house.client.get_registered_model(name)
    assert [v.version for v in read.latest_versions] == ["3"]
    return told(read)


def a_deleted_model_is_gone_and_its_name_is_free(house: House) -> Any:
    name = house.model()
    house.version(name)
    house.client.set_registered_model_alias(name, "champion", "1")
    house.client.delete_registered_model(name)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        house.client.get_registered_model(name)
    assert found(house.client.search_registered_models(f"name = '{name}'")) == []
    assert found(house.client.search_model_versions(f"name = '{name}'")) == []
    house.client.create_registered_model(name)
    read = house.client.get_registered_model(name)
    assert read.aliases == {}
    made = house.version(name)  # its number is another here: docs/decisions/0013
    assert made.name == name
    return told(read)


def models_are_listed_page_by_page(house: House) -> Any:
    names = sorted(house.model("page") for _ in range(5))
    wanted = f"name LIKE '{house.prefix}-page-%'"
    pages: list[Any] = []
    token = None
    while token or not pages:
        page = house.client.search_registered_models(wanted, max_results=2, page_token=token)
        pages.append(found(page))
        token = page.token
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [name for page in pages for name in page] == names
    return len(pages)
