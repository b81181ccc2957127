"""Opens a model by its format; each format is a module of its own. Runs in the child."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from governance.scoring import disguises
from governance.scoring.answers import Asked, Model

# Format: its module here, and the libraries it needs.
_NEEDED = {
    "onnx": ("governance.scoring.onnx_model", "onnx", "onnxruntime"),
    "xgboost-json": ("governance.scoring.xgboost_model", "xgboost"),
    "lightgbm-text": ("governance.scoring.lightgbm_model", "lightgbm"),
    "skops": ("governance.scoring.skops_model", "pandas", "skops.io"),
}


def prepare(format: str) -> None:
    """Imports our own module of the format, while the project's folder can be read."""
    for name in _NEEDED.get(format, ())[:1]:
        import_module(name)


def import_libraries(format: str) -> None:
    """Imports what reads Arrow and the format, before any model is touched."""
    for name in ("pyarrow", *_NEEDED.get(format, ())[1:]):
        import_module(name)


def opened(format: str, path: Path, asked: Asked) -> Model:
    """The model, checked and loaded. Raises Unusable, or Malformed before loading it."""
    disguises.refuse_pickles(path, format)
    if format == "onnx":
        from governance.scoring.onnx_model import OnnxModel

        return OnnxModel(path, asked)
    if format == "xgboost-json":
        from governance.scoring.xgboost_model import XgboostModel

        return XgboostModel(path, asked)
    if format == "skops":
        from governance.scoring.skops_model import SkopsModel

        return SkopsModel(path, asked)
    from governance.scoring.lightgbm_model import LightgbmModel

    return LightgbmModel(path, asked)
