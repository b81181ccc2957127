"""Guards that hold in a town of two units, for ``test_guards_matter``: each with what is said when
it is gone, the short way to where it decides, and its text."""

from __future__ import annotations

from accounts.models import ServiceToken
from accounts.services import people, tokens
from governance import standing
from governance.policy import joining
from governance.services import (
    authorizations,
    gates,
    risk,
    satisfiable,
    stakes,
    use_cases,
    verdicts,
    waivers,
)
from lib.actor import Actor, Grant
from registry.services import models
from tests.machines import scripts
from tests.machines import scripts_of_units as units
from tests.machines.removing import Case

EVERYWHERE = 'actor.require_everywhere("{}")'
ANYWHERE = 'actor.require("{}")'


def _everywhere(permission: str) -> tuple[str, str]:
    return EVERYWHERE.format(permission), ANYWHERE.format(permission)


def _and_writes(table: str) -> tuple[str, str]:
    reads = "    rows, strictest = verdict_rows.read("
    return reads, f"    {table}\n{reads}"


COVERS = (Grant, "covers", "or self.scope == EVERYWHERE or self.scope in scopes", "or True")
HOLDS = (Actor, "holds", "(grant.scope == EVERYWHERE or grant.scope in scopes)", "True")
UNIT_CASES: list[Case] = [
    ("R2 tier", "R2: ", units.tier_rises_while_it_is_measured, [
        (authorizations, "_refuse_what_is_barred", "if tier < release.tier:", "if False:"),
    ]),
    ("R3 unit", "R3: cora does not hold", units.officer_of_another_unit_signs, [COVERS, HOLDS]),
    ("R3 unit delegated", "R3: cora does not hold", units.delegate_of_another_unit_signs,
     [COVERS, HOLDS]),
    ("R3 unit revokes", "R3: cora did", units.officer_of_another_unit_revokes, [COVERS]),
    ("R3 unit publishes", "R3: cora holds", units.officer_of_a_unit_publishes, [
        (Actor, "require_everywhere", "if not self.may_everywhere(permission):", "if False:"),
    ]),
    ("R3 unit risk", "R3: cora holds", units.officer_of_a_unit_sets_the_risk, [
        (risk, "publish_methodology", *_everywhere("policy.publish")),
    ]),
    ("R3 unit people", "R3: opal holds", units.operator_of_a_unit_gives_a_role, [
        (people, "assign_role", *_everywhere("people.manage")),
    ]),
    ("R3 unit tokens", "R3: opal holds", units.operator_of_a_unit_issues_a_token, [
        (tokens, "issue_token", *_everywhere("token.manage")),
    ]),
    ("R3 key", "R3: key holds", units.key_gives_a_role, [
        (ServiceToken, "actor", " - FOR_PEOPLE", ""),
    ]),
    ("R3 model given away", "R3: ada handed credit over", units.owner_gives_the_model_away, [
        (models, "_refuse_giver",
         "if actor.user_id is None or actor.user_id in (model.owner_id, owner.pk):", "if False:"),
    ]),
    ("R3 use given away", "R3: ada handed mortgage over", units.owner_gives_the_use_away, [
        (use_cases, "hand_over",
         "if not actor.is_person or actor.user_id in (former.pk, person.pk):", "if False:"),
    ]),
    ("R3 former owner", "R3: ada, who owns or owned", units.former_owner_signs, [
        (stakes, "note", '"owners": sorted(owning.union(known["owners"]))', '"owners": []'),
        (stakes, "note_owners", 'if ids - set(release.stakes["owners"]):', "if False:"),
    ]),
    ("R3 owner for a while", "R3: ravi, who owns or owned", units.owner_for_a_while_signs, [
        (stakes, "note_owners", 'if ids - set(release.stakes["owners"]):', "if False:"),
    ]),
    ("R3 owner of the use", "R3: ravi, who owns or owned",
     units.owner_of_the_use_for_a_while_signs, [
        (stakes, "note_owners", 'if ids - set(release.stakes["owners"]):', "if False:"),
    ]),
    ("R3 lightened", "R3: ada, who owns mortgage", units.owner_lightens, [
        (use_cases, "may_lighten",
         "actor.is_person and actor.user_id != use_case.owner_id and not owns.exists()", "True"),
    ]),
    ("R6 tier", "R6", units.tier_rises_after_the_issue, [
        (standing, "standing", "if active.tier > strictest:", "if False:"),
    ]),
    ("R6 revoked twin", "R6", units.twin_is_revoked, [
        (standing, "_said_no", "if term.state_at(moment) == REVOKED", "if False"),
    ]),
    ("R7 registry", "R7: the verdict wrote", scripts.only_asks, [
        (verdicts, "verdict", *_and_writes(
            "from registry.models import Alias; Alias.objects.filter(pk=0).update(name='x')"
        )),
    ]),
    ("R7 audit", "R7: the verdict wrote", scripts.only_asks, [
        (verdicts, "verdict", *_and_writes(
            "from audit.models import Commitment; "
            "Commitment.objects.filter(pk='').update(value='')"
        )),
    ]),
    ("R7 accounts", "R7: the verdict wrote", scripts.only_asks, [
        (verdicts, "verdict", *_and_writes(
            "from accounts.models import User; User.objects.filter(pk=0).update(username='x')"
        )),
    ]),
    ("R7 below", "R7: the verdict wrote: rows of registry_environment", scripts.only_asks, [
        (verdicts, "verdict", *_and_writes(
            "from lib.postgres import prepared; prepared.rows("
            "'UPDATE registry_environment SET protected = protected RETURNING 1', [])"
        )),
    ]),
    ("R7 lock", "R7: the verdict wrote", scripts.only_asks, [
        (verdicts, "verdict", *_and_writes(
            "from registry.models import Alias; Alias.objects.select_for_update().first()"
        )),
    ]),
    ("R8 emergency", "R8: ", scripts.stricter_is_published, [
        (joining, "_emergency", ' if part["valid_hours"] == shortest["valid_hours"]', ""),
    ]),
    ("R8 review", "R8: ", scripts.stricter_is_published, [
        (joining, "_recertification", ' if part["every_days"] == soonest', ""),
    ]),
    ("R8 unit", "R8: dream asks for 7 of 6", units.seven_officers_of_two_units, [
        (satisfiable, "_rosters", "if tuple(scope) in part", ""),
    ]),
    ("R9 present", "R1: authorized", units.waived_under_what_allows_none_now, [
        (gates, "_waivers",
         '\n        if row.gate in terms and row.days <= terms[row.gate]["max_days"]', ""),
    ]),
    ("R9 granted later", "R9: a waiver of 30 days", units.granted_for_longer_than_allowed_now, [
        (waivers, "decide", "_refuse_longer(waiver)", "pass"),
    ]),
    ("R10 retired twin", "R10: stopping.retire allowed", units.twin_is_suspended_and_retired, [
        (standing, "_said_no", "    held = [",
         "    if term.state_at(moment) != SUSPENDED:\n        return None\n    held = ["),
    ]),
    ("R10 expired twin", "R10: time alone allowed", units.twin_is_suspended_and_runs_out, [
        (standing, "_said_no", "    held = [",
         "    if term.state_at(moment) != SUSPENDED:\n        return None\n    held = ["),
    ]),
]  # fmt: skip
