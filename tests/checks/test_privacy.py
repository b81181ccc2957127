"""Privacy: memory of training rows, people who stand alone, identifiers, declarations."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from governance.checks.base import CheckError
from governance.checks.catalog import all_checks
from governance.checks.engine import check_digits
from governance.checks.engine.identifiers import named
from governance.checks.judge import judge
from tests.checks.make_data import make_compared, make_frame

CHECKS = all_checks()
ALL = {"require": "all"}
MEMBERSHIP = "privacy.membership_inference"
TENTH = {"measurement": "membership_advantage", "at_most": 0.10}


def judged(name, data, threshold=ALL, parameters=None):
    evidence = CHECKS[name].measure(data, parameters or {}, 1).to_json()
    return judge(name, evidence, threshold)


def scored(path, score):
    n = len(score)
    prediction = (np.asarray(score) > 0.5).astype(np.int8)
    pl.DataFrame({"row": np.arange(n), "score": score, "prediction": prediction}).write_ipc(path)
    return path


def make_members(folder, n=800, memory=0.0, m=None):
    """Training and validation rows of one population; ``memory`` pulls training scores to 0/1."""
    rng = np.random.default_rng(1)
    train, valid = make_frame(n, 2), make_frame(m or n, 3)
    data = make_compared(folder, valid, training=train)
    paths = {}
    for role, frame, share in (("scores", valid, 0.0), ("training_scores", train, memory)):
        score = rng.uniform(0.2, 0.9, frame.height)
        score = (1 - share) * score + share * frame["approved"].to_numpy()
        paths[role] = scored(folder / f"{role}.arrow", score)
    return replace(data, **paths)


def test_a_model_that_remembers_nothing_passes(tmp_path):
    data = make_members(tmp_path, n=3000)
    one = CHECKS[MEMBERSHIP].measure(data, {}, 1).measurements[0]
    assert abs(one.value) < 0.05
    assert judged(MEMBERSHIP, data, TENTH).verdict == "pass"


def test_a_model_that_remembers_fails(tmp_path):
    found = judged(MEMBERSHIP, make_members(tmp_path, memory=0.8), TENTH)
    assert found.verdict == "fail"
    assert "above 0.10 with 95% confidence" in found.sentence


def test_the_advantage_of_nothing_is_nothing_on_average():
    from governance.checks.engine.membership import _advantage

    rng = np.random.default_rng(4)
    found = [_advantage(*rng.exponential(size=(2, 120)), seed)["value"] for seed in range(200)]
    assert np.mean(found) == pytest.approx(0.0, abs=0.015)


def test_too_few_rows_or_one_loss_are_not_computable(tmp_path):
    few = make_members(tmp_path / "few", n=30)
    assert judged(MEMBERSHIP, few, TENTH).verdict == "inconclusive"
    flat = make_members(tmp_path / "flat", n=100)
    for role in ("scores", "training_scores"):
        flat = replace(flat, **{role: scored(tmp_path / f"{role}.arrow", [0.5] * 100)})
    evidence = CHECKS[MEMBERSHIP].measure(flat, {}, 1)
    assert "same loss" in evidence.measurements[0].note


@pytest.mark.parametrize(
    ("role", "score", "said"),
    [
        ("training_scores", [0.5] * 10, "10 scores for 200 rows of the training"),
        ("scores", [7.0] * 200, "no probabilities"),
        ("training_scores", [float("nan")] * 200, "no score for 200 of 200"),
    ],
)
def test_scores_that_do_not_fit_are_an_error_in_words(tmp_path, role, score, said):
    data = make_members(tmp_path, n=200)
    data = replace(data, **{role: scored(tmp_path / "other.arrow", score)})
    with pytest.raises(CheckError, match=said):
        CHECKS[MEMBERSHIP].measure(data, {}, 1)


def test_squared_errors_are_losses_of_numbers(tmp_path):
    data = replace(make_members(tmp_path), task="regression", label="income")
    assert CHECKS[MEMBERSHIP].measure(data, {}, 1).measurements[0].value is not None


def test_people_who_stand_alone_are_counted_and_never_shown(tmp_path):
    frame = make_frame(200).with_columns(
        town=pl.when(pl.int_range(pl.len()) == 7).then(pl.lit("Ely")).otherwise(pl.lit("Ayr"))
    )
    data = make_compared(tmp_path, frame)
    parameters = {"quasi_identifiers": ["town", "race"]}
    evidence = CHECKS["privacy.small_cells"].measure(data, parameters, 1)
    found = {m.name: m.value for m in evidence.measurements}
    assert found["smallest_cell"] == 1
    assert found["rows_alone"] == 1 / 200
    assert "Ely" not in json.dumps(evidence.to_json())
    assert evidence.tables[1].rows[0][2] == "0"  # without the town nobody stands out
    name = "privacy.small_cells"
    bound = {"measurement": "smallest_cell", "at_least": 5}
    assert judged(name, data, bound, parameters).verdict == "fail"
    assert judged(name, data, bound, {"quasi_identifiers": ["race"]}).verdict == "pass"


def test_quasi_identifiers_come_from_the_schema_or_are_asked_for(tmp_path):
    data = make_compared(tmp_path, make_frame(100))
    with pytest.raises(CheckError, match="No quasi-identifiers are declared"):
        CHECKS["privacy.small_cells"].measure(data, {}, 1)
    case = {"schema": [{"name": "race", "quasi_identifier": True}]}
    found = CHECKS["privacy.small_cells"].measure(replace(data, case=case), {}, 1)
    assert found.facts["quasi_identifiers"] == ["race"]


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        (check_digits.iban, "GB82WEST12345698765432", "GB82WEST12345698765433"),
        (check_digits.iban, "DE89370400440532013000", "DE89370400440532013001"),
        (check_digits.card, "4111111111111111", "4111111111111112"),
        (check_digits.us_ssn, "219099999", "666099999"),
        (check_digits.uk_nino, "AB123456C", "BG123456C"),
        (check_digits.uk_nhs, "9434765919", "9434765918"),
        (check_digits.nl_bsn, "111222333", "111222334"),
        (check_digits.es_dni, "12345678Z", "12345678A"),
        (check_digits.es_dni, "X1234567L", "X1234567M"),
        (check_digits.fr_nir, "255081416802538", "255081416802539"),
        (check_digits.de_tax, "86095742719", "86095742718"),
        (check_digits.it_cf, "MRTMTT91D08F205J", "MRTMTT91D08F205K"),
        (check_digits.pl_pesel, "44051401359", "44051401358"),
        (check_digits.be_nrn, "85073003328", "85073003329"),
        (check_digits.se_pnr, "8112189876", "8112189875"),
        (check_digits.br_cpf, "52998224725", "52998224724"),
    ],
)
def test_check_digits_are_the_published_ones(rule, right, wrong):
    assert rule(right)
    assert not rule(wrong)
    assert not rule("")


def test_random_digits_pass_about_as_often_as_is_stated():
    rng = np.random.default_rng(0)
    lengths = {"payment card number": 16, "US social security number": 9, "UK NHS number": 10}
    lengths |= {"Dutch BSN": 9, "French social security number": 15, "Swedish personal number": 10}
    for kind in check_digits.KINDS:
        if not kind.chance:
            continue
        length = lengths.get(kind.name, 11)
        drawn = ["".join(row) for row in rng.integers(0, 10, (4000, length)).astype(str)]
        assert np.mean([kind.holds(text) for text in drawn]) <= kind.chance * 1.3 + 0.01, kind.name


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("applicantEmail", "e-mail"),
        ("customer_id", "identifier of a person"),
        ("Date of Birth", "date of birth"),
        ("ssn_hash", "national"),
        ("phone_number", "telephone"),
        ("income", ""),
        ("company_name", ""),
        ("loan", ""),
    ],
)
def test_names_of_columns_are_read(column, said):
    assert said in named(column)
    assert bool(said) == bool(named(column))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("write to bo@example.org today", "e-mail address"),
        ("+44 20 7946 0958", "telephone number"),
        ("GB82 WEST 1234 5698 7654 32", "IBAN"),
        ("seen from 192.168.1.20", "IP address"),
    ],
)
def test_values_are_found_and_never_shown(tmp_path, value, kind):
    frame = make_frame(100).with_columns(note=pl.lit(value))
    data = make_compared(tmp_path, frame, features=("income", "note"))
    evidence = CHECKS["privacy.identifiers"].measure(data, {}, 1).to_json()
    found = judge("privacy.identifiers", evidence, ALL)
    assert found.verdict == "fail"
    assert kind in found.sentence
    assert value not in json.dumps(evidence)
    assert judged("privacy.identifiers", data, ALL, {"allowed": ["note"]}).verdict == "pass"


def test_numbers_that_pass_check_digits_by_luck_are_left_alone(tmp_path):
    rng = np.random.default_rng(5)
    frame = make_frame(3000).with_columns(
        code=pl.Series(rng.integers(10**8, 10**9, 3000)),
        long=pl.Series(rng.integers(10**15, 10**16, 3000)),
    )
    data = make_compared(tmp_path, frame, features=("income", "code", "long"))
    assert judged("privacy.identifiers", data).verdict == "pass"


def test_whole_numbers_that_prove_themselves_are_found(tmp_path):
    rng = np.random.default_rng(6)
    numbers = [n for n in rng.integers(10**8, 10**9, 6000) if check_digits.nl_bsn(str(n))][:300]
    frame = make_frame(len(numbers)).with_columns(code=pl.Series(numbers))
    data = make_compared(tmp_path, frame, features=("income", "code"))
    found = judged("privacy.identifiers", data)
    assert found.verdict == "fail"
    assert "Dutch BSN" in found.sentence


def use(**more):
    base = {
        "name": "loans v1", "personal_data": "financial", "purpose": "credit decisions",
        "consent": "contract, GDPR 6(1)(b)", "retain_until": "2030-01-01", "licence": "own",
    }  # fmt: skip
    return base | more


@pytest.mark.parametrize(
    ("change", "verdict", "said"),
    [
        ({}, "pass", "hold"),
        ({"personal_data": "none", "consent": "", "retain_until": ""}, "pass", "hold"),
        ({"consent": ""}, "fail", "neither consent nor another ground"),
        ({"retain_until": ""}, "fail", "how long it may be kept"),
        ({"retain_until": "2025-12-31"}, "fail", "was to be deleted by 31 December 2025"),
        ({"personal_data": ""}, "inconclusive", "does not state whether it holds personal data"),
    ],
)
def test_what_datasets_declare(tmp_path, change, verdict, said):
    data = make_compared(tmp_path, make_frame(50))
    case = {"as_of": "2026-06-01T00:00:00+00:00", "datasets": [use(**change)]}
    found = judged("privacy.declarations", replace(data, case=case))
    assert found.verdict == verdict
    assert said in found.sentence
