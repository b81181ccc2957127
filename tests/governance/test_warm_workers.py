"""A worker imports what checks import before its pool is forked: no check waits for it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from django.db import connection

from governance import tasks
from governance.suites import measuring
from jobs import life, registry

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("governance/checks", "governance/suites", "governance/counting")


def _imported_late() -> set[str]:
    """Modules that functions import, of packages that are not ours."""
    found = set()
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(file.read_text())
            functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
            for node in [inner for function in functions for inner in ast.walk(function)]:
                if isinstance(node, ast.Import):
                    found |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    whole = "." not in node.module  # ``from scipy import stats``
                    found |= {
                        f"{node.module}.{a.name}" if whole else node.module for a in node.names
                    }
    packages = {"fairlearn", "scipy", "sklearn", "vl_convert", "pandas", "statsmodels", "shap"}
    return {name for name in found if name.partition(".")[0] in packages}


def test_whatever_a_check_imports_late_is_imported_by_the_worker() -> None:
    late = _imported_late()
    assert {"fairlearn.metrics", "sklearn.ensemble"} <= late
    assert tasks.measuring.warm in registry._warming
    registry.warm()
    assert [name for name in sorted(late) if name not in sys.modules] == []
    assert late - {"pandas"} <= set(measuring.HEAVY)


def test_a_pool_is_forked_only_after_that(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(registry, "_warming", [lambda: told.append("warm")])
    life.prepare(sender=None)
    assert told == ["warm"]


def test_a_task_keeps_the_connection_of_the_task_before(committed_db: str) -> None:
    connection.ensure_connection()
    before = connection.connection
    life.reconnect()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.connection is before


def test_a_task_lets_a_broken_connection_go(committed_db: str) -> None:
    connection.ensure_connection()
    before = connection.connection
    before.close()  # as a crashed database leaves it
    life.reconnect()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.connection is not before


@pytest.mark.skipif(not hasattr(life._C, "malloc_trim"), reason="the C library keeps it")
def test_memory_that_a_task_no_longer_uses_goes_back_to_the_machine() -> None:
    pieces = [bytearray(b"x" * 100_000) for _ in range(2_000)]  # too small to be mapped apart
    last = bytearray(b"x" * 100_000)  # above them, so that the heap cannot simply shrink
    del pieces
    held = _held()
    life.give_back()
    assert _held() < held - 100
    assert last


def _held() -> float:
    """MiB of this process's own memory."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024
