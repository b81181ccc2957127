"""onnxruntime phones home unless it is told not to before it is imported."""

from __future__ import annotations

import ast
from pathlib import Path

from governance.scoring import following

ROOT = Path(__file__).resolve().parents[2]
SILENT = "ORT_DISABLE_TELEMETRY"
ROOMS = ("accounts", "audit", "config", "governance", "jobs", "lib", "registry", "examples")
IN_THE_CHILD = {"governance/scoring/onnx_model.py"}


def importing() -> set[str]:
    """Our files that import it anywhere."""
    found = set()
    for path in (file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            if any(name.split(".")[0] == "onnxruntime" for name in names):
                found.add(str(path.relative_to(ROOT)))
    return found


def test_the_child_is_told_before_it_starts(tmp_path):
    assert following._environment(tmp_path)[SILENT] == "1"


def test_nobody_else_imports_it_without_saying_so_first():
    for name in importing() - IN_THE_CHILD:
        text = (ROOT / name).read_text()
        assert SILENT in text, name
        assert text.index(SILENT) < text.index("import onnxruntime"), name
