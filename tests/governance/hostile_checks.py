"""Checks that misbehave, as if another distribution brought them; and one that does not."""

from __future__ import annotations

import re
import signal
import sys

from governance.checks import catalog
from governance.checks.base import Check, Evidence, Measurement


class _Told(Check):
    """A check of the tests.

    Purpose: Shows what a worker does with it.

    Mechanism: See its code.

    Limits: Many.

    Source: This test.
    """

    component = "tone"
    judged = ("found",)

    def found(self):
        return Evidence((Measurement("found", 1.0, n=1),))


class Sleeps(_Told):
    __doc__ = _Told.__doc__
    id = "hostile.sleeps"
    title = "Sleeps in native code, deaf to every signal but one"

    def measure(self, data, parameters, seed):
        signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGKILL})
        signal.sigwait({signal.SIGUSR2})
        return self.found()


class Holds(_Told):
    __doc__ = _Told.__doc__
    id = "hostile.holds"
    title = "Never gives the interpreter lock back"

    def measure(self, data, parameters, seed):
        re.match(r"(a+)+$", "a" * 60 + "b")
        return self.found()


class Eats(_Told):
    __doc__ = _Told.__doc__
    id = "hostile.eats"
    title = "Eats memory"

    def measure(self, data, parameters, seed):
        eaten = []
        while len(eaten) < 150:  # 3 GB at most, should nobody stop it
            eaten.append(b"x" * 20_000_000)
            signal.sigtimedwait([], 0.05)
        signal.sigtimedwait([], 60)
        return self.found()


class Behaves(_Told):
    __doc__ = _Told.__doc__
    id = "hostile.behaves"
    title = "Does as it should"

    def measure(self, data, parameters, seed):
        return self.found()


class _Entry:
    @staticmethod
    def load():
        return sys.modules[__name__]


def install() -> None:
    """In this process, for good: the catalogue finds them where it looks for others' checks."""
    catalog.entry_points = lambda group: [_Entry]  # type: ignore[attr-defined]
    catalog.all_checks.cache_clear()


def remove() -> None:
    from importlib.metadata import entry_points

    catalog.entry_points = entry_points  # type: ignore[attr-defined]
    catalog.all_checks.cache_clear()
