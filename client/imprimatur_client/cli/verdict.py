"""``imprimatur verdict``: may this exact artefact run here, for this, now?"""

from __future__ import annotations

import argparse
from typing import Any

from imprimatur_client.cli import values
from imprimatur_client.cli.running import ALLOW, CODES, DENY, client_of, connection, guarded
from imprimatur_client.cli.terminal import Terminal
from imprimatur_client.results import Verdict

EPILOG = f"""examples:
  imprimatur verdict --file model.onnx -e production -p lending
  imprimatur verdict --file build/ -e production -p lending
  imprimatur verdict --digest 61a8...90c6 -e production -p lending --json

A version is named by all its files together: give each of them, by the names
under which they were registered (NAME=PATH, or a folder).

{CODES}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Ask whether an artefact may run. What is unknown is a deny."
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--file",
        type=values.file,
        action="append",
        metavar="[NAME=]PATH",
        help="a file or folder of the version, hashed here; repeat for each",
    )
    what.add_argument("--digest", type=values.digest, help="the version's digest")
    parser.add_argument("-e", "--environment", required=True, help="where it would run")
    parser.add_argument("-p", "--purpose", required=True, help="what for")
    connection(parser)


@guarded
def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """ask whether an artefact may run: allow or deny, with reasons"""
    client = client_of(arguments, terminal)
    target = arguments.digest or values.named(arguments.file)
    answer = client.verdict(target, arguments.environment, arguments.purpose)
    show(terminal, answer)
    if arguments.file and any(code == "unknown_digest" for code, _ in answer.reasons):
        terminal.say(
            "A version is named by all its files: give each with --file, by the name it was "
            "registered under.",
            indent=2,
        )
    terminal.answer(document(answer))
    return ALLOW if answer else DENY


def show(terminal: Terminal, answer: Verdict) -> None:
    terminal.say("allow" if answer else "deny", style="good" if answer else "bad")
    for code, text in answer.reasons:
        terminal.say(f"{code}: {text}", indent=2)
    for restriction in answer.restrictions:
        terminal.say(f"Only: {restriction}", indent=2)
    if answer and answer.expires_at:
        terminal.say(f"Until {answer.expires_at[:16].replace('T', ' ')} UTC.", indent=2)


def document(answer: Verdict) -> dict[str, Any]:
    asked = {
        "digest": answer.digest,
        "environment": answer.environment,
        "purpose": answer.purpose,
    }
    return {**answer.raw, **asked}
