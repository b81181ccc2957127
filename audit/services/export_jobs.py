"""Exports that take longer than a request: asked for, followed, handed out, and let go."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

import jobs.services
from audit.models import Entry, Export, ExportKind
from audit.services.exports import check_previous
from audit.services.recording import record
from audit.subjects import Subject
from lib.actor import Actor
from lib.errors import Invalid, NotFound, Refused

KIND: Final = "audit.export"
LINK_SECONDS: Final = 900
_SALT: Final = "imprimatur.export"


@transaction.atomic
def ask(
    kind: str,
    *,
    actor: Actor,
    subject: Subject | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    first: int | None = None,
    end: int | None = None,
    previous: int | None = None,
) -> Export:
    """Queues an export. A worker makes it with the roles that the actor holds then.

    Raises Refused, NotFound for a subject of which the trail knows nothing, and Invalid for what
    does not go together.
    """
    actor.require("audit.export")
    of_leaves = first is not None or end is not None
    if subject is None or kind != ExportKind.BUNDLE:
        actor.require_everywhere("audit.export")
    elif of_leaves:
        raise Invalid("A subject's bundle takes a period.", errors={"from": "not with a subject"})
    if kind != ExportKind.BUNDLE and previous is not None:
        raise Invalid("Only bundles prove consistency.", errors={"previous": "for bundles"})
    if subject is None and kind == ExportKind.BUNDLE and (since or until) and of_leaves:
        raise Invalid("Name a period or leaves, not both.", errors={"from": "not with a period"})
    if since and until and since >= until:
        raise Invalid("The period ends before it begins.", errors={"until": "after “since”"})
    if first is not None and end is not None and first >= end:
        raise Invalid("The leaves end before they begin.", errors={"to": "above “from”"})
    check_previous(previous)
    if subject is not None and not Entry.objects.about(subject).exists():
        raise NotFound(f"The trail knows nothing about {subject}.")
    export = Export.objects.create(
        actor_id=actor.id,
        kind=kind,
        subject=str(subject or ""),
        since=since,
        until=until,
        first=first,
        end=end,
        previous=previous,
    )
    export.job = jobs.services.enqueue(KIND, key=str(export.id))
    export.save(update_fields=["job"])
    return export


def exports_of(actor: Actor) -> QuerySet[Export]:
    """One's own: nobody sees what others asked for."""
    return Export.objects.filter(actor_id=actor.id).select_related("job")


def find(export_id: UUID, *, actor: Actor) -> Export:
    export = exports_of(actor).filter(pk=export_id).first()
    if export is None:
        raise NotFound("You asked for no such export.")
    return export


def link_of(export: Export) -> str:
    """Where its asker gets the file, for a quarter of an hour. It is of no use to anybody else."""
    token = signing.dumps([str(export.pk), export.actor_id], salt=_SALT)
    return f"{reverse('audit_export_file', args=[export.pk])}?{urlencode({'link': token})}"


def open_file(export_id: UUID, token: str, *, actor: Actor) -> tuple[Export, IO[bytes]]:
    """The file, its download noted in the trail. Raises Refused for a link that is over or was
    given to somebody else, NotFound once the file is gone."""
    actor.require("audit.export")
    try:
        meant = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
    except signing.SignatureExpired as error:
        raise Refused("The link is over: ask for a new one.", code="link_expired") from error
    except signing.BadSignature as error:
        raise Refused("The link is not one that was given out.", code="link_unknown") from error
    if meant != [str(export_id), actor.id]:
        raise Refused("The link was given to somebody else.", code="link_of_another")
    export = find(export_id, actor=actor)
    if export.state != "done":
        raise NotFound("There is no file yet, or no more: ask for the export again.")
    try:
        file = (folder() / export.file).open("rb")
    except OSError as error:
        raise NotFound("The file is gone: ask for the export again.") from error
    with transaction.atomic():
        record(
            actor=actor,
            action="audit.download",
            subject=Subject("export", str(export.pk), str(export)),
            details={"sha256": export.sha256, "size": export.size, "entry": str(export.entry_id)},
        )
    return export, file


def folder() -> Path:
    path = Path(settings.EXPORT_DIR)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def expire() -> int:
    """Removes the files of exports that were kept long enough, and old ones that belong to none:
    what broken attempts left. How many went."""
    gone = set()
    for export in Export.objects.filter(expires_at__lte=timezone.now()).exclude(file=""):
        gone.add(export.file)
        Export.objects.filter(pk=export.pk).update(file="")
    kept = {name for pair in Export.objects.values_list("file", "part") for name in pair}
    old = time.time() - 3600 * settings.EXPORT_KEEP_HOURS
    for path in folder().iterdir():
        if path.name not in kept and path.stat().st_mtime < old:
            gone.add(path.name)
    for name in gone:
        (folder() / name).unlink(missing_ok=True)
    return len(gone)
