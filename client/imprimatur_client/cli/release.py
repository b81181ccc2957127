"""``imprimatur release``: ask that a version may run, and wait for the verdict."""

from __future__ import annotations

import argparse
from typing import Any

from imprimatur_client import events
from imprimatur_client.cli import values, verdict
from imprimatur_client.cli.gates import GateLines
from imprimatur_client.cli.running import (
    ALLOW,
    CODES,
    DENY,
    WAITING,
    client_of,
    connection,
    guarded,
)
from imprimatur_client.cli.terminal import Terminal
from imprimatur_client.client import Client
from imprimatur_client.errors import BadInput, Conflict, WaitedTooLong
from imprimatur_client.events import Event
from imprimatur_client.results import Release, Verdict

EPILOG = f"""examples:
  imprimatur release --model mortgage --version 3 --environment production \\
      --purpose lending --reason "monthly retrain" --wait --timeout 30m
  imprimatur release --resume R-12 --wait
  imprimatur release --revise R-12 --reason "model card filed" --wait

Without --wait it asks and leaves: exit code 2, for nothing is allowed yet.
Asking for what is open already goes on with that release, so a job may simply
be run again.

{CODES}
"""
NEEDED = ("model", "version", "environment", "purpose", "reason")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Ask that a version may run in an environment for a purpose."
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("-m", "--model", help="the registered model")
    parser.add_argument("-n", "--version", type=int, metavar="NUMBER", help="of the model")
    parser.add_argument("-e", "--environment", help="where it is to run")
    parser.add_argument("-p", "--purpose", help="what for, as the use case approves it")
    parser.add_argument("-r", "--reason", help="why, for the people who decide")
    earlier = parser.add_mutually_exclusive_group()
    earlier.add_argument("--resume", metavar="R-12", help="go on with a release asked for earlier")
    earlier.add_argument("--revise", metavar="R-12", help="measure it all again; needs --reason")
    parser.add_argument("--wait", action="store_true", help="follow it to its end, then ask")
    parser.add_argument(
        "--timeout",
        type=values.duration,
        default=3600.0,
        metavar="TIME",
        help="how long to wait at most, such as 30m (default: 1h)",
    )
    parser.add_argument(
        "--idempotency-key", default="", metavar="KEY", help="a build's id: repeated, asks once"
    )
    connection(parser)


@guarded
def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """ask that a version may run, and wait for its gates and the verdict"""
    _check(arguments)
    client = client_of(arguments, terminal)
    release = _asked(arguments, client, terminal)
    if not arguments.wait:
        terminal.say(events.state_sentence(release))
        if release.is_waiting:
            return _later(terminal, release, "")
        return _ended(client, terminal, release)
    lines = GateLines(terminal)
    try:
        for event in client.watch(release, timeout=arguments.timeout):
            release = event.release
            tell(terminal, event, lines)
    except WaitedTooLong as error:
        return _later(terminal, error.release or release, str(error))
    except KeyboardInterrupt:
        return _later(terminal, release, f"Stopped waiting; {release.label} goes on.")
    return _ended(client, terminal, release)


def _check(arguments: argparse.Namespace) -> None:
    """Raises BadInput for what is missing, or is no use here."""
    given = [name for name in NEEDED if getattr(arguments, name) is not None]
    if arguments.resume and given:
        raise BadInput(f"--resume goes on with what was asked for: leave out --{given[0]}.")
    if arguments.revise and given != ["reason"]:
        raise BadInput("--revise needs --reason, and nothing else of what a request says.")
    missing = [f"--{name}" for name in NEEDED if name not in given]
    if missing and not (arguments.resume or arguments.revise):
        raise BadInput(f"A request needs {', '.join(missing)} as well (or --resume R-12).")


def _asked(arguments: argparse.Namespace, client: Client, terminal: Terminal) -> Release:
    """The release that this is about, asked for or found, and what it is about in a line."""
    if arguments.resume:
        release = client.release(arguments.resume)
    elif arguments.revise:
        release = client.revise(arguments.revise, reason=arguments.reason)
    else:
        release = _requested(arguments, client, terminal)
    terminal.say(
        f"{release.label}: {release.model} v{release.version} to {release.environment}, for "
        f"{release.purpose}",
        style="strong",
    )
    return release


def _requested(arguments: argparse.Namespace, client: Client, terminal: Terminal) -> Release:
    try:
        return client.request_release(
            arguments.model,
            arguments.version,
            environment=arguments.environment,
            purpose=arguments.purpose,
            reason=arguments.reason,
            idempotency_key=arguments.idempotency_key,
        )
    except Conflict as error:
        if error.code != "open_already" or "release" not in error.members:
            raise
        release = client.release(str(error.members["release"]))
        terminal.say(f"{release.label} asks for the same and is open: going on with it.")
        return release


def tell(terminal: Terminal, event: Event, lines: GateLines) -> None:
    """One event in a line or two. Checks are told by the gates that they open."""
    if event.gate:
        lines.changed(event.gate, event.release)
    elif event.kind != events.CHECK:
        terminal.say(event.text)


def _later(terminal: Terminal, release: Release, said: str) -> int:
    """Nothing is decided: says how to go on."""
    if said:
        terminal.say(said, style="wait")
    terminal.say("waiting", style="wait")
    terminal.say(f"Go on with: imprimatur release --resume {release.label} --wait", indent=2)
    terminal.answer(_document(release, None, WAITING))
    return WAITING


def _ended(client: Client, terminal: Terminal, release: Release) -> int:
    answer = client.verdict(release, release.environment, release.purpose)
    code = ALLOW if answer else DENY
    verdict.show(terminal, answer)
    if not answer:
        _say_why(terminal, release)
        terminal.say(f"All of it: {client.session.url}/releases/{release.id}/", indent=2)
    terminal.answer(_document(release, answer, code))
    return code


def _say_why(terminal: Terminal, release: Release) -> None:
    """What stands in the way, together at the end, and what whoever reads the log does next."""
    for each in release.raw.get("decisions", ()):
        if each["outcome"] != "approve" and each["revision"] == release.revision:
            terminal.say(f"{each['name']}: {each['reason']}", indent=2)
    if release.state not in ("blocked", "changes_requested"):
        return
    if release.error:
        terminal.say(release.error, indent=2, style="bad")
    GateLines(terminal).all([gate for gate in release.gates if gate.state == "closed"])
    terminal.say(
        "Next: a version is sealed, so register a new one that mends it and ask for its release; "
        "or, when a document, the policy or the server was at fault, mend that and have this one "
        "measured again:",
        indent=2,
    )
    again = f'imprimatur release --revise {release.label} --reason "..." --wait'
    terminal.say(again, indent=4)


def _document(release: Release, answer: Verdict | None, code: int) -> dict[str, Any]:
    return {
        "release": dict(release.raw),
        "verdict": verdict.document(answer) if answer is not None else None,
        "exit_code": code,
    }
