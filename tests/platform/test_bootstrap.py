"""The first step: .venv and its packages, also after an interruption."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.platform.conftest import ROOT, plain_environment


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the bootstrap and a lock that asks for nothing."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    shutil.copy(ROOT / "bootstrap.py", folder)
    (folder / "empty.lock").write_text("# nothing\n")
    return folder


def bootstrap(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bootstrap.py", "empty.lock"],
        cwd=clone,
        env=plain_environment(**environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_installs_once_and_again_after_an_interruption_or_a_new_lock(clone: Path) -> None:
    first = bootstrap(clone)
    assert first.returncode == 0, first.stderr
    assert "Installing empty.lock" in first.stdout
    assert bootstrap(clone).stdout == ""

    (clone / ".venv" / "installed-empty.lock").unlink()  # as if cut short
    assert "Installing" in bootstrap(clone).stdout

    (clone / "empty.lock").write_text("# nothing, but new\n")
    assert "Installing" in bootstrap(clone).stdout

    shutil.rmtree(clone / ".venv" / "bin")  # half of it gone
    assert bootstrap(clone).returncode == 0
    assert (clone / ".venv" / "bin" / "python").exists()


def test_a_failed_installation_leaves_no_stamp(clone: Path) -> None:
    (clone / "empty.lock").write_text("./not-there\n")
    done = bootstrap(clone)
    assert done.returncode != 0
    assert "run the same command again" in done.stderr.splitlines()[-1]
    assert not (clone / ".venv" / "installed-empty.lock").exists()


def test_a_python_without_venv_is_one_line(clone: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "venv.py").write_text("raise ImportError('no venv here')\n")
    without_uv = os.pathsep.join(
        folder
        for folder in os.environ["PATH"].split(os.pathsep)
        if not (Path(folder) / "uv").exists()
    )
    done = bootstrap(clone, PYTHONPATH=str(broken), PATH=without_uv)
    assert done.returncode == 1
    assert done.stderr.startswith("This Python cannot make a virtual environment")
    assert len(done.stderr.splitlines()) == 1
    assert not (clone / ".venv").exists()


def test_an_old_python_is_refused_in_words(clone: Path) -> None:
    program = (
        "import sys; sys.version_info = (3, 9, 1); sys.argv = ['bootstrap.py', 'empty.lock']; "
        "import shutil; shutil.which = lambda name: None; "
        "import runpy; runpy.run_path('bootstrap.py', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=clone, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Imprimatur needs Python 3.11 or newer and this is 3.9")


def imprimatur(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, run from elsewhere."""
    return subprocess.run(
        [str(clone / ".venv" / "bin" / "imprimatur"), *arguments],
        cwd="/",
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_runs_from_a_folder_with_a_blank_in_its_name(clone: Path) -> None:
    shutil.copytree(ROOT / "client" / "imprimatur_client", clone / "client" / "imprimatur_client")
    assert bootstrap(clone).returncode == 0
    done = imprimatur(clone, "--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "imprimatur"), done.stderr

    (clone / ".venv" / "bin" / "imprimatur").unlink()  # as an installation from before has it
    assert bootstrap(clone).stdout == ""
    assert imprimatur(clone, "--version").returncode == 0


def test_the_command_is_the_servers_own_where_it_has_one(clone: Path) -> None:
    cli = clone / "governance" / "cli"
    cli.mkdir(parents=True)
    (clone / "governance" / "__init__.py").write_text("")
    (cli / "__init__.py").write_text("")
    (cli / "__main__.py").write_text("import sys\nprint(*sys.argv[1:])\nsys.exit(2)\n")
    bootstrap(clone)
    done = imprimatur(clone, "check", "--policy", "a b")
    assert (done.returncode, done.stdout) == (2, "check --policy a b\n"), done.stderr


def test_it_reads_on_pythons_that_it_refuses() -> None:
    import ast

    ast.parse((ROOT / "bootstrap.py").read_text(), feature_version=(3, 6))
