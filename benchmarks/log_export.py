"""The trail at a million entries: ``python benchmarks/log_export.py [ENTRIES]``.

Export and verification run in processes of their own, so that the peak of each can be read. With
a database at hand that ``benchmarks.scratch`` made and filled, FILLED names its folder.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.scratch import scratch  # noqa: E402

SYSTEM_PYTHON = "/usr/bin/python3"
_EXPORT = """
import sys, time
sys.path.insert(0, sys.argv[1])
import django
django.setup()
from audit.services.exports_range import export_range
from lib.actor import SYSTEM
from audit.models import LogState
LogState.objects.exists()
began = time.perf_counter()
with open(sys.argv[2], "w+b") as file:
    export_range(actor=SYSTEM, file=file)
print(time.perf_counter() - began)
"""


def measured(command: list[str]) -> tuple[float, float, str]:
    """Seconds, peak of resident memory in MiB, and what the process said."""
    began, peak = time.perf_counter(), 0
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(command, stdout=said)
        # Not ru_maxrss: in that a child begins with what its parent had.
        while child.poll() is None:
            peak = max(peak, _high_water(child.pid))
            time.sleep(0.02)
        took = time.perf_counter() - began
        said.seek(0)
        text = said.read()
    if child.returncode:
        raise SystemExit(f"{command[0]} failed: {text}")
    return took, peak / 1024, text


def _high_water(pid: int) -> int:
    """KiB; 0 for a process that has just ended."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def main() -> int:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if filled := os.environ.get("FILLED"):
        os.environ |= {
            "DATA": filled,
            "DATABASE_ROLE": "owner",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        import django

        django.setup()
        report()
        return 0
    with scratch():
        from benchmarks.filling import fill
        from benchmarks.integrating import integrate_all

        fill(entries)
        integrate_all(entries)
        report()
    return 0


def report() -> None:
    from audit import offline
    from audit.models import Commitment, Leaf

    entries = Leaf.objects.count()
    print("| what | entries | time | peak memory |\n| --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        bundle, program = Path(folder, "bundle.zip"), Path(folder, "verify.py")
        program.write_bytes(offline.verifier())
        take_away("", bundle, program, entries)
        if not Commitment.objects.exists():
            open_names()
            take_away(", a name opened in each entry", bundle, program, entries)
    for name, milliseconds in pages():
        row(name, entries, f"{milliseconds:.1f} ms")
    row("an inclusion proof, median", entries, f"{proofs():.1f} ms")


def take_away(how: str, bundle: Path, program: Path, entries: int) -> None:
    _, peak, said = measured([sys.executable, "-c", _EXPORT, str(ROOT), str(bundle)])
    size = bundle.stat().st_size / 2**20
    row(f"export of the whole log{how} ({size:,.0f} MiB)", entries, f"{float(said):.1f} s", peak)
    command = [SYSTEM_PYTHON, "-I", "-S", str(program), str(bundle)]
    took, peak, said = measured(command)
    assert said.endswith("VALID\n"), said
    row(f"verify.py, the system's Python alone{how}", entries, f"{took:.1f} s", peak)


def open_names() -> None:
    """The openings of the commitments that ``benchmarks.filling`` writes into its entries."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_commitment (digest, entry_id, field, about, salt, value) "
            "SELECT encode(sha256(convert_to('n' || i, 'UTF8')), 'hex'), id, 'actor.name', "
            "actor_id, 'n', i::text FROM (SELECT row_number() OVER (ORDER BY id) - 1 AS i, id, "
            "actor_id FROM audit_entry WHERE actor_kind = 'person') filled"
        )
        cursor.execute("ANALYZE audit_commitment")


def row(name: str, entries: int, took: str, peak: float | None = None) -> None:
    memory = f"{peak:.0f} MiB" if peak is not None else ""
    print(f"| {name} | {entries:,} | {took} | {memory} |", flush=True)


def pages() -> list[tuple[str, float]]:
    """Medians of GET /api/v1/audit/entries with each filter, the whole request."""
    from rest_framework.test import APIRequestFactory, force_authenticate

    from audit.api.entries import EntriesView
    from audit.models import Leaf
    from lib.actor import SYSTEM

    size = Leaf.objects.count()

    class User:
        is_authenticated, actor = True, SYSTEM

    def get(asked: dict[str, str]) -> None:
        request = APIRequestFactory().get("/api/v1/audit/entries", asked)
        force_authenticate(request, user=User())  # type: ignore[arg-type]
        answer: Any = EntriesView.as_view()(request).render()
        assert answer.status_code == 200, answer.content
        assert b'"index"' in answer.content or "absent" in str(asked)

    asked: dict[str, dict[str, str]] = {
        "no filter": {},
        "a busy subject": {"subject": "model:busy"},
        "a quiet subject": {"subject": "release:s777"},
        "no such subject": {"subject": "release:absent"},
        "an action": {"action": "check.finish"},
        "an action without entries": {"action": "policy.create", "actor": "absent"},
        "a subject and an action": {"subject": "release:s777", "action": "validation.start"},
        "a busy subject and an action": {"subject": "model:busy", "action": "check.finish"},
        "an actor in a period": {
            "actor": "c4ca4238a0b923820dcc509a6f75849b",
            "since": "2023-11-14T22:14:00Z",
            "until": "2023-11-14T23:14:00Z",
        },
        "leaves": {"from": str(size // 2), "to": str(size // 2 + size // 10)},
    }
    return [(f"a page of entries: {name}, median", median(get, [each] * 9))
            for name, each in asked.items()]  # fmt: skip


def proofs() -> float:
    from audit.models import Leaf
    from audit.services.proofs import place_proof

    size = Leaf.objects.count()
    return median(place_proof, [size * number // 40 for number in range(40)])


def median(function: Any, arguments: list[Any]) -> float:
    times = []
    for each in arguments:
        began = time.perf_counter()
        function(each)
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
