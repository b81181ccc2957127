"""Which file is the model, among those that MLflow writes beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.scoring.launch import candidates


@pytest.mark.parametrize(
    ("names", "format", "found"),
    [
        (["model.lgb", "requirements.txt", "MLmodel"], "lightgbm-text", ["model.lgb"]),
        (["model.json", "input_example.json"], "xgboost-json", ["model.json"]),
        (["model.json", "serving_input_example.json"], "xgboost-json", ["model.json"]),
        (["requirements.txt"], "lightgbm-text", ["requirements.txt"]),
        (["a.json", "b.json"], "xgboost-json", ["a.json", "b.json"]),
    ],
)
def test_what_stands_beside_a_model_is_not_it(
    names: list[str], format: str, found: list[str]
) -> None:
    files = {name: Path(name) for name in names}
    assert candidates(files, format) == [Path(name) for name in found]
