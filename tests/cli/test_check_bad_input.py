"""What cannot be used gets one line that says what to mend, exit code 3, and never a traceback."""

from __future__ import annotations

import json
import os
import pickle
import sys
from subprocess import run

import polars as pl
import pytest

from governance.cli import check, check_running
from tests.cli.make_files import RANKS, Bank, onnx_of, policy_of, rows


def refused(bank: Bank, capsys: pytest.CaptureFixture[str], *more: object, **options) -> str:
    """The one line."""
    assert bank.run(*more, **options) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = [line for line in shown.err.splitlines() if not line.strip()[:1].isdigit()]
    assert len(lines) == 1, shown.err
    assert lines[0].startswith("imprimatur check: ")
    return lines[0]


def test_a_policy_that_is_no_yaml(bank, capsys):
    bank.write("policy.yaml", "policy: [never\nclosed")
    assert "policy.yaml is no policy that can be used: line 2" in refused(bank, capsys)
    bank.write("policy.yaml", b"\xff\xfe\x00\x01")
    assert "is not text in UTF-8" in refused(bank, capsys)
    assert "cannot be read: No such file" in refused(bank, capsys, policy="nowhere.yaml")


def test_a_check_that_nobody_knows(bank, capsys):
    bank.policy("fairness.vibes {require: all}")
    assert "there is no check “fairness.vibes”" in refused(bank, capsys)


def test_policies_that_apply_elsewhere(bank, capsys):
    assert "No policy applies: credit is for tier 1, not 3." in refused(bank, capsys, tier=3)
    said = refused(bank, capsys, environment="staging")
    assert "credit is for production, not staging" in said


def test_one_policy_twice(bank, capsys):
    bank.policy(RANKS, file="other.yaml")
    said = refused(bank, capsys, "--policy", bank.folder / "other.yaml")
    assert "are both the policy “credit”" in said


def test_a_column_that_is_not_there(bank, capsys):
    said = refused(bank, capsys, label="approve")
    assert "--label names “approve”" in said
    assert "it has “income”, “debt”, “race”, “approved”" in said
    assert "--sensitive names “gender”" in refused(bank, capsys, sensitive="race,gender")
    assert "--features names “incom”" in refused(bank, capsys, features="incom,debt")
    assert "Say which column holds the true outcomes" in refused(bank, capsys, label=None)


def test_a_favourable_outcome_of_another_kind(bank, capsys):
    assert "holds numbers, so “yes” is none" in refused(bank, capsys, favourable="yes")


def test_a_favourable_outcome_that_is_neither_true_nor_false(bank, capsys):
    data = bank.folder / "booleans.parquet"
    rows().with_columns(pl.col("approved") == 1).write_parquet(data)
    assert "so “yes” is none" in refused(bank, capsys, data=data, favourable="yes")


@pytest.mark.parametrize("option", ["data", "model"])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(bank, capsys, option):
    place = bank.folder / "pipe.parquet"
    os.mkfifo(place)
    assert "is no file and no folder" in refused(bank, capsys, **{option: place})


@pytest.mark.parametrize("name", ["model.pkl", "model.onnx", "model.joblib"])
def test_a_pickle_whatever_it_is_called_is_never_loaded(bank, capsys, name):
    model = bank.write(name, pickle.dumps({"coef": [1.0, 2.0]}))
    said = refused(bank, capsys, model=model)
    assert f"{name} is a pickle file: loading it runs whatever code its author put in" in said
    assert "Export it to ONNX" in said


def test_a_file_that_is_no_model(bank, capsys):
    model = bank.write("model.bin", b"\x00\x01\x02\x03" * 50)
    assert "is no model of a format that is run (onnx" in refused(bank, capsys, model=model)
    assert "There is no model" in refused(bank, capsys, model=bank.folder / "no.onnx")
    assert "no format “spss”" in refused(bank, capsys, format="spss")
    assert "formats are onnx" in refused(bank, capsys, format="spss")


def test_a_model_with_other_columns_than_the_data(bank, capsys):
    model = bank.write("named.onnx", onnx_of(rows(seed=1), named=True))
    data = bank.write("other.parquet", rows().rename({"income": "salary"}))
    said = refused(bank, capsys, model=model, data=data)
    assert "named.onnx takes “income”, “debt”, and other.parquet has no column “income”" in said
    assert "--features" in said


def test_a_model_that_takes_another_number_of_columns(bank, capsys):
    wider = rows().with_columns(pl.lit(1.0).alias("age"))
    data = bank.write("wider.parquet", wider)
    said = refused(bank, capsys, data=data)
    assert "takes 2 inputs and does not name them" in said
    assert "3 columns that are nothing else (“income”, “debt”, “age”)" in said
    assert bank.run(data=data, features="income,debt") == 0


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv", "rows.arrow", "rows.xlsx"])
def test_data_that_are_text(bank, capsys, name):
    data = bank.write(name, b"\x00\xff dear all, please find attached\n" * 40)
    assert name in refused(bank, capsys, data=data)


def test_data_that_are_not_there_or_empty(bank, capsys):
    assert "is missing" in refused(bank, capsys, data=bank.folder / "no.parquet")
    empty = bank.write("empty.parquet", rows()[:0])
    assert "has no rows" in refused(bank, capsys, data=empty)
    (bank.folder / "folder").mkdir()
    assert "holds no files" in refused(bank, capsys, data=bank.folder / "folder")


def test_places_that_cannot_be_written_are_told_before_the_work(bank, capsys):
    assert "cannot be written" in refused(bank, capsys, json=bank.folder / "no" / "out.json")
    assert "cannot be written" in refused(bank, capsys, html=bank.folder)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("threshold", "1.5", "from 0 to 1"),
        ("tier", "7", "1, 2 or 3"),
        ("jobs", "0", "from 1 to 64"),
        ("memory", "1M", "at least 128M"),
        ("seconds", "0", "from 0.1"),
        ("seed", str(2**40), "below 4294967296"),
    ],
)
def test_options_out_of_range(bank, capsys, option, value, said):
    assert said in refused(bank, capsys, **{option: value})


@pytest.mark.parametrize("line", [["--tier", "one"], ["--nonsense"], ["--memory", "much"]])
def test_a_wrong_option_is_an_error_and_not_inconclusive(capsys, line):
    with pytest.raises(SystemExit) as ended:
        check.main(line)
    assert ended.value.code == 3
    assert "--help lists the options" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("label: [", "neither YAML nor JSON"),
        ("- label", "must hold options by name"),
        ("lable: approved", "no option “lable”"),
        ("threshold: high", "threshold must be a number"),
        ("tier: true", "tier must be a whole number"),
        ("sensitive: [1]", "must be a text or a list of texts"),
        ("columns: [{type: text}]", "columns[0] needs a name"),
        ("columns: [{name: debt, minimum: low}]", "columns[0].minimum (debt): must be a number"),
        ("columns: [{name: debt, monotone: up}]", "must be increasing or decreasing"),
        ("columns: [{name: debt, maxmum: 1}]", "there is no such key"),
        ("columns: [{name: a}, {name: a}]", "stands there twice"),
        ("json: out.json", "no option “json”"),
    ],
)
def test_a_description_that_says_nonsense(bank, capsys, text, said):
    place = bank.write("check.yaml", text)
    assert said in refused(bank, capsys, describe=place)


def test_a_defect_of_ours_is_one_line_too(bank, capsys, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("our fault")

    monkeypatch.setattr(check_running, "run", broken)
    assert "The command itself broke: ZeroDivisionError('our fault')" in refused(bank, capsys)


def test_it_imports_no_django(bank):
    """In an interpreter of its own, as a CI job starts it."""
    code = (
        "import sys; from governance.cli.__main__ import main; code = main(sys.argv[1:]);"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'celery')]); sys.exit(code)"
    )
    place = bank.folder / "out.html"
    options = ["--policy", "policy.yaml", "--model", "model.onnx", "--data", "validation.parquet"]
    line = [sys.executable, "-c", code, "check", *options, "--label", "approved"]
    line += ["--sensitive", "race", "--html", str(place), "--json", "-"]
    done = run(line, cwd=bank.folder, env=_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    document, _, modules = done.stdout.rpartition("\n[")
    assert modules.strip() == "]"
    assert json.loads(document)["verdict"] == "pass"
    assert "Traceback" not in done.stderr
    assert place.read_text().startswith("<!doctype html>")


def _environment() -> dict[str, str]:
    import os
    from pathlib import Path

    root = str(Path(check.__file__).resolve().parents[2])
    return {"PATH": os.environ["PATH"], "PYTHONPATH": root}


def test_a_policy_may_name_roles_of_which_only_the_server_knows(bank):
    assert "chief_of_models" in policy_of(RANKS)
    assert bank.run() == 0
