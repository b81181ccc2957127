"""How long a release waits for its checks, and how much of that is not spent in checks.

Reads what a running system recorded: ``DATA=... python benchmarks/release.py``. Prints a table
in Markdown, a line for each release revision. "In checks" is the time in which the model was
being scored or at least one check was being measured; the rest is queueing and bookkeeping.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

Span = tuple[datetime, datetime]


def covered(spans: Iterable[Span]) -> float:
    """Seconds covered by at least one of the spans."""
    total, reach = 0.0, None
    for start, end in sorted(spans):
        begin = max(start, reach) if reach else start
        total += max(0.0, (end - begin).total_seconds())
        reach = max(reach, end) if reach else end
    return total


def main() -> int:
    import django

    django.setup()
    from governance.models import ValidationRun

    rows = []
    for run in ValidationRun.objects.filter(finished_at__isnull=False).select_related("release"):
        checks = list(run.checks.all())
        if not checks or run.started_at is None or any(c.started_at is None for c in checks):
            continue
        first = min(check.started_at for check in checks)
        spans = [(run.started_at, first)]
        spans += [(check.started_at, check.finished_at) for check in checks]
        whole = (run.finished_at - run.requested_at).total_seconds()
        rows.append((run.release.label, run.revision, whole, whole - covered(spans)))
    if not rows:
        print(
            "No finished validation run: start the system with the example, or ask for a release."
        )
        return 1
    print("| release | revision | request to verdicts, s | not in checks, s |")
    print("| --- | ---: | ---: | ---: |")
    for label, revision, whole, rest in sorted(rows):
        print(f"| {label} | {revision} | {whole:.1f} | {rest:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
