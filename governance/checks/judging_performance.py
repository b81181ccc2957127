"""What a policy may ask of the checks of performance: their measurements and forms."""

from __future__ import annotations

from collections.abc import Mapping

_AVERAGED = tuple(
    f"{name}_{average}"
    for name in ("precision", "recall", "f1")
    for average in ("macro", "weighted", "micro")
)
_COMPARED = (
    "roc_auc", "accuracy", "balanced_accuracy", "recall", "specificity", "precision", "f1",
    "f1_macro", "log_loss", "brier", "mae", "rmse", "r2",
)  # fmt: skip
MEASURED: Mapping[str, tuple[str, ...]] = {
    "performance.roc_auc": ("roc_auc", "roc_auc_weighted", "gini", "pr_auc", "ks"),
    "performance.accuracy": (
        "accuracy", "balanced_accuracy", "recall", "specificity", "precision", "f1", *_AVERAGED,
    ),
    "performance.probabilities": ("log_loss", "brier"),
    "performance.regression": ("mae", "rmse", "r2", "median_ae", "bias"),
    "performance.ranking": ("ndcg", "concordance"),
    "performance.calibration": ("ece", "calibration_in_the_large", "calibration_slope"),
    "performance.estimated": (
        "accuracy", "roc_auc", "balanced_accuracy", "recall", "specificity", "precision", "f1",
    ),
    "performance.champion": (*_COMPARED, "ndcg", "concordance"),
    "performance.baseline": ("accuracy", "log_loss", "brier", "mae", "rmse"),
    "performance.degradation": _COMPARED,
}  # fmt: skip
FORMS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(MEASURED, ("measurement",)),
    "performance.champion": ("not_worse_by", "better_by"),
    "performance.baseline": ("better_by", "not_worse_by"),
    "performance.degradation": ("not_worse_by",),
    "performance.weak_segments": ("shortfall_at_most",),
}
EXAMPLES = {
    "not_worse_by": "{measurement: %s, not_worse_by: 0.01}",
    "better_by": "{measurement: %s, better_by: 0.02}",
    "shortfall_at_most": "{shortfall_at_most: 0.10}",
}
