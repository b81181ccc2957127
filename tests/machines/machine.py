"""Hypothesis chooses what people try next; the world judges each step.

Half of the choices are anybody's, and mostly refused; the other half are made by somebody who
would know how, so that releases get as far as running.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.machines import town
from tests.machines.seen import Row
from tests.machines.world import World, world

WHO = st.sampled_from(town.EVERYBODY)
PICK = st.integers(min_value=0, max_value=999)
OUTCOMES = st.sampled_from(
    ["approve"] * 6 + ["approve_with_conditions"] * 2 + ["abstain", "reject", "request_changes"]
)
VERDICTS = st.sampled_from(["pass"] * 4 + ["fail", "inconclusive", "error"])
MODELS = st.sampled_from(["credit", "credit", "limits"])
MOST_VERSIONS = 5


def some(kind: str) -> Callable[[Any], Any]:
    """Only where there is a row of ``kind``: what nothing is there for is not tried."""
    return precondition(lambda machine: bool(getattr(machine.world.seen, kind)))


class Machine(RuleBasedStateMachine):
    """Releases, decisions and everything that hangs on them, through one driver."""

    driver: ClassVar[str] = "services"
    totals: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self.world: World = self._stack.enter_context(world(self.driver))
        self.versions: list[str] = []
        self._waited = True

    def teardown(self) -> None:
        type(self).totals.update(self.world.counts)
        self._stack.close()
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)

    # Choosing -----------------------------------------------------------------------------------

    def pick(self, kind: str, number: int, **where: Any) -> str | None:
        """A row of ``kind``; mostly of those that are as ``where`` says, when there are any."""
        rows: dict[str, Row] = getattr(self.world.seen, kind)
        fits = [k for k, row in rows.items() if all(row[n] in v for n, v in where.items())]
        keys = list(fits if fits and number % 10 else rows)
        return keys[number % len(keys)] if keys else None

    def attempt(self, name: str, who: str, target: str | None, **fields: Any) -> None:
        if target is not None:
            self._waited = False
            self.world.perform(name, who, target, **fields)

    # Releases -----------------------------------------------------------------------------------

    @initialize(performance=VERDICTS, outcome=OUTCOMES, twins=st.booleans())
    def begin(self, performance: str, outcome: str, twins: bool) -> None:
        """One version was signed already, perhaps of the same files as a second one of another
        model, and another release is under way."""
        self.release_another(outcome, 20, "credit", False)
        if twins:
            self.release_another("approve", 20, "limits", True)
        self.versions.append(self.world.version("vera"))
        self.request("petra", len(self.versions) - 1, "production", "decide", performance, "pass")

    @rule(outcome=OUTCOMES, days=st.integers(1, 20), model=MODELS, twin=st.booleans())
    def release_another(self, outcome: str, days: int, model: str, twin: bool) -> None:
        """As it goes when everybody does what is asked of them."""
        if len(self.versions) < MOST_VERSIONS:
            last = self.versions[-1:] if twin else []
            self.versions.append(self.world.version("vera", model=model, twin="".join(last)))
        version, places = self.versions[-1], {"environment": "production", "purpose": "decide"}
        if self.world.perform("releases.request", "petra", version, **places):
            newest = max(self.world.seen.releases.values(), key=lambda row: row["number"])
            self.world.finish_suite(str(newest["id"]))
            self._all_sign(str(newest["id"]), outcome, days)

    @precondition(lambda self: len(self.versions) < MOST_VERSIONS)
    @rule(author=st.sampled_from(["vera", "vera", "nobody", ""]), model=MODELS, number=PICK)
    def register_version(self, author: str, model: str, number: int) -> None:
        """Every other one of files that are registered already."""
        former = self.versions[number % len(self.versions)] if number % 2 else ""
        self.versions.append(self.world.version(author, model=model, twin=former))

    @rule(
        who=st.sampled_from(town.ASKERS) | WHO,
        number=PICK,
        environment=st.sampled_from(["production", "production", "staging"]),
        purpose=st.sampled_from(["decide", "decide", "decide", "advise", "score"]),
        performance=VERDICTS,
        fairness=VERDICTS,
    )
    def request(
        self, who: str, number: int, environment: str, purpose: str, performance: str, fairness: str
    ) -> None:
        version = self.versions[number % len(self.versions)]
        places = {"environment": environment, "purpose": purpose}
        if self.world.perform("releases.request", who, version, **places):
            newest = max(self.world.seen.releases.values(), key=lambda row: row["number"])
            if number % 4:
                release = str(newest["id"])
                self.world.finish_suite(release, Performance=performance, Fairness=fairness)

    @some("releases")
    @rule(number=PICK, performance=VERDICTS, fairness=VERDICTS)
    def measure(self, number: int, performance: str, fairness: str) -> None:
        release = self.pick("releases", number, state=["validating"])
        if release and self.world.seen.releases[release]["state"] == "validating":
            self.world.finish_suite(release, Performance=performance, Fairness=fairness)

    @some("releases")
    @rule(who=st.sampled_from(town.ASKERS) | WHO, number=PICK, good=st.booleans())
    def revise(self, who: str, number: int, good: bool) -> None:
        states = ["changes_requested", "blocked", "in_review"]
        release = self.pick("releases", number, state=states)
        if release and self.world.perform("releases.revise", who, release) and good:
            self.world.finish_suite(release)

    @some("releases")
    @rule(who=WHO, number=PICK)
    def withdraw(self, who: str, number: int) -> None:
        self.attempt("releases.withdraw", who, self.pick("releases", number))

    # Decisions ----------------------------------------------------------------------------------

    @some("releases")
    @rule(
        who=st.sampled_from(town.DECIDERS) | WHO,
        number=PICK,
        slot=st.sampled_from(["validator", "officer", "second:Fairness", "nothing"]),
        outcome=OUTCOMES,
        days=st.integers(1, 70),
        shown=st.sampled_from(["now", "now", "now", "another", "none"]),
    )
    def decide(self, who: str, number: int, slot: str, outcome: str, days: int, shown: str) -> None:
        release = self.pick("releases", number, state=["in_review"])
        if release is not None:
            self._sign(who, release, slot, outcome, days, shown)

    @some("releases")
    @rule(number=PICK, outcome=OUTCOMES, days=st.integers(1, 30))
    def sign_as_asked(self, number: int, outcome: str, days: int) -> None:
        """By those whose signatures are missing, one after the other."""
        release = self.pick("releases", number, state=["in_review"])
        if release is not None:
            self._all_sign(release, outcome, days)

    def _all_sign(self, release: str, outcome: str, days: int) -> None:
        for who, slot in (
            ("bo", "second:Fairness"),
            ("ravi", "validator"),
            ("rita", "officer"),
            ("oscar", "officer"),
        ):
            if self.world.seen.releases[release]["state"] == "in_review":
                last = outcome if slot == "officer" else "approve"
                self._sign(who, release, slot, last, days, "now")

    def _sign(self, who: str, release: str, slot: str, outcome: str, days: int, shown: str) -> None:
        digests = {row["evidence_digest"] for row in self.world.seen.releases.values()}
        own = self.world.seen.releases[release]["evidence_digest"]
        others = sorted(digests - {own, ""})
        seen = {"now": own, "another": (others or ["0" * 64])[0], "none": "0" * 64}[shown]
        promised = [("ada", days)] if outcome == "approve_with_conditions" else []
        self.world.perform(
            "decisions.decide", who, release, slot=slot, outcome=outcome, conditions=promised,
            evidence_digest=seen or "0" * 64,
        )  # fmt: skip

    # Time ---------------------------------------------------------------------------------------

    @precondition(lambda self: not self._waited)
    @rule(hours=st.sampled_from([1, 13, 24 * 6, 24 * 25, 24 * 70, 24 * 200]))
    def wait(self, hours: int) -> None:
        """Once, and then somebody does something."""
        self._waited = True
        self.world.pass_time(hours=hours)


SETTINGS = settings(
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
