"""Time: what was promised falls due, so what it stands at is reckoned anew each day. And the job
that prints a board pack."""

from __future__ import annotations

from celery import shared_task

from governance.models import BoardPack
from governance.reports import board_pack
from governance.services import board_packs, limiting, standings
from governance.services.portfolio import portfolio
from governance.services.portfolio_lines import end_of_day
from jobs.registry import LeasedJob, runs
from lib.errors import Unavailable


@shared_task(name="governance.refresh_standings")
def refresh_standings() -> int:
    """How many were of an earlier day. What one call leaves, the next one finds."""
    return standings.refresh_stale(most=1_000)


@runs(board_packs.KIND, limits=limiting.of_job)
def print_board_pack(job: LeasedJob) -> None:
    """As the person who asked might see it then, and not where that changed since; nothing to do
    when it was printed already."""
    pack = BoardPack.objects.select_related("asked_by").get(pk=job.key)
    if pack.artifact_id is not None:
        return
    actor = pack.asked_by.actor
    if refusal := board_packs.refusal(pack, actor):
        board_packs.note_problem(pack, refusal)
        return
    job.heartbeat(note="summing")
    found = portfolio(
        board_packs.wanted_of(pack),
        actor=actor,
        moment=end_of_day(pack.on_day.isoformat()),
    )
    job.heartbeat(note="typesetting")
    try:
        pdf = board_pack.pdf(found, asked_by=pack.asked_by.full_name)
    except Unavailable as error:
        board_packs.note_problem(pack, error.detail)
        return
    board_packs.keep_printed(pack, pdf, job=job)
