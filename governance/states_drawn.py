"""The state tables as pictures for docs/states.md. To print the page: python -m
governance.states_drawn. Pure.
"""

from __future__ import annotations

import sys

from governance.states import TABLES, Table

_HEAD = """# States

What may follow what. Drawn from `governance/states.py` by `python -m governance.states_drawn`; a
test holds this page to it. Triggers enforce every table in the database too, held to it by another
test: a row begins where its table does (only a release that follows from another one in a single
act, a rollback or an emergency, is released at once), and what somebody decided about is written
with the change of state that decides it, never later. A state with no way out is final. Whatever
time alone decides (an authorization that has run out, a condition that is overdue, a waiver that
has ended) is no state: it is read from the clock when somebody asks (R6), so nothing has to run.

An authorization is written only for a release in review whose gates are all open and whose slots
are all signed for, on the very evidence and rules of its present revision (R1, R2); or for a
release that follows from another one: an emergency that a second person let, for the hours that the
policies allow, or a rollback to what another authorization took the place of. Triggers see to that
as well, so a release is released by its authorization and by nothing else.
"""


def drawn(name: str, table: Table) -> str:
    """One table as a Mermaid diagram: it begins with the table's first state."""
    lines = [f"    [*] --> {next(iter(table))}"]
    for state, following in table.items():
        lines += [f"    {state} --> {other}" for other in following]
        lines += [] if following else [f"    {state} --> [*]"]
    return "\n".join(
        [f"## {name.capitalize()}", "", "```mermaid", "stateDiagram-v2", *lines, "```"]
    )


def page() -> str:
    return "\n\n".join([_HEAD.strip(), *(drawn(name, table) for name, table in TABLES.items())])


if __name__ == "__main__":
    sys.stdout.write(f"{page()}\n")
