"""Folders and processes for tests that start the real thing; nothing here touches the database
of the other tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import embedded

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data() -> Iterator[Path]:
    """An empty data folder whose server, if any, is stopped afterwards."""
    with private_data("data") as folder:
        yield folder


@pytest.fixture
def data_with_space() -> Iterator[Path]:
    with private_data("a folder, with space") as folder:
        yield folder


class private_data:
    """A data folder that any account can reach: pytest's own are closed to all but us."""

    def __init__(self, name: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="imprimatur-test-"))
        self.home.chmod(0o755)
        self.folder = self.home / name

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(self, *error: object) -> None:
        embedded.stop(self.folder)
        elsewhere = self.folder / "db"
        if elsewhere.is_symlink():
            shutil.rmtree(elsewhere.resolve().parent, ignore_errors=True)
        shutil.rmtree(embedded.paths(self.folder).socket, ignore_errors=True)
        shutil.rmtree(self.home)


def plain_environment(**extra: str) -> dict[str, str]:
    """The shell's environment without what tests/environment.py set for this process."""
    ours = ("DATA", "DATABASE_ROLE", "IMPRIMATUR_MODE", "SIGN_IN_RATE", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in ours} | extra
