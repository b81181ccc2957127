"""Short ways through the world: each comes to the moment at which one guard decides."""

from __future__ import annotations

from tests.machines import town
from tests.machines.world import World

PLACES = {"environment": "production", "purpose": "decide"}


def under_review(world: World, *, by: str = "petra", twin: str = "", **verdicts: str) -> str:
    """A release whose suite has run; the model card is Vera's. As ``twin`` of a version: of its
    files, registered under the other unit's model."""
    version = world.version("vera", model="limits" if twin else "credit", twin=twin)
    assert world.perform("releases.request", by, version, **PLACES)
    newest = max(world.seen.releases.values(), key=lambda row: row["number"])
    world.finish_suite(str(newest["id"]), **verdicts)
    return str(newest["id"])


def sign(
    world: World, who: str, release: str, slot: str, outcome: str = "approve", **more: object
) -> bool:
    digest = world.seen.releases[release]["evidence_digest"]
    said = {"evidence_digest": digest, "conditions": []} | more
    return world.perform("decisions.decide", who, release, slot=slot, outcome=outcome, **said)


def released(world: World, *, twin: str = "", **more: object) -> str:
    """The authorization of a release that both signed."""
    release = under_review(world, twin=twin)
    sign(world, "ravi", release, "validator")
    sign(world, "rita", release, "officer", **more)  # type: ignore[arg-type]
    return authorized(world, release)


def authorized(world: World, release: str) -> str:
    rows = world.seen.authorizations
    return next(key for key, row in rows.items() if str(row["release_id"]) == release)


def waived(world: World, *, days: int = 7, by: str = "rita") -> str:
    """A release whose failing check is waived for a week."""
    release = under_review(world, Performance="fail")
    gate = {"gate": "check:Performance", "days": days}
    if world.perform("waivers.request", "petra", release, **gate):
        world.perform("waivers.decide", by, world.newest("waivers"), granted=True)
    return release


# Each of these passes while the guards stand ----------------------------------------------------


def one_signature_of_two(world: World) -> None:
    sign(world, "ravi", under_review(world), "validator")


def evidence_not_seen(world: World) -> None:
    sign(world, "ravi", under_review(world), "validator", evidence_digest="0" * 64)


def signature_before_the_revision(world: World) -> None:
    release = under_review(world)
    sign(world, "ravi", release, "validator")
    world.perform("releases.revise", "petra", release)
    world.finish_suite(release)
    sign(world, "rita", release, "officer")


def author_signs(world: World) -> None:
    sign(world, "vera", under_review(world), "validator")


def passer_by_signs(world: World) -> None:
    sign(world, "mallory", under_review(world), "validator")


def superuser_signs(world: World) -> None:
    sign(world, "root", under_review(world), "officer")


def one_person_twice(world: World) -> None:
    """Bo signs as Rita, and then as himself."""
    release = under_review(world, Fairness="inconclusive")
    world.perform("delegations.give", "rita", to="bo", role="officer", days=5)
    sign(world, "bo", release, "officer")
    sign(world, "bo", release, "second:Fairness")


def revoked_is_resumed(world: World) -> None:
    running = released(world)
    world.perform("authorizations.revoke", "rita", running)
    world.perform("stopping.resume", "oscar", running)


def rejected_is_revised(world: World) -> None:
    release = under_review(world)
    sign(world, "rita", release, "officer", "reject")
    world.perform("releases.revise", "petra", release)


def runs_out(world: World) -> None:
    """What was waived ends with its waiver, in a week."""
    release = waived(world)
    sign(world, "ravi", release, "validator")
    sign(world, "rita", release, "officer")
    sign(world, "oscar", release, "officer")
    world.pass_time(days=8)


def only_asks(world: World) -> None:
    under_review(world)


def stated_and_taken_back(world: World) -> None:
    """The data are said to be ready, and between two signatures not to be."""
    when_ready(world)
    release = under_review(world)
    say_ready(world, release, True)
    sign(world, "ravi", release, "validator")
    say_ready(world, release, False)
    sign(world, "rita", release, "officer")


def when_ready(world: World) -> None:
    draft = town.DRAFTS.index(town.WHEN_READY)
    world.perform("policies.publish", "rita", author="ravi", draft=draft)


def say_ready(world: World, release: str, is_ready: bool) -> None:
    world.perform("readiness.state_ready", "petra", release, area="data", is_ready=is_ready)


def asked_to_be_ready(world: World) -> None:
    when_ready(world)
    under_review(world)


def nobody_could(world: World) -> None:
    world.perform("policies.publish", "rita", author="ravi", draft=2)


def stricter_is_published(world: World) -> None:
    world.perform("policies.publish", "rita", author="ravi", draft=0)
    under_review(world)


def drafter_publishes(world: World) -> None:
    world.perform("policies.publish", "rita", author="rita", draft=0)


def developer_waives(world: World) -> None:
    waived(world, by="dev")


def waived_for_a_year(world: World) -> None:
    waived(world, days=400)


def waived_and_signed(world: World) -> None:
    release = waived(world)
    sign(world, "ravi", release, "validator")
    sign(world, "oscar", release, "officer")


def waiver_ends_before_the_signatures(world: World) -> None:
    release = waived(world)
    world.pass_time(days=8)
    sign(world, "ravi", release, "validator")
    sign(world, "oscar", release, "officer")


def condition_falls_due(world: World) -> None:
    released(world, outcome="approve_with_conditions", conditions=[("ada", 5)])
    world.pass_time(days=6)


def review_falls_due(world: World) -> None:
    released(world)
    world.pass_time(days=131)


def delegation_ends(world: World) -> None:
    release = under_review(world)
    world.perform("delegations.give", "rita", to="bo", role="officer", days=1)
    world.pass_time(days=2)
    sign(world, "bo", release, "officer")


def two_champions(world: World) -> None:
    released(world)
    released(world)
