"""Performance: whether scores can be taken at their word, with outcomes and without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import CONFIDENCE, Check, CheckInput, Evidence, Parameter


class Calibration(Check):
    """Whether what the model calls 30% happens in 30% of such rows.

    Purpose: Prices, provisions and cut-offs set by cost need probabilities that mean what they
    say. Shows the curve of recorded against predicted shares, the expected calibration error
    (ECE), calibration-in-the-large (recorded minus predicted on the whole) and Cox's slope (under
    1: scores too extreme, as overfitting makes them).

    Mechanism: Bins of equal size by score with Wilson's intervals. ECE is the mean distance of
    the bins from the diagonal, plus and minus the noise that so few rows a bin must have (which
    covers whatever the true error is); beside it stands the ECE that chance alone would show in
    these rows were calibration perfect, since ECE is never 0. Slope and intercept come from a
    logistic regression of the outcome on the score's logit with robust errors. Sample weights
    enter throughout.

    Limits: ECE depends on the number of bins and hides what happens inside them. A calibrated
    model can still be useless (the base rate for everybody is calibrated). Calibration of a group
    can be wrong where the whole is right.

    Source: Cox, Biometrika 45 (1958) 562-565; Van Calster et al., BMC Medicine 17 (2019) 230;
    Bröcker and Smith, Weather and Forecasting 22 (2007) 651-661; Nixon et al., CVPR Workshops
    2019.
    """

    id = "performance.calibration"
    title = "Calibration"
    component = "performance"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "confidence": CONFIDENCE,
        "bins": Parameter("whole number", 10, "Bins of equal size by score.", least=2, most=50),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import probable

        return probable.calibrated(self, data, self.settled(parameters), seed)


class Estimated(Check):
    """What performance the scores themselves promise, before outcomes are known.

    Purpose: Outcomes often come months after decisions. If scores are calibrated, they say how
    many decisions should turn out right. Where outcomes are there already, both are shown side by
    side, which tells whether the estimate may be relied on later.

    Mechanism: Confidence-based performance estimation (CBPE): a row with score p counts p
    favourable and 1 - p unfavourable, which gives the expected confusion matrix and AUC. The
    interval is where the figures fall in 95% (or 90%) of 1,000 sets of outcomes drawn from the
    scores, in 1,024 bins by decision.

    Limits: Takes the scores at their word: run the calibration check first, and again when
    outcomes arrive. Sees a change in who applies, not a change in how outcomes follow from
    features, nor anything that scores no longer reflect. Not a replacement for outcomes, and its
    interval covers chance alone, not wrong scores. Scores are not recalibrated here.

    Source: Białek, Kuberski, Perrakis and Bifet, Estimating Model Performance Under Covariate
    Shift Without Labels (2024), arXiv:2401.08348.
    """

    id = "performance.estimated"
    title = "Performance without outcomes"
    component = "performance"
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import estimating

        return estimating.evidence(self, data, self.settled(parameters), seed)
