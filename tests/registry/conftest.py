"""Known use cases without the room that owns them, and a look at the entries written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lib.errors import NotFound
from registry import guards


@pytest.fixture(autouse=True)
def _ports() -> Iterator[None]:
    """The careful defaults, but for the use cases “mortgage” and “cards”."""
    units = {"mortgage": "retail", "cards": "consumer"}

    def use_case(slug: str) -> str:
        if slug not in units:
            raise NotFound(f"There is no use case “{slug}”.")
        return units[slug]

    before = guards.plug()
    guards.restore(guards.Ports(use_case=use_case))
    yield
    guards.restore(before)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The actions of the entries that the test writes, in order. They are written as well."""
    import importlib

    actions: list[str] = []
    for noun in (
        "aliases",
        "artifacts",
        "datasets",
        "deployments",
        "governing",
        "models",
        "runs",
        "stages",
        "unsealed",
        "versions",
    ):
        module = importlib.import_module(f"registry.services.{noun}")
        write = module.record

        def noting(*, action: str, _write: object = write, **rest: object) -> object:
            actions.append(action)
            return _write(action=action, **rest)  # type: ignore[operator]

        monkeypatch.setattr(module, "record", noting)
    return actions
