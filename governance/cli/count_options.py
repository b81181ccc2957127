"""The command line of ``imprimatur count``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from governance.counting.engines import PACKAGES
from governance.counting.places import FORMATS

ERROR = 3
_EPILOG = """\
The rows stay where they are: what leaves is the number of rows by group, label and decision, of
scores in 1,024 bins, and of other columns in the bins of a reference. Numbers of few people are
among them (the file says how few): hand it to whom you would tell them. Exit code 0, or 3.
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(ERROR, f"imprimatur count: {message}. See imprimatur count --help.\n")


def read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(
        prog="imprimatur count",
        description="Counts rows on any engine into a signed file that checks take instead.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_data(parser)
    _add_columns(parser)
    found = parser.parse_args(arguments)
    if not found.make_key and not (found.data and found.label):
        parser.error("give --data and --label, or --make-key")
    if not found.make_key and not found.out.endswith(".counts.json"):
        parser.error("the name given with -o must end in .counts.json")
    return found


def _add_data(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--engine", choices=sorted(PACKAGES), default="polars", help="default: polars")
    add(
        "--data",
        nargs="+",
        default=[],
        metavar="PATH",
        help="files, folders or patterns of Parquet, CSV or Arrow; or addresses, as s3://...",
    )
    add("--format", choices=FORMATS, default="", help="of the data, where names do not tell")
    add("--spark-master", default="local[2]", metavar="URL", help="default: local[2]")
    add("--name", default="", help="what to call the data in the file; default: the first path")
    add("--no-digest", action="store_true", help="do not read the files again for their digest")
    add("--key", metavar="FILE", help="private key to sign with; a server takes signed files only")
    add("--make-key", metavar="FILE", help="make a private key, print its public half, and stop")
    add("-o", "--out", default="data.counts.json", metavar="FILE",
        help="ends in .counts.json; default: data.counts.json")  # fmt: skip


def _add_columns(parser: argparse.ArgumentParser) -> None:
    def names(text: str) -> list[str]:
        return [one.strip() for one in text.split(",") if one.strip()]

    add = parser.add_argument
    add("--label", default="", help="column of recorded outcomes, two values")
    add("--prediction", default="", help="column of decisions; default: from the score")
    add("--score", default="", help="column of probabilities")
    add("--threshold", type=float, default=0.5, help="score from which the decision is favourable")
    add("--favourable", default="1", metavar="VALUE", help="the good outcome; default: 1")
    add("--sensitive", type=names, default=[], metavar="A,B", help="columns that tell groups")
    add("--weight", default="", help="column of sample weights")
    add(
        "--edges-from",
        default="",
        metavar="FILE",
        help="the reference drift is counted against: a table, or stored profiles as JSON",
    )
    add("--columns", type=names, default=[], metavar="A,B",
        help="columns counted for drift; default: all of the reference")  # fmt: skip
