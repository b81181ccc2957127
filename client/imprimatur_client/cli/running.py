"""How every command runs: what it needs of the environment, and how its errors come out."""

from __future__ import annotations

import argparse
import os
import sys
from functools import wraps
from pathlib import Path
from typing import Any, Callable, NamedTuple, NoReturn

from imprimatur_client.cli.terminal import Terminal
from imprimatur_client.client import Client
from imprimatur_client.errors import ApiError, ClientError, NotSignedIn
from imprimatur_client.files import unreadable

ALLOW, DENY, WAITING, ERROR = range(4)
CODES = "exit code: 0 allow, 1 deny, 2 waiting, 3 error"

Run = Callable[[argparse.Namespace], int]
Action = Callable[[argparse.Namespace, Terminal], int]


class Command(NamedTuple):
    """One subcommand. The first line of ``run``'s docstring says what it does."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Run


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and exits with 3: 2 means waiting here."""

    def error(self, message: str) -> NoReturn:
        self.exit(ERROR, f"{self.prog}: {message}\nSee {self.prog} --help.\n")


def connection(parser: argparse.ArgumentParser) -> None:
    """The options of every command that asks a server."""
    server = parser.add_argument_group("server")
    server.add_argument("--url", help="the server's address (default: $IMPRIMATUR_URL)")
    server.add_argument(
        "--token-file",
        type=Path,
        metavar="PATH",
        help="a file with the service token (default: $IMPRIMATUR_TOKEN)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the result as JSON; people's lines on stderr"
    )


def client_of(arguments: argparse.Namespace, terminal: Terminal) -> Client:
    token = None
    if arguments.token_file:
        try:
            token = arguments.token_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise unreadable(
                arguments.token_file, error if isinstance(error, OSError) else OSError("no text")
            ) from None
    return Client(arguments.url, token, progress=terminal.progress)


def guarded(action: Action) -> Run:
    """``action`` as a command's ``run``: whatever goes wrong is a sentence and a 3."""

    @wraps(action)
    def run(arguments: argparse.Namespace) -> int:
        terminal = Terminal(machine=getattr(arguments, "json", False))
        try:
            return action(arguments, terminal)
        except ClientError as error:
            _tell(terminal, error)
        except KeyboardInterrupt:
            terminal.complain("imprimatur: stopped.")
        except BrokenPipeError:
            # Whoever read us has gone; Python would complain again while it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except Exception as error:
            if os.environ.get("IMPRIMATUR_DEBUG"):
                raise
            terminal.complain(
                f"imprimatur: something unforeseen, {type(error).__name__}: {error}\n"
                "IMPRIMATUR_DEBUG=1 shows where; please report it."
            )
        return ERROR

    return run


def _tell(terminal: Terminal, error: ClientError) -> None:
    terminal.complain(f"imprimatur: {error}")
    if isinstance(error, NotSignedIn):
        terminal.complain("The token comes from --token-file or IMPRIMATUR_TOKEN.")
    if isinstance(error, ApiError) and error.request_id:
        terminal.complain(f"({error.status}, request {error.request_id})")
    terminal.answer({"error": described(error)})


def described(error: ClientError) -> dict[str, Any]:
    """An error for machines."""
    if not isinstance(error, ApiError):
        return {"kind": type(error).__name__, "detail": str(error)}
    return {
        "kind": type(error).__name__,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "errors": error.errors,
        "request_id": error.request_id,
        **error.members,
    }
