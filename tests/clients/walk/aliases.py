"""Aliases: set, moved, asked, removed."""

from __future__ import annotations

from typing import Any

from walk.house import House, found, refused, told


def an_alias_is_set_moved_and_asked(house: House) -> Any:
    name = house.model()
    house.version(name)
    house.version(name)
    house.client.set_registered_model_alias(name, "champion", "1")
    assert house.client.get_model_version_by_alias(name, "champion").version == "1"
    house.client.set_registered_model_alias(name, "champion", "2")
    read = house.client.get_model_version_by_alias(name, "champion")
    assert (read.version, read.aliases) == ("2", ["champion"])
    assert house.client.get_model_version(name, "1").aliases == []
    return told(read)


def aliases_stand_on_the_model_and_on_the_version(house: House) -> Any:
    name = house.model()
    house.version(name)
    for alias in ("champion", "Prod-EU_1", "7"):
        house.client.set_registered_model_alias(name, alias, "1")
    model = house.client.get_registered_model(name)
    version = house.client.get_model_version(name, "1")
    assert model.aliases == {"champion": "1", "Prod-EU_1": "1", "7": "1"}
    assert sorted(version.aliases) == ["7", "Prod-EU_1", "champion"]
    return [told(model), told(version)]


def an_alias_is_removed_twice(house: House) -> Any:
    name = house.model()
    house.version(name)
    house.client.set_registered_model_alias(name, "champion", "1")
    house.client.delete_registered_model_alias(name, "champion")
    house.client.delete_registered_model_alias(name, "champion")
    with refused("INVALID_PARAMETER_VALUE", "Registered model alias champion not found."):
        house.client.get_model_version_by_alias(name, "champion")
    return told(house.client.get_registered_model(name))


def reserved_and_odd_names_are_refused(house: House) -> None:
    name = house.model()
    house.version(name)
    for alias in ("latest", "v1", "V22", "with space", "a" * 256):
        with refused("INVALID_PARAMETER_VALUE"):
            house.client.set_registered_model_alias(name, alias, "1")


def an_alias_needs_a_version_that_is_there(house: House) -> None:
    name = house.model()
    with refused("RESOURCE_DOES_NOT_EXIST"):
        house.client.set_registered_model_alias(name, "champion", "1")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        house.client.set_registered_model_alias(house.name("unknown"), "champion", "1")


def latest_is_the_highest_number(house: House) -> Any:
    name = house.model()
    house.version(name, "s3://bucket/1")
    house.version(name, "s3://bucket/2")
    read = house.client.get_model_version_by_alias(name, "latest")
    assert read.version == "2"
    return found([read])
