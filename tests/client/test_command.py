"""The command as CI runs it: lines that fit, codes that mean something, never a traceback."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest
from imprimatur_client import BadInput, cli
from imprimatur_client.cli.plan import read
from imprimatur_client.cli.running import Parser

from registry.artifacts import store
from registry.models import ModelVersion
from tests.client.serving import Server
from tests.governance.make import Bank, make_released
from tests.platform.conftest import ROOT, plain_environment
from tests.registry.make import SIGNATURE, make_dataset_version

AWAY = {"IMPRIMATUR_URL": "http://127.0.0.1:1", "IMPRIMATUR_TOKEN": "imp_x"}


def imprimatur(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Without a server."""
    return subprocess.run(
        [sys.executable, "-m", "imprimatur_client.cli", *map(str, arguments)],
        env=plain_environment(**{"PYTHONPATH": str(ROOT / "client"), **AWAY, **environment}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [(), ("register",), ("release",), ("verdict",)])
def test_help_has_examples_and_fits_80_columns(command: tuple[str, ...]) -> None:
    done = imprimatur(*command, "--help", COLUMNS="80")
    assert done.returncode == 0
    assert "exit code" in done.stdout
    assert not command or f"imprimatur {command[0]} " in done.stdout.split("examples:")[1]
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


BAD = [
    ((), "usage"),
    (("nonsense",), "invalid choice"),
    (("release", "--model", "m", "--version", "x"), "invalid int value"),
    (("release", "--model", "m"), "needs --version, --environment, --purpose, --reason"),
    (("release", "--resume", "R-1", "--model", "m"), "leave out --model"),
    (("release", "--revise", "R-1"), "--revise needs --reason"),
    (("release", "--resume", "monday"), "“monday” is no release"),
    (("release", "--resume", "R-1", "--timeout", "soon"), "“soon” is no time"),
    (("verdict", "--digest", "12", "-e", "e", "-p", "p"), "64 hex digits"),
    (("verdict", "--file", "/nowhere/m", "-e", "e", "-p", "p"), "cannot be read: no such file"),
    (("verdict", "-e", "e", "-p", "p"), "one of the arguments --file --digest is required"),
    (("verdict", "--digest", "a" * 64, "-e", "pr\udcc3", "-p", "p"), "characters that are none"),
    (("release", "--resume", "R-1", "--timeout", "-5s"), "expected one argument"),
    (("register",), "Say what to register"),
    (("register", "--model", "m", "--file", "/nowhere/m"), "Say the model's format"),
    (("register", "--model", "m", "--format", "onnx"), "There is a format but no file"),
    (("register", "--dataset", "loans@3"), "say ROLE=NAME@NUMBER"),
    (("register", "--metric", "auc=high"), "high is no number"),
    (("register", "--file", __file__, "--format", "onnx"), "Say which model"),
    (("register", "-f", "/nowhere.toml"), "/nowhere.toml cannot be read"),
    (("verdict", "--digest", "a" * 64, "-e", "e", "-p", "p", "--url", "x"), "not an address"),
    (
        ("verdict", "--digest", "a" * 64, "-e", "e", "-p", "p", "--token-file", "/nowhere"),
        "/nowhere cannot be read",
    ),
]


@pytest.mark.parametrize(
    ("arguments", "told"), BAD, ids=[ascii(" ".join(given)) for given, _ in BAD]
)
def test_bad_input_is_a_line_and_a_3(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = cli.main(arguments)
    except SystemExit as ended:
        code = int(str(ended.code))
    out, err = capsys.readouterr()
    assert code == 3
    assert told in out + err
    assert "Traceback" not in err


@pytest.fixture(autouse=True)
def _access(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AWAY.items():
        monkeypatch.setenv(name, value)


def test_a_server_that_is_down_is_a_line_and_a_3() -> None:
    done = imprimatur("verdict", "--digest", "a" * 64, "-e", "e", "-p", "p", "--json")
    assert done.returncode == 3
    said = "http://127.0.0.1:1 does not answer: connection refused"
    assert done.stderr == f"imprimatur: {said}\n"
    assert json.loads(done.stdout) == {"error": {"kind": "NotReachable", "detail": said}}


@pytest.mark.clones
def test_a_wrong_token_and_a_wrong_role_are_lines_and_a_3(server: Server, tmp_path: Path) -> None:
    question = ("verdict", "--digest", "a" * 64, "-e", "production", "-p", "decide")
    wrong = server.environment(IMPRIMATUR_TOKEN="imp_wrong")
    done = server.imprimatur(*question, environment=wrong)
    assert (done.returncode, done.stdout) == (3, "")
    assert "The token is unknown, expired or revoked." in done.stderr
    assert "imp_wrong" not in done.stderr
    (tmp_path / "m.onnx").write_text("weights")
    register = ("register", "--model", "credit", "--file", tmp_path / "m.onnx", "--format", "onnx")
    done = server.imprimatur(*register, environment=server.environment("auditor"))
    assert done.returncode == 3
    assert "(403, request " in done.stderr
    release = ("release", "-m", "credit", "-n", "1", "-e", "production", "-p", "decide", "-r", "r")
    done = server.imprimatur(*release, environment=server.environment("auditor"))
    assert (done.returncode, "(403, request " in done.stderr) == (3, True)
    done = server.imprimatur(*release)
    assert (done.returncode, "no version 1 of “credit”" in done.stderr) == (3, True)
    assert not ModelVersion.objects.exists()


@pytest.mark.clones
def test_verdicts_by_digest_and_by_files(server: Server, bank: Bank, tmp_path: Path) -> None:
    digest = make_released(bank).version_digest
    place = ("-e", "production", "-p", "decide")
    done = server.imprimatur("verdict", "--digest", digest, *place)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "allow")
    done = server.imprimatur("verdict", "--digest", digest, "-e", "nowhere", "-p", "x", "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["verdict"]) == (1, "deny")
    assert answer["reasons"][0]["code"] == "unknown_environment"
    assert answer["digest"] == digest

    (file,) = ModelVersion.objects.get().manifest
    weights = tmp_path / "weights"
    weights.write_bytes(store().open(file["digest"]).read())
    done = server.imprimatur("verdict", "--file", f"{file['path']}={weights}", *place)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "allow")
    done = server.imprimatur("verdict", "--file", weights, *place)  # by another name
    assert done.returncode == 1
    assert "named by all its files" in done.stdout


@pytest.mark.clones
def test_a_version_is_registered_from_options(server: Server, tmp_path: Path) -> None:
    make_dataset_version("loans")
    (tmp_path / "model.onnx").write_text("weights")
    (tmp_path / "card.md").write_text("# Card")
    (tmp_path / "signature.json").write_text(json.dumps(SIGNATURE))
    words = (
        *("register", "--model", "credit", "--file", "model.onnx", "--format", "onnx"),
        *("--signature", "signature.json", "--dataset", "validation=loans@1", "--json"),
        *("--document", "model_card=card.md", "--job", "train", "--tag", "kind=first"),
        *("--metric", "auc=0.83", "--parameter", "C=1.0"),
    )
    environment = server.environment(CI_COMMIT_SHA="abc123")
    done = server.imprimatur(*words, environment=environment, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    kept = ModelVersion.objects.get()
    assert answer["version"]["digest"] == kept.digest
    assert answer["documents"][0]["title"] == "Model card"
    run = kept.run
    assert run is not None
    assert (run.namespace, run.job, run.code_commit) == ("ci", "train", "abc123")
    assert (run.metrics, run.parameters) == ({"auc": 0.83}, {"C": "1.0"})
    assert "\x1b" not in done.stderr + done.stdout


TOML = """
format = "onnx"
files = { "model.onnx" = "build/model.onnx" }
signature = "signature.json"
description = "Second attempt"

[model]
name = "scoring"
use_case = "mortgage"

[[datasets]]
name = "loans"
role = "validation"
files = "loans.csv"
schema = [{ name = "income", type = "double" }, { name = "approved", type = "integer" }]
roles = { label = "approved", features = ["income"] }
retain_until = 2030-12-31
rows = 1

[run]
job = "train"

[[documents]]
kind = "model_card"
file = "card.md"
responsible = "Retail lending"
"""


@pytest.mark.clones
def test_a_version_is_registered_from_a_file(server: Server, tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    for name in ("build/model.onnx", "card.md", "loans.csv"):
        (tmp_path / name).write_text(name)
    (tmp_path / "signature.json").write_text(json.dumps(SIGNATURE))
    (tmp_path / "imprimatur.toml").write_text(TOML)
    done = server.imprimatur("register", "-f", tmp_path / "imprimatur.toml", "--metric", "auc=0.8")
    assert done.returncode == 0, done.stderr
    kept = ModelVersion.objects.get()
    assert (kept.model.name, kept.description) == ("scoring", "Second attempt")
    assert [use.role for use in kept.datasets.all()] == ["validation"]
    assert kept.run is not None
    assert kept.run.metrics == {"auc": 0.8}
    assert kept.digest in done.stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("format = ", "is not TOML"),
        ('formt = "onnx"', "formt is unknown; known are model, files"),
        ("[[documents]]\nkind = 'x'", r"documents\[0\].file is needed"),
        ("[[datasets]]\nname = 'x'", r"datasets\[0\] needs files"),
        ("signature = 'none.json'", "none.json cannot be read"),
        ("datasets = 3", r"write each as a table of its own, \[\[datasets\]\]"),
    ],
)
def test_a_file_that_is_wrong_says_where(text: str, told: str, tmp_path: Path) -> None:
    place = tmp_path / "imprimatur.toml"
    place.write_text(text)
    with pytest.raises(BadInput, match=told):
        read(place)


def test_another_program_can_offer_these_commands() -> None:
    parser = Parser(prog="other")
    subparsers = parser.add_subparsers(dest="command")
    for name, (add_arguments, run) in cli.commands().items():
        add_arguments(subparsers.add_parser(name, help=run.__doc__))
    found = parser.parse_args(["verdict", "--digest", "a" * 64, "-e", "e", "-p", "p"])
    assert isinstance(found, argparse.Namespace)
    assert cli.commands()["verdict"].run(found) == 3  # nobody answers


def test_other_distributions_add_commands(tmp_path: Path) -> None:
    (tmp_path / "extra.py").write_text(
        "def add(parser): parser.add_argument('--loud', action='store_true')\n"
        "def run(arguments):\n    print('hello', arguments.loud)\n    return 1\n"
        "command = (add, run)\n"
    )
    info = tmp_path / "extra-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: extra\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[imprimatur.commands]\nhello = extra:command\nbroken = no_such_module:x\n"
        "verdict = extra:command\n"
    )
    path = f"{ROOT / 'client'}:{tmp_path}"
    done = imprimatur("hello", "--loud", PYTHONPATH=path)
    assert (done.returncode, done.stdout) == (1, "hello True\n")
    assert "the command broken (no_such_module:x) cannot be loaded" in done.stderr
    assert "--environment" in imprimatur("verdict", PYTHONPATH=path).stderr  # ours stays
