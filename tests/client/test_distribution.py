"""What a bank's CI image gets: one small wheel that needs Python and nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.platform.conftest import ROOT, plain_environment

PACKAGE = ROOT / "client" / "imprimatur_client"
MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES])
def test_it_imports_itself_and_the_standard_library(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    allowed = {*sys.stdlib_module_names, "imprimatur_client"}
    # Stands in for tomllib before Python 3.11, and is asked for only where a TOML file is read.
    allowed |= {"tomli"} if path.name == "plan.py" else set()
    assert imported <= allowed


def test_using_it_loads_neither_django_nor_numpy_nor_shap() -> None:
    program = (
        "import sys, imprimatur_client, imprimatur_client.cli as cli; cli.commands(); "
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = run(sys.executable, "-c", program, PYTHONPATH=str(ROOT / "client"))
    loaded = set(done.stdout.split())
    assert "imprimatur_client" in loaded
    assert not loaded & {"django", "rest_framework", "numpy", "shap", "httpx", "polars", "celery"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as a release builds it. Skips where its build tool cannot be had."""
    tools = tmp_path_factory.mktemp("tools")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "1")
    got = run(*pip, "install", "-q", "--target", str(tools), "hatchling>=1.27")
    if got.returncode:
        pytest.skip(f"no package index here: {got.stderr.strip().splitlines()[-1]}")
    target = tmp_path_factory.mktemp("wheel")
    build = ("wheel", "-q", "--no-deps", "--no-build-isolation", "--wheel-dir", str(target))
    done = run(*pip, *build, str(ROOT / "client"), PYTHONPATH=str(tools))
    assert done.returncode == 0, done.stderr
    (found,) = target.glob("*.whl")
    return found


def test_the_wheel_is_small_typed_and_asks_for_nothing(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (about,) = (name for name in names if name.endswith("/METADATA"))
        wanted = [
            line
            for line in archive.read(about).decode().splitlines()
            if line.startswith(("Requires-Dist", "Requires-Python"))
        ]
    assert wanted == ["Requires-Python: >=3.9", "Requires-Dist: tomli>=2; python_version < '3.11'"]
    assert "imprimatur_client/py.typed" in names
    assert not [name for name in names if not name.startswith("imprimatur_client")]
    assert wheel.stat().st_size < 100_000


def test_the_wheel_installs_and_runs_by_itself(wheel: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    assert run(sys.executable, "-m", "venv", str(fresh)).returncode == 0
    python, command = fresh / "bin" / "python", fresh / "bin" / "imprimatur"
    got = run(str(python), "-m", "pip", "install", "-q", "--no-index", str(wheel))
    assert got.returncode == 0, got.stderr
    done = run(str(command), "--version")
    assert (done.returncode, done.stdout) == (0, "imprimatur 0.1.0\n")
    assert run(str(python), "-c", "import django").returncode == 1
    asked = run(str(command), "verdict", "--digest", "a" * 64, "-e", "e", "-p", "p")
    assert (asked.returncode, asked.stderr) == (
        3,
        "imprimatur: Set IMPRIMATUR_URL to the server's address.\n",
    )


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {name: text for name, text in plain_environment().items() if name != "PYTHONPATH"}
    return subprocess.run(
        command,
        env=bare | environment,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
