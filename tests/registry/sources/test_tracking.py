"""Which of the tracking servers knows a run or a logged model: each is asked, in turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lib.errors import Unprocessable
from registry.sources import opening
from registry.sources.trees import Unreached
from tests.registry.tracking import Tracking, tracking

INFO = {"info": {"artifact_uri": "mlflow-artifacts:/7/art"}}
TOLD = {"/mlflow/runs/get": {"run": INFO}, "/mlflow/logged-models/m-1": {"model": INFO}}
SOURCES = ["runs:/ab12", "models:/m-1"]


@pytest.fixture
def two(settings: Any) -> Iterator[tuple[Tracking, Tracking]]:
    """The second knows what is asked for."""
    with tracking() as first, tracking() as second:
        settings.MLFLOW_TRACKING_SOURCES = [first.address, second.address]
        second.answers, second.files = dict(TOLD), {"7/art/model.onnx": b"weights"}
        yield first, second


def read(source: str) -> bytes:
    tree = opening.tree(source)
    assert [found.path for found in tree.files()] == ["model.onnx"]
    with tree.opened("model.onnx") as stream:
        return stream.read(100)


@pytest.mark.parametrize("source", SOURCES)
def test_the_one_that_knows_it_hands_out_its_files(
    two: tuple[Tracking, Tracking], source: str
) -> None:
    two[0].files = {"7/art/other.onnx": b"of another run that lies there"}
    assert read(source) == b"weights"


@pytest.mark.parametrize("status", [401, 404, 503])
def test_another_that_answers_otherwise_is_passed_over(
    two: tuple[Tracking, Tracking], status: int
) -> None:
    two[0].status = status
    assert read("runs:/ab12") == b"weights"


@pytest.mark.parametrize("source", SOURCES)
def test_what_none_knows_is_refused_with_what_each_said(
    two: tuple[Tracking, Tracking], source: str
) -> None:
    two[1].answers = {}
    with pytest.raises(Unprocessable) as refused:
        opening.tree(source)
    for each in two:
        assert f"127.0.0.1:{each.port} has nothing there" in refused.value.detail


def test_while_one_is_silent_it_is_not_said_that_none_knows(
    two: tuple[Tracking, Tracking],
) -> None:
    two[0].status, two[1].answers = 503, {}
    with pytest.raises(Unreached, match="answers 503"):
        opening.tree("runs:/ab12")
