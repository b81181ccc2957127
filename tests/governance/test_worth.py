"""Versions in money, out of suites that were really carried out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from governance.models import Release
from governance.services import counted_decisions, payoffs, worth
from governance.services.counted_decisions import DECISIONS, Measured
from governance.services.worth import Beside, Worth
from lib.actor import SYSTEM
from registry.models import ModelVersion
from tests.cast import People, api
from tests.governance.make import Bank, make_bank, make_release, sign
from tests.governance.make_suites import (
    carried_out,
    make_model_version,
    onnx_of,
    policy_of,
    rows,
    work_off,
)
from tests.governance.make_value import make_payoff

pytestmark = pytest.mark.django_db
COUNTED = policy_of(
    Accuracy="performance.accuracy {recorded: true}",
    Decisions=f"{DECISIONS} {{recorded: true}}",
)
OLDER = policy_of(Accuracy="performance.accuracy {recorded: true}")


@pytest.fixture
def lender(people: People) -> Bank:
    bank = make_bank(people, policy=COUNTED)
    make_payoff(bank)
    return bank


def released(bank: Bank, version: ModelVersion) -> Release:
    release = carried_out(bank, version)
    sign(release, bank.people.rita, "officer")
    release.refresh_from_db()
    return release


def weaker() -> bytes:
    """A model that learnt little, so that decisions differ."""
    return onnx_of(rows(n=40, seed=9), strength=0.01)


def measured(bank: Bank, version: ModelVersion) -> Measured:
    found = counted_decisions.of_versions([version.pk], bank.use_case, actor=SYSTEM)
    return found[version.pk]


def sides(bank: Bank, *versions: ModelVersion) -> list[Worth]:
    matrix = payoffs.current(bank.use_case)
    assert matrix is not None
    return worth.listed(bank.use_case, matrix, list(versions), actor=SYSTEM)


def compared(bank: Bank, mine: ModelVersion, theirs: ModelVersion) -> Beside:
    matrix = payoffs.current(bank.use_case)
    assert matrix is not None
    return worth.compare(matrix, *sides(bank, mine, theirs))


def test_a_suite_keeps_counts_of_its_own_decisions_and_others(lender: Bank) -> None:
    version = make_model_version(lender)
    carried_out(lender, version)
    found = measured(lender, version)
    assert found.decided.own.n == 600
    assert found.decided.starts == 0.5
    assert found.is_explorable
    assert found.beside == ""


def test_the_candidate_is_held_against_the_champion_on_the_same_rows(lender: Bank) -> None:
    champion = make_model_version(lender, content=weaker())
    released(lender, champion)
    candidate = make_model_version(lender)
    release = carried_out(lender, candidate)
    found = worth.in_money(release, champion.releases.get(), release.runs.get(), actor=SYSTEM)
    assert found.beside is not None
    beside = found.beside
    assert beside.is_paired
    assert beside.gain is not None
    assert beside.gain.is_gain
    assert beside.sentence.startswith("v2 brings EUR ")
    assert beside.mine.a_case is not None
    assert beside.theirs.a_case is not None
    assert beside.gain.value == pytest.approx(beside.mine.a_case.value - beside.theirs.a_case.value)
    assert beside.theirs.is_in_use


def test_it_makes_no_difference_which_of_the_two_was_the_challenger(lender: Bank) -> None:
    champion = make_model_version(lender, content=weaker())
    released(lender, champion)
    candidate = make_model_version(lender)
    carried_out(lender, candidate)
    one, other = compared(lender, candidate, champion), compared(lender, champion, candidate)
    assert one.is_paired
    assert other.is_paired
    assert one.gain is not None
    assert other.gain is not None
    assert other.gain.value == pytest.approx(-one.gain.value)
    assert other.gain.margin == pytest.approx(one.gain.margin)


def test_two_that_were_never_beside_each_other_are_taken_for_independent(lender: Bank) -> None:
    first, second = make_model_version(lender), make_model_version(lender, content=weaker())
    carried_out(lender, first)
    carried_out(lender, second)
    found = compared(lender, second, first)
    assert not found.is_paired
    assert "counted apart" in found.basis or "different data" in found.basis
    assert found.gain is not None
    assert found.gain.margin is not None


def test_older_evidence_has_its_worth_and_no_other_thresholds(people: People) -> None:
    bank = make_bank(people, policy=OLDER)
    matrix = make_payoff(bank)
    version = make_model_version(bank)
    carried_out(bank, version)
    found = measured(bank, version)
    assert not found.is_explorable
    assert found.decided.own.n == 600
    assert worth.explored(matrix, found).points == []


def test_a_version_without_counts_is_not_measured_and_never_zero(lender: Bank) -> None:
    first, second = make_model_version(lender), make_model_version(lender)
    carried_out(lender, first)
    lines = sides(lender, first, second)
    assert lines[1].a_case is None
    found = compared(lender, first, second)
    assert found.gain is None
    assert found.sentence == "Not measured: no check has counted how credit v2 decides."


def test_the_newest_matrix_counts_for_what_was_measured_before(lender: Bank) -> None:
    version = make_model_version(lender)
    carried_out(lender, version)
    (before,) = sides(lender, version)
    make_payoff(lender, true_positive=Decimal(1_800), reason="Margins doubled.")
    (after,) = sides(lender, version)
    assert before.a_case is not None
    assert after.a_case is not None
    assert after.a_case.value > before.a_case.value


def test_the_run_of_the_release_counts_before_a_later_one(lender: Bank) -> None:
    version = make_model_version(lender)
    release = carried_out(lender, version)
    make_release(lender, version=version, purpose="advise")
    work_off()
    run = release.runs.get()
    found = counted_decisions.of_versions([version.pk], lender.use_case, actor=SYSTEM, run=run)
    assert found[version.pk].release == release
    newest = measured(lender, version)
    assert newest.release != release


def test_a_threshold_is_answered_where_it_was_counted_and_nearby(lender: Bank) -> None:
    version = make_model_version(lender)
    carried_out(lender, version)
    matrix, found = payoffs.current(lender.use_case), measured(lender, version)
    assert matrix is not None
    known = found.decided.grid[20][0]
    exact = worth.explored(matrix, found, threshold=known)
    assert exact.asked is not None
    assert exact.asked_said.startswith(f"At {known:g}, ")
    assert "was not counted; the nearest" in (
        worth.explored(matrix, found, threshold=known + 1e-4).asked_said
    )
    assert "Every score is above -3" in worth.explored(matrix, found, threshold=-3).asked_said
    assert "No score reaches 3" in worth.explored(matrix, found, threshold=3).asked_said


@pytest.mark.parametrize("text", ["x", "nan", "inf", "1" * 60])
def test_no_number_is_no_threshold(text: str) -> None:
    with pytest.raises(ValueError, match="a number such as"):
        worth.threshold_of(text)


def test_rest_gives_the_same_figures(lender: Bank) -> None:
    first, second = make_model_version(lender), make_model_version(lender, content=weaker())
    carried_out(lender, first)
    carried_out(lender, second)
    address = "/api/v1/use-cases/mortgage/payoffs/worth"
    client = api("executive")
    body = client.get(
        address, {"model": "credit", "version": 1, "against": 2, "threshold": "0.5"}
    ).json()
    (mine,) = sides(lender, first)
    assert mine.a_case is not None
    assert body["a_case"]["value"] == pytest.approx(mine.a_case.value)
    assert body["asked"]["threshold"] == 0.5
    assert body["against"]["version"] == 2
    assert body["against"]["is_paired"] is False
    assert client.get(address).json()["version"] == 2
    assert client.get(address, {"model": "credit"}).status_code == 400
    assert client.get(address, {"model": "credit", "version": 9}).status_code == 404
    assert client.get(address, {"threshold": "lots"}).status_code == 400


def test_who_may_not_see_the_use_case_sees_no_money(lender: Bank) -> None:
    version = make_model_version(lender)
    carried_out(lender, version)
    mallory = lender.people.mallory.actor
    assert not counted_decisions.of_versions([version.pk], lender.use_case, actor=mallory)
