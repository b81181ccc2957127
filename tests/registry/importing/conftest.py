from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.registry.importing.serving import Registry, serving

Import = Callable[..., dict[str, Any]]


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def url(registry: Registry) -> Iterator[str]:
    with serving(registry) as address:
        yield address


@pytest.fixture(autouse=True)
def _nothing_from_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"MLFLOW_TRACKING_{name}", raising=False)


@pytest.fixture
def bring(url: str) -> Import:
    """Runs the command against the small server; the report."""

    def run(*words: str) -> dict[str, Any]:
        out = StringIO()
        call_command("import_mlflow", url, "--json", *words, stdout=out)
        report: dict[str, Any] = json.loads(out.getvalue())
        return report

    return run
