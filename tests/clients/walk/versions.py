"""Model versions: numbered, described, tagged, copied, deleted."""

from __future__ import annotations

import time
from typing import Any

from walk.house import House, found, refused, told

RUN = "0123456789abcdef0123456789abcdef"


def numbers_follow_each_other_and_are_never_reused(house: House) -> Any:
    name = house.model()
    numbers = [house.version(name).version for _ in range(3)]
    house.client.delete_model_version(name, "3")
    house.client.delete_model_version(name, "1")
    numbers.append(house.version(name).version)
    assert [int(each) for each in numbers] == [1, 2, 3, 4]
    left = found(house.client.search_model_versions(f"name = '{name}'"))
    assert sorted(number for _, number in left) == [2, 4]
    return numbers


def a_version_keeps_what_it_was_made_with(house: House) -> Any:
    name = house.model()
    house.version(
        name,
        "s3://bucket/run/model",
        run_id=RUN,
        run_link="https://runs.example/1",
        tags={"git": "abc", "empty": ""},
        description="The first",
    )
    read = house.client.get_model_version(name, "1")
    assert (read.source, read.run_id) == ("s3://bucket/run/model", RUN)
    assert read.run_link == "https://runs.example/1"
    assert read.tags == {"git": "abc", "empty": ""}
    assert (read.description, read.status) == ("The first", "READY")
    assert house.client.get_model_version_download_uri(name, "1") == "s3://bucket/run/model"
    return told(read)


def a_new_version_changes_when_its_model_changed_last(house: House) -> Any:
    name = house.model()
    before = house.client.get_registered_model(name).last_updated_timestamp
    time.sleep(0.01)
    house.version(name)
    made = house.client.get_registered_model(name).last_updated_timestamp
    assert made > before
    time.sleep(0.01)
    house.client.update_model_version(name, "1", description="Better")
    assert house.client.get_registered_model(name).last_updated_timestamp == made
    read = house.client.get_model_version(name, "1")
    assert read.description == "Better"
    assert read.last_updated_timestamp > read.creation_timestamp
    return told(read)


def tags_of_a_version_are_set_and_deleted(house: House) -> Any:
    name = house.model()
    house.version(name)
    house.client.set_model_version_tag(name, "1", "checked", "no")
    house.client.set_model_version_tag(name, "1", "checked", "yes")
    house.client.set_model_version_tag(name, "1", "gone", "soon")
    house.client.delete_model_version_tag(name, "1", "gone")
    read = house.client.get_model_version(name, "1")
    assert read.tags == {"checked": "yes"}
    return told(read)


def a_deleted_version_is_gone_with_its_aliases(house: House) -> Any:
    name = house.model()
    house.version(name)
    house.client.set_registered_model_alias(name, "champion", "1")
    house.client.delete_model_version(name, "1")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        house.client.get_model_version(name, "1")
    with refused("INVALID_PARAMETER_VALUE"):
        house.client.get_model_version_by_alias(name, "champion")
    read = house.client.get_registered_model(name)
    assert (read.aliases, read.latest_versions) == ({}, [])
    return told(read)


def a_version_is_copied_to_another_model(house: House) -> Any:
    origin, target = house.model("origin"), house.name("target")
    house.version(origin, "s3://bucket/origin", run_id=RUN, tags={"a": "1"}, description="Good")
    copied = house.client.copy_model_version(f"models:/{origin}/1", target)
    assert (copied.name, int(copied.version)) == (target, 1)
    assert copied.source == f"models:/{origin}/1"
    assert house.client.get_model_version_download_uri(target, "1") == "s3://bucket/origin"
    again = house.client.copy_model_version(f"models:/{target}/1", house.name("third"))
    uri = house.client.get_model_version_download_uri(again.name, again.version)
    assert uri == "s3://bucket/origin"
    return [told(copied), told(again)]


def a_copy_may_name_its_origin_by_an_alias(house: House) -> Any:
    origin, target = house.model("origin"), house.name("target")
    house.version(origin)
    house.client.set_registered_model_alias(origin, "champion", "1")
    copied = house.client.copy_model_version(f"models:/{origin}@champion", target)
    assert copied.source == f"models:/{origin}/1"
    return told(copied)
