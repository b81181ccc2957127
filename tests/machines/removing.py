"""Takes a guard out of the code or the database for one test, to see what it guards fail."""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.db import connection

from tests.machines.world import World

ROOMS = ("accounts.", "registry.", "governance.")
Guard = tuple[ModuleType | type, str, str, str]
"""Where it is, in which function, its text, and what stands there instead."""
Script = Callable[[World], None]
Case = tuple[str, str, Script, list[Guard]]
"""Its rule, how the sentence begins that notices its absence, the way there, the guards."""


def without(
    patch: pytest.MonkeyPatch, home: ModuleType | type, name: str, guard: str, instead: str
) -> None:
    """``home.name`` with ``guard`` replaced by ``instead``, wherever it was imported to.

    Fails when the text is not there exactly once: the guard has moved, and so must the test.
    """
    former = getattr(home, name)
    function = getattr(former, "func", former)  # a property that is kept once it was asked for
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(guard) == 1, f"{name} holds “{guard}” {source.count(guard)} times"
    space = sys.modules[function.__module__].__dict__
    made: dict[str, Any] = {}
    future = "from __future__ import annotations\n"
    exec(compile(future + source.replace(guard, instead), f"<{name}>", "exec"), space, made)
    if function is not former:
        made[name].__set_name__(home, name)
    patch.setattr(home, name, made[name])
    for path, module in list(sys.modules.items()):
        if path.startswith(ROOMS) and getattr(module, name, None) is former:
            patch.setattr(module, name, made[name])


def without_trigger(function: str) -> None:
    """The function behind a trigger lets everything through, until the test's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NEW; END'"
        )
