"""How often the gate rule is wrong: false fails of fair models, false passes at the margin.

python benchmarks/gate_simulation.py [simulations of each line, 2000] [word in their titles]

*Alike* means that all groups have the same truth: a fail is false. *At the margin* one group lies
exactly at the limit from all others: a pass is false, and so is a fail, strictly. *Plain* is the
rule many use, fail when the largest gap seen is beyond the limit, on the same draws.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from governance.checks.engine import champion_gap, gate, gate_contrasts, roc  # noqa: E402
from governance.checks.engine import mantel_haenszel as mh  # noqa: E402
from governance.checks.engine.gate import Comparison, GroupRate, Needed, Tolerance  # noqa: E402
from governance.checks.engine.gate_contrasts import Contrast  # noqa: E402
from governance.checks.engine.group_estimates import GroupEstimate  # noqa: E402
from governance.checks.engine.group_rates import Floor, rate_of  # noqa: E402
from governance.checks.engine.mantel_haenszel import Stratum  # noqa: E402
from governance.counting.cells import gathered, tally, top_of  # noqa: E402

Rng = np.random.Generator
BASE = 0.3
NO_FLOOR = Floor(rows=1, share=0.0)
Draw = Callable[["Line", Rng, int, bool], list[Comparison]]


@dataclass(frozen=True)
class Line:
    """What is judged: ``draw(rng, n, apart)`` gives pairs; ``apart`` puts one at the margin."""

    title: str
    groups: int
    tolerance: Tolerance
    draw: Draw
    sizes: tuple[int, ...] = (200, 500, 2000)


def rates_apart(line: Line, apart: bool) -> list[float]:
    """The true rate of every group."""
    limit = line.tolerance.limit
    other = BASE * limit if line.tolerance.kind == "ratio" else BASE + limit
    return [other if apart and place == 0 else BASE for place in range(line.groups)]


def proportions(line: Line, rng: Rng, n: int, apart: bool) -> list[Comparison]:
    these = [
        GroupRate(str(place), int(rng.binomial(n, p)), n)
        for place, p in enumerate(rates_apart(line, apart))
    ]
    return gate.compare("rate", these, line.tolerance)


def two_rates(line: Line, rng: Rng, n: int, apart: bool) -> list[Comparison]:
    """Equalized odds: 40% of rows have a favourable outcome; one rate of one group is apart."""
    found = []
    for name, share, off in (("tpr", 0.4, apart), ("fpr", 0.6, False)):
        rows = round(n * share)
        these = [
            GroupRate(str(place), int(rng.binomial(rows, p)), rows)
            for place, p in enumerate(rates_apart(line, off))
        ]
        found += gate.compare(name, these, line.tolerance)
    return found


def weighted(line: Line, rng: Rng, n: int, apart: bool) -> list[Comparison]:
    """Weights of a survey, spread lognormally (Kish's effect about 1.6)."""
    truth = np.repeat(rates_apart(line, apart), n)
    chosen = (rng.random(len(truth)) < truth).astype(np.int8)
    weight = rng.lognormal(0, 0.7, len(truth))
    group = np.repeat(np.arange(line.groups), n)
    frame = pl.DataFrame({"g": group, "label": chosen, "prediction": chosen, "w": weight})
    cells = gathered(tally(frame, ["g"], "w", top_of(float(weight.max()))), lambda key: str(key[0]))
    these = [rate_of(cell, "selection_rate", NO_FLOOR, len(truth)) for cell in cells]
    return gate.compare("rate", these, line.tolerance)


def aucs(line: Line, rng: Rng, n: int, apart: bool) -> list[Comparison]:
    """Normal scores with an AUC of .80 in every group; one lies the limit below."""
    normal = np.sqrt(2) * 0.8416212335729143  # Phi(0.8416...) = .80
    lower = np.sqrt(2) * 0.6744897501960817  # Phi(0.6744...) = .75
    these = []
    for place in range(line.groups):
        label = (rng.random(n) < 0.4).astype(np.int8)
        score = label * (lower if apart and place == 0 else normal) + rng.normal(size=n)
        found = roc.auc(label, score)
        assert found.value is not None
        these.append(GroupEstimate(str(place), found.value, found.error, n, "logit"))
    return gate.compare("roc_auc", these, line.tolerance)


def within_strata(line: Line, rng: Rng, n: int, apart: bool) -> list[Comparison]:
    """Conditional disparity: three strata whose rates differ, groups spread over them unevenly."""
    gap = line.tolerance.limit if apart else 0.0
    strata = []
    for share_a, share_b, rate in ((0.2, 0.5, 0.2), (0.3, 0.3, 0.4), (0.5, 0.2, 0.6)):
        n_a, n_b = round(n * share_a), round(n * share_b)
        a, b = rng.binomial(n_a, rate + gap), rng.binomial(n_b, rate)
        strata.append(Stratum("", int(a), n_a, int(b), n_b))
    pooled = mh.difference(strata)
    one = Contrast("a", "b", pooled.value, pooled.error, n, n)
    return list(gate_contrasts.compare("rate", [one], line.tolerance))


def beside_the_champion(gap: float) -> Draw:
    """The champion's gap is ``gap``; the candidate's is as wide, or wider by the limit."""

    def draw(line: Line, rng: Rng, n: int, apart: bool) -> list[Comparison]:
        counts = np.zeros((2, 2, 2, 2), dtype=np.int64)  # group, label, candidate, champion
        for place, champion in enumerate((BASE, BASE - gap)):
            candidate = champion - (line.tolerance.limit if apart and place else 0.0)
            both = candidate - 0.03
            cells = [1 - candidate - champion + both, champion - both, candidate - both, both]
            counts[place, 1] = rng.multinomial(n, cells).reshape(2, 2)
        cells_of = (counts, counts.astype(np.float64), counts.astype(np.float64))
        rates, seed = ("selection_rate",), int(rng.integers(99))
        found, _ = champion_gap.contrasts_of(("a", "b"), cells_of, rates, NO_FLOOR, None, seed)
        these = [Contrast.of(one) for one in found["selection_rate"]]
        return list(gate_contrasts.compare("rate", these, line.tolerance))

    return draw


FIVE_POINTS, FOUR_FIFTHS = Tolerance("difference", 0.05), Tolerance("ratio", 0.80)
THREE_MORE = Tolerance("most", 0.03)
LINES: Sequence[Line] = (
    Line("selection rates, 5 points", 2, FIVE_POINTS, proportions),
    Line("selection rates, 5 points", 5, FIVE_POINTS, proportions),
    Line("selection rates, 5 points", 15, FIVE_POINTS, proportions, (500, 2000)),
    Line("selection rates, four-fifths", 2, FOUR_FIFTHS, proportions),
    Line("selection rates, four-fifths", 5, FOUR_FIFTHS, proportions),
    Line("equalized odds, 5 points", 3, FIVE_POINTS, two_rates),
    Line("weighted selection rates, 5 points", 3, FIVE_POINTS, weighted),
    Line("ROC AUC, .05", 3, FIVE_POINTS, aucs),
    Line("within three strata, 5 points", 2, FIVE_POINTS, within_strata),
    Line("gap wider than a champion's of 5, by 3 points", 2, THREE_MORE, beside_the_champion(0.05)),
    Line("gap wider than a champion's of 0, by 3 points", 2, THREE_MORE, beside_the_champion(0.0)),
)


def unsaid(one: Comparison, tolerance: Tolerance, tests: int) -> Needed:
    """Rows needed are not part of the verdict, and slow to search for."""
    return Needed("", None, None, None, "")


def verdict(line: Line, rng: Rng, n: int, apart: bool) -> tuple[str, bool]:
    """The rule's verdict on one draw, and whether the plain rule would fail it."""
    compared = line.draw(line, rng, n, apart)
    bounds = line.tolerance.bounds
    plain = any(
        one.value is not None and not bounds.low <= one.value <= bounds.high for one in compared
    )
    return gate.overall(gate.judged(compared, line.tolerance, unsaid)), plain


def rates(line: Line, n: int, simulations: int) -> tuple[float, float, float, float]:
    """Fails when alike, by our rule and the plain one; passes and fails at the margin."""
    rng = np.random.default_rng(n)
    alike = [verdict(line, rng, n, False) for _ in range(simulations)]
    margin = [verdict(line, rng, n, True)[0] for _ in range(simulations)]
    return (
        sum(found == "fail" for found, _ in alike) / simulations,
        sum(plain for _, plain in alike) / simulations,
        margin.count("pass") / simulations,
        margin.count("fail") / simulations,
    )


def main() -> int:
    simulations = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    error = math.sqrt(0.05 * 0.95 / simulations)
    print(f"{simulations:,} simulations each; a rate of 5% has a standard error of {error:.1%}\n")
    print("| judged | groups | rows each | fails when alike | plain rule | passes at the margin "
          "| fails at the margin |")  # fmt: skip
    print("|---|---:|---:|---:|---:|---:|---:|")
    kept, wanted = True, sys.argv[2] if len(sys.argv) > 2 else ""
    for line in (line for line in LINES if wanted in line.title):
        for n in line.sizes:
            fails, plain, passes, strict = rates(line, n, simulations)
            kept &= fails <= 0.01 and passes <= 0.05 + 2 * error
            print(f"| {line.title} | {line.groups} | {n:,} | {fails:.1%} | {plain:.0%} | "
                  f"{passes:.1%} | {strict:.1%} |", flush=True)  # fmt: skip
    print("\nwanted: at most 1% and 5%" + ("" if kept else ": NOT KEPT"))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
