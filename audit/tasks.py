"""Time: the integrator as a task. Losing a message loses nothing, beat sends the next."""

from __future__ import annotations

from celery import shared_task

from audit import services

_BATCHES = 200


@shared_task(name="audit.integrate")
def integrate() -> int:
    """Integrates until nothing waits; a flood is left to the next message after 200 batches."""
    placed = 0
    for _ in range(_BATCHES):
        done = services.integrate()
        if not done:
            break
        placed += done
    return placed
