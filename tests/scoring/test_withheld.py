"""A child imports nothing that it does not need: that is most of its start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_LOOK = """
import sys
sys.path.insert(0, {root!r})
from governance.scoring import opening
opening.import_libraries({format!r})
import numpy as np, pyarrow as pa
pa.array(np.arange(3.0)).to_numpy()
print(" ".join(name for name in ("pandas", "sklearn") if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("format", "imported"),
    [("onnx", ""), ("xgboost-json", ""), ("lightgbm-text", ""), ("skops", "pandas sklearn")],
)
def test_only_models_made_of_scikit_learn_have_it_in_their_child(
    format: str, imported: str
) -> None:
    look = _LOOK.format(root=str(ROOT), format=format)
    said = subprocess.run([sys.executable, "-I", "-c", look], capture_output=True, text=True)
    assert (said.stdout.strip(), said.returncode) == (imported, 0), said.stderr
