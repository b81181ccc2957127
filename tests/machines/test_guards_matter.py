"""Each rule has a guard in the code. Taken out, the oracle or the database notices within a few
steps; left in, the same steps break nothing. Where the database holds the rule as well, both are
taken out in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from governance import permissions, standing, states
from governance.gating import evaluating
from governance.policy import joining
from governance.services import (
    advancing,
    authorizations,
    conditions,
    decisions,
    gates,
    policies,
    slots,
    verdicts,
    waivers,
)
from tests.by_hand import by_hand
from tests.machines import scripts
from tests.machines.acts import Broken
from tests.machines.cases_of_units import UNIT_CASES
from tests.machines.removing import Case, Guard, Script, without, without_trigger
from tests.machines.world import World, settle_town, world

pytestmark = pytest.mark.django_db
DATABASE = "the database alone refused"

NOBODY_BARRED = 'return next((sentence for applies, sentence in reasons if applies), "")'
CASES: list[Case] = [
    *UNIT_CASES,
    ("R1", "R1: authorized", scripts.one_signature_of_two, [
        (advancing, "advance", " and gating.is_cleared(views)", ""),
        (authorizations, "_refuse_what_is_barred",
         "if not gating.is_cleared(gates.evaluate(release)):", "if False:"),
    ]),
    ("R1 last gate", "R1: every gate", scripts.two_champions, [
        (advancing, "advance", "authorizations.issue(release, actor=actor)", "pass"),
    ]),
    ("R1 ready", "R1: authorized", scripts.stated_and_taken_back, [
        (evaluating, "_criterion", "CLOSED if why_not else OPEN", "OPEN"),
    ]),
    ("R2", "R2", scripts.evidence_not_seen, [
        (decisions, "draft",
         "if release.is_open and evidence_digest != release.evidence_digest:", "if False:"),
    ]),
    ("R2 revision", "R1: authorized", scripts.signature_before_the_revision, [
        (gates, "facts_of", "decisions.filter(revision=release.revision)", "decisions"),
    ]),
    ("R3", "R3", scripts.author_signs, [
        (permissions, "stake_in", NOBODY_BARRED, 'return ""'),
    ]),
    ("R3 role", "R3", scripts.passer_by_signs, [
        (decisions, "draft", "if found.why_not:", "if False:"),
    ]),
    ("R3 superuser", "R3", scripts.superuser_signs, [
        (decisions, "draft", "if found.why_not:", "if False:"),
    ]),
    ("R3 one slot", DATABASE, scripts.one_person_twice, [
        (slots, "case_of", "signer_ids=taken", "signer_ids=()"),
    ]),
    ("R5", DATABASE, scripts.revoked_is_resumed, [
        (states, "require", "if new not in table[current]:", "if False:"),
    ]),
    ("R5 release", DATABASE, scripts.rejected_is_revised, [
        (states, "require", "if new not in table[current]:", "if False:"),
    ]),
    ("R6", "R6", scripts.runs_out, [
        (standing.Term, "state_at", "if moment >= self.expires_at:", "if False:"),
    ]),
    ("R7", "R7", scripts.only_asks, [
        (verdicts, "_unknown", 'Verdict(False, "unknown_digest"', 'Verdict(True, "unknown_digest"'),
    ]),
    ("R7 environment", "R7", scripts.only_asks, [
        (verdicts, "_unknown", "if not missed.environment:",
         "if not missed.environment:\n"
         "        return Verdict(True, 'new', '')\n"
         "    if False:"),
    ]),
    ("R7 pure", "R7: the verdict wrote", scripts.only_asks, [
        (verdicts, "verdict", "    rows, strictest = verdict_rows.read(",
         "    from governance.models import Release\n"
         "    Release.objects.filter(closed_at=None).update(reason='looked at')\n"
         "    rows, strictest = verdict_rows.read("),
    ]),
    ("R8", "R8", scripts.nobody_could, [
        (policies, "publish", "satisfiable.refuse_unfillable(version.document)", "pass"),
    ]),
    ("R8 join", "R8", scripts.stricter_is_published, [
        (joining, "_slots", 'slot["count"] > held["count"]', "False"),
    ]),
    ("R8 criteria", "R8", scripts.asked_to_be_ready, [
        (joining, "_criteria", 'if found else {}', 'if False else {}'),
    ]),
    ("R8 two", DATABASE, scripts.drafter_publishes, [
        (policies, "_may_publish", "if actor.id == version.created_by:", "if False:"),
    ]),
    ("R9", "R9", scripts.developer_waives, [
        (waivers, "why_not_decide", "return stake or (", "return '' and ("),
    ]),
    ("R9 longest", "R9", scripts.waived_for_a_year, [
        (waivers, "request", 'if not 1 <= days <= terms["max_days"]:', "if False:"),
    ]),
    ("R9 outlives", "R9", scripts.waived_and_signed, [
        (authorizations, "_expires", ", *ends])", "])"),
    ]),
    ("R10", "R6, R10", scripts.condition_falls_due, [
        (conditions, "write_stops", "starts_at=condition.due_at",
         "starts_at=condition.due_at + timedelta(days=999)"),
    ]),
    ("R10 review", "R6, R10", scripts.review_falls_due, [
        (authorizations, "_write_review_stop", "if authorization.review_due_at is None:",
         "if True:"),
    ]),
    ("R10 waiver", "R1: authorized", scripts.waiver_ends_before_the_signatures, [
        (gates, "_waivers", ", expires_at__gt=now", ""),
    ]),
    ("R10 delegation", "R3", scripts.delegation_ends, [
        (slots, "_given_to", ", ends_at__gt=now", ""),
    ]),
    ("R11", DATABASE, scripts.two_champions, [
        (authorizations, "install", "state__in=RUNNING_STATES", "state__in=()"),
    ]),
]  # fmt: skip
HELD_TWICE = dict.fromkeys(
    ("R1", "R2 revision", "R9 outlives", "R10 waiver"), "governance_takes_open_gates"
) | {
    "R1 ready": "governance_takes_met_criteria",
    "R3 lightened": "governance_tier_by_methodology",
    "R9 present": "governance_takes_what_happened",
}
"""Case -> the function of the trigger that holds the same rule."""


@pytest.fixture
def town_world(db: None) -> Iterator[World]:
    settle_town()
    with world("services") as made, by_hand():  # some leave rows that no entry tells of
        yield made


@pytest.mark.parametrize("script", sorted({case[2] for case in CASES}, key=lambda s: s.__name__))
def test_with_its_guards_nothing_breaks(town_world: World, script: Script) -> None:
    script(town_world)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_without_its_guard_it_is_noticed(
    town_world: World, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    name, noticed, script, guards = case
    if name in HELD_TWICE:
        without_trigger(HELD_TWICE[name])
    assert_noticed(noticed, town_world, monkeypatch, script, guards)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case[0] in HELD_TWICE], ids=list(HELD_TWICE)
)
def test_without_the_guard_in_the_code_the_database_refuses(
    town_world: World, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    assert_noticed(DATABASE, town_world, monkeypatch, case[2], case[3])


def assert_noticed(
    noticed: str, world: World, patch: pytest.MonkeyPatch, script: Script, guards: list[Guard]
) -> None:
    for home, name, guard, instead in guards:
        without(patch, home, name, guard, instead)
    with pytest.raises(Broken) as broken:
        script(world)
    assert any(one.startswith(noticed) for one in broken.value.sentences), broken.value


def test_every_rule_has_a_case() -> None:
    """R4 takes threads: tests/faults/test_races.py."""
    told = {case[0].split()[0] for case in CASES}
    assert told == {f"R{number}" for number in range(1, 12)} - {"R4"}
