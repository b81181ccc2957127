"""Which thresholds the checks of data, privacy, accountability, robustness and security take, and
those of explanations.

Two forms beside a bound on one measurement:

``{require: all}`` or ``{require: [owner, rollback], except: [...]}`` judges statements that hold,
do not hold, or are not known (``facts["items"]``); ``{every: psi, at_most: 0.10}`` judges one
figure of many subjects, columns or slices or altered copies (``facts["several"]``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MEASURED: dict[str, tuple[str, ...]] = {
    "data.duplicates": ("repeated_rows", "contradicting_rows"),
    "data.overlap": ("rows_in_training", "keys_in_training"),
    "privacy.membership_inference": ("membership_advantage", "attack_auc"),
    "privacy.small_cells": (
        "rows_in_small_cells",
        "smallest_cell",
        "rows_alone",
        "rows_disclosing",
    ),
    "explainability.stability": ("top_overlap", "rank_correlation", "neighbour_difference"),
    "explainability.sensitive_dependence": ("sensitive_share",),
    "robustness.resampling": ("spread", "metric"),
    "robustness.reproducibility": ("rows_differing", "largest_difference"),
    "robustness.latency": ("latency_p50", "latency_p99"),
}
EVERY: dict[str, tuple[str, ...]] = {
    "data.leakage": ("predicts_alone",),
    "data.drift": ("psi", "js", "tvd", "ks", "phi_squared"),
    "data.representativeness": ("share_difference", "psi"),
    "robustness.stability": ("decisions_changed", "score_moved"),
    "robustness.worst_slice": ("error_gap",),
    "robustness.monotonicity": ("against_direction",),
    "explainability.sensitive_dependence": ("score_difference",),
    "explainability.reason_codes": ("against_direction",),
}
ITEMS: dict[str, tuple[str, ...]] = {
    "data.schema": ("present", "declared", "type"),
    "data.values": ("nulls", "range", "categories"),
    "data.leakage": ("equals_label", "known_after", "depends_on_label"),
    "explainability.reason_codes": ("named", "unique", "given", "allowed"),
    "privacy.identifiers": ("named", "valued"),
    "privacy.declarations": ("personal_data", "purpose", "consent", "retention"),
    "accountability.people": ("owner", "developer", "validator", "independence", "accountable"),
    "accountability.plans": ("monitoring", "rollback", "human_oversight"),
    "accountability.documents": ("present", "young"),
    "accountability.lineage": ("run", "code", "inputs", "model"),
    "accountability.datasets": ("licence", "consent", "purpose"),
    "security.formats": ("format",),
    "security.structure": ("digest", "structure"),
    "security.signature": ("present", "verified"),
    "security.opcodes": ("scanned", "globals"),
    "security.dependencies": ("declared", "pinned", "hashed"),
    "security.behaviour": ("tier", "ended", "time", "memory", "doors"),
}
LIMITLESS = frozenset(
    {
        "latency_p50", "latency_p99", "smallest_cell", "metric", "spread", "score_moved",
        "neighbour_difference", "score_difference",
    }
)  # fmt: skip
SPOKEN: dict[str, str] = {
    "repeated_rows": "the share of repeated rows",
    "contradicting_rows": "the share of contradicting rows",
    "rows_in_training": "the share of validation rows that training knows",
    "keys_in_training": "the share of validation keys that training knows",
    "membership_advantage": "the advantage of guessing who was trained on",
    "attack_auc": "ROC AUC of guessing who was trained on",
    "top_overlap": "the share of the top features on which two halves of the rows agree",
    "rank_correlation": "the correlation of the rankings of two halves of the rows",
    "neighbour_difference": "the difference of explanations of nearest rows (of any two rows: 1)",
    "sensitive_share": "the share of what moves the score that sensitive features have",
    "sampling_error": "the relative sampling error of importance",
    "rows_in_small_cells": "the share of rows in small cells",
    "smallest_cell": "the smallest cell",
    "rows_alone": "the share of rows that stand alone",
    "rows_disclosing": "the share of rows that give their outcome away",
    "spread": "the width of the metric's 95% range",
    "metric": "the resampled metric",
    "rows_differing": "the share of rows scored otherwise a second time",
    "largest_difference": "the largest difference between two scores of a row",
    "latency_p50": "the median time of an answer in ms",
    "latency_p99": "the 99th percentile of the time of an answer in ms",
}
FORMS_OF: dict[str, tuple[str, ...]] = {
    check: tuple(
        form
        for form, table in (("every", EVERY), ("require", ITEMS), ("measurement", MEASURED))
        if check in table
    )
    for check in (*EVERY, *ITEMS, *MEASURED)
}


def example(check_id: str, form: str) -> str:
    """A threshold of ``form`` as a policy would write it."""
    if form == "every":
        return f"{{every: {EVERY[check_id][0]}, at_most: 0.10}}"
    return "{require: all}"


def problems(check_id: str, form: str, threshold: Mapping[str, Any]) -> list[str]:
    """What is wrong with the values of a threshold of these two forms, in sentences."""
    if form == "every":
        name = threshold["every"]
        if name in EVERY[check_id]:
            return []
        return [f"{check_id} can be judged by every {_listed(EVERY[check_id])}, not {name!r}."]
    if form != "require":
        return []
    found = [] if threshold["require"] == "all" else _named(check_id, "require", threshold)
    return found + (_named(check_id, "except", threshold) if "except" in threshold else [])


def _named(check_id: str, key: str, threshold: Mapping[str, Any]) -> list[str]:
    names, known = threshold[key], ITEMS[check_id]
    if not isinstance(names, (list, tuple)) or not names:
        wanted = "all or a list of names" if key == "require" else "a list of names"
        return [f"'{key}' must be {wanted}, not {names!r}."]
    return [
        f"{check_id} knows no item {name!r} in '{key}'; it knows {_listed(known)}."
        for name in names
        if name not in known
    ]


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)
