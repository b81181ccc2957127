"""A process that writes entries for ever and notes each one that was acknowledged.

    python -m tests.faults.writer FILE

An id stands in FILE only after its transaction committed. While the database is away it waits.
"""

from __future__ import annotations

import random
import signal
import sys
import threading
import time
from pathlib import Path


def main() -> int:
    import django

    django.setup()
    from django.db import InterfaceError, OperationalError, connection, transaction

    from audit.services import record
    from audit.subjects import Subject
    from lib.actor import SYSTEM

    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    with Path(sys.argv[1]).open("a", buffering=1) as acknowledged:
        while not stopped.is_set():
            subject = Subject("model", f"m{random.randrange(200)}")
            try:
                with transaction.atomic():
                    entry = record(actor=SYSTEM, action="model.change", subject=subject)
            except (OperationalError, InterfaceError):
                connection.close()
                time.sleep(0.05)
                continue
            acknowledged.write(f"{entry.pk}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
