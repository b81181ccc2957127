"""What is wrong after a fault: counted from the database, the store and the process table."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass
class Findings:
    """Sums over all rounds. Everything below ``checks`` has to be zero."""

    rounds: int = 0
    releases: int = 0
    checks: int = 0
    lost: int = 0  # a result, an entry or a whole run that never came
    doubled: int = 0  # a result, an entry or a job that came twice
    wrong: int = 0  # another verdict, another digest, another gate than undisturbed
    dead: int = 0  # jobs open or dead after all of it
    half: int = 0  # files in the store that are not what their name says, rows without a file
    left_over: int = 0  # processes and folders that nobody will ever clear away
    refused: int = 0  # requests for a release that were not answered 202
    words: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (
            self.lost or self.doubled or self.wrong or self.dead or self.half
            or self.left_over or self.refused
        )  # fmt: skip

    def add(self, kind: str, count: int, what: str) -> None:
        if count:
            setattr(self, kind, getattr(self, kind) + count)
            self.words.append(f"{kind} {count}: {what}")


Outcome = dict[str, Any]


def outcome(release_id: str) -> Outcome:
    """What a release came to, without what is allowed to differ (its id, times, attempts)."""
    from governance.models import Release

    release = Release.objects.get(pk=release_id)
    run = release.runs.get()
    checks = {
        check.key: (check.state, check.verdict, check.evidence_digest, check.sentence)
        for check in run.checks.all()
    }
    gates = {gate.key: gate.state for gate in release.gates.all()}
    return {
        "state": release.state,
        "run": run.state,
        "scores": run.scores_digest,
        "checks": checks,
        "gates": gates,
    }


def finished(releases: Sequence[str]) -> bool:
    """Whether their runs have ended; a database that is away has not said so."""
    from django.db import Error, connection

    from governance.models import ValidationRun

    try:
        open_runs = ValidationRun.objects.filter(release__in=releases, finished_at=None)
        return not open_runs.exists() and not open_jobs().exists()
    except Error:
        connection.close()
        return False


def open_jobs() -> Any:
    """Work of suites that is still to do."""
    from jobs.models import Job

    return Job.objects.filter(kind__startswith="validation.", state__in=("queued", "leased"))


def examine(found: Findings, releases: Sequence[str], expected: Sequence[Outcome]) -> None:
    """Adds one round: every release against the same one undisturbed."""
    found.rounds += 1
    for release, reference in zip(releases, expected, strict=True):
        found.releases += 1
        found.checks += len(reference["checks"])
        came = outcome(release)
        for name, was in reference.items():
            if came[name] != was:
                found.add("wrong", 1, f"{release} {name}: {came[name]} instead of {was}")
        _entries(found, release, list(reference["checks"]))
    _jobs(found, releases)


def _entries(found: Findings, release: str, keys: list[str]) -> None:
    from audit.models import Entry

    rows = Entry.objects.filter(subject_type="release", subject_key=release)
    entries = [(row.action, json.loads(bytes(row.body))["details"]) for row in rows]
    wanted = Counter(("check.finish", key) for key in keys)
    wanted |= Counter({(name, ""): 1 for name in ("validation.start", "validation.finish")})
    wanted[("release.evidence_frozen", "")] = 1
    came = Counter(
        (action, details["key"] if action == "check.finish" else "")
        for action, details in entries
        if (action, "") in wanted or action == "check.finish"
    )
    found.add("lost", (wanted - came).total(), f"{release}: entries {wanted - came}")
    found.add("doubled", (came - wanted).total(), f"{release}: entries {came - wanted}")


def _jobs(found: Findings, releases: Sequence[str]) -> None:
    from governance.models import CheckRun, ValidationRun
    from jobs.models import Job

    runs = ValidationRun.objects.filter(release__in=releases)
    checks = CheckRun.objects.filter(run__in=runs)
    keys = [str(key) for rows in (runs, checks) for key in rows.values_list("pk", flat=True)]
    jobs = list(Job.objects.filter(key__in=keys))
    found.add("lost", len(keys) - len({job.key for job in jobs}), "jobs")
    found.add("doubled", len(jobs) - len({job.key for job in jobs}), "jobs")
    undone = [(job.kind, job.state, job.attempt, job.error) for job in jobs if job.state != "done"]
    found.add("dead", len(undone), f"jobs {undone}")


def examine_files(found: Findings, store: Path, work: Path) -> None:
    """The store holds whole files alone, each row's among them; nobody's folder is left once the
    next job has looked."""
    from governance.services import suite_files
    from registry.models import Artifact

    whole = set()
    for path in store.rglob("*"):
        if path.is_file() and DIGEST.fullmatch(path.name):
            whole.add(path.name)
            is_right = hashlib.sha256(path.read_bytes()).hexdigest() == path.name
            found.add("half", int(not is_right), f"{path} has other bytes")
    missing = set(Artifact.objects.values_list("digest", flat=True)) - whole
    found.add("half", len(missing), f"rows without a file: {sorted(missing)[:3]}")
    with suite_files.workdir():
        pass
    folders = [path.name for path in work.glob("job-*")]
    found.add("left_over", len(folders), f"folders {folders}")
