"""What the rules say of a step, restated from shared words and rows alone: no service is asked.

Pure: a step goes in, sentences come out, each beginning with the rule that it breaks.
"""

from __future__ import annotations

from tests.machines.oracle import authorizations, ends, policies, reach, signatures, waivers
from tests.machines.oracle.steps import Facts, Step

RULES = (
    authorizations.r1_every_gate_was_open,
    authorizations.r1_no_cleared_release_waits,
    signatures.r2_signed_is_what_was_seen,
    authorizations.r2_as_strict_as_it_is_held_to,
    signatures.r3_signed_by_whom,
    signatures.r3_one_slot_each,
    signatures.r3_not_in_their_own_case,
    reach.r3_a_role_counts_in_its_unit,
    reach.r3_handed_over_by_a_third,
    reach.r3_lightened_by_another,
    reach.r3_nobody_gives_roles,
    authorizations.r4_one_authorization_one_entry,
    ends.r5_ends_stay_ends,
    authorizations.r6_verdict_by_the_clock,
    authorizations.r7_unknown_is_denied,
    policies.r8_published_stays,
    policies.r8_joined_most_restrictively,
    policies.r8_by_whom_the_strictest_names,
    policies.r8_somebody_can_satisfy_it,
    waivers.r9_bound_and_by_somebody_else,
    waivers.r9_nothing_outlives_it,
    ends.r10_time_gives_nothing,
    ends.r10_taking_away_gives_nothing,
    ends.r10_what_falls_due_stands,
    authorizations.r11_one_champion,
    ends.refused_is_not_done,
)


def wrong(step: Step) -> list[str]:
    """Everything that is wrong after ``step``; nothing, when the rules hold."""
    return [sentence for rule in RULES for sentence in rule(step)]


__all__ = ["RULES", "Facts", "Step", "wrong"]
