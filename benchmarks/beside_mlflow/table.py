"""From turns to one table: medians, ratios, and whether what was wanted held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median, quantiles

from benchmarks.beside_mlflow.load import Turn

CLIENTS = ("prompt", "ordinary")  # acknowledging at once, and as `requests` does
FLAT = 0.20
FLOOR_MS = 40.0

Turns = Mapping[str, Sequence[Turn]]  # by client


@dataclass(frozen=True)
class Row:
    """One call at one size, asked of both."""

    call: str
    versions: int
    ours: Turns
    theirs: Turns
    wanted: Fraction | None

    @property
    def ratio(self) -> float:
        """Of the CPU a call takes: ours to theirs."""
        return cpu(self.ours) / cpu(self.theirs)

    @property
    def held(self) -> bool | None:
        return None if self.wanted is None else self.ratio <= self.wanted


def cpu(turns: Turns, client: str | None = None) -> float:
    """ms of the web server's CPU a call: the median turn, of both clients unless one is named."""
    kinds = turns.values() if client is None else (turns[client],)
    return median(one.web for several in kinds for one in several)


def database(turns: Turns) -> float:
    return median(one.database for several in turns.values() for one in several)


def waited(turns: Sequence[Turn], percent: int) -> float:
    """ms that so many of a hundred calls took at most, over all turns."""
    times = sorted(each for one in turns for each in one.times)
    if len(times) < 2:
        return times[0]
    return quantiles(times, n=100, method="inclusive")[percent - 1]


def costs(rows: Iterable[Row]) -> str:
    """The table that the wanted ratios are read in."""
    return _table(
        ("call", "versions", "ours, ms", "theirs, ms", "ours / theirs", "wanted", "held",
         "PostgreSQL: ours, ms", "theirs, ms"),
        [
            (row.call, f"{row.versions:,}", _ms(cpu(row.ours)), _ms(cpu(row.theirs)),
             f"{row.ratio:.3f} (1/{1 / row.ratio:.1f})" if row.ratio else "0", _wanted(row.wanted),
             _held(row.held), _ms(database(row.ours)), _ms(database(row.theirs)))
            for row in rows
        ],
        text=1,
    )  # fmt: skip


def waits(rows: Iterable[Row]) -> str:
    """What the callers waited, by the way they acknowledge."""
    return _table(
        ("call", "versions", "client", "ours: CPU, ms", "p50, ms", "p99, ms",
         "theirs: CPU, ms", "p50, ms", "p99, ms"),
        [
            (row.call, f"{row.versions:,}", client,
             *(figure for turns in (row.ours, row.theirs)
               for figure in (_ms(cpu(turns, client)), _ms(waited(turns[client], 50)),
                              _ms(waited(turns[client], 99)))))
            for row in rows
            for client in CLIENTS
        ],
        text=1,
    )  # fmt: skip


def alone(rows: Iterable[Row]) -> str:
    """Of one server that was tried by itself."""
    lines = []
    for row in rows:
        turns = row.ours or row.theirs
        waits = (_ms(waited(turns[client], 50)) for client in CLIENTS)
        lines.append((row.call, f"{row.versions:,}", _ms(cpu(turns)), _ms(database(turns)), *waits))
    heads = ("call", "versions", "CPU, ms", "PostgreSQL's, ms", *(f"p50, {one}" for one in CLIENTS))
    return _table(heads, lines, text=1)


def spread(figures: Sequence[float]) -> float:
    """How far the furthest figure is from the median one, as a part of that."""
    middle = median(figures)
    return max(abs(each - middle) for each in figures) / middle


@dataclass(frozen=True)
class Depth:
    """One call of one model, at growing numbers of versions: ms of CPU for each."""

    call: str
    ours: Mapping[int, float]
    theirs: Mapping[int, float]

    @property
    def held(self) -> bool:
        return spread(tuple(self.ours.values())) <= FLAT


def depths(rows: Sequence[Depth]) -> str:
    sizes = sorted({size for row in rows for size in row.ours})
    lines = []
    for row in rows:
        for who, figures in (("ours", row.ours), ("theirs", row.theirs)):
            wide = f"±{spread(tuple(figures.values())):.0%}" if figures else ""
            lines.append(
                (row.call, who, *(_ms(figures[size]) if size in figures else "" for size in sizes),
                 wide, f"±{FLAT:.0%}" if who == "ours" else "",
                 _held(row.held) if who == "ours" else "")
            )  # fmt: skip
    heads = ("call, ms of CPU", "of", *(f"{size:,}" for size in sizes), "furthest from the median")
    return _table((*heads, "wanted", "held"), lines, text=2)


def limits(rows: Iterable[tuple[str, float, float | None, float, str]]) -> str:
    """Figures with a ceiling: what, ours, theirs, at most, unit."""
    return _table(
        ("what", "ours", "theirs", "wanted", "held"),
        [
            (what, f"{ours:.1f} {unit}", "" if theirs is None else f"{theirs:.1f} {unit}",
             f"at most {most:g} {unit}", _held(ours <= most))
            for what, ours, theirs, most, unit in rows
        ],
        text=1,
    )  # fmt: skip


def _ms(figure: float) -> str:
    return f"{figure:.2f}" if figure < 100 else f"{figure:,.0f}"


def _wanted(ratio: Fraction | None) -> str:
    return "" if ratio is None else f"≤ {ratio}"


def _held(held: bool | None) -> str:
    return "" if held is None else "yes" if held else "**no**"


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]], *, text: int) -> str:
    """Markdown; the first ``text`` columns are words, the others figures."""
    rules = ["---"] * text + ["---:"] * (len(heads) - text)
    return "\n".join("| " + " | ".join(line) + " |" for line in (heads, rules, *lines))
