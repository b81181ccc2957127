"""One check of a release with all there is about it, and how it came out before."""

from __future__ import annotations

from dataclasses import dataclass, field

from governance.headlines import Line, headlines
from governance.models import CheckRun, Gate, Release
from governance.services import check_reading
from governance.services.check_reading import brief, measurements_of, parameters_of
from lib.actor import Actor
from lib.canonical import digest_of
from lib.errors import NotFound
from registry.models import DatasetVersion

MOST = 60  # earlier runs; older ones are found through the releases of their versions


@dataclass(frozen=True)
class Earlier:
    """The same check, with the same parameters, on some version and revision."""

    check: CheckRun
    release: Release
    revision: int
    line: Line | None
    is_this: bool
    other_threshold: bool


@dataclass(frozen=True)
class CheckPage:
    release: Release
    check: CheckRun
    anchor: str
    data: DatasetVersion | None
    gate: Gate | None = None
    history: list[Earlier] = field(default_factory=list)


def check_page(
    release_id: str, anchor: str, *, actor: Actor, revision: int | None = None
) -> CheckPage:
    """The check that goes by ``anchor``, of the present revision unless another is asked for.

    Raises NotFound when there is none, or when ``actor`` may not see the release.
    """
    release = (
        Release.objects.visible_to(actor)
        .with_names()
        .select_related("requirement_set")
        .filter(pk=release_id)
        .first()
    )
    if release is None:
        raise NotFound("There is no such release, or you may not see it.")
    check = (
        CheckRun.objects.select_related("run")
        .filter(
            run__release=release,
            run__revision=revision or release.revision,
            key=_key(release, anchor),
        )
        .first()
    )
    if check is None:
        raise NotFound(f"{release.label} has no such check.")
    return CheckPage(
        release=release,
        check=check,
        anchor=anchor,
        data=check_reading.validation_data(release.version_id),
        gate=Gate.objects.filter(
            release=release, revision=check.run.revision, key=f"check:{check.key}"
        ).first(),
        history=_history(check, release, actor),
    )


def _key(release: Release, anchor: str) -> str:
    named = {name: key for key, name in check_reading.anchors_of(release).items()}
    return named.get(anchor, "")


def _history(check: CheckRun, release: Release, actor: Actor) -> list[Earlier]:
    """Newest version first; of one version the newest release and revision first."""
    runs = (
        CheckRun.objects.filter(
            check_id=check.check_id,
            run__release__in=Release.objects.visible_to(actor).filter(
                version__model=release.version.model_id
            ),
        )
        .exclude(verdict="")
        .select_related("run__release__version__model", "run__release__environment")
    )
    order = ("-run__release__version__number", "-run__release__number", "-run__revision")
    wanted = digest_of(parameters_of(check))
    alike = (one for one in brief(runs).order_by(*order)[:MOST] if _same(one, wanted))
    return [_earlier(one, check) for one in alike]


def _same(check: CheckRun, wanted: str) -> bool:
    return digest_of(parameters_of(check)) == wanted


def _earlier(one: CheckRun, check: CheckRun) -> Earlier:
    lines = headlines(one.judgement, measurements_of(one), most=1)
    return Earlier(
        check=one,
        release=one.run.release,
        revision=one.run.revision,
        line=lines[0] if lines else None,
        is_this=one.pk == check.pk,
        other_threshold=one.threshold != check.threshold,
    )
