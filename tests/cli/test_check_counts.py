"""Where rows may not leave their cluster, the counts of them are checked."""

from __future__ import annotations

import json

import pytest

from governance.cli.__main__ import main
from tests.cli.make_files import rows


@pytest.fixture
def counts(bank):
    frame = rows().with_columns(chosen=(rows()["income"] > rows()["debt"]).cast(int))
    place = bank.write("decided.parquet", frame)
    out = bank.folder / "decided.counts.json"
    line = ["count", "--data", str(place), "--label", "approved", "--prediction", "chosen"]
    assert main([*line, "--sensitive", "race", "-o", str(out)]) == 0
    return out


def checked(bank, data, **options):
    nothing = dict.fromkeys(("model", "label", "sensitive"))
    out = bank.folder / "out.json"
    code = bank.run(**nothing | options, data=data, json=out)
    return code, json.loads(out.read_text()) if out.exists() else {}


def test_counts_are_judged_as_rows_are(bank, counts):
    bank.policy(
        "fairness.selection_rate_ratio {ratio_at_least: 0.5}",
        of_0=", parameters: {attribute: race, reference: white}",
    )
    code, found = checked(bank, counts)
    assert code == 0
    assert found["data"]["rows"] == 600
    options = {"prediction": "chosen", "label": "approved", "sensitive": "race"}
    _, whole = checked(bank, bank.folder / "decided.parquet", **options)
    assert found["checks"][0]["judgement"] == whole["checks"][0]["judgement"]


def test_checks_that_need_rows_say_so(bank, counts):
    bank.policy("data.duplicates {recorded: true}")
    code, found = checked(bank, counts)
    assert code == 3
    assert "needs rows, and decided.counts.json is a counts file" in found["checks"][0]["sentence"]


def test_there_are_no_rows_to_run_a_model_on(bank, counts, capsys):
    assert checked(bank, counts, model=bank.folder / "model.onnx")[0] == 3
    assert "Leave out --model, or give rows." in capsys.readouterr().err
    counts.write_text("{}")
    assert checked(bank, counts)[0] == 3
    assert "no counts file that we can read" in capsys.readouterr().err
