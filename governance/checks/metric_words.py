"""What people call the figures of the checks, and how they are printed. Imports nothing heavy."""

from __future__ import annotations

from governance.checks import judgeable

SPOKEN = {
    "roc_auc": "ROC AUC",
    "roc_auc_weighted": "ROC AUC (weighted)",
    "pr_auc": "PR AUC",
    "ks": "KS",
    "gini": "Gini",
    "f1": "F1",
    "f1_macro": "F1 (macro)",
    "f1_weighted": "F1 (weighted)",
    "f1_micro": "F1 (micro)",
    "log_loss": "log-loss",
    "brier": "Brier score",
    "mae": "mean absolute error",
    "rmse": "root mean squared error",
    "r2": "R²",
    "median_ae": "median absolute error",
    "ndcg": "NDCG",
    "ece": "expected calibration error",
    "calibration_in_the_large": "calibration-in-the-large",
    "additivity_error": "additivity error",
    **judgeable.SPOKEN,
}
SMALLER_IS_BETTER = frozenset({"log_loss", "brier", "mae", "rmse", "median_ae", "ece"})
UNBOUNDED = frozenset(
    {"log_loss", "brier", "mae", "rmse", "median_ae", "bias", "calibration_slope"}
)
FINE = frozenset({"roc_auc", "roc_auc_weighted", "pr_auc", "ece", "brier", "log_loss", "ndcg"})


def spoken(name: str) -> str:
    """ "balanced accuracy", "ROC AUC", "precision (macro)"."""
    if name in SPOKEN:
        return SPOKEN[name]
    for average in ("macro", "weighted", "micro"):
        if name.endswith(f"_{average}"):
            return f"{name.removesuffix(f'_{average}').replace('_', ' ')} ({average})"
    return name.replace("_", " ")


def digits_of(name: str) -> int:
    return 3 if name in FINE else 2


def printed(value: float, digits: int = 2) -> str:
    """Fixed digits for numbers near 1, significant ones beyond, a true minus sign."""
    size = abs(value)
    digits = min(digits, 1 if size >= 100 else 2 if size >= 10 else digits)
    text = f"{value:,.{digits}f}" if 0.01 <= size < 1000 or size == 0 else f"{value:,.3g}"
    if size >= 1000:
        text = f"{value:,.0f}"
    return text.replace("-", "\N{MINUS SIGN}")
