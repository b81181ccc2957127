"""Whether the broker answers: asked in half a second at most, remembered for a few."""

from __future__ import annotations

import threading
import time

from celery import current_app

PATIENCE_SECONDS, KEPT_SECONDS = 0.5, 5.0
_known: tuple[float, bool] = (0.0, False)
_lock = threading.Lock()


def answers() -> bool:
    """Some transports cannot be hurried, so a thread asks and is not waited for any longer."""
    global _known
    with _lock:
        asked, found = _known
        if asked and time.monotonic() - asked < KEPT_SECONDS:
            return found
        heard = threading.Event()
        threading.Thread(target=_ask, args=(heard,), daemon=True).start()
        _known = (time.monotonic(), heard.wait(PATIENCE_SECONDS))
        return _known[1]


def _ask(heard: threading.Event) -> None:
    try:
        with current_app.connection_for_write(connect_timeout=PATIENCE_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, timeout=PATIENCE_SECONDS)
    except Exception:  # every transport has its own errors; silence is the answer
        return
    heard.set()
