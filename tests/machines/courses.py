"""Courses that things take when everybody does what is asked of them, several steps at once: single
steps of anybody seldom come to where two rules meet."""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.machines import town
from tests.machines.machine import MODELS, PICK, Machine, some

RULES = [town.DRAFTS.index(one) for one in (town.NO_WAIVERS, town.SHORT_WAIVERS, town.CREDIT)]
MOST = 8
"""Versions: each is asked about after every step."""
HOUSE = [town.DRAFTS.index(one) for one in (town.TWO_OFFICERS, town.ONE_OFFICER)]


class Courses(Machine):
    """Waivers, rules and owners that change, files that run under two names."""

    @rule(days=st.sampled_from([3, 7, 30]), model=MODELS, granted=st.booleans())
    def waive(self, days: int, model: str, granted: bool) -> None:
        """A check fails, and it is let pass for a while; or that is only asked for."""
        if len(self.versions) < MOST:
            self.versions.append(self.world.version("vera", model=model))
        places = {"environment": "production", "purpose": "decide"}
        if not self.world.perform("releases.request", "petra", self.versions[-1], **places):
            return
        release = self.world.newest_by_number("releases")
        self.world.finish_suite(release, Performance="fail")
        asked = {"gate": "check:Performance", "days": days}
        if self.world.perform("waivers.request", "petra", release, **asked) and granted:
            waiver = self.world.newest_by_number("waivers")
            self.world.perform("waivers.decide", "rita", waiver, granted=True)
            self._all_sign(release, "approve", days)

    @rule(draft=st.sampled_from([*RULES, *RULES, *HOUSE]), number=PICK, fails=st.booleans())
    def rules_change(self, draft: int, number: int, fails: bool) -> None:
        """By two who may; and a release under way is revised under the new ones."""
        self.world.perform("policies.publish", "rita", author="ravi", draft=draft)
        release = self.pick("releases", number, state=["blocked", "in_review"])
        if release and self.world.perform("releases.revise", "petra", release):
            self.world.finish_suite(release, Performance="fail" if fails else "pass")
            self._all_sign(release, "approve", 10)

    @some("authorizations")
    @rule(number=PICK, then=st.sampled_from(["retire", "revoke", "wait", "nothing"]))
    def stop_one_of_twins(self, number: int, then: str) -> None:
        """One of several authorizations of the same files, where there are any."""
        rows = self.world.seen.authorizations
        digests = Counter(row["version_digest"] for row in rows.values())
        twins = [key for key, row in rows.items() if digests[row["version_digest"]] > 1]
        one = (twins or list(rows))[number % len(twins or rows)]
        self.attempt("stopping.suspend", "oscar", one)
        if then == "wait":
            self.world.pass_time(days=40)
        elif then != "nothing":
            name = "authorizations.revoke" if then == "revoke" else "stopping.retire"
            self.attempt(name, "oscar", one)

    @some("releases")
    @rule(number=PICK, to=st.sampled_from(["ravi", "rita", "oscar", "dev"]), back=st.booleans())
    def change_hands(self, number: int, to: str, back: bool) -> None:
        """A model and its use go to somebody who decides, and perhaps back to where they were."""
        release = self.pick("releases", number, state=["in_review"]) or ""
        row = self.world.seen.releases[release]
        for kind, key in (("models", "version__model__name"), ("use_cases", "use_case__slug")):
            target = row[key]
            former = getattr(self.world.seen, kind)[target]["owner__username"]
            hands = [who for who in ("lena", "ada", "petra") if who not in (former, to)]
            self.world.perform(f"{kind}.hand_over", hands[0], target, owner=to)
            if back:
                self.world.perform(f"{kind}.hand_over", hands[0], target, owner=former)
        self._all_sign(release, "approve", 10)
