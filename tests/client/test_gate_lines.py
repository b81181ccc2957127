"""Gates in the log of a job: what several have in common is said once."""

from __future__ import annotations

import io
from dataclasses import replace

from imprimatur_client.cli.gates import GateLines
from imprimatur_client.cli.terminal import Terminal
from imprimatur_client.results import Gate, Release

CRASHED = Gate("a", "check", "Accuracy", "closed", "error", ("It crashed.", "Mend it."), "p v1")
FAIRNESS = replace(CRASHED, key="b", title="Fairness")
LATE = replace(CRASHED, key="c", title="Latency", reasons=("Too late.", "Mend it."))


def release(*gates: Gate) -> Release:
    blank = {"id": "", "model": "", "digest": "", "environment": "", "purpose": "", "state": ""}
    numbers = {"number": 1, "version": 1, "revision": 1}
    rest = {"checks": (), "slots": (), "authorization": ""}
    return Release(**blank, **numbers, **rest, gates=gates)  # type: ignore[arg-type]


def told(*looks: Release) -> str:
    """What is written when each gate of each look is told as it changes."""
    out = io.StringIO()
    lines = GateLines(Terminal(out=out, err=io.StringIO()))
    for look in looks:
        for gate in look.gates:
            lines.changed(gate, look)
    return out.getvalue()


def test_gates_that_say_the_same_are_one_line_with_one_reason() -> None:
    assert told(release(CRASHED, FAIRNESS)) == (
        "  closed  2 gates (error): Accuracy, Fairness\n          It crashed.\n          Mend it.\n"
    )


def test_one_that_says_the_same_later_refers_to_it() -> None:
    waiting = replace(FAIRNESS, state="pending", verdict="", reasons=("Not measured yet.",))
    said = told(release(CRASHED, waiting), release(CRASHED, FAIRNESS))
    assert said.count("It crashed.") == 1
    assert said.endswith("  closed  Fairness (error)\n          For the same reason.\n")


def test_of_several_reasons_those_that_are_known_are_left_out() -> None:
    said = told(release(CRASHED, LATE))
    assert said.count("Mend it.") == 1
    assert "Too late." in said


def test_what_changed_back_is_told_again() -> None:
    open_now = replace(CRASHED, state="open", verdict="pass", reasons=("0.8 at least 0.7.",))
    said = told(release(CRASHED), release(open_now), release(CRASHED))
    assert said.count("closed  Accuracy") == 2


def test_open_gates_keep_their_reasons_though_another_said_them() -> None:
    one = replace(CRASHED, state="open", verdict="pass", reasons=("All statements hold.",))
    two = replace(one, key="b", title="Structure")
    assert told(release(one), release(one, two)).count("All statements hold.") == 2
