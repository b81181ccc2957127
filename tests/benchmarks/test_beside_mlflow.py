"""The arithmetic of ``make bench-mlflow``: a bench that reckons wrong proves anything."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.beside_mlflow import calls, table
from benchmarks.beside_mlflow.__main__ import models_for
from benchmarks.beside_mlflow.calls import CALLS, Call, Model, Stock
from benchmarks.beside_mlflow.load import Turn
from benchmarks.beside_mlflow.servers import Server

STOCK = Stock(
    tuple(Model(f"churn-{number:06d}", 5, ("team", "team-1")) for number in range(30)),
    {"Imprimatur": "ours", "MLflow": "theirs"},
)
OURS, THEIRS = (Server(name, 1, 1, {}, Path("log")) for name in ("Imprimatur", "MLflow"))


def turn(web: float, *times: float) -> Turn:
    return Turn(calls=len(times), web=web, database=web / 2, times=times or (1.0,))


def turns(*web: float) -> table.Turns:
    return {client: [turn(each) for each in web] for client in table.CLIENTS}


def row(ours: float, theirs: float, wanted: Fraction | None = Fraction(1, 4)) -> table.Row:
    return table.Row("get version", 1_000, turns(ours), turns(theirs), wanted)


def test_the_cost_of_a_call_is_that_of_the_median_turn() -> None:
    assert table.cpu(turns(1.0, 1.2, 9.0)) == 1.2


def test_one_client_can_be_looked_at_alone() -> None:
    both = {"prompt": [turn(1.0)], "ordinary": [turn(3.0)]}

    assert table.cpu(both, "ordinary") == 3.0
    assert table.cpu(both) == 2.0


def test_exactly_what_was_wanted_is_held_and_a_little_more_is_not() -> None:
    assert row(1.0, 4.0).held is True
    assert row(1.01, 4.0).held is False


def test_where_nothing_was_wanted_nothing_is_judged() -> None:
    assert row(9.0, 1.0, wanted=None).held is None


def test_the_table_says_both_figures_their_ratio_and_the_judgement() -> None:
    held, missed = table.costs([row(1.0, 5.0), row(2.0, 4.0)]).splitlines()[2:]

    assert held.startswith("| get version | 1,000 | 1.00 | 5.00 | 0.200 (1/5.0) | ≤ 1/4 | yes |")
    assert missed.startswith("| get version | 1,000 | 2.00 | 4.00 | 0.500 (1/2.0) | ≤ 1/4 | **no**")


def test_each_line_of_each_table_has_a_cell_for_every_head() -> None:
    deep = table.Depth("get model", {10: 1.0, 100: 1.1}, {10: 4.0})
    limit = ("largest web process", 120.0, None, 200.0, "MiB")
    for text in (
        table.costs([row(1.0, 5.0)]),
        table.waits([row(1.0, 5.0)]),
        table.depths([deep]),
        table.limits([limit]),
        table.alone([row(1.0, 5.0)]),
    ):
        assert len({line.count("|") for line in text.splitlines()}) == 1


def test_percentiles_are_those_of_all_turns_together() -> None:
    several = [turn(1.0, *map(float, range(1, 51))), turn(1.0, *map(float, range(51, 102)))]

    assert table.waited(several, 50) == 51.0
    assert table.waited(several, 99) == 100.0


@pytest.mark.parametrize(("last", "held"), [(1.2, True), (1.21, False), (0.79, False)])
def test_a_line_is_flat_within_a_fifth_of_its_median(last: float, held: bool) -> None:
    assert table.Depth("get model", {10: 1.0, 100: 1.0, 1000: last}, {}).held is held


def test_a_ceiling_is_held_up_to_the_figure_itself() -> None:
    at, above = table.limits(
        [("web", 200.0, 300.0, 200.0, "MiB"), ("web", 200.1, None, 200.0, "MiB")]
    ).splitlines()[2:]

    assert at.endswith("| yes |")
    assert above.endswith("| **no** |")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_both_servers_are_asked_the_same(call: Call) -> None:
    ours, theirs = (
        [(one.path.replace(server_token, "token"), one.body) for one in islice(asked, 40)]
        for server_token, asked in (
            ("ours", call.requests(STOCK, OURS, seed=3)),
            ("theirs", call.requests(STOCK, THEIRS, seed=3)),
        )
    )

    assert ours == theirs


def test_no_model_is_asked_for_again_before_all_others() -> None:
    asked = Call("get model", None, 0, calls.get_model).requests(STOCK, OURS, seed=3)

    assert len({one.path for one in islice(asked, len(STOCK.models))}) == len(STOCK.models)


def test_the_wanted_ratios_are_those_of_the_issue() -> None:
    wanted = {call.name: (call.wanted, call.wanted_from) for call in CALLS}

    for name in ("get version", "get by alias", "get model"):
        assert wanted[name] == (Fraction(1, 4), 0)
    for name in ("set tag", "set alias", "create version"):
        assert wanted[name] == (Fraction(1, 3), 0)
    assert wanted["search by name"] == (Fraction(1, 5), 0)
    for name in ("LIKE + tag search", "list, first page", "list, deep page"):
        assert wanted[name] == (Fraction(1, 15), 500_000)


def test_the_large_size_is_ten_thousand_models_and_the_smallest_still_has_pages() -> None:
    assert models_for(500_000) == 10_000
    assert models_for(1_000) >= 2 * calls.PAGE
