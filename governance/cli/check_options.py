"""What ``imprimatur check`` can be told: one table, for the command line, a file, and the docs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NoReturn

from governance.scoring.launch import TASKS

ERROR = 3
EXIT_CODES = """\
exit codes:
  0  every check that has a limit passes
  1  a check fails
  2  none fails, and at least one is inconclusive: too close to call, or too few rows
  3  a check broke, or what was given cannot be used. It outranks a fail: the list of fails may be
     incomplete then
Checks that need the server's records (people, documents, where data come from) are not run here.
They are listed in every output, and change no exit code."""


@dataclass(frozen=True)
class Option:
    """One option. ``kind``: text, list, texts (repeatable), file, files (repeatable), number,
    whole, size, flag. ``described`` ones may stand in the file of ``--describe``."""

    name: str
    kind: str
    help: str
    metavar: str = ""
    group: str = "what to check"
    described: bool = True
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        return f"--{self.name}"

    @property
    def key(self) -> str:
        return self.name.replace("-", "_")


_BY, _ROWS, _MORE = "by which rules", "what the columns are", "to compare with"
_OUT, _RUN = "what to write", "how to run"
OPTIONS = (
    Option("describe", "file", "a YAML or JSON file with any of these options, and `columns`",
           "FILE", described=False),
    Option("model", "file", "the model: ONNX, XGBoost JSON, LightGBM text or skops; a folder "
           "when it has further files, such as requirements.txt", "FILE|FOLDER"),
    Option("format", "text", "the model's format, where its name and content do not tell",
           "FORMAT"),
    Option("data", "file", "validation data: Parquet, CSV or Arrow, a folder of shards, or a "
           "counts file of `imprimatur count`", "FILE|FOLDER"),
    Option("counts-key", "file", "public keys, one a line, of which one must have signed the "
           "counts file (default: its signature is not verified)", "FILE"),
    Option("task", "text", "what the model answers (default: binary)", "TASK", choices=TASKS),
    Option("threshold", "number", "score at or above which a binary model decides for the "
           "favourable outcome (default: the model's own decision)", "SHARE"),
    Option("classes", "list", "names of the model's classes in its own order", "NAMES"),
    Option("policy", "files", "a policy; several are joined, the stricter rule holds", "FILE",
           _BY),
    Option("tier", "whole", "leave out policies for other risk tiers", "1|2|3", _BY),
    Option("environment", "text", "leave out policies for other environments", "NAME", _BY),
    Option("purpose", "text", "leave out policies for other purposes", "NAME", _BY),
    Option("checks", "texts", "run only checks whose name or id matches, such as 'fairness.*'",
           "PATTERN", _BY),
    Option("label", "text", "the column of true outcomes", "COLUMN", _ROWS),
    Option("favourable", "text", "the outcome that is good for people (default: 1)", "VALUE",
           _ROWS),
    Option("sensitive", "list", "columns of groups that fairness is about", "COLUMNS", _ROWS),
    Option("features", "list", "the model's inputs in its order (default: those its file names, "
           "else all other columns)", "COLUMNS", _ROWS),
    Option("weight", "text", "a column of sample weights", "COLUMN", _ROWS),
    Option("identifier", "text", "a column that names rows and is no input", "COLUMN", _ROWS),
    Option("score", "text", "the column of scores, when there are only predictions", "COLUMN",
           _ROWS),
    Option("prediction", "text", "the column of decisions, when there are only predictions",
           "COLUMN", _ROWS),
    Option("training", "file", "the rows the model was trained on", "FILE|FOLDER", _MORE),
    Option("reference", "file", "the rows that drift is measured from (default: the training "
           "rows)", "FILE|FOLDER", _MORE),
    Option("champion", "file", "the model that this one would replace", "FILE|FOLDER", _MORE),
    Option("champion-threshold", "number", "the champion's threshold (default: its own decision)",
           "SHARE", _MORE),
    Option("champion-features", "list", "the champion's inputs (default: as --features)",
           "COLUMNS", _MORE),
    Option("json", "text", "write everything as JSON; - is the standard output", "FILE|-", _OUT,
           described=False),
    Option("junit", "text", "write JUnit XML, as CI servers read it", "FILE", _OUT,
           described=False),
    Option("html", "text", "write one HTML page that needs nothing else", "FILE", _OUT,
           described=False),
    Option("quiet", "flag", "no progress and no table, only the last line", "", _OUT,
           described=False),
    Option("seed", "whole", "seed of everything random (default: from the model's digest, as on "
           "the server)", "NUMBER", _RUN),
    Option("seconds", "number", "the longest the model may run (default: 120)", "SECONDS", _RUN),
    Option("memory", "size", "the most memory the model may take (default: 4G)", "SIZE", _RUN),
    Option("jobs", "whole", "processes that measure (default: 1)", "NUMBER", _RUN,
           described=False),
)  # fmt: skip


@dataclass
class Asked:
    """Everything that was asked for, on the command line or in the description."""

    model: Path | None = None
    format: str = ""
    data: Path | None = None
    counts_key: Path | None = None
    task: str = "binary"
    threshold: float | None = None
    classes: list[str] = field(default_factory=list)
    policy: list[Path] = field(default_factory=list)
    tier: int | None = None
    environment: str = ""
    purpose: str = ""
    checks: list[str] = field(default_factory=list)
    label: str = ""
    favourable: Any = None
    sensitive: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    weight: str = ""
    identifier: str = ""
    score: str = ""
    prediction: str = ""
    training: Path | None = None
    reference: Path | None = None
    champion: Path | None = None
    champion_threshold: float | None = None
    champion_features: list[str] = field(default_factory=list)
    json: str = ""
    junit: str = ""
    html: str = ""
    quiet: bool = False
    seed: int | None = None
    seconds: float = 120.0
    memory: int = 4 * 1024**3
    jobs: int = 1
    columns: list[dict[str, Any]] = field(default_factory=list)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """argparse exits with 2, which here means inconclusive."""
        sys.stderr.write(f"{self.prog}: {message}. {self.prog} --help lists the options.\n")
        raise SystemExit(ERROR)


def parser() -> argparse.ArgumentParser:
    made = _Parser(
        prog="imprimatur check",
        usage="imprimatur check --policy FILE --model FILE --data FILE --label COLUMN [options]",
        description="Holds a model to policies as the server would: the same checks, the same "
        "sandbox, the same verdicts, without a server.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    groups: dict[str, Any] = {}
    for option in OPTIONS:
        if option.group not in groups:
            groups[option.group] = made.add_argument_group(option.group)
        groups[option.group].add_argument(option.flag, **_argument(option))
    return made


def _argument(option: Option) -> dict[str, Any]:
    told: dict[str, Any] = {"dest": option.key, "default": argparse.SUPPRESS, "help": option.help}
    if option.kind == "flag":
        return told | {"action": "store_true"}
    if option.choices:
        return told | {"metavar": option.metavar, "choices": option.choices}
    kinds = {"file": Path, "files": Path, "number": _number, "whole": _whole, "size": size_of}
    told |= {"metavar": option.metavar, "type": kinds.get(option.kind, str)}
    if option.kind == "list":
        told["type"] = _names
    if option.kind in ("files", "texts"):
        told["action"] = "append"
    return told


def _names(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def size_of(text: str) -> int:
    """``512M`` or ``2G`` as bytes."""
    units = {"K": 1024, "M": 1024**2, "G": 1024**3}
    number, unit = (text[:-1], text[-1].upper()) if text[-1:].isalpha() else (text, "")
    try:
        return int(float(number) * units[unit] if unit else float(number))
    except (KeyError, ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is no size, such as 512M or 2G") from None


def read(arguments: Sequence[str]) -> Asked:
    """What was asked for; the command line goes before the description.

    Raises Refusal, and SystemExit as argparse does (with 3 for a wrong option).
    """
    from governance.cli import check_describe

    given = vars(parser().parse_args(arguments))
    described = given.pop("describe", None)
    told = check_describe.read(described) if described else {}
    known = {one.name for one in fields(Asked)}
    asked = Asked(**{key: value for key, value in (told | given).items() if key in known})
    check_describe.refuse_nonsense(asked)
    return asked


def table() -> str:
    """The options as the table of ``docs/cli.md``."""
    lines = ["| option | in `--describe` | meaning |", "| --- | --- | --- |"]
    for option in OPTIONS:
        given = f"{option.flag} {option.metavar}".strip().replace("|", "\\|")
        meaning = option.help.replace("|", "\\|")
        if option.choices:
            meaning += f": {', '.join(option.choices)}"
        lines.append(f"| `{given}` | {'yes' if option.described else ''} | {meaning} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
