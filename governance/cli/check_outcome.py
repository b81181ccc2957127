"""What a run of ``imprimatur check`` came to, before anybody writes it down. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from governance.causes import Cause, shared
from governance.checks.catalog import all_checks
from governance.cli.check_given import Prepared
from governance.cli.check_policies import Plan
from governance.components import by_component, component_of, counted, shown
from governance.headlines import rank

EXIT_CODES = {"pass": 0, "fail": 1, "inconclusive": 2, "error": 3}
_RECORDED = " (On record, without a limit.)"


@dataclass(frozen=True)
class Result:
    """One check. ``measured`` is its evidence, the same dictionary that the server keeps, and
    ``digest`` that of its canonical JSON; both are empty when the check broke."""

    asked: Mapping[str, Any]
    verdict: str
    sentence: str
    seconds: float
    judgement: Mapping[str, Any] = field(default_factory=dict)
    measured: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    steps: Sequence[str] = ()

    @property
    def key(self) -> str:
        return str(self.asked["key"])

    @property
    def name(self) -> str:
        return str(self.asked["name"])

    @property
    def check_id(self) -> str:
        return str(self.asked["check"])

    @property
    def version(self) -> str:
        return all_checks()[self.check_id].version

    @property
    def title(self) -> str:
        return all_checks()[self.check_id].title

    @property
    def component(self) -> str:
        return component_of(self.check_id)

    @property
    def said(self) -> str:
        """The sentence, without what the word ``on record`` beside it says already."""
        return self.sentence.removesuffix(_RECORDED) if self.tone == "recorded" else self.sentence

    @property
    def tone(self) -> str:
        """What people are told: a verdict, or ``recorded`` when no limit was set."""
        return shown(self.verdict, self.asked["threshold"])


@dataclass(frozen=True)
class Outcome:
    """Everything that the outputs are made of. ``broken`` says why there are no scores, or ""."""

    plan: Plan
    prepared: Prepared
    results: Sequence[Result]
    facts: Mapping[str, Any]
    started: datetime
    finished: datetime
    limits: Mapping[str, Any]
    broken: str = ""

    @property
    def verdict(self) -> str:
        """A check that broke outranks a fail: the list of fails may be incomplete then."""
        found = {result.verdict for result in self.results}
        return next((one for one in ("error", "fail", "inconclusive") if one in found), "pass")

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]

    @property
    def causes(self) -> list[Cause[Result]]:
        """What many checks broke for, to be said once; the model's own failure however few."""
        found = shared(
            self.results, verdict=lambda one: one.verdict, sentence=lambda one: one.sentence
        )
        if not self.broken or any(cause.sentence == self.broken for cause in found):
            return found
        alike = [one for one in self.results if one.sentence == self.broken]
        return [Cause(self.broken, alike), *found]

    def titled(self, cause: Cause[Result]) -> str:
        if cause.sentence == self.broken:
            return "The model could not be run"
        return f"{self._numbered(cause)}{len(cause.items)} checks broke for one reason"

    def _numbered(self, cause: Cause[Result]) -> str:
        """ "(2) " where there are several to be told apart."""
        causes = self.causes
        return f"({causes.index(cause) + 1}) " if len(causes) > 1 else ""

    def alone(self, result: Result) -> Result:
        """``result`` as it stands in a list whose head gives the causes that it shares."""
        cause = next((one for one in self.causes if one.sentence == result.sentence), None)
        if cause is None:
            return result
        asks = result.sentence == self.broken
        above = f"Broke for the reason {self._numbered(cause)}above."
        said = "It asks for the model's answers." if asks else above
        return replace(result, sentence=said, steps=())

    def is_shared(self, result: Result) -> bool:
        return any(result.sentence == cause.sentence for cause in self.causes)

    @property
    def seconds(self) -> float:
        return (self.finished - self.started).total_seconds()

    @property
    def components(self) -> list[tuple[str, list[Result]]]:
        """By component in the order in which people ask, the worst first in each."""
        groups = by_component(self.results, lambda result: result.check_id)
        return [(name, sorted(found, key=_place)) for name, found in groups]

    @property
    def counts(self) -> list[tuple[str, int, str]]:
        return counts_of(self.results)

    @property
    def tier(self) -> str:
        """How well the model was walled off, as the sandbox says."""
        behaviour = self.facts.get("behaviour") or {}
        return str(behaviour.get("tier") or (self.facts.get("sandbox") or {}).get("tier") or "")

    @property
    def sentence(self) -> str:
        """The whole outcome in one line."""
        told = ", ".join(f"{number} {word}" for _, number, word in self.counts)
        left = len(self.plan.not_run)
        more = f"; {left} not run here" if left else ""
        return f"{told}{more}."


def counts_of(results: Sequence[Result]) -> list[tuple[str, int, str]]:
    """(tone, how many, the word for so many), the worst first."""
    return counted(result.tone for result in results)


def _place(result: Result) -> tuple[int, bool]:
    return rank(result.verdict), result.tone == "recorded"
