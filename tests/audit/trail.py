"""What the tests of the trail share: somebody who acts, and entries to look at."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from audit import offline
from audit.models import Entry, Pending
from audit.services import integrate, record
from audit.services.exports import export_bundle
from audit.subjects import Subject
from lib.actor import Actor, Grant

ADA = Actor("person", "a" * 32, "Ada Lovelace", (Grant("owner", frozenset(), 1),))
OTTO = Actor("person", "0" * 32, "Otto Haller", (Grant("auditor", frozenset({"audit.export"}), 3),))
MODEL = Subject("model", "mortgage", "Mortgage approval")
OTHER = Subject("model", "other", "Another model")
REPORT = b"fairness report " * 100
DIGEST = hashlib.sha256(REPORT).hexdigest()


def make_entry(subject: Subject = MODEL, **kwargs: Any) -> Entry:
    fields: dict[str, Any] = {"actor": ADA, "action": "model.change", "subject": subject}
    with transaction.atomic():
        return record(**(fields | kwargs))


def make_entries(number: int, subject: Subject = MODEL) -> list[Entry]:
    return [make_entry(subject, details={"number": each}) for each in range(number)]


def integrate_all() -> int:
    total = 0
    while done := integrate():
        total += done
    return total


def members(data: bytes) -> dict[str, bytes]:
    """The members of a bundle in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def make_bundle(subject: Subject = MODEL, *, previous: int | None = None) -> bytes:
    return export_bundle(subject, actor=OTTO, previous=previous).file.read()


def system_python() -> str:
    """A Python that is not the environment's."""
    return str(Path(sys.base_prefix) / "bin" / "python3")


def verify(bundle: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """As an auditor would: isolated, without site-packages, outside this tree."""
    program = bundle.with_name("verify.py")
    program.write_bytes(offline.verifier())
    return subprocess.run(
        [system_python(), "-I", "-S", str(program), str(bundle), *more],
        capture_output=True,
        text=True,
        check=False,
        cwd=bundle.parent,
    )


def make_many(number: int) -> None:
    """Entries in bulk, where only their number and their place count."""
    first = Entry.objects.filter(subject_type="bulk").count() + 1
    moment = timezone.now()
    entries = [
        Entry(
            id=uuid4(),
            body=b'{"bulk":%d}' % sequence,
            digest=hashlib.sha256(b'{"bulk":%d}' % sequence).hexdigest(),
            subject_type="bulk",
            subject_key="bulk",
            subjects=["bulk:bulk"],
            sequence=sequence,
            action="model.change",
            actor_kind="system",
            actor_id="system",
            at=moment,
        )
        for sequence in range(first, first + number)
    ]
    Entry.objects.bulk_create(entries)
    Pending.objects.bulk_create([Pending(entry=entry) for entry in entries])
