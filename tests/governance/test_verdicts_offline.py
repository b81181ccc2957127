"""What docs/verdicts.md says one does to verify a verdict offline, done as it stands there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from governance.services import authorizations
from governance.services.signed_verdicts import issue, published_keys
from lib.actor import SYSTEM
from tests.environment import ROOT
from tests.governance.make import (
    Bank,
    finish_suite,
    make_release,
    make_sealed_version,
    sign,
)
from tests.registry.make import make_artifact

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here"),
]
WEIGHTS = b"weights of a model in one file"
SIGNATURE, STATEMENT = re.findall(
    r"```sh\n(.*?)```", (ROOT / "docs" / "verdicts.md").read_text(), re.DOTALL
)


@pytest.fixture
def released(bank: Bank) -> Any:
    artifact = make_artifact(WEIGHTS)
    manifest = [{"path": "model.onnx", "digest": artifact.digest, "size": len(WEIGHTS)}]
    version = make_sealed_version(bank, manifest=manifest)
    release = finish_suite(make_release(bank, version=version))
    sign(release, bank.people.ravi, "validator")
    sign(release, bank.people.rita, "officer")
    release.refresh_from_db()
    return release


def folder(release: Any, at: Path) -> Path:
    """What whoever verifies has: the answer, the published keys, the file."""
    asked = {"environment": "production", "purpose": "decide"}
    given = issue(digest=release.version_digest, actor=SYSTEM, **asked)
    (at / "envelope.json").write_text(given.envelope)
    (at / "keys.json").write_text(json.dumps({"items": published_keys()}))
    (at / "model.onnx").write_bytes(WEIGHTS)
    return at


def run(script: str, at: Path) -> subprocess.CompletedProcess[str]:
    script = script.replace("credit-decisioning", "decide")
    return subprocess.run(
        ["sh", "-ec", script], cwd=at, capture_output=True, text=True, check=False
    )


def test_a_verdict_is_verified_with_openssl_and_the_published_key(
    released: Any, tmp_path: Path
) -> None:
    at = folder(released, tmp_path)
    done = run(SIGNATURE, at)
    assert (done.returncode, "Verified Successfully" in done.stdout) == (0, True), done.stderr
    done = run(STATEMENT, at)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_changed_one_is_not(released: Any, tmp_path: Path) -> None:
    at = folder(released, tmp_path)
    envelope = json.loads((at / "envelope.json").read_text())
    envelope["payload"] = envelope["payload"][:-8] + "AAAAAAA="
    (at / "envelope.json").write_text(json.dumps(envelope))
    assert run(SIGNATURE, at).returncode != 0


def test_a_deny_or_another_file_does_not_get_through(
    bank: Bank, released: Any, tmp_path: Path
) -> None:
    authorizations.revoke(released.authorization, reason="Leaks", actor=bank.people.rita.actor)
    at = folder(released, tmp_path)
    assert run(SIGNATURE, at).returncode == 0
    done = run(STATEMENT, at)
    assert (done.returncode, "Leaks" in done.stderr) == (1, True)
    (at / "model.onnx").write_bytes(b"another file")
    assert "other files" in run(STATEMENT, at).stderr
