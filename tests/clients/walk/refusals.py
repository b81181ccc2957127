"""What is refused, with the codes and words that callers match."""

from __future__ import annotations

from walk.house import House, refused


def a_taken_name_is_refused(house: House) -> None:
    name = house.model()
    with refused("RESOURCE_ALREADY_EXISTS", f"Registered Model (name={name}) already exists."):
        house.client.create_registered_model(name)
    other = house.model()
    with refused("RESOURCE_ALREADY_EXISTS"):
        house.client.rename_registered_model(other, name)


def an_unknown_model_is_said_so(house: House) -> None:
    name = house.name("unknown")
    words = f"Registered Model with name={name} not found"
    client = house.client
    for act in (
        lambda: client.get_registered_model(name),
        lambda: client.update_registered_model(name, "x"),
        lambda: client.rename_registered_model(name, house.name()),
        lambda: client.delete_registered_model(name),
        lambda: client.set_registered_model_tag(name, "a", "1"),
        lambda: client.delete_registered_model_tag(name, "a"),
        lambda: house.version(name),
    ):
        with refused("RESOURCE_DOES_NOT_EXIST", words):
            act()


def an_unknown_version_is_said_so(house: House) -> None:
    name = house.model()
    words = f"Model Version (name={name}, version=7) not found"
    client = house.client
    for act in (
        lambda: client.get_model_version(name, "7"),
        lambda: client.update_model_version(name, "7", "x"),
        lambda: client.delete_model_version(name, "7"),
        lambda: client.set_model_version_tag(name, "7", "a", "1"),
        lambda: client.get_model_version_download_uri(name, "7"),
    ):
        with refused("RESOURCE_DOES_NOT_EXIST", words):
            act()


def a_number_that_is_none_is_refused(house: House) -> None:
    name = house.model()
    house.version(name)
    with refused("INVALID_PARAMETER_VALUE"):
        house.client.get_model_version(name, "first")


def names_and_keys_that_cannot_be_are_refused(house: House) -> None:
    for name in ("", " ", "a/b", "a:b"):
        with refused("INVALID_PARAMETER_VALUE"):
            house.client.create_registered_model(name)
    name = house.model()
    with refused("INVALID_PARAMETER_VALUE"):
        house.client.set_registered_model_tag(name, "k" * 251, "1")
    with refused("INVALID_PARAMETER_VALUE"):
        house.client.set_registered_model_tag(name, "k", "v" * 100_001)
    with refused("INVALID_PARAMETER_VALUE"):
        house.client.search_registered_models(max_results=1_001)
    with refused("INVALID_PARAMETER_VALUE"):
        house.client.search_registered_models(page_token="no token of anybody's")
