"""Stages: deprecated, and still what older pipelines move."""

from __future__ import annotations

import warnings
from typing import Any

from walk.house import House, refused, told

warnings.filterwarnings("ignore", category=FutureWarning)


def a_version_moves_through_the_stages(house: House) -> Any:
    name = house.model()
    house.version(name)
    seen = []
    for stage in ("Staging", "Production", "Archived", "None"):
        moved = house.client.transition_model_version_stage(name, "1", stage)
        seen.append(told(moved))
    assert [each["current_stage"] for each in seen] == ["Staging", "Production", "Archived", "None"]
    return seen


def a_stage_is_read_in_any_case(house: House) -> Any:
    name = house.model()
    house.version(name)
    return told(house.client.transition_model_version_stage(name, "1", "production"))


def who_arrives_archives_who_was_there(house: House) -> Any:
    name = house.model()
    for _ in range(3):
        house.version(name)
    for number in "123":
        house.client.transition_model_version_stage(
            name, number, "Production", archive_existing_versions=number == "3"
        )
    stages = [house.client.get_model_version(name, n).current_stage for n in "123"]
    assert stages == ["Archived", "Archived", "Production"]
    return stages


def the_newest_of_each_stage_is_asked_for(house: House) -> Any:
    name = house.model()
    for _ in range(4):
        house.version(name)
    for number, stage in (("1", "Staging"), ("2", "Staging"), ("3", "Production")):
        house.client.transition_model_version_stage(name, number, stage)
    all_of_them = house.client.get_latest_versions(name)
    newest = {v.current_stage: int(v.version) for v in all_of_them}
    assert newest == {"Staging": 2, "Production": 3, "None": 4}
    one = house.client.get_latest_versions(name, stages=["Staging"])
    assert [int(v.version) for v in one] == [2]
    return newest


def an_unknown_stage_is_refused(house: House) -> None:
    name = house.model()
    house.version(name)
    with refused("INVALID_PARAMETER_VALUE"):
        house.client.transition_model_version_stage(name, "1", "Retired")
