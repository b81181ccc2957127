"""Board packs: asked for, filed, handed out. Workers print them, see ``value_tasks``.

A pack of a past day says what was known and approved by its end, so it is printed once for
whoever may see the same; one of today is printed anew after a few minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

import jobs.services
from audit.services import record
from audit.subjects import Subject
from governance.models import BoardPack
from governance.services.portfolio import Wanted
from governance.services.portfolio_lines import end_of_day
from jobs.registry import LeasedJob
from lib.actor import SYSTEM, Actor
from lib.canonical import digest_of
from lib.errors import Refused, Unavailable
from registry.artifacts import store
from registry.services.artifacts import keep

KIND: Final = "portfolio.board_pack"
FRESH: Final = timedelta(minutes=5)
TRY_AGAIN_AFTER: Final = timedelta(minutes=1)
FILTERS: Final = ("business_unit", "currency")
"""What a pack can be narrowed by: a tier or a phase may have been another then."""
CHANGED: Final = "What you may see changed while it was to be printed: ask for it again."
_TOLD: Final = 2  # raised when packs come to tell something else: what is filed is not handed out


@dataclass(frozen=True, slots=True)
class Printed:
    name: str
    pdf: bytes


@transaction.atomic
def download(on: str, wanted: Wanted, *, actor: Actor) -> Printed | None:
    """The pack as of the end of the day ``on`` (2026-06-30) as ``actor`` may see it, noted in the
    trail; None while it is being printed: coming back helps.

    Raises Invalid for what is no day or lies ahead, Refused without the right to read, Unavailable
    where PDFs cannot be made.
    """
    actor.require("governance.read")
    if actor.user_id is None:
        raise Refused("People are handed board packs: tokens are not.", code="people_only")
    day = end_of_day(on).day
    made = _made(_of(day, wanted, actor), day).first()
    if made is None or made.artifact_id is None:
        _ask(day, wanted, actor)
        return None
    with store().open(str(made.artifact_id)) as file:
        pdf = file.read()
    record(
        actor=actor,
        action="audit.export",
        subject=Subject("export", str(uuid4()), f"board pack of {day}"),
        details={
            "what": "board pack",
            "as_of": day.isoformat(),
            "narrowed_to": made.wanted,
            "sha256": made.artifact_id,
            "size": len(pdf),
        },
        evidence=[str(made.artifact_id)],
    )
    return Printed(f"board-pack-{day}.pdf", pdf)


@transaction.atomic
def keep_printed(pack: BoardPack, pdf: bytes, *, job: LeasedJob) -> BoardPack:
    """Stores the PDF as an artefact; a worker that lost its lease stores nothing."""
    jobs.services.hold(job)
    pack.artifact = keep(pdf, actor=SYSTEM)
    pack.problem, pack.made_at = "", timezone.now()
    pack.save(update_fields=["artifact", "problem", "made_at"])
    jobs.services.finish(job)
    return pack


def note_problem(pack: BoardPack, problem: str) -> None:
    """Remembers why it could not be printed, for the page to say."""
    BoardPack.objects.filter(pk=pack.pk).update(problem=problem, made_at=timezone.now())


def refusal(pack: BoardPack, actor: Actor) -> str:
    """Why what ``actor`` may see by now is not what was asked for; empty when it is."""
    return "" if _basis(actor) == pack.basis else CHANGED


def wanted_of(pack: BoardPack) -> Wanted:
    return Wanted(**pack.wanted)


def _ask(day: date, wanted: Wanted, actor: Actor) -> None:
    """Asking twice prints it once. Raises Unavailable for a minute after it could not be made: a
    missing library does not come back within the minute."""
    open_one = _of(day, wanted, actor).filter(artifact=None).first()
    just_now = timezone.now() - TRY_AGAIN_AFTER
    if open_one and open_one.problem and open_one.made_at and open_one.made_at > just_now:
        raise Unavailable(open_one.problem, code="no_pdf")
    pack = open_one or BoardPack.objects.create(
        on_day=day,
        wanted=_kept(wanted),
        basis=_basis(actor),
        asked_by_id=actor.user_id or 0,
        asked_at=timezone.now(),
    )
    jobs.services.enqueue(KIND, key=str(pack.pk))


def _of(day: date, wanted: Wanted, actor: Actor) -> QuerySet[BoardPack]:
    return BoardPack.objects.filter(
        asked_by=actor.user_id or 0, on_day=day, wanted=_kept(wanted), basis=_basis(actor)
    )


def _made(rows: QuerySet[BoardPack], day: date) -> QuerySet[BoardPack]:
    """A day is told once for all when it is over: what was printed before its end is not it."""
    made = rows.exclude(artifact=None)
    if day == timezone.localdate():
        return made.filter(made_at__gt=timezone.now() - FRESH)
    return made.filter(asked_at__gt=end_of_day(day.isoformat()).at)


def _kept(wanted: Wanted) -> dict[str, str]:
    return {name: value for name, value in wanted.kept.items() if name in FILTERS}


def _basis(actor: Actor) -> str:
    """What ``actor`` may see and how it is told, as a digest."""
    grants = (grant for grant in actor.grants if "governance.read" in grant.permissions)
    reads = sorted({":".join(grant.scope) for grant in grants})
    return digest_of({"reads": reads, "told": _TOLD})
