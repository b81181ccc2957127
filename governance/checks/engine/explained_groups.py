"""What scores owe to sensitive features, and which features set groups of people apart: the body
of ``explainability.sensitive_dependence``.

The mean contribution of a feature in one group, less that in another, is the part of the gap
between their mean scores that the feature explains: contributions add up to the score in every
row, so these parts add up to the gap, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.checks.base import JSON, Check, CheckError, CheckInput, Evidence, Measurement
from governance.checks.engine import (
    bootstrap,
    contributions,
    explained_groups_shown,
    groups,
    reading,
    record,
)
from governance.checks.engine.contributions import Floats, Sample, name_of
from governance.checks.engine.intervals import Interval
from governance.checks.engine.roc import midranks
from governance.checks.words import Words

TOO_FEW = 10  # groups below this are never published as a number


@dataclass(frozen=True)
class Part:
    """What one feature adds to a group's mean score over the reference's, with its standard error;
    ``apart`` is how often a contribution in the group is above one in the reference (0.5: as
    often as not)."""

    feature: str
    name: str
    value: float
    error: float
    apart: float


@dataclass(frozen=True)
class Gap:
    """One group against the reference; ``parts`` add up to ``value``. ``why`` it is not assessed,
    or empty."""

    group: str
    reference: str
    n: int
    n_reference: int
    value: float = 0.0
    error: float = 0.0
    parts: tuple[Part, ...] = ()
    why: str = ""


def evidence(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    columns = groups.attribute_columns(data, settled["attribute"])
    sample = contributions.read(data, columns)
    contributions.one_target(sample)
    forbidden = sensitive_inputs(data, settled["forbidden"])
    named = reading.group_column(sample.rows, columns, data).to_numpy()
    gaps = _gaps(sample, data, named, settled, " × ".join(columns))
    share = _share(sample, forbidden, record.subseed(seed, check.id))
    facts = contributions.facts_of(check, settled, seed, sample)
    facts |= {
        "words": {
            "people": settled["people"], "attribute": " and ".join(columns).replace("_", " "),
        },
        "forbidden": list(forbidden),
        "intervals": {"sensitive_share": share},
        "several": {"score_difference": _several(gaps, sample, settled)},
        "gaps": [_fact(gap) for gap in gaps],
    }  # fmt: skip
    confidence, words = settled["confidence"], Words.of(facts)
    return Evidence(
        measurements=(
            _measured(share, forbidden, confidence),
            *(one for gap in gaps for one in _measurements(gap, confidence)),
        ),
        tables=explained_groups_shown.tables(sample, data, forbidden, gaps, confidence),
        charts=explained_groups_shown.charts_of(sample, gaps, confidence),
        sentence=explained_groups_shown.sentence(sample, data, forbidden, share, gaps, words),
        facts=facts,
    )


def sensitive_inputs(data: CheckInput, forbidden: object) -> tuple[str, ...]:
    """The features that must not weigh: those named, and else the sensitive columns among the
    inputs together with what the schema says is derived from them. Raises CheckError."""
    if isinstance(forbidden, (list, tuple)):
        return tuple(name for name in data.features if name in forbidden)
    declared = {str(one.get("name")): one for one in data.case.get("schema") or ()}
    sensitive = set(data.sensitive)
    return tuple(
        name
        for name in data.features
        if name in sensitive or sensitive & set(declared.get(name, {}).get("derived_from") or ())
    )


def _share(sample: Sample, forbidden: tuple[str, ...], seed: int) -> JSON | None:
    """The share of all |contributions| that the forbidden features have; None: nothing moved."""
    sizes = np.abs(sample.values)
    chosen = sizes[:, [sample.features.index(name) for name in forbidden]].sum(axis=1)
    pairs = np.column_stack([chosen, sizes.sum(axis=1)])
    means = pairs.mean(axis=0)
    if means[1] <= 0:
        return None
    value = float(means[0] / means[1])
    if means[0] == 0:
        return record.both(0.0, sample.n, Interval(0.0, 0.0), Interval(0.0, 0.0))
    drawn = bootstrap.resampled_means(pairs, seed)
    # A resample in which no score moved says nothing about who moved it.
    ratio = (drawn[:, 0] / drawn[:, 1])[drawn[:, 1] > 0][:, None]
    ends = {level: bootstrap.percentile(ratio, level) for level in (0.90, 0.95)}
    at = {k: Interval(float(low[0]), float(high[0])) for k, (low, high) in ends.items()}
    return record.both(value, sample.n, at[0.90], at[0.95])


def _gaps(
    sample: Sample, data: CheckInput, named: NDArray[np.str_], settled: JSON, title: str
) -> list[Gap]:
    """Every group against the reference, which is the largest unless one is named."""
    values, counts = np.unique(named, return_counts=True)
    sizes = {str(name): int(n) for name, n in zip(values, counts, strict=True)}
    if len(sizes) < 2:
        raise CheckError(
            f"All {sample.n:,} rows explained belong to one group of {title}: nothing to compare."
        )
    chosen = groups.known_reference(title, sizes, settled["reference"])
    reference = chosen or max(sizes, key=lambda name: (sizes[name], name))
    floor = int(settled["floor"])
    if sizes[reference] < floor:
        raise CheckError(
            f"Only {sizes[reference]} rows of the reference group '{reference}' were explained; "
            f"at least {floor} are needed: explain more rows or name a larger group."
        )
    return [
        _gap(sample, data, named, group, reference, floor)
        for group in sorted(sizes, key=lambda name: (-sizes[name], name))
        if group != reference
    ]


def _gap(
    sample: Sample, data: CheckInput, named: NDArray[np.str_], group: str, reference: str,
    floor: int,
) -> Gap:  # fmt: skip
    mine, theirs = sample.values[named == group], sample.values[named == reference]
    n, m = len(mine), len(theirs)
    if n < floor:
        few = f"<{TOO_FEW}" if n < TOO_FEW else str(n)
        return Gap(group, reference, n, m, why=f"{few} rows explained, under the floor of {floor}")
    differences = mine.mean(axis=0) - theirs.mean(axis=0)
    errors = np.sqrt(mine.var(axis=0, ddof=1) / n + theirs.var(axis=0, ddof=1) / m)
    totals = mine.sum(axis=1), theirs.sum(axis=1)
    parts = tuple(
        Part(
            name, name_of(data, name), float(differences[place]), float(errors[place]),
            _apart(mine[:, place], theirs[:, place]),
        )
        for place, name in enumerate(sample.features)
    )  # fmt: skip
    error = float(np.sqrt(totals[0].var(ddof=1) / n + totals[1].var(ddof=1) / m))
    return Gap(group, reference, n, m, float(differences.sum()), error, parts)


def _apart(mine: Floats, theirs: Floats) -> float:
    """Mann and Whitney's share of pairs in which mine is above theirs, ties counting half."""
    n, m = len(mine), len(theirs)
    ranks = midranks(np.concatenate([mine, theirs]))[:n]
    return float((ranks.sum() - n * (n + 1) / 2) / (n * m))


def _several(gaps: list[Gap], sample: Sample, settled: JSON) -> JSON:
    """Every part of every gap, for the judge: how far a feature sets a group apart, either way."""
    rows: list[JSON] = []
    for gap in gaps:
        if gap.why:
            n = 0 if gap.n < TOO_FEW else gap.n
            rows.append({"subject": gap.group, "n": n, "value": None, "why": gap.why})
        rows += [
            {
                "subject": f"{part.name}, {gap.group} against {gap.reference}", "n": gap.n,
                "value": abs(part.value), "se": part.error, "least": 0.0,
            }
            for part in gap.parts
            if part.error > 0 or part.value
        ]  # fmt: skip
    unit = "" if sample.unit == "score" else f" to the {sample.unit}"
    return {"spoken": f"difference of mean contributions{unit}", "join": "by", "rows": rows}


def _measured(share: JSON | None, forbidden: tuple[str, ...], confidence: float) -> Measurement:
    if share is None:
        return Measurement("sensitive_share", None, note="No feature moved the score.")
    low, high = share["at_90" if confidence == 0.90 else "at_95"]
    note = "" if forbidden else "No sensitive feature is an input of the model."
    return Measurement(
        "sensitive_share", share["value"], low, high, confidence, share["n"], note=note
    )


def _measurements(gap: Gap, confidence: float) -> list[Measurement]:
    if gap.why:
        n = 0 if gap.n < TOO_FEW else gap.n
        return [Measurement("explained_gap", None, n=n, group=gap.group, note=gap.why)]
    from governance.checks.engine.estimates import interval

    def one(name: str, value: float, error: float, note: str = "") -> Measurement:
        at = interval({"value": value, "se": error}, confidence)
        return Measurement(name, value, at.low, at.high, confidence, gap.n, gap.group, note)

    parts = [one("explained_gap_part", p.value, p.error, p.name) for p in gap.parts]
    return [one("explained_gap", gap.value, gap.error), *parts]


def _fact(gap: Gap) -> JSON:
    """A group's gap as the evidence keeps it; tiny groups without their numbers."""
    found: JSON = {
        "group": gap.group, "reference": gap.reference, "why": gap.why,
        "n": None if gap.n < TOO_FEW else gap.n, "n_reference": gap.n_reference,
    }  # fmt: skip
    if gap.why:
        return found
    parts = [
        {"feature": p.feature, "value": p.value, "se": p.error, "apart": p.apart} for p in gap.parts
    ]
    return found | {"value": gap.value, "se": gap.error, "parts": parts}
