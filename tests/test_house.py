"""The house rules, kept by a test: ceilings, names, and state written in one place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("lib", "jobs", "audit", "accounts", "registry", "governance", "config")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "handler"}
SKIPPED = {".venv", ".venv-spark", "var", ".git", "__pycache__", "node_modules", "staticfiles"}


def files(suffix: str) -> Iterator[Path]:
    for path in sorted(ROOT.rglob(f"*{suffix}")):
        if not SKIPPED & set(path.relative_to(ROOT).parts):
            yield path


def hand_written() -> list[Path]:
    return [path for path in files(".py") if "migrations" not in path.parts]


def test_no_file_is_longer_than_300_lines() -> None:
    long = {str(p.relative_to(ROOT)): n for p in hand_written() if (n := _lines(p)) > 300}
    assert not long


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in hand_written()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > 50
    ]
    assert not long


def test_no_template_is_longer_than_120_lines() -> None:
    long = {str(p.relative_to(ROOT)): n for p in files(".html") if (n := _lines(p)) > 120}
    assert not long


def test_nothing_is_called_utils() -> None:
    named = [
        str(path.relative_to(ROOT))
        for path in hand_written()
        if FORBIDDEN_NAMES & {path.stem, *path.relative_to(ROOT).parts}
    ]
    assert not named


@pytest.mark.parametrize(
    ("model", "home"),
    [
        ("Release", "governance/services/transitions.py"),
        ("Authorization", "governance/services/authorizations.py"),
        ("Job", "jobs/services.py"),
    ],
)
def test_state_is_written_in_one_place(model: str, home: str) -> None:
    """Nobody else assigns ``release.state = ...`` or updates the column of that model."""
    name = model.lower()
    pattern = re.compile(rf"\b(?:{name}|row|held)\.state = |{model}\.objects.*update\(.*state=")
    places = {
        str(path.relative_to(ROOT))
        for path in hand_written()
        if path.relative_to(ROOT).parts[0] in ROOMS and pattern.search(path.read_text())
    }
    assert places <= {home}


def test_no_exception_is_swallowed_silently() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in hand_written()
        if path.relative_to(ROOT).parts[0] in ROOMS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") == "Exception")
        and len(node.body) == 1
        and isinstance(node.body[0], ast.Pass)
    ]
    assert not silent


def _lines(path: Path) -> int:
    return path.read_text().count("\n")
