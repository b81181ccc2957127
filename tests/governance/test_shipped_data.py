"""What the code reads beside itself ships with it: packs and methodologies in a copy of the tree as
the container gets it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from governance.policy.packs import FOLDER, packs
from governance.services.methodologies import HOUSE

ROOT = Path(__file__).resolve().parents[2]
READ = """
from governance.policy.packs import FOLDER, packs
from governance.tiering import parse
assert str(FOLDER).startswith({root!r}), FOLDER
print([pack.regime for pack in packs()])
print(parse(open({root!r} + "/governance/risk_methodologies/house.yaml").read())["methodology"])
"""


def tracked() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: what is tracked is not known here")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in done.stdout.decode().split("\0") if name]


def left_out(name: str) -> bool:
    """True when .dockerignore keeps the file, or a folder it lies in, out of the image."""
    parts = Path(name).parts
    above = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    patterns = (ROOT / ".dockerignore").read_text().split()
    return any(
        fnmatch(each, pattern) or fnmatch(f"/{each}", pattern.replace("**/", "*/"))
        for each in above
        for pattern in patterns
    )


def test_data_files_are_tracked_and_not_left_out_of_the_image() -> None:
    kept = set(tracked())
    names = [str(path.relative_to(ROOT)) for path in [*FOLDER.glob("*.yaml"), HOUSE]]
    assert len(names) > 5
    assert [name for name in names if name not in kept or left_out(name)] == []
    assert left_out("tests/conftest.py")
    assert left_out("governance/__pycache__/x.pyc")


def test_the_copy_that_the_container_gets_reads_its_own(tmp_path: Path) -> None:
    for name in tracked():
        if name.startswith(("governance/", "lib/")) and not left_out(name):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})" + READ.format(root=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str([pack.regime for pack in packs()]), "house"]
