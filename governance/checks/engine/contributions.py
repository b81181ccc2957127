"""Reads the explained rows: contributions, what they start from, and how they came about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from governance.checks.base import JSON, Check, CheckError, CheckInput
from governance.checks.engine import reading, record
from governance.checks.engine.reasons import IDENTITY, LINKS, LOG, LOG_ODDS, MARGIN, UNITS

Floats = NDArray[np.float64]
FEWEST = 30
_TOLD = (
    "method", "link", "target", "rows", "background", "permutations", "seed", "base_value",
    "additivity_error",
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """The explained rows, in an order that depends on their contributions alone.

    ``values[i, j]`` is what feature j adds, on the scale of ``link``, to row i, whose place in the
    data is ``places[i]``; ``outputs`` is what base and contributions add up to there. ``rows``
    holds the features' own values and the further columns asked for. ``targets`` are the classes
    explained, of several, and ``recorded`` what the child says the model put out, both by row.
    """

    features: tuple[str, ...]
    values: Floats
    places: NDArray[np.int64]
    rows: pl.DataFrame
    outputs: Floats
    base: float
    link: str
    targets: tuple[str, ...]
    recorded: Floats | None
    total: int
    facts: JSON

    @property
    def n(self) -> int:
        return len(self.values)

    @property
    def unit(self) -> str:
        """What contributions are measured in, as sentences say it."""
        return UNITS[self.link]

    @property
    def scores(self) -> Floats:
        """``outputs`` as scores; margins stay what they are."""
        if self.link == LOG:
            return np.exp(np.minimum(self.outputs, 700.0))
        if self.link != LOG_ODDS:
            return self.outputs
        grown = np.exp(-np.abs(self.outputs))
        return np.where(self.outputs >= 0, 1 / (1 + grown), grown / (1 + grown))


def read(data: CheckInput, more: Sequence[str] = (), fewest: int = FEWEST) -> Sample:
    """The explained rows with their features and the columns ``more``. Raises CheckError."""
    found, facts = _files(data)
    missing = [name for name in ("row", *data.features) if name not in found.columns]
    if missing:
        raise CheckError(
            f"No explanation was made for {', '.join(missing)}: score the model again."
        )
    if found.height < fewest:
        raise CheckError(
            f"Only {found.height} rows were explained; an interval needs at least {fewest}."
        )
    source = reading.frame(data, list(dict.fromkeys((*data.features, *more))))
    places = found.get_column("row").cast(pl.Int64).to_numpy()
    if places.min() < 0 or places.max() >= source.height:
        raise CheckError("The explanations belong to other data: score the model again.")
    values = np.column_stack([_numbers(found, name) for name in data.features])
    order = _order(values, source[places].select(data.features))
    values, places = values[order], places[order]
    bases = _bases(facts, found.height)[order]
    targets, outputs = facts.get("targets") or (), facts.get("outputs") or ()
    if len(outputs) not in (0, found.height):
        raise CheckError("The explanations tell of other rows than they hold: score again.")
    return Sample(
        features=data.features,
        values=values,
        places=places,
        rows=source[places],
        outputs=bases + values.sum(axis=1),
        base=float(facts["base_value"]),
        link=_link(facts),
        targets=tuple(str(targets[at]) for at in order) if targets else (),
        recorded=np.asarray(outputs, dtype=np.float64)[order] if len(outputs) else None,
        total=source.height,
        facts=facts,
    )


def _files(data: CheckInput) -> tuple[pl.DataFrame, JSON]:
    if data.explanations is None or data.explanation_facts is None:
        raise CheckError(
            "There are no explanations: a version of predictions only has no model to ask, "
            "and other versions are explained when they are scored."
        )
    if not data.features:
        raise CheckError("The version declares no features to explain.")
    try:
        facts = json.loads(data.explanation_facts.read_text())
        found = reading.lazy(data.explanations).collect()
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise CheckError(f"The explanations cannot be read: {error}") from error
    if not isinstance(facts, dict) or not isinstance(facts.get("base_value"), (int, float)):
        raise CheckError("The explanations do not say what they start from: score the model again.")
    return found, facts


def _numbers(found: pl.DataFrame, name: str) -> Floats:
    return reading.numbers(found.get_column(name), f"explanation of '{name}'")


def _order(values: Floats, rows: pl.DataFrame) -> NDArray[np.int64]:
    """An order of rows by what they hold: resampling must not depend on how they came."""
    parts = pl.DataFrame(values, schema=[f"part {at}" for at in range(values.shape[1])])
    held = [column.alias(f"value {at}") for at, column in enumerate(rows)]
    whole = parts.with_columns(held).with_row_index("place")
    return whole.sort(whole.columns[1:], maintain_order=True).get_column("place").to_numpy()


def _bases(facts: Mapping[str, Any], rows: int) -> Floats:
    """What each row starts from: one number, or that of the class explained in the row."""
    targets, bases = facts.get("targets"), facts.get("base_values")
    if not targets or not bases:
        return np.full(rows, float(facts["base_value"]))
    if len(targets) != rows or not set(targets) <= set(bases):
        raise CheckError("The explanations name other classes than rows: score the model again.")
    return np.array([float(bases[target]) for target in targets])


def _link(facts: Mapping[str, Any]) -> str:
    link = str(facts.get("link") or IDENTITY)
    if link not in LINKS:
        raise CheckError(f"The explanations name the link '{link}'; {', '.join(LINKS)} are known.")
    return link


def one_target(sample: Sample) -> None:
    """Raises CheckError when rows were explained for different classes: their contributions
    are then of different answers, and cannot be held against each other."""
    if len(set(sample.targets)) > 1:
        raise CheckError(
            "Every row was explained for the class it was given: explain all of them for one class "
            "(the favourable one), so that contributions can be compared."
        )


def deviation(data: CheckInput, sample: Sample) -> tuple[float | None, str]:
    """The largest distance between what contributions add up to and the model's own score, and how
    it was found. None with the reason where no score is on record to hold it against."""
    through = "" if sample.link == IDENTITY else f", through the link ({sample.link})"
    given, what = _given(data, sample), "the score"
    if sample.link == MARGIN:
        given, what, through = sample.recorded, "the margin that the child recorded", ""
    if given is None:
        return None, "The scores of the class explained are not on record."
    note = (
        f"Base plus contributions{through} against {what}: the largest distance over "
        f"{sample.n:,} rows. Counted, not estimated."
    )
    return float(np.abs(sample.scores - given).max()), note


def _given(data: CheckInput, sample: Sample) -> Floats | None:
    """The score on record of every explained row, for the class explained there."""
    recorded = reading.score_rows(data, sample.total)[sample.places]
    if not sample.targets:
        if "score" not in recorded.columns:
            return None
        return reading.numbers(recorded.get_column("score"), "score")
    found = np.empty(sample.n)
    targets = np.array(sample.targets)
    for target in sorted(set(sample.targets)):
        name = f"score_{target}"
        if name not in recorded.columns:
            return None
        mine = targets == target
        found[mine] = reading.numbers(recorded.get_column(name), name)[mine]
    return found


def facts_of(check: Check, settled: JSON, seed: int, sample: Sample) -> JSON:
    """The common members of the evidence, and how the explanations were made."""
    facts = record.facts(check, settled, seed, sample.n)
    facts["libraries"] |= sample.facts.get("libraries", {})
    facts["explained"] = {key: sample.facts.get(key) for key in _TOLD} | {
        "link": sample.link, "rows": sample.n, "of": sample.total,
    }  # fmt: skip
    return facts


def name_of(data: CheckInput, feature: str) -> str:
    """What people call a feature."""
    return data.feature_names.get(feature) or feature
