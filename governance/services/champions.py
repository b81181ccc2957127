"""What stands in the place that a release asks for, and its checks beside the candidate's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from governance.beside import Pair, Result, pairs
from governance.models import Authorization, CheckRun, Release
from governance.models.authorizations import RUNNING_STATES, StopCode
from governance.services import check_reading
from governance.services.check_reading import brief, data_of, measurements_of, parameters_of
from governance.standing import ACTIVE, EXPIRED
from lib.actor import Actor
from registry.models import DatasetVersion

FEW = 6  # so many checks are shown side by side, alike or not


@dataclass(frozen=True)
class Beside:
    """``champion`` is the release under which the champion runs; without one, ``why_none``."""

    champion: Release | None = None
    why_none: str = ""
    pairs: list[Pair] = field(default_factory=list)
    data: DatasetVersion | None = None
    champion_data: DatasetVersion | None = None
    other_data: str = ""

    @property
    def paired(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.is_paired]

    @property
    def side_by_side(self) -> list[Pair]:
        return [pair for pair in self.pairs if not pair.is_paired]

    @property
    def told_first(self) -> list[Pair]:
        """Everything while it is little; of a long suite what tells the two apart."""
        few = len(self.side_by_side) <= FEW
        return [pair for pair in self.side_by_side if few or pair.is_told_first]

    @property
    def told_folded(self) -> list[Pair]:
        first = [pair.mine.key for pair in self.told_first]
        return [pair for pair in self.side_by_side if pair.mine.key not in first]


def beside_champion(release: Release, checks: Sequence[CheckRun], *, actor: Actor) -> Beside:
    """The candidate's ``checks`` beside the latest runs of the same checks on the champion.

    The champion is the version of the same model that is authorized now for the same environment
    and purpose; expiry is read from the clock (R6). Only runs that ``actor`` may see count.
    """
    champion, why_none = champion_of(release)
    if champion is None:
        return Beside(why_none=why_none)
    mine = check_reading.validation_data(release.version_id)
    theirs = check_reading.validation_data(champion.version_id)
    measured = _latest(champion, checks, actor) if checks else []
    return Beside(
        champion=champion,
        pairs=pairs([result_of(check) for check in checks], [result_of(one) for one in measured]),
        data=mine,
        champion_data=theirs,
        other_data=_other_data(checks, measured, mine, theirs),
    )


def champion_of(release: Release) -> tuple[Release | None, str]:
    """The release under which another version stands where ``release`` wants to go; else why none
    does. What allows nothing now, by a person or by the clock, is nothing to measure up to."""
    held = (
        Authorization.objects.select_related("release__version__model")
        .prefetch_related("stops")
        .filter(
            model=release.version.model_id,
            environment=release.environment_id,
            purpose=release.purpose_id,
            state__in=RUNNING_STATES,
        )
        .first()
    )
    where = f"in {release.environment.name} for {release.purpose.name}"
    if held is None:
        return (
            None,
            f"No champion yet: no version of {release.version.model.name} is authorized "
            + (f"{where}, so there is nothing to compare with."),
        )
    if why := _why_no_champion(held, where):
        return None, why
    if held.release_id == release.pk:
        return None, f"This version is the champion: it is what is authorized now {where}."
    return held.release, ""


def _why_no_champion(held: Authorization, where: str) -> str:
    """Empty while ``held`` allows something."""
    state = held.state_at(timezone.now())
    what = f"No champion: the authorization of {held.release.version.label} {where}"
    if state == EXPIRED:
        return f"{what} ran out on {held.expires_at:%-d %B %Y}."
    if state != ACTIVE:
        since = min(stop.start for stop in held.term.stops if stop.code == state)
        why = StopCode(state).label.lower()
        return f"{what} allows nothing since {since:%-d %B %Y}: {why}."
    return ""


def _latest(champion: Release, checks: Sequence[CheckRun], actor: Actor) -> list[CheckRun]:
    """Finished runs on the champion's version of the checks asked about, newest first."""
    runs = CheckRun.objects.filter(
        run__release__in=Release.objects.visible_to(actor).filter(version=champion.version_id),
        check_id__in={check.check_id for check in checks},
        state="finished",
    )
    return list(brief(runs).order_by("-finished_at"))


def result_of(check: CheckRun) -> Result:
    return Result(
        key=check.key,
        check_id=check.check_id,
        check_version=check.check_version,
        parameters=parameters_of(check),
        threshold=check.threshold,
        verdict=check.verdict,
        sentence=check.sentence,
        judgement=check.judgement,
        measurements=measurements_of(check),
    )


def _other_data(
    mine: Sequence[CheckRun],
    theirs: Sequence[CheckRun],
    data: DatasetVersion | None,
    champion_data: DatasetVersion | None,
) -> str:
    """A sentence when candidate and champion were not measured on the same rows."""
    left, right = ({data_of(check) for check in checks} for checks in (mine, theirs))
    if "" in left | right or not (left and right):  # not said by the evidence: by the version
        left, right = ({one.digest} if one else set() for one in (data, champion_data))
    if left == right:
        return ""
    names = [one.label if one else "no recorded data" for one in (data, champion_data)]
    return (
        f"Measured on other data: the candidate on {names[0]}, the champion on {names[1]}; their "
        "digests differ. Figures side by side then differ by the rows as well as by the model; "
        "only checks that compare on the same rows tell the two apart."
    )
