"""Short ways like those in ``scripts``, through a town of two units: whose word counts where, whose
files run under two names, who owns what, and rules that change meanwhile."""

from __future__ import annotations

from tests.machines import town
from tests.machines.scripts import PLACES, authorized, released, sign, under_review, waived
from tests.machines.world import World

NO_WAIVERS = town.DRAFTS.index(town.NO_WAIVERS)
SHORT_WAIVERS = town.DRAFTS.index(town.SHORT_WAIVERS)


def published(world: World, draft: int, by: str = "rita") -> None:
    world.perform("policies.publish", by, author="ravi", draft=draft)


# Whose word counts where --------------------------------------------------------------------------


def officer_of_another_unit_signs(world: World) -> None:
    sign(world, "cora", under_review(world), "officer")


def delegate_of_another_unit_signs(world: World) -> None:
    world.perform("delegations.give", "cora", to="bo", role="officer", days=5)
    sign(world, "bo", under_review(world), "officer")


def officer_of_another_unit_revokes(world: World) -> None:
    world.perform("authorizations.revoke", "cora", released(world))


def officer_of_a_unit_publishes(world: World) -> None:
    published(world, NO_WAIVERS, by="cora")


def officer_of_a_unit_sets_the_risk(world: World) -> None:
    world.perform("risk.publish", "cora", title="Lighter")


def seven_officers_of_two_units(world: World) -> None:
    """Six in either unit: nobody could ever satisfy it."""
    published(world, town.DRAFTS.index(town.ONE_OF_EACH_UNIT))


def operator_of_a_unit_gives_a_role(world: World) -> None:
    world.perform("people.assign", "opal", "mallory", role="officer")


def operator_of_a_unit_issues_a_token(world: World) -> None:
    world.perform("tokens.issue", "opal", "another", role="operator")


def key_gives_a_role(world: World) -> None:
    world.perform("people.assign", town.KEY, "mallory", role="officer")


# Who owns what ------------------------------------------------------------------------------------


def owner_gives_the_model_away(world: World) -> None:
    world.perform("models.hand_over", "ada", "credit", owner="petra")


def owner_gives_the_use_away(world: World) -> None:
    world.perform("use_cases.hand_over", "ada", "mortgage", owner="petra")


def former_owner_signs(world: World) -> None:
    """Handed over as it should be, while the release was under way."""
    release = under_review(world)
    world.perform("models.hand_over", "lena", "credit", owner="dev")
    world.perform("use_cases.hand_over", "rita", "mortgage", owner="petra")
    sign(world, "ada", release, "validator")


def owner_for_a_while_signs(world: World) -> None:
    """Ravi was given the model and had it taken from him while the release was under way."""
    release = under_review(world)
    world.perform("models.hand_over", "lena", "credit", owner="ravi")
    world.perform("models.hand_over", "lena", "credit", owner="ada")
    sign(world, "ravi", release, "validator")


def owner_of_the_use_for_a_while_signs(world: World) -> None:
    release = under_review(world)
    world.perform("use_cases.hand_over", "lena", "mortgage", owner="ravi")
    world.perform("use_cases.hand_over", "lena", "mortgage", owner="ada")
    sign(world, "ravi", release, "validator")


def owner_lightens(world: World) -> None:
    world.perform("risk.assess", "ada", "mortgage", money="low")


# Tiers --------------------------------------------------------------------------------------------


def tier_rises_after_the_issue(world: World) -> None:
    world.perform("risk.assess", "rita", "mortgage", money="low")
    released(world)
    world.perform("risk.assess", "rita", "cards", money="high")


def tier_rises_while_it_is_measured(world: World) -> None:
    world.perform("risk.assess", "rita", "mortgage", money="low")
    version = world.version("vera")
    world.perform("releases.request", "petra", version, **PLACES)
    release = world.newest("releases")
    world.perform("risk.assess", "rita", "cards", money="high")
    world.finish_suite(release)
    sign(world, "ravi", release, "validator")
    sign(world, "rita", release, "officer")


# The same files under two names -------------------------------------------------------------------


def twins(world: World) -> tuple[str, str]:
    """Two authorizations of the same files, in the same place for the same purpose."""
    first = released(world)
    version = str(world.seen.authorizations[first]["version_id"])
    return first, released(world, twin=version)


def twin_is_suspended_and_retired(world: World) -> None:
    first, _ = twins(world)
    world.perform("stopping.suspend", "rita", first)
    world.perform("stopping.retire", "rita", first)


def twin_is_suspended_and_runs_out(world: World) -> None:
    """The first one lives a week, with its waiver; the second a year."""
    release = waived(world)
    sign(world, "ravi", release, "validator")
    sign(world, "oscar", release, "officer")
    first = authorized(world, release)
    released(world, twin=str(world.seen.authorizations[first]["version_id"]))
    world.perform("stopping.suspend", "rita", first)
    world.pass_time(days=8)


def twin_is_revoked(world: World) -> None:
    first, _ = twins(world)
    world.perform("authorizations.revoke", "rita", first)


# Rules that change meanwhile ----------------------------------------------------------------------


def waived_under_what_allows_none_now(world: World) -> None:
    release = waived(world)
    published(world, NO_WAIVERS)
    world.perform("releases.revise", "petra", release)
    world.finish_suite(release, Performance="fail")
    sign(world, "ravi", release, "validator")
    sign(world, "oscar", release, "officer")


def granted_for_longer_than_allowed_now(world: World) -> None:
    release = under_review(world, Performance="fail")
    world.perform("waivers.request", "petra", release, gate="check:Performance", days=30)
    published(world, SHORT_WAIVERS)
    world.perform("releases.revise", "petra", release)
    world.finish_suite(release, Performance="fail")
    world.perform("waivers.decide", "rita", world.newest("waivers"), granted=True)
