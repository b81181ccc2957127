"""Opens a model by its format; each format is a module of its own. Runs in the child."""

from __future__ import annotations

import sys
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
# Whatever reads Arrow or trees imports these as well if it finds them, which takes longer than the
# rest of the child's start together. Nothing that is asked of it here needs them.
_WITHHELD = ("pandas", "sklearn")


def prepare(format: str) -> None:
    """Imports our own module of the format, while the project's folder can be read."""
    for name in _NEEDED.get(format, ())[:1]:
        import_module(name)


def import_libraries(format: str) -> None:
    """Imports what reads Arrow and the format, before any model is touched."""
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, _Withholding)]
    if format != "skops":
        sys.meta_path.insert(0, _Withholding())
    for name in ("pyarrow", *_NEEDED.get(format, ())[1:]):
        import_module(name)


class _Withholding:
    """Says of a library that it is not installed."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in _WITHHELD:
            raise ModuleNotFoundError(f"{name} is not for this process", name=name)


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
