"""The four phases of a use case with their criteria: how many are met, and where the rest is
mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse

from governance.models import UseCase
from governance.services.phases import Stood
from governance.value.phases import BUILD, DEPLOY, ENVISION, MONITOR, PHASES, READY, Met

ABOUT: Final = {
    ENVISION: ("Envision", "objective, hypothesis, value case"),
    BUILD: ("Build", "models registered and measured"),
    DEPLOY: ("Deploy", "released under a policy"),
    MONITOR: ("Monitor", "figures against the promise"),
}
_PLAN, _VALUE, _WORTH = "use_case_plan", "use_case_value", "use_case_worth"
MENDED_ON: Final = {
    **dict.fromkeys(("objective", "people", "success", "hypotheses", "dials"), _PLAN),
    **dict.fromkeys(("workflow", "protection"), _PLAN),
    "risk": "use_case_risk",
    **dict.fromkeys(("value_case", "figures", "hurdle"), _VALUE),
    "payoff": _WORTH,
    **dict.fromkeys(("model", "measured", "review"), "use_case"),
    **{f"ready_{area}": "release" for area in READY},
}
"""Criterion -> name of the page on which somebody does what is missing."""


@dataclass(frozen=True)
class Line:
    """A criterion as it stands; ``address`` is where it is mended, empty where there is no page."""

    met: Met
    is_demanded: bool
    address: str

    @property
    def title(self) -> str:
        return self.met.criterion.title


@dataclass(frozen=True)
class Stone:
    """``standing`` says whether the phase is behind, present or ahead."""

    key: str
    title: str
    about: str
    standing: str
    lines: Sequence[Line]

    @property
    def is_ahead(self) -> bool:
        """What is met of a phase to come is met so far: nobody worked on it yet."""
        return self.standing == "ahead"

    @property
    def met(self) -> list[Line]:
        return [line for line in self.lines if line.met.is_met]

    @property
    def missing(self) -> list[Line]:
        """What a policy demands first."""
        left = [line for line in self.lines if not line.met.is_met]
        return sorted(left, key=lambda line: not line.is_demanded)

    @property
    def demanded(self) -> int:
        """How many of what is missing a policy demands."""
        return sum(line.is_demanded for line in self.missing)


def stones_of(use_case: UseCase, stood: Stood) -> list[Stone]:
    present = PHASES.index(use_case.phase)
    return [
        Stone(
            key,
            *ABOUT[key],
            "done" if place < present else "now" if place == present else "ahead",
            [_line(one, use_case, stood) for one in stood.by_phase[key]],
        )
        for place, key in enumerate(PHASES)
    ]


def mended_at(key: str, *, slug: str, release: str | None) -> str:
    """The address of the page on which criterion ``key`` is met; empty where there is none."""
    name = MENDED_ON.get(key, "use_case")
    if name == "release":
        return f"{reverse('admin:release', args=[release])}#ready" if release else ""
    try:
        return reverse(f"admin:{name}", args=[slug])
    except NoReverseMatch:
        return ""


def _line(one: Met, use_case: UseCase, stood: Stood) -> Line:
    key = one.criterion.key
    address = mended_at(key, slug=use_case.slug, release=stood.release)
    return Line(one, key in stood.demanded, address)
