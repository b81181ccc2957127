"""Folders that the operator named, and no step out of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from lib.errors import Unprocessable
from registry.sources.addresses import Folder
from registry.sources.folders import tree


@pytest.fixture
def named(tmp_path: Path, settings: Any) -> Path:
    """A folder from which files are fetched, with a model in it and a secret beside it."""
    top = tmp_path / "named"
    (top / "credit" / "data").mkdir(parents=True)
    (top / "credit" / "MLmodel").write_text("flavors: {}")
    (top / "credit" / "data" / "model.onnx").write_bytes(b"weights")
    (tmp_path / "secret").write_text("keep out")
    settings.MLFLOW_SOURCE_FOLDERS = [str(top)]
    return top


def test_it_lists_and_reads_what_lies_below(named: Path) -> None:
    found = tree(Folder(str(named / "credit")))
    assert {(file.path, file.size) for file in found.files()} == {
        ("MLmodel", 11), ("data/model.onnx", 7)
    }  # fmt: skip
    with found.opened("data/model.onnx") as file:
        assert file.read() == b"weights"


def test_no_other_folder_is_read(named: Path) -> None:
    for path in (named.parent, Path("/etc"), Path(f"{named}-sibling")):
        with pytest.raises(Unprocessable, match="MLFLOW_SOURCE_FOLDERS"):
            tree(Folder(str(path)))


def test_none_is_read_unless_one_is_named(tmp_path: Path, settings: Any) -> None:
    settings.MLFLOW_SOURCE_FOLDERS = []
    with pytest.raises(Unprocessable):
        tree(Folder(str(tmp_path)))


def test_a_link_among_the_files_is_refused(named: Path) -> None:
    (named / "credit" / "out").symlink_to(named.parent / "secret")
    with pytest.raises(Unprocessable, match="link"):
        list(tree(Folder(str(named / "credit"))).files())


@pytest.mark.parametrize("swapped", ["credit", "credit/data"])
def test_a_link_in_place_of_a_folder_leads_nowhere(named: Path, swapped: str) -> None:
    found = tree(Folder(str(named / "credit")))
    elsewhere = named.parent / "elsewhere"
    (named / swapped).rename(elsewhere)
    (named / swapped).symlink_to(elsewhere)
    with pytest.raises(Unprocessable), found.opened("data/model.onnx"):
        pass


def test_a_link_in_place_of_a_file_leads_nowhere(named: Path) -> None:
    file = named / "credit" / "MLmodel"
    file.unlink()
    file.symlink_to(named.parent / "secret")
    found = tree(Folder(str(named / "credit")))
    with pytest.raises(Unprocessable), found.opened("MLmodel"):
        pass


def test_what_is_no_file_is_not_waited_for(named: Path) -> None:
    os.mkfifo(named / "credit" / "pipe")
    found = tree(Folder(str(named / "credit")))
    with pytest.raises(Unprocessable, match="ordinary"), found.opened("pipe"):
        pass
