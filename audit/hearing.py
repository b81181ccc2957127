"""The port by which rooms above hear of every entry, in the transaction that writes it.

What they write then stands or falls with the entry: nobody is told of what was rolled back, and
nothing that happened goes untold. A listener looks at ``action`` first, for it is called often.
"""

from __future__ import annotations

from collections.abc import Callable

from audit.models import Entry

Listener = Callable[[Entry], None]
_listeners: dict[str, Listener] = {}


def hears(listener: Listener) -> Listener:
    """Registers ``listener``, once however often it is asked."""
    _listeners[f"{listener.__module__}.{listener.__qualname__}"] = listener
    return listener


def tell(entry: Entry) -> None:
    for listener in _listeners.values():
        listener(entry)
