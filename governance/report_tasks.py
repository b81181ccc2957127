"""The job that prints a release's dossier."""

from __future__ import annotations

from django.utils import timezone

from governance.models import Release
from governance.reports import dossier, material
from governance.services import dossiers, limiting
from jobs.registry import LeasedJob, runs
from lib.errors import Unavailable


@runs(dossiers.KIND, limits=limiting.of_job)
def print_dossier(job: LeasedJob) -> None:
    """Prints the release as it is now; nothing to do when that was printed already."""
    release = Release.objects.get(pk=job.key.partition(":")[0])
    if dossiers.is_current(release):
        return
    basis, made_at = dossiers.basis_of(release), timezone.now()
    job.heartbeat(note="typesetting")
    try:
        pdf = dossier.pdf(material.gather(release, made_at=made_at))
    except Unavailable as error:
        dossiers.note_problem(release, error.detail, basis=basis)
        return
    dossiers.keep_printed(release, pdf, basis=basis, made_at=made_at, job=job)
