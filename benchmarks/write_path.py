"""What an entry costs the change that it tells of: ``python benchmarks/write_path.py [ROUNDS]``.

Three kinds of transactions in turn, in one run: a change alone; a change and a plain pair of
inserts into tables of the same shape, the least that any trail costs; a change and ``record()``.
Medians, and what each costs as a share of the pair.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.scratch import scratch

TABLES = """
CREATE TABLE bench_change (id bigint PRIMARY KEY, value bigint);
INSERT INTO bench_change SELECT i, 0 FROM generate_series(1, 1000) i;
CREATE TABLE bench_entry (LIKE audit_entry INCLUDING INDEXES);
CREATE TABLE bench_pending (id bigserial PRIMARY KEY, entry_id uuid UNIQUE);
"""


def measured(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each transaction by kind, and how many statements ``record()`` makes."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from audit.services import record
    from audit.subjects import Subject
    from lib.actor import SYSTEM

    body = b"x" * 700
    cursor = connection.cursor()

    def change(number: int) -> None:
        cursor.execute("UPDATE bench_change SET value = value + 1 WHERE id = %s", [number % 1000])

    def pair(number: int) -> None:
        change(number)
        entry, subject = uuid4(), f"m{number % 1000}"
        cursor.execute(
            "INSERT INTO bench_entry VALUES (%s, %s, %s, 'model', %s, %s, %s, 'model.change', "
            "'person', %s, clock_timestamp())",
            [entry, body, "d" * 64, subject, number, [f"model:{subject}"], "a" * 32],
        )
        cursor.execute("INSERT INTO bench_pending (entry_id) VALUES (%s)", [entry])

    def told(number: int) -> None:
        change(number)
        record(actor=SYSTEM, action="model.change", subject=Subject("model", f"m{number % 1000}"))

    cursor.execute(TABLES)
    kinds: dict[str, Callable[[int], None]] = {"change": change, "pair": pair, "record": told}
    took: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(rounds):
        for name, act in kinds.items():
            began = time.perf_counter()
            with transaction.atomic():
                act(number)
            took[name].append((time.perf_counter() - began) * 1000)
    with (
        CaptureQueriesContext(
            connection,
        ) as made,
        transaction.atomic(),
    ):
        told(0)
    extra = len([q for q in made.captured_queries if "audit_" in q["sql"]])
    took["statements"] = [float(extra)]
    return took


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    with scratch():
        took = measured(rounds)
    middle = {name: statistics.median(times) for name, times in took.items()}
    print("| transaction | p50, ms | of the pair's |\n| --- | ---: | ---: |")
    for name, words in (
        ("change", "a change alone"),
        ("pair", "and a plain pair of inserts"),
        ("record", f"and record(): {middle['statements']:.0f} statements"),
    ):
        print(f"| {words} | {middle[name]:.2f} | {middle[name] / middle['pair']:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
