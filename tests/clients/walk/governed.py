"""What governance refuses and lets pass, through the same door. The server holds it already."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import mlflow
from walk.house import Cannot, House, refused, told


def _given(house: House, key: str) -> Any:
    if key not in house.given:
        raise Cannot(f"this server holds nothing {key}")
    return house.given[key]


def what_is_authorized_is_loaded_as_it_was_hashed(house: House) -> Any:
    held = _given(house, "authorized")
    got = mlflow.artifacts.download_artifacts(
        f"models:/{held['model']}@champion", dst_path=str(house.file().parent)
    )
    for path, digest in held["digests"].items():
        assert hashlib.sha256((Path(got) / path).read_bytes()).hexdigest() == digest
    version = house.client.get_model_version_by_alias(held["model"], "champion")
    assert version.version == held["version"]
    return told(version)


def the_champion_moves_with_an_authorization_alone(house: House) -> None:
    held = _given(house, "sealed")
    with refused("PERMISSION_DENIED", "authoriz"):
        house.client.set_registered_model_alias(held["model"], "champion", held["version"])
    with refused("PERMISSION_DENIED"):
        house.client.delete_registered_model_alias(held["model"], "champion")
    with refused("PERMISSION_DENIED"):
        house.client.transition_model_version_stage(held["model"], held["version"], "Production")


def what_was_authorized_is_neither_deleted_nor_renamed(house: House) -> None:
    held = _given(house, "authorized")
    with refused("PERMISSION_DENIED"):
        house.client.delete_model_version(held["model"], held["version"])
    with refused("PERMISSION_DENIED"):
        house.client.delete_registered_model(held["model"])
    with refused("PERMISSION_DENIED"):
        house.client.rename_registered_model(held["model"], house.name("other"))
    assert house.client.get_registered_model(held["model"]).name == held["model"]


def other_aliases_and_tags_move_freely(house: House) -> Any:
    held = _given(house, "sealed")
    alias = house.name("alias")
    house.client.set_registered_model_alias(held["model"], alias, held["version"])
    house.client.set_model_version_tag(held["model"], held["version"], "seen", "yes")
    assert house.client.get_model_version_by_alias(held["model"], alias).tags["seen"] == "yes"
    house.client.delete_registered_model_alias(held["model"], alias)


def what_was_revoked_is_not_handed_out(house: House) -> None:
    held = _given(house, "revoked")
    with refused("PERMISSION_DENIED", held["reason"]):
        house.client.get_model_version_download_uri(held["model"], held["version"])
    folder = house.file().parent / "nothing"
    folder.mkdir()
    with refused("PERMISSION_DENIED"):
        mlflow.artifacts.download_artifacts(
            f"models:/{held['model']}/{held['version']}", dst_path=str(folder)
        )
    assert not list(folder.iterdir())
