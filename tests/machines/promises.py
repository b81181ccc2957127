"""What holds a release up, what is promised, and what happens to what runs."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.machines import town
from tests.machines.courses import Courses
from tests.machines.machine import MODELS, PICK, WHO, some

YES = st.booleans()
OFFICERS = st.sampled_from(["rita", "oscar", "dev", "ada", "cora", "rex"]) | WHO
ANYBODY = st.sampled_from(town.PEOPLE)


class Bank(Courses):
    """The whole: a step of anybody about anything."""

    # Questions and findings ---------------------------------------------------------------------

    @some("releases")
    @rule(who=st.sampled_from(town.DECIDERS) | WHO, number=PICK, blocking=YES)
    def ask(self, who: str, number: int, blocking: bool) -> None:
        release = self.pick("releases", number, state=["in_review", "blocked", "validating"])
        self.attempt("questions.ask", who, release, blocking=blocking)

    @some("questions")
    @rule(who=st.sampled_from(["dev", "petra", "ada"]) | WHO, number=PICK)
    def answer(self, who: str, number: int) -> None:
        self.attempt("questions.answer", who, self.pick("questions", number, state=["asked"]))

    @some("questions")
    @rule(who=WHO, number=PICK, satisfied=YES, by_asker=YES, back=YES)
    def settle(self, who: str, number: int, satisfied: bool, by_asker: bool, back: bool) -> None:
        question = self.pick("questions", number, state=["answered", "asked"])
        if question and by_asker:
            who = self.world.seen.questions[question]["asked_by__username"]
        if back and number % 3 == 0:
            self.attempt("questions.withdraw", who, question)
        else:
            self.attempt("questions.settle", who, question, satisfied=satisfied)

    @some("releases")
    @rule(who=st.sampled_from(["dev", "petra", "ada"]) | WHO, number=PICK, is_ready=YES)
    def say_ready(self, who: str, number: int, is_ready: bool) -> None:
        release = self.pick("releases", number, state=["in_review", "blocked", "validating"])
        self.attempt("readiness.state_ready", who, release, area="data", is_ready=is_ready)

    @rule(who=WHO, severity=st.sampled_from(["low", "high", "critical"]), owner=WHO, model=MODELS)
    def raise_finding(self, who: str, severity: str, owner: str, model: str) -> None:
        if len(self.world.seen.findings) < 4:
            self.attempt("findings.raise", who, model, severity=severity, owner=owner)

    @some("findings")
    @rule(who=WHO, number=PICK, step=st.sampled_from(["plan", "rebut", "resolve"]), by_owner=YES)
    def mend(self, who: str, number: int, step: str, by_owner: bool) -> None:
        states = ["open", "planned", "rebutted"]
        finding = self.pick("findings", number, state=states)
        if finding and by_owner:
            who = self.world.seen.findings[finding]["owner__username"]
        self.attempt(f"findings.{step}", who, finding)

    @some("findings")
    @rule(who=OFFICERS, number=PICK, accepted=YES, again=st.integers(0, 4))
    def close_finding(self, who: str, number: int, accepted: bool, again: int) -> None:
        if again == 0:
            self.attempt("findings.reopen", who, self.pick("findings", number, state=["closed"]))
        else:
            finding = self.pick("findings", number, state=["resolved", "rebutted"])
            self.attempt("findings.close", who, finding, accepted=accepted)

    # Waivers, delegations, conditions -----------------------------------------------------------

    @some("releases")
    @rule(
        who=st.sampled_from(["dev", "petra", "ada"]) | WHO,
        number=PICK,
        gate=st.sampled_from(["check:Performance"] * 4 + ["check:Fairness", "decision:officer"]),
        days=st.sampled_from([1, 7, 30, 31, 400]),
    )
    def ask_waiver(self, who: str, number: int, gate: str, days: int) -> None:
        release = self.pick("releases", number, state=["blocked"])
        self.attempt("waivers.request", who, release, gate=gate, days=days)

    @some("waivers")
    @rule(who=OFFICERS, number=PICK, granted=st.sampled_from([True, True, False]))
    def decide_waiver(self, who: str, number: int, granted: bool) -> None:
        waiver = self.pick("waivers", number, state=["requested"])
        self.attempt("waivers.decide", who, waiver, granted=granted)

    @some("waivers")
    @rule(who=WHO, number=PICK, act=st.sampled_from(["withdraw", "revoke"]))
    def end_waiver(self, who: str, number: int, act: str) -> None:
        self.attempt(f"waivers.{act}", who, self.pick("waivers", number))

    @rule(
        who=st.sampled_from(town.DECIDERS) | WHO,
        to=WHO,
        role=st.sampled_from(["validator", "officer", "business"]),
        days=st.sampled_from([1, 30, 90, 91]),
    )
    def delegate(self, who: str, to: str, role: str, days: int) -> None:
        self.world.perform("delegations.give", who, to=to, role=role, days=days)

    @some("delegations")
    @rule(number=PICK, slot=st.sampled_from(["validator", "officer"]))
    def sign_for_another(self, number: int, slot: str) -> None:
        """By somebody who holds a delegation, whether or not it holds still."""
        given = self.pick("delegations", number)
        release = self.pick("releases", number, state=["in_review"])
        if given and release:
            who = self.world.seen.delegations[given]["delegate__username"]
            self._sign(who, release, slot, "approve", 1, "now")

    @some("delegations")
    @rule(who=WHO, number=PICK, by_one=YES)
    def end_delegation(self, who: str, number: int, by_one: bool) -> None:
        given = self.pick("delegations", number, ended_at=[None])
        if given and by_one:
            who = self.world.seen.delegations[given]["delegator__username"]
        self.attempt("delegations.end", who, given)

    @some("conditions")
    @rule(who=WHO, number=PICK, by_owner=YES)
    def meet(self, who: str, number: int, by_owner: bool) -> None:
        condition = self.pick("conditions", number, state=["open"])
        if condition and by_owner:
            who = self.world.seen.conditions[condition]["owner__username"]
        self.attempt("conditions.meet", who, condition)

    @some("conditions")
    @rule(who=st.sampled_from(town.DECIDERS) | WHO, number=PICK, accepted=YES)
    def verify(self, who: str, number: int, accepted: bool) -> None:
        condition = self.pick("conditions", number, state=["met"])
        self.attempt("conditions.verify", who, condition, accepted=accepted)

    # What runs ----------------------------------------------------------------------------------

    @some("authorizations")
    @rule(who=OFFICERS, number=PICK, act=st.sampled_from(["suspend", "suspend", "retire"]))
    def stop(self, who: str, number: int, act: str) -> None:
        running = self.pick("authorizations", number, state=["active", "suspended"])
        self.attempt(f"stopping.{act}", who, running)

    @some("authorizations")
    @rule(who=OFFICERS, number=PICK)
    def resume(self, who: str, number: int) -> None:
        held = self.pick("authorizations", number, state=["suspended"])
        self.attempt("stopping.resume", who, held)

    @some("authorizations")
    @rule(who=OFFICERS, number=PICK)
    def revoke(self, who: str, number: int) -> None:
        if number % 3 == 0:
            self.attempt("authorizations.revoke", who, self.pick("authorizations", number))

    @some("authorizations")
    @rule(who=OFFICERS, number=PICK)
    def roll_back(self, who: str, number: int) -> None:
        former = self.pick("authorizations", number, state=["superseded"])
        self.attempt("rolling_back.roll_back", who, former)

    @some("authorizations")
    @rule(
        who=st.sampled_from(["ravi", "vera", "ada"]) | WHO,
        number=PICK,
        outcome=st.sampled_from(["continue", "continue", "continue", "retire"]),
    )
    def recertify(self, who: str, number: int, outcome: str) -> None:
        running = self.pick("authorizations", number, state=["active"])
        self.attempt("recertifying.recertify", who, running, outcome=outcome)

    # Emergencies, deadlines, policies -----------------------------------------------------------

    @some("releases")
    @rule(who=st.sampled_from(["petra", "ada", "dev"]) | WHO, number=PICK)
    def ask_emergency(self, who: str, number: int) -> None:
        release = self.pick("releases", number, state=["blocked", "in_review"])
        self.attempt("emergencies.ask", who, release)

    @some("emergencies")
    @rule(who=OFFICERS, number=PICK, act=st.sampled_from(["approve", "approve", "decline"]))
    def decide_emergency(self, who: str, number: int, act: str) -> None:
        self.attempt(f"emergencies.{act}", who, self.pick("emergencies", number, state=["asked"]))

    @some("reviews")
    @rule(who=OFFICERS, number=PICK, ratified=YES)
    def review_emergency(self, who: str, number: int, ratified: bool) -> None:
        review = self.pick("reviews", number, state=["open"])
        self.attempt("emergencies.review", who, review, ratified=ratified)

    @some("releases")
    @rule(who=OFFICERS, number=PICK, act=st.sampled_from(["hold", "go_on"]))
    def hold(self, who: str, number: int, act: str) -> None:
        self.attempt(f"deadlines.{act}", who, self.pick("releases", number))

    @rule(
        who=OFFICERS,
        author=st.sampled_from(["ravi", "rita", "ravi", "otto"]),
        draft=st.integers(0, len(town.DRAFTS) - 1),
        seldom=st.integers(0, 2),
    )
    def publish(self, who: str, author: str, draft: int, seldom: int) -> None:
        if seldom == 0:
            self.world.perform("policies.publish", who, author=author, draft=draft)

    # Owners, tiers, and what spans the house ----------------------------------------------------

    @rule(who=st.sampled_from(["ada", "lena", "petra", "rita"]) | WHO, model=MODELS, to=ANYBODY)
    def hand_over(self, who: str, model: str, to: str) -> None:
        if len(to) % 2:
            self.world.perform("models.hand_over", who, model, owner=to)
        else:
            self.world.perform("use_cases.hand_over", who, town.MODELS[model], owner=to)

    @rule(
        who=st.sampled_from(["ada", "lena", "rita", "petra", "rex", "cora"]) | WHO,
        model=MODELS,
        money=st.sampled_from(["high", "medium", "medium", "low"]),
    )
    def assess(self, who: str, model: str, money: str) -> None:
        self.world.perform("risk.assess", who, town.MODELS[model], money=money)

    @rule(
        who=st.sampled_from(["opal", "cora", "rex", town.KEY]) | WHO,
        act=st.sampled_from(["people.assign", "tokens.issue", "risk.publish"]),
        role=st.sampled_from(["officer", "validator", "operator"]),
        whom=ANYBODY,
    )
    def reach(self, who: str, act: str, role: str, whom: str) -> None:
        """For the whole house, by somebody who mostly holds a role in a part of it."""
        said = {"title": f"For {whom}"} if act == "risk.publish" else {"role": role}
        self.world.perform(act, who, "" if act == "risk.publish" else whom, **said)


class OverHttp(Bank):
    driver = "http"
