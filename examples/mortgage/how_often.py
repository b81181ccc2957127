"""How often each version fails, passes, or is too close to call, over 40 splits of the data.

Uses the server's own gate (governance.checks.engine), so that the README's table and the
server's verdicts cannot drift apart. The pipeline itself imports nothing of the server.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import fmean

import numpy as np
import train
from applications import LABEL

sys.path.append(str(Path(__file__).resolve().parents[2]))
from governance.checks.engine.gate import (
    GroupRate,
    Tolerance,
    compare,
    judged,
    overall,
)
from governance.checks.engine.roc import auc

FOUR_FIFTHS = Tolerance("ratio", train.FLOOR)
AUC_FLOOR = 0.65  # the policy's other threshold on a figure
STORY = ("fail", "inconclusive", "pass")


def verdict(trained: train.Trained) -> str:
    """The four-fifths gate by race on the held-out half."""
    rates = [
        GroupRate(str(group), int(row.approved), int(row.rows))
        for group, row in train.selection(trained).iterrows()
    ]
    return overall(judged(compare("selection", rates, FOUR_FIFTHS, "white"), FOUR_FIFTHS))


def ranks_well_enough(trained: train.Trained) -> bool:
    """The performance gate: the 90 % interval of the ROC AUC lies above the policy's floor."""
    table = trained.data.validation
    interval = auc(table[LABEL].to_numpy().astype(np.int8), trained.score(table)).interval(0.90)
    return interval is not None and interval.low >= AUC_FLOOR


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", type=int, default=40)
    splits = parser.parse_args().splits
    versions = {kind: [train.train(kind, seed) for seed in range(splits)] for kind in train.KINDS}
    verdicts = {kind: [verdict(one) for one in trained] for kind, trained in versions.items()}
    print(f"| version | {' | '.join(STORY)} | mean ratio | mean ROC AUC |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind, trained in versions.items():
        counts = " | ".join(str(verdicts[kind].count(each)) for each in STORY)
        ratio = fmean(one.metrics["selection_rate_ratio_race"] for one in trained)
        auc = fmean(one.metrics["roc_auc"] for one in trained)
        print(f"| {kind} | {counts} | {ratio:.3f} | {auc:.3f} |")
    as_told = [found == STORY for found in zip(*verdicts.values(), strict=True)]
    clear = [ranks_well_enough(one) for one in versions["mitigated"]]
    both = sum(map(all, zip(as_told, clear, strict=True)))
    print(f"\nAll three as in the example (fail, inconclusive, pass): {sum(as_told)} of {splits};")
    print(f"mitigated clear of the ROC AUC floor of {AUC_FLOOR} as well: {both} of {splits}.")


if __name__ == "__main__":
    main()
