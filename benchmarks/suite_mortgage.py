"""How long the mortgage suite takes in one worker: ``python benchmarks/suite_mortgage.py URL TOKEN
[TIMES]``, on a running system with the example.

Each time the pipeline registers a new version and asks for its release, so nothing of an earlier
run stands for anything in this one. From the request to the last verdict, and of that until the
model was scored; the pipeline's own training is not in it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
WANTED = 8.0


def main() -> int:
    url, token = sys.argv[1:3]
    times = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    import django

    django.setup()
    from governance.models import ValidationRun

    print("| time | checks | request to verdicts, s | until scored, s |")
    print("| ---: | ---: | ---: | ---: |")
    whole = []
    for number in range(times):
        _pipeline(url, token, ("mitigated", "without-race", "with-race")[number % 3], number)
        run = ValidationRun.objects.order_by("-requested_at")[0]
        while run.finished_at is None:
            time.sleep(0.2)
            run.refresh_from_db()
        late = [
            check.started_at
            for check in run.checks.filter(evidence__scores=run.scores_digest)
            if check.started_at
        ]
        took = (run.finished_at - run.requested_at).total_seconds()
        scored = (min(late) - run.requested_at).total_seconds() if late else 0.0
        whole.append(took)
        print(f"| {number + 1} | {run.checks.count()} | {took:.1f} | {scored:.1f} |", flush=True)
    print(f"\nMedian {statistics.median(whole):.1f} s; wanted at most {WANTED:g} s.")
    return 0


def _pipeline(url: str, token: str, kind: str, number: int) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "examples" / "mortgage" / "pipeline.py"),
         "--model-kind", kind, "--seed", str(100 + number), "--release"],
        env={**os.environ, "IMPRIMATUR_URL": url, "IMPRIMATUR_TOKEN": token},
        check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
