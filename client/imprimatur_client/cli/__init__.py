"""The command ``imprimatur``: ``register``, ``release`` and ``verdict``.

Other distributions add commands of their own by the entry point group ``imprimatur.commands``
(a ``Command``, or a pair of the same two functions), and ``commands()`` lets another program
offer these.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any

from imprimatur_client._version import __version__
from imprimatur_client.cli import register, release, verdict
from imprimatur_client.cli.running import ERROR, Command, Parser

__all__ = ["Command", "Parser", "commands", "main"]
GROUP = "imprimatur.commands"
EPILOG = """environment:
  IMPRIMATUR_URL    the server's address
  IMPRIMATUR_TOKEN  a service token (role ci)
  NO_COLOR          no colours

exit codes: 0 allow, 1 deny, 2 waiting, 3 error
"""


def commands() -> dict[str, Command]:
    """The commands of this distribution: name -> (add_arguments, run)."""
    return {
        "register": Command(register.add_arguments, register.run),
        "release": Command(release.add_arguments, release.run),
        "verdict": Command(verdict.add_arguments, verdict.run),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    try:
        return _main(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        return ERROR


def _main(argv: Sequence[str]) -> int:
    offered = {**_others(), **commands()}
    parser = parser_of(offered)
    arguments = parser.parse_args(argv)
    if not arguments.command:
        parser.print_help()
        return ERROR
    return offered[arguments.command].run(arguments)


def parser_of(offered: Mapping[str, Command]) -> Parser:
    parser = Parser(
        prog="imprimatur",
        description="Which models exist, and which of them may run.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"imprimatur {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="command", title="commands")
    for name, command in offered.items():
        summary = (command.run.__doc__ or "").strip().split("\n")[0]
        command.add_arguments(subparsers.add_parser(name, help=summary))
    return parser


def _others() -> dict[str, Command]:
    """Commands of other distributions. One that is broken says so and hides no other."""
    found: dict[str, Command] = {}
    for point in _entry_points():
        try:
            found[point.name] = Command(*point.load())
        except Exception as error:
            sys.stderr.write(
                f"imprimatur: the command {point.name} ({point.value}) cannot be loaded: {error}\n"
            )
    return found


def _entry_points() -> Iterable[Any]:
    if sys.version_info >= (3, 10):
        return metadata.entry_points(group=GROUP)
    return metadata.entry_points().get(GROUP, [])
