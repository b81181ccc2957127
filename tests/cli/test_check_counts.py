"""Where rows may not leave their cluster, the counts of them are checked."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.cli.__main__ import main
from governance.counting.files import TYPE
from lib import signed
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
    out.unlink(missing_ok=True)  # a refusal must not be taken for the run before
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
    options = {"prediction": "chosen", "label": "approved", "sensitive": "race", "score": "chosen"}
    code, whole = checked(bank, bank.folder / "decided.parquet", **options)
    assert code == 0
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


@pytest.fixture
def by_ratio(bank):
    check = "fairness.selection_rate_ratio {ratio_at_least: 0.5}"
    bank.policy(check, of_0=", parameters: {attribute: race, reference: white}")
    return bank


def keys_in(bank, *keys):
    place = bank.folder / "counts.pub"
    place.write_text("".join(f"{signed.public_text(key)}\n" for key in keys))
    return place


def test_whose_counts_they_are_is_verified_where_keys_are_given(by_ratio, counts):
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    counts.write_bytes(signed.sign(counts.read_bytes(), TYPE, key))
    code, found = checked(by_ratio, counts, counts_key=keys_in(by_ratio, other, key))
    name = signed.key_id(signed.public_text(key))
    assert (code, found["data"]["signed_by"]) == (0, name)
    assert f"Signed by the key {name}." in found["notes"][0]
    code, found = checked(by_ratio, counts)
    assert (code, found["data"]["signed_by"]) == (0, "")
    assert "Its signature was not verified." in found["notes"][0]


def test_counts_of_another_key_or_of_none_are_refused(by_ratio, counts, capsys):
    mine, key = keys_in(by_ratio, Ed25519PrivateKey.generate()), Ed25519PrivateKey.generate()
    assert checked(by_ratio, counts, counts_key=mine)[0] == 3
    assert "no signed envelope" in capsys.readouterr().err
    counts.write_bytes(signed.sign(counts.read_bytes(), TYPE, key))
    assert checked(by_ratio, counts, counts_key=mine)[0] == 3
    assert "signed by a key that is not known here" in capsys.readouterr().err
    mine.write_text("no key")
    assert checked(by_ratio, counts, counts_key=mine)[0] == 3
    assert "must hold public keys, one a line" in capsys.readouterr().err
    rows, column = by_ratio.folder / "decided.parquet", {"prediction": "chosen"}
    assert checked(by_ratio, rows, counts_key=mine, **column)[0] == 3
    assert "--counts-key is for a counts file" in capsys.readouterr().err


@pytest.mark.parametrize("deep", [40, 900, 100_000])
@pytest.mark.parametrize("place", ["engine", "whole"])
def test_a_file_that_is_nested_beyond_reason_is_no_counts_file(
    by_ratio, counts, capsys, place, deep
):
    nested, found = "[" * deep + "]" * deep, json.loads(counts.read_text())
    found["engine"]["name"] = "here"
    inside = json.dumps(found).replace('"here"', nested)
    counts.write_text(inside if place == "engine" else nested)
    assert checked(by_ratio, counts)[0] == 3
    assert "no counts file that we can read" in capsys.readouterr().err
