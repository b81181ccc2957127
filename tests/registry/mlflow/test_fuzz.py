"""Anything at all, at every address: an answer or a refusal in MLflow's shape, never a fault.

Hypothesis makes the cases; ``FUZZ=20000`` makes as many as one likes.
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.mlflow.door import DoorView
from registry.mlflow.fields import Field
from registry.mlflow.urls import addresses
from tests.registry.mlflow.caller import Caller

CASES = int(os.environ.get("FUZZ", "150"))
CALLS: list[tuple[str, str, type[DoorView]]] = [
    (method, address, view.view_class)
    for address, view in addresses().items()
    for method in view.view_class.required
]
FOUND = st.sampled_from(
    ["m", "1", "2", "best", "latest", "k", "Staging", "s3://b/x", "models:/m/1"]
)
TEXTS = FOUND | st.text(max_size=300)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
FILTERS = st.lists(
    st.sampled_from(["name", "tags.k", "tag.`a.b`", "run_id", "version_number", "alias", "'m'"])
    | st.sampled_from(["=", "!=", "LIKE", "ILIKE", "IN", "NOT IN", "AND", "<=", "(", ")", ",", "'"])
    | st.sampled_from(["'%m%'", "'\\'", '"x"', "3", "99999999999999999999", "1.5", "`", "x"]),
    max_size=9,
).map(" ".join)


def values(field: Field) -> st.SearchStrategy[Any]:
    """What fits the field more often than not."""
    fitting: dict[str, st.SearchStrategy[Any]] = {
        "text": FILTERS if field.name == "filter" else TEXTS,
        "version": st.integers(-1, 3).map(str) | st.integers(),
        "number": st.integers(-1, 1001) | st.integers(),
        "flag": st.booleans(),
        "tags": st.lists(st.fixed_dictionaries({"key": TEXTS, "value": TEXTS}), max_size=3),
        "texts": st.lists(st.sampled_from(["name", "name DESC", "Staging", "None"]) | TEXTS),
    }
    return fitting.get(field.kind, ANYTHING) | fitting.get(field.kind, ANYTHING) | ANYTHING


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    method, address, view = draw(st.sampled_from(CALLS))
    said = {
        field.name: draw(values(field))
        for field in view.takes[method]
        if field.required or draw(st.booleans())
    }
    return method, address, said


@pytest.fixture
def town(door: Caller) -> Caller:
    door.model()
    door.version(tags=[{"key": "k", "value": "v"}])
    door.version()
    door.post("registered-models/alias", name="m", alias="best", version="1")
    return door


def test_nothing_breaks_it(town: Caller) -> None:
    headers = {"HTTP_AUTHORIZATION": f"Bearer {town.token}"}

    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(calls())
    def holds(call: tuple[str, str, dict[str, Any]]) -> None:
        method, address, said = call
        if method == "GET":
            query = urlencode(said, doseq=True, errors="replace")
            answer = town.client.get(f"{address}?{query}", **headers)
        else:
            body = json.dumps(said)
            kind = "application/json"
            answer = town.client.generic(method, address, body, content_type=kind, **headers)
        assert answer.status_code < 500, answer.content
        if answer.status_code != 200:
            assert {"error_code", "message"} <= set(answer.json())

    holds()
