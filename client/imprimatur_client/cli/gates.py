"""Gates as lines of a log. What several have in common is said once, beside all their titles."""

from __future__ import annotations

from collections.abc import Sequence

from imprimatur_client.cli.terminal import Terminal
from imprimatur_client.results import Gate, Release

STYLES = {"open": "good", "closed": "bad", "pending": "wait"}
Saying = tuple[str, str, tuple[str, ...]]


class GateLines:
    """Writes gates as they open and close."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._told: dict[str, Saying] = {}
        self._said: set[str] = set()

    def changed(self, gate: Gate, release: Release) -> None:
        """``gate``, together with all of ``release`` that now say the same, unless they were told
        with an earlier one."""
        saying = _saying(gate)
        if self._told.get(gate.key) == saying:
            return
        alike = [each for each in release.gates if _saying(each) == saying]
        fresh = [each for each in alike if self._told.get(each.key) != saying]
        self._told.update((each.key, saying) for each in fresh)
        self._write(fresh)

    def all(self, gates: Sequence[Gate]) -> None:
        groups: dict[Saying, list[Gate]] = {}
        for gate in gates:
            groups.setdefault(_saying(gate), []).append(gate)
        for alike in groups.values():
            self._write(alike)

    def _write(self, gates: Sequence[Gate]) -> None:
        first = gates[0]
        judged = f" ({first.verdict})" if first.verdict not in ("", "pass") else ""
        count = f"{len(gates)} gates{judged}: " if len(gates) > 1 else ""
        titles = ", ".join(gate.title for gate in gates)
        title = f"{count}{titles}" if count else f"{titles}{judged}"
        self._terminal.row(first.state, title, STYLES.get(first.state, ""))
        news = [one for one in first.reasons if first.is_open or one not in self._said]
        self._said.update(news)
        for reason in news or (["For the same reason."] if first.reasons else []):
            self._terminal.row("", reason)


def _saying(gate: Gate) -> Saying:
    return gate.state, gate.verdict, gate.reasons
