"""What is refused is worded as programs written for MLflow expect, where they look at the words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.registry.mlflow.caller import Caller

MODELS, VERSIONS = "registered-models/search", "model-versions/search"


@pytest.mark.parametrize(
    ("path", "said", "words"),
    [
        (MODELS, {"filter": "run_id = 'x'"}, "Invalid attribute key 'run_id' specified."),
        (MODELS, {"filter": "source_path = 'a'"}, "Invalid attribute key 'source_path' specified."),
        (VERSIONS, {"filter": "colour = 'x'"}, "Invalid attribute key 'colour' specified."),
        (MODELS, {"filter": "name = true"}, "Invalid clause(s) in filter string"),
        (VERSIONS, {"filter": "name = 'm' OR name = 'n'"}, "Invalid clause(s) in filter string"),
        (MODELS, {"filter": "name = 'm"}, "Invalid clause(s) in filter string"),
        (MODELS, {"order_by": ["name", "colour DESC"]}, "Invalid order by key 'colour' specified."),
        (VERSIONS, {"order_by": ["name", "run_id"]}, "Invalid order by key 'run_id' specified."),
        (MODELS, {"order_by": ["name up"]}, "Invalid order_by clause 'name up'"),
        (MODELS, {"order_by": ["name", "name DESC"]}, "`order_by` contains duplicate fields: name"),
        (
            MODELS,
            {"order_by": ["timestamp", "last_updated_timestamp"]},
            "`order_by` contains duplicate fields",
        ),
        (MODELS, {"page_token": "made-up"}, "Invalid page token"),
        (VERSIONS, {"page_token": "made-up"}, "Invalid page token"),
        (MODELS, {"max_results": 10**15}, "Invalid value for max_results."),
    ],
)
def test_a_search(door: Caller, path: str, said: dict[str, Any], words: str) -> None:
    status, code, message = door.refused("GET", path, **said)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert message.startswith(words)


def test_a_stage_that_is_none(door: Caller) -> None:
    door.model()
    door.version()
    said = {"name": "m", "version": "1", "stage": "attic", "archive_existing_versions": False}
    status, code, message = door.refused("POST", "model-versions/transition-stage", **said)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert message.startswith("Invalid Model Version stage: attic. Value must be one of None, ")
