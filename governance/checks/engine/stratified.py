"""Two groups together and within strata, and whether their order turns round between the two."""

from __future__ import annotations

from dataclasses import dataclass

from governance.checks.engine import mantel_haenszel as mh
from governance.checks.engine.gate import GroupRate
from governance.checks.engine.gate_contrasts import Contrast
from governance.checks.engine.intervals import Interval, newcombe
from governance.checks.engine.mantel_haenszel import Stratum


@dataclass(frozen=True)
class Pair:
    """Two groups: together, and within every stratum."""

    a: GroupRate
    b: GroupRate
    strata: tuple[Stratum, ...]

    @property
    def crude(self) -> float:
        return self.a.rate - self.b.rate

    @property
    def crude_at_90(self) -> Interval:
        return newcombe(self.a.count, self.a.n, self.b.count, self.b.n, 0.90)

    @property
    def kept(self) -> list[Stratum]:
        return mh.usable(self.strata)

    @property
    def left(self) -> int:
        """Rows of the two groups in strata that hold only one of them."""
        return round(sum(one.n for one in self.strata) - sum(one.n for one in self.kept))

    @property
    def reversal(self) -> str:
        """``sure`` when both intervals exclude 0 on opposite sides, ``leans`` when values do."""
        found = mh.difference(self.strata)
        if found.value is None or found.value * self.crude >= 0:
            return ""
        inside = Contrast("", "", found.value, found.error, 0, 0).interval(0.90)
        crude = self.crude_at_90
        sure = inside.low * inside.high > 0 and crude.low * crude.high > 0
        return "sure" if sure else "leans"
