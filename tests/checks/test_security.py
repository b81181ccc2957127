"""Security: formats, structure, signatures, pickles, dependencies and behaviour on record."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import pytest

from governance.checks.base import CheckError, CheckInput
from governance.checks.case import CASE_KEYS
from governance.checks.catalog import all_checks
from governance.checks.engine import formats, manifests
from governance.checks.engine.pickles import scan
from governance.checks.judge import judge

CHECKS = all_checks()
CASE = {
    "files": [
        {
            "path": "model.onnx",
            "format": "onnx",
            "digest_ok": True,
            "structure": {"ok": True, "sentence": "12 nodes, none with external data."},
        },
        {
            "path": "requirements.txt",
            "format": "text",
            "digest_ok": True,
            "structure": {"ok": True},
        },
    ],
    "scan": {
        "model.onnx": {"kind": "none", "complete": True, "globals": [], "problems": []},
        "requirements.txt": {"kind": "none", "complete": True, "globals": [], "problems": []},
    },
    "signature": {"present": True, "verified": True, "signer": "ada@bank"},
    "dependencies": manifests.parse("numpy==2.1.0 --hash=sha256:ab\nonnxruntime==1.20.1\n"),
    "sandbox": {
        "tier": "confined",
        "exit_code": 0,
        "refused": [],
        "seconds": 3.0,
        "limit_seconds": 120.0,
        "peak_memory_kib": 300_000,
        "limit_memory_kib": 4_000_000,
    },
}


def changed(path, value):
    case = copy.deepcopy(CASE)
    place = case
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return case


def judged(name, case, threshold=None, parameters=None):
    data = CheckInput(data=Path("unused"), label="y", case=case)
    evidence = CHECKS[name].measure(data, parameters or {}, 1).to_json()
    json.dumps(evidence)
    return judge(name, evidence, threshold or {"require": "all"})


def of_component():
    return [name for name in CHECKS if name.startswith("security.")]


@pytest.mark.parametrize("name", of_component())
def test_a_sound_version_passes(name):
    assert judged(name, CASE).verdict == "pass"
    assert set(CASE) <= CASE_KEYS


EVIL = scan(b"cposix\nsystem\n(S'id'\ntR.", "model.pkl")


@pytest.mark.parametrize(
    ("name", "path", "value", "said"),
    [
        ("formats", ("files", 0, "format"), "pickle", "can run anything when loaded"),
        ("formats", ("files", 0, "format"), "hdf5", "hdf5, which is not allowed"),
        ("structure", ("files", 0, "digest_ok"), False, "does not have the digest"),
        ("structure", ("files", 0, "structure"), {"ok": False, "sentence": "A cycle."}, "A cycle."),
        ("signature", ("signature", "present"), False, "The artefact is not signed."),
        ("signature", ("signature", "verified"), False, "does not fit these files"),
        ("opcodes", ("scan", "model.onnx"), EVIL, "model.onnx would import posix.system"),
        ("opcodes", ("scan", "model.onnx"), scan(b"\x80\x04K", "m.pkl"), "nobody can vouch"),
        ("dependencies", ("dependencies",), None, "No dependency manifest"),
        ("behaviour", ("sandbox", "tier"), "process", "only the tier “process”"),
        ("behaviour", ("sandbox", "signal"), "SIGSEGV", "It crashed (signal SIGSEGV)."),
        ("behaviour", ("sandbox", "timed_out"), True, "took too long"),
        ("behaviour", ("sandbox", "out_of_memory"), True, "more memory than it may have"),
        ("behaviour", ("sandbox", "exit_code"), 3, "exit code 3"),
        ("behaviour", ("sandbox", "seconds"), 110, "92% of the time"),
        ("behaviour", ("sandbox", "refused"), ["socket"], "may not have: socket"),
    ],
)
def test_what_is_wrong_fails_and_is_named(name, path, value, said):
    found = judged(f"security.{name}", changed(path, value))
    assert found.verdict == "fail"
    assert said in found.sentence


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("structure", ("files", 0, "digest_ok"), None),
        ("structure", ("files", 0, "structure"), {}),
        ("signature", ("signature", "verified"), None),
        ("opcodes", ("scan",), {}),
        ("behaviour", ("sandbox", "tier"), ""),
        ("behaviour", ("sandbox", "exit_code"), None),
        ("behaviour", ("sandbox", "refused"), None),
        ("behaviour", ("sandbox", "peak_memory_kib"), None),
    ],
)
def test_what_nobody_has_looked_at_is_inconclusive(name, path, value):
    assert judged(f"security.{name}", changed(path, value)).verdict == "inconclusive"


def test_parameters_make_it_stricter_or_wider():
    bank = {"signers": ["bo@bank"]}
    assert judged("security.signature", CASE, parameters=bank).verdict == "fail"
    assert judged("security.dependencies", CASE, parameters={"hashes": 1}).verdict == "fail"
    loose = changed(("sandbox", "tier"), "process")
    assert judged("security.behaviour", loose, parameters={"tier": "process"}).verdict == "pass"
    evil = changed(("scan", "model.onnx"), EVIL)
    allowed = {"allowed": ["posix.system"]}
    assert judged("security.opcodes", evil, parameters=allowed).verdict == "pass"


def test_an_unpinned_dependency_fails_and_is_named():
    case = changed(("dependencies",), manifests.parse("numpy>=2\nscipy==1.14.0\n"))
    found = judged("security.dependencies", case)
    assert found.verdict == "fail"
    assert "1 of 2 dependencies are not pinned to one version: numpy." in found.sentence


@pytest.mark.parametrize("name", of_component())
def test_an_empty_case_is_an_error_in_words(name):
    if name == "security.dependencies":
        assert judged(name, {}).verdict == "fail"
        return
    with pytest.raises(CheckError, match=r"The case (lists no|says nothing)"):
        judged(name, {})


def test_an_unknown_tier_is_an_error_in_words():
    with pytest.raises(CheckError, match="'tier' must be process or confined"):
        judged("security.behaviour", CASE, parameters={"tier": "tight"})


@pytest.mark.parametrize(
    ("line", "name", "pinned", "hashed"),
    [
        ("numpy==2.1.0", "numpy", True, False),
        ("numpy ===2.1.0  # exact", "numpy", True, False),
        ("numpy==2.1.0 \\\n    --hash=sha256:abc", "numpy", True, True),
        ("numpy[extra]==2.1.0; python_version > '3'", "numpy", True, False),
        ("numpy==2.*", "numpy", False, False),
        ("numpy==2.1,!=2.2", "numpy", False, False),
        ("numpy>=2", "numpy", False, False),
        ("numpy", "numpy", False, False),
        ("-e .", ".", False, False),
        ("-r base.txt", "base.txt", False, False),
        ("pkg @ git+https://x.org/a.git@main", "pkg", False, False),
        ("pkg @ git+https://x.org/a.git@" + "a" * 40, "pkg", True, True),
    ],
)
def test_requirements_are_read(line, name, pinned, hashed):
    (item,) = manifests.parse(line)["items"]
    assert (item["name"], item["pinned"], item["hashed"]) == (name, pinned, hashed)


def test_options_and_comments_are_no_packages():
    assert manifests.parse("# hello\n--only-binary :all:\n\n")["items"] == []


@pytest.mark.parametrize(
    ("head", "path", "kind"),
    [
        (b"\x08\x07\x12\x04test", "model.onnx", "onnx"),
        (pickle.dumps(1), "model.onnx", "pickle"),
        (pickle.dumps(1), "data.json", "pickle"),
        (b"cos\nsystem\n(S'id'\ntR.", "notes.txt", "pickle"),
        (b"PK\x03\x04...", "model.skops", "skops"),
        (b"PK\x03\x04...", "model.pt", "torch"),
        (b'{"learner": {}}', "model.json", "xgboost"),
        (b'{"a": 1}', "a.json", "json"),
        (b"tree\nversion=v4\n", "model.txt", "lightgbm"),
        (b"numpy==2\n", "requirements.txt", "text"),
        (b"#!/bin/sh\n", "run", "program"),
        (b"PAR1", "x.parquet", "parquet"),
        (b"\xff\xfe\x00", "x", "unknown"),
        ("naïve".encode(), "x.md", "text"),
    ],
)
def test_formats_are_told_by_first_bytes(head, path, kind):
    assert formats.of(head, path) == kind
