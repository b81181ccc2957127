"""``imprimatur COMMAND ...``: finds the command's module and hands it the rest of the line."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

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
    asked = bool(given) and given[0] in ("-h", "--help")
    lines = [f"  {name:<10} {told}" for name, (_, told) in COMMANDS.items()]
    text = "\n".join(["usage: imprimatur COMMAND ...", "", *lines, "", "COMMAND --help says more."])
    print(text, file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 3


if __name__ == "__main__":
    sys.exit(main())
