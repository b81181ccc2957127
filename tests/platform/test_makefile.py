"""The targets that scripts rely on."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.platform.conftest import ROOT, plain_environment


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=plain_environment(**environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_shells_own_user_is_not_taken_for_the_person() -> None:
    done = make("password", USER="root")
    assert done.returncode != 0
    assert "Say who: make password USER=rita" in done.stderr
    assert "Say who: make operator USER=name" in make("operator", USER="root").stderr


def test_a_token_needs_a_role() -> None:
    done = make("token")
    assert done.returncode != 0
    assert "Say which role: make token ROLE=ci" in done.stderr


def test_values_reach_the_programs_as_one_argument_each() -> None:
    printed = make("--dry-run", "token", "ROLE=ci", "SCOPES=registry.read,registry.write").stdout
    assert 'manage.py issue_token "ci" --scopes "registry.read,registry.write"' in printed
    printed = make("--dry-run", "operator", "USER=olga").stdout
    assert 'manage.py make_operator "olga"' in printed
    assert 'manage.py set_password "rita"' in make("--dry-run", "password", "USER=rita").stdout


def test_help_lists_the_contract() -> None:
    listed = make().stdout
    for target in ("up", "test", "lint", "bench", "faults", "token", "operator", "password"):
        assert f"\n{target} " in f"\n{listed}"


def test_a_token_for_a_system_that_does_not_run_is_one_sentence(tmp_path: Path) -> None:
    done = make("token", "ROLE=ci", f"DATA={tmp_path}")
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.splitlines()[0] == (
        f"Imprimatur does not run on {tmp_path}: start it with make up."
    )
