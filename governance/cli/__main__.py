"""``imprimatur COMMAND ...``: finds the command's module and hands it the rest of the line."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

COMMANDS = {  # name: (module with ``main(arguments) -> exit code``, what it does)
    "check": ("governance.cli.check", "hold a model to policies, here and without a server"),
    "count": (
        "governance.cli.count",
        "count rows where they lie, for checks to take instead of them",
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in COMMANDS:
        module = importlib.import_module(COMMANDS[given[0]][0])
        return int(module.main(given[1:]))
    client = _client()
    theirs = _summaries(client) if client else {}
    if given and given[0] in {*theirs, "--version"} and client:
        return int(client.main(given))
    asked = bool(given) and given[0] in ("-h", "--help")
    offered = {name: told for name, (_, told) in COMMANDS.items()} | theirs
    lines = [f"  {name:<10} {told}" for name, told in offered.items()]
    text = "\n".join(["usage: imprimatur COMMAND ...", "", *lines, "", "COMMAND --help says more."])
    print(text, file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 3


def _client() -> Any:
    """What pipelines are given (``client/``), where it is installed or lies on the path."""
    if find_spec("imprimatur_client") is None:
        return None
    return importlib.import_module("imprimatur_client.cli")


def _summaries(client: Any) -> dict[str, str]:
    """What each of its commands does: the first line of its docstring."""
    return {
        name: str(command.run.__doc__).split("\n")[0] for name, command in client.commands().items()
    }


if __name__ == "__main__":
    sys.exit(main())
