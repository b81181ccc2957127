"""``imprimatur check``: the suite of a release over files, in CI and without a server."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from governance.checks import catalog
from governance.cli import check_given, check_json, check_junit, check_options, check_policies
from governance.cli import check_running as running
from governance.cli.check_options import ERROR, Asked
from governance.cli.check_outcome import Outcome
from governance.cli.check_progress import Progress
from governance.cli.check_table import Table, is_coloured
from governance.cli.refusal import Refusal, refuse_unwritable
from governance.scoring import launch
from governance.scoring.limits import tiers_from

DEBUG = "IMPRIMATUR_DEBUG"


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 pass, 1 fail, 2 inconclusive, 3 error."""
    try:
        return _checked(check_options.read(arguments))
    except Refusal as error:
        return _said(str(error))
    except KeyboardInterrupt:
        return _said("Stopped. Nothing was written.")
    except BrokenPipeError:  # whoever read the output has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return _said(
            f"The command itself broke: {error!r}. Please report it, with what {DEBUG}=1 shows."
        )


def _tiers() -> tuple[str, str]:
    try:
        return tiers_from(os.environ)
    except ValueError as error:
        raise Refusal(str(error)) from error


def _said(sentence: str) -> int:
    line = " ".join(sentence.split())
    clean = "".join(letter if letter.isprintable() else " " for letter in line)
    sys.stderr.write(f"imprimatur check: {clean}\n")
    return ERROR


def _checked(asked: Asked) -> int:
    running.quiet()
    named = (asked.json if asked.json != "-" else "", asked.junit, asked.html)
    refuse_unwritable([Path(one) for one in named if one])
    plan = check_policies.plan(asked)
    needs = {need for one in plan.checks for need in catalog.all_checks()[one["check"]].reads}
    tier, required = _tiers()
    limits = launch.Limits(asked.seconds, asked.memory, tier=tier, required=required)
    folder = Path(tempfile.mkdtemp(prefix="imprimatur-check-"))
    try:
        with Progress(quiet=asked.quiet) as progress:
            progress(0.0, "Reading")
            outcome = running.run(
                plan,
                check_given.prepared(asked, needs, folder),
                folder,
                limits=limits,
                jobs=asked.jobs,
                on_progress=progress,
            )
            _write(outcome, asked, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _print(outcome, asked)
    return outcome.exit_code


def _write(outcome: Outcome, asked: Asked, progress: Progress) -> None:
    if asked.json not in ("", "-"):
        _into(asked.json, lambda: _json(outcome))
    if asked.junit:
        _into(asked.junit, lambda: check_junit.xml(outcome))
    if asked.html:
        from governance.cli import check_html

        progress(1.0, "Drawing")
        _into(asked.html, lambda: check_html.page(outcome).encode())


def _json(outcome: Outcome) -> bytes:
    found = check_json.document(outcome)
    return (json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _into(place: str, made: Callable[[], bytes]) -> None:
    try:
        Path(place).write_bytes(made())
    except OSError as error:
        raise Refusal(f"{place} cannot be written: {error.strerror or error}.") from error


def _print(outcome: Outcome, asked: Asked) -> None:
    """With JSON on the standard output, nothing else may stand there."""
    if asked.json == "-":
        sys.stdout.write(_json(outcome).decode())
        sys.stdout.flush()
        return
    width = shutil.get_terminal_size((100, 24)).columns
    encoding = sys.stdout.encoding or "utf-8"
    table = Table(width, colour=is_coloured(sys.stdout), encoding=encoding)
    sys.stdout.write(table.last(outcome) + "\n" if asked.quiet else table.text(outcome))
    sys.stdout.flush()
