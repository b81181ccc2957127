"""Four phases of a use case, and what has to be done before each is over: criteria that a policy
can demand. Pure.

Source: NIST AI RMF 1.0 (MAP 1, MEASURE 2, MANAGE 2 and 4) for what is asked before, while and after
a model is built; which of it a phase is left with is the house's own order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

ENVISION, BUILD, DEPLOY, MONITOR = "envision", "build", "deploy", "monitor"
PHASES: Final = (ENVISION, BUILD, DEPLOY, MONITOR)
READY: Final = {
    "model": "The model is registered as it will run",
    "data": "Its data feeds deliver what it reads",
    "infrastructure": "Where it runs is built, sized and watched",
    "systems": "The systems that take its answers are changed and tested",
    "people": "Those whose work changes know how, and were trained",
}
"""What is looked at before it goes live, area by area."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a use case on one day. ``texts`` holds what its plan says, by field;
    ``ready`` who stated that an area is ready, by area, ``not_ready`` those of which somebody said
    that they are not; ``below`` the names of KPIs that are below their hurdle for too long,
    ``unknown`` of those without a figure for their newest period that is due. Nothing is
    ``authorized`` before something of it was allowed to run."""

    texts: Mapping[str, str] = field(default_factory=dict)
    dials_set: bool = False
    assessed: bool = False
    approved_case: int | None = None
    case_changed: bool = False
    models: int = 0
    measured: int = 0
    payoff_stated: bool = False
    ready: Mapping[str, str] = field(default_factory=dict)
    not_ready: Collection[str] = ()
    kpis: int = 0
    authorized: bool = False
    below: Collection[str] = ()
    unknown: Collection[str] = ()
    review_overdue_since: date | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """``judge`` says why it is not met, as a sentence; an empty one when it is."""

    key: str
    phase: str
    title: str
    judge: Callable[[Facts], str]


@dataclass(frozen=True, slots=True)
class Met:
    """How a criterion stands; ``why_not`` is empty when it is met."""

    criterion: Criterion
    why_not: str

    @property
    def is_met(self) -> bool:
        return not self.why_not


def _written(name: str, words: str) -> Callable[[Facts], str]:
    return lambda facts: "" if facts.texts.get(name, "").strip() else f"Nobody wrote down {words}."


def _once(name: str, sentence: str) -> Callable[[Facts], str]:
    return lambda facts: "" if getattr(facts, name) else sentence


def _ready(area: str) -> Callable[[Facts], str]:
    def judge(facts: Facts) -> str:
        if facts.ready.get(area):
            return ""
        said = "Said not to be so yet" if area in facts.not_ready else "Nobody stated yet"
        return f"{said}: {READY[area][0].lower()}{READY[area][1:]}."

    return judge


def _people(facts: Facts) -> str:
    wanted = {
        "decision_maker": "who decides",
        "end_users": "who works with its answers",
        "domain_experts": "who knows the field",
        "product_manager": "who carries the plan",
    }
    missing = [words for name, words in wanted.items() if not facts.texts.get(name, "").strip()]
    return f"Nobody wrote down {', '.join(missing)}." if missing else ""


def _case(facts: Facts) -> str:
    if facts.approved_case is None:
        return "No value case is approved."
    return "The value case changed since it was approved." if facts.case_changed else ""


def _figures(facts: Facts) -> str:
    """What is promised of a KPI counts once it was approved: until then no figure is due."""
    if not facts.kpis or facts.approved_case is None:
        return "No KPI is agreed."
    silent = ", ".join(facts.unknown)
    return f"No figure for the newest period that is due: {silent}." if silent else ""


def _hypotheses(facts: Facts) -> str:
    solution = _written("hypothesis", "how it might be solved")
    return solution(facts) or _written("trust_hypothesis", "how it stays trustworthy")(facts)


def _hurdle(facts: Facts) -> str:
    return f"Short of the hurdle: {', '.join(facts.below)}." if facts.below else ""


def _reviewed(facts: Facts) -> str:
    since = facts.review_overdue_since
    return f"A review is overdue since {since}." if since else ""


_ROWS: Final = (
    ("objective", ENVISION, "Tied to a business objective", _written("objective", "what for")),
    ("people", ENVISION, "People are named", _people),
    ("success", ENVISION, "Success is described", _written("success", "when it succeeds")),
    ("hypotheses", ENVISION, "Hypotheses are written down", _hypotheses),
    ("dials", ENVISION, "Guardrails are set", _once("dials_set", "The six dials are not set.")),
    ("risk", ENVISION, "Risk is assessed", _once("assessed", "The questionnaire is unanswered.")),
    ("workflow", ENVISION, "Changes of work are foreseen", _written("workflow", "what changes")),
    ("protection", ENVISION, "Data are protected", _written("protection", "how data are kept")),
    ("value_case", ENVISION, "Value case approved", _case),
    ("model", BUILD, "A model is registered", _once("models", "No model serves it.")),
    (
        "measured",
        BUILD,
        "A version is measured",
        _once("measured", "No suite of checks has ended."),
    ),
    ("payoff", BUILD, "Decisions have a price", _once("payoff_stated", "No decision has one.")),
    *((f"ready_{area}", DEPLOY, f"Ready: {area}", _ready(area)) for area in READY),
    ("figures", MONITOR, "Figures come in", _figures),
    ("hurdle", MONITOR, "Worth its cost", _hurdle),
    ("review", MONITOR, "Reviewed in time", _reviewed),
)
CRITERIA: Final = tuple(Criterion(*row) for row in _ROWS)
KEYS: Final = tuple(one.key for one in CRITERIA)
_LOOKED_AFTER: Final = ("hurdle", "review")
BY_KEY: Final = {one.key: one for one in CRITERIA}


def of_phase(phase: str) -> tuple[str, ...]:
    """The keys of all criteria of ``phase``, in order."""
    return tuple(one.key for one in CRITERIA if one.phase == phase)


def judged(facts: Facts, demanded: Collection[str] = KEYS) -> list[Met]:
    """How each demanded criterion stands, in order. Raises KeyError for one that nobody knows."""
    if unknown := set(demanded) - set(KEYS):
        raise KeyError(", ".join(sorted(unknown)))
    return [Met(one, one.judge(facts)) for one in CRITERIA if one.key in demanded]


def told(facts: Facts) -> list[Met]:
    """How each criterion stands, as people are told: until something is authorized there is nothing
    to look after, and nothing of that is well yet. A gate asks ``judged`` instead: what waited for
    an authorization would never let the first one be issued."""
    early = () if facts.authorized else _LOOKED_AFTER
    return [
        Met(one.criterion, "Nothing is authorized yet.") if one.criterion.key in early else one
        for one in judged(facts)
    ]


def is_brain_in_a_jar(facts: Facts) -> bool:
    """True of a use case that serves no objective of the business: clever, and tied to nothing."""
    promises = facts.approved_case is not None or facts.kpis > 0
    return not (promises and facts.texts.get("objective", "").strip())
