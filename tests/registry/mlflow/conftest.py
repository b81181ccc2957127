"""Somebody at the door, with a token; new models are not governed unless a test says so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.registry.mlflow.caller import Caller


@pytest.fixture(autouse=True)
def _plain(settings: Any) -> None:
    settings.GOVERN_NEW_MODELS = False


@pytest.fixture
def door(db: None) -> Caller:
    """CI's robot."""
    return Caller.of("ci")
