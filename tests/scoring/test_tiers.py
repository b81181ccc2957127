"""Tiers: named in order, probed, forced down, required; and shown in words."""

from __future__ import annotations

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from config import sandbox as settings_of
from governance.checks.engine import guarded
from governance.scoring import probing, tiers
from governance.scoring.launch import Limits, ScoringError, score
from governance.scoring.limits import tiers_from
from governance.scoring.probing import Probe
from tests.scoring.hostile.test_payloads import reachable
from tests.scoring.make import FEATURES, make_data, make_model
from tests.scoring.make_trees import make_rows, make_xgboost


def run(tmp_path, tier, required, format="onnx"):
    if format == "onnx":
        model, name = make_model(tmp_path / "m.onnx"), "m.onnx"
        data = make_data(tmp_path / "rows.parquet")
    else:
        data, name = tmp_path / "rows.parquet", "m.json"
        make_xgboost(tmp_path / name, make_rows(data))
        model = tmp_path / name
    return score(
        {name: model}, format=format, features=FEATURES, data=data, workdir=tmp_path / "work",
        limits=Limits(tier=tier, required=required),
    )  # fmt: skip


def test_a_stronger_tier_is_at_least_a_weaker_one_and_an_unknown_one_is_none():
    assert tiers.at_least("namespaces", "confined")
    assert tiers.at_least("confined", "confined")
    assert not tiers.at_least("process", "confined")
    assert not tiers.at_least("", "process")
    assert tiers.weaker("process", "namespaces") == "process"


def test_a_tier_can_be_forced_down_and_never_up():
    assert Probe("confined").allowed("process") == "process"
    assert Probe("confined").allowed("namespaces") == "confined"
    assert Probe("confined").allowed("") == "confined"


def test_the_probe_says_what_it_reached_and_why_not_more():
    found = probing.probe()
    assert found.tier in tiers.TIERS
    assert found.reached["tier"] == found.tier
    assert set(found.reasons) == {
        tier for tier in tiers.TIERS if not tiers.at_least(found.tier, tier)
    }
    assert probing.probe() is found


def test_a_tier_that_was_out_of_reach_is_tried_again_after_a_while(monkeypatch):
    found = [Probe("process", {}, {"confined": "no memory"}), Probe("confined")]
    clock = iter([0.0, 59.0, 61.0, 61.0, 999.0])
    monkeypatch.setattr(probing, "_known", None)
    monkeypatch.setattr(probing, "_probed", lambda: found.pop(0))
    monkeypatch.setattr(probing, "_now", lambda: next(clock))
    assert [probing.probe().tier for _ in range(2)] == ["process", "process"]
    assert [probing.probe().tier for _ in range(2)] == ["confined", "confined"]


@pytest.mark.parametrize("tier", reachable())
def test_every_run_says_at_which_tier_and_with_which_limits(tmp_path, tier):
    said = run(tmp_path, tier, "process").facts["sandbox"]
    assert said["tier"] == tier
    assert said["limits"]["data"] == 4 * 1024**3
    if tier == "namespaces":
        assert said["user"] != 0 or "user_kept" in said
    assert tiers.described(said).startswith(f"tier {tier}")


def test_below_the_tier_required_only_onnx_runs_and_it_is_said_what_to_do(tmp_path):
    assert run(tmp_path, "process", "confined").facts["sandbox"]["tier"] == "process"
    with pytest.raises(ScoringError, match=r"“confined”.*“process”.*ONNX.*SANDBOX_REQUIRED"):
        run(tmp_path, "process", "confined", format="xgboost-json")
    assert run(tmp_path, "process", "process", format="xgboost-json").scores.exists()


def test_an_unknown_tier_is_named_wherever_it_is_given(tmp_path, monkeypatch):
    with pytest.raises(ScoringError, match="no sandbox tier 'vault'"):
        run(tmp_path, "vault", "process")
    with pytest.raises(ValueError, match="SANDBOX_REQUIRED is 'vault'"):
        tiers_from({"SANDBOX_REQUIRED": "vault"})
    monkeypatch.setenv("SANDBOX_TIER", "vault")
    with pytest.raises(ImproperlyConfigured, match="SANDBOX_TIER is 'vault': use process"):
        settings_of.read(environ.Env())


def test_the_settings_are_the_fields_of_the_limits(monkeypatch):
    for name, value in (("SECONDS", "7"), ("MEMORY_MIB", "512"), ("REQUIRED", "process")):
        monkeypatch.setenv(f"SANDBOX_{name}", value)
    found = Limits(**settings_of.read(environ.Env()))
    assert (found.seconds, found.memory, found.required) == (7.0, 512 * 1024**2, "process")
    monkeypatch.setenv("SANDBOX_SECONDS", "0")
    with pytest.raises(ImproperlyConfigured, match="above 0"):
        settings_of.read(environ.Env())


def test_the_check_of_behaviour_knows_the_same_tiers():
    assert guarded._TIERS == tiers.TIERS
