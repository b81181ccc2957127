"""The documents of a version, written from the figures of the training at hand."""

from __future__ import annotations

from importlib.metadata import version

from applications import LABEL, SENSITIVE
from train import FLOOR, TARGET, Trained, selection

APPROACH = {
    "with-race": "Logistic regression on the underwriting columns **and on race**. It exists to "
    "show what a gate is for; nobody should release it.",
    "without-race": "Logistic regression on the underwriting columns. Race is not an input; what "
    "the other columns know about it still is.",
    "mitigated": "Logistic regression on the underwriting columns, trained with fairlearn's "
    "GridSearch under demographic parity. Race weights the training rows and is not an input, so "
    f"nobody is asked for it at prediction time. The weakest mitigation that reaches a ratio of "
    f"{TARGET:.2f} on the training half is taken.",
}


def model_card(trained: Trained) -> str:
    """Markdown: purpose, data, results on the held-out half, groups, limits."""
    training, validation = trained.data.training, trained.data.validation
    metrics = trained.metrics
    groups = "\n\n".join(_groups(trained, column) for column in SENSITIVE)
    features = "\n".join(f"- **{one.title}**: {one.description}" for one in trained.features)
    return f"""# Mortgage approval, {trained.kind}

## Purpose
Recommends whether to approve a mortgage application. A person decides every refusal.

## How it was made
{APPROACH[trained.kind]}

An application is approved when its score is at least {trained.threshold}: the cut-off that
approves, of the training rows, the share the lender approved ({training[LABEL].mean():.1%}).

## Data
1,989 applications in the Boston area (`loanapp`); {len(training)} rows to train on,
{len(validation)} held out, alike in label and race. Empty cells are filled with the training
median inside the model.

## Results on the held-out half
| measure | value |
| --- | --- |
| ROC AUC | {metrics["roc_auc"]:.3f} |
| accuracy | {metrics["accuracy"]:.3f} |
| approval rate | {metrics["approval_rate"]:.3f} |
| selection ratio, not white to white | {metrics["selection_rate_ratio_race"]:.3f} |

{groups}

## What it looks at
{features}

## Limits
- The labels are decisions of one city's lenders, themselves under suspicion of bias: agreeing
  with them is not the same as being right.
- Small groups: a difference in a group of fewer than about 100 rows may be chance.
- Old data from one city. It says nothing about repayment.
"""


def monitoring_plan(trained: Trained) -> str:
    """Markdown: what is watched from the first day, against which figure, and what follows."""
    metrics = trained.metrics
    return f"""# Monitoring plan: mortgage approval, {trained.kind}

| what | how often | reference | act when |
| --- | --- | --- | --- |
| approval rate | weekly | {metrics["approval_rate"]:.3f} | it moves by more than 0.03 |
| selection ratio by race | monthly, at least 150 rows a group | \
{metrics["selection_rate_ratio_race"]:.3f} | its 95 % interval lies below {FLOOR:.2f} |
| ROC AUC against the underwriters' decisions | monthly | {metrics["roc_auc"]:.3f} | \
it falls by more than 0.05 |
| drift of every input | monthly | the validation half | it exceeds what chance explains |

## Who acts
The model owner is told first, the model risk officer within one working day.
"""


def rollback_plan(trained: Trained) -> str:
    """Markdown: how to get rid of the version within a day."""
    return f"""# Rollback plan: mortgage approval, {trained.kind}

1. Lending operations end the deployment of this version: verdicts say `deny` from that moment.
2. Applications are decided by hand; the underwriters' rota for this stands in the handbook.
3. The predecessor may return only while its own authorization holds.
4. The model owner opens a finding and names the decisions made since the fault began.

Tried out before every release and once a quarter; the aim is one working day.
"""


def human_oversight(trained: Trained) -> str:
    """Markdown: where people decide, and how they may overrule."""
    return f"""# Human oversight: mortgage approval, {trained.kind}

- An underwriter reviews every refusal before it is sent, with the reasons of the score beside it.
- Scores within 0.05 of the cut-off ({trained.threshold:.3f}) are decided by an underwriter alone.
- Whoever overrules the score writes down why; a share above 15 % in a month is looked into.
- An applicant who complains gets the reasons of the decision and a second underwriter.
"""


def requirements() -> str:
    """What the model was trained and exported with, pinned."""
    packages = ("fairlearn", "numpy", "onnxruntime", "pandas", "scikit-learn", "skl2onnx")
    return "".join(f"{name}=={version(name)}\n" for name in packages)


DOCUMENTS = {
    "model_card": ("Model card", model_card),
    "monitoring_plan": ("Monitoring plan", monitoring_plan),
    "rollback_plan": ("Rollback plan", rollback_plan),
    "human_oversight": ("Human oversight", human_oversight),
}


def _groups(trained: Trained, column: str) -> str:
    rows = [
        f"| {group} | {row.rows} | {row.approved / row.rows:.3f} |"
        for group, row in selection(trained, column).iterrows()
        if row.rows >= 10
    ]
    table = selection(trained, column)
    rows += [f"| {group} | <10 | |" for group in table.index[table.rows < 10]]
    return "\n".join([f"| {column} | rows | approved |", "| --- | --- | --- |", *rows])
