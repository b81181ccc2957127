"""Use cases as lines of a portfolio, and sums over them that add up. Pure.

Amounts of a line are in whole cents and of one currency; nothing here adds two currencies. A line
without an approved value case has none: it is counted, and never as nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from governance.value.money import Money, NoRate, Rates
from governance.value.phases import Facts, is_brain_in_a_jar
from governance.value.portfolio import CENT, WIDEST, shared
from governance.value.returns import roi

AMOUNTS: Final = ("annual", "investment", "benefit", "gained", "promised", "cost")
BANDS: Final = ("loss", "low", "fair", "high", "unknown")
"""Short names of the bands of returns, in the order of ``portfolio.RETURNS``."""


@dataclass(frozen=True, slots=True)
class Line:
    """One use case. ``gained`` and ``promised`` are those of the ``covered`` months; of so many
    ``uncovered`` ones something is unknown. ``band`` is one of ``BANDS``, empty without a case;
    ``promised_roi`` is that of ``horizon`` years; ``reviews`` and ``findings`` count what is
    overdue; ``shares`` is empty where all is its own
    unit's. ``part_of`` names the unit whose part the amounts are; empty: they are the whole."""

    pk: int
    slug: str
    name: str
    unit: str
    tier: int
    phase: str
    objective: str = ""
    case: int | None = None
    currency: str = ""
    annual: Money | None = None
    investment: Money | None = None
    benefit: Money | None = None
    gained: Money | None = None
    promised: Money | None = None
    cost: Money | None = None
    covered: int = 0
    uncovered: int = 0
    roi: Decimal | None = None
    promised_roi: Decimal | None = None
    horizon: int = 0
    band: str = ""
    kpis: Mapping[str, int] = field(default_factory=dict)
    points: Sequence[Mapping[str, str]] = ()
    on_day: date | None = None
    shares: Mapping[str, Decimal] = field(default_factory=dict)
    part_of: str = ""
    models: int = 0
    reviews: int = 0
    findings: int = 0

    @property
    def has_case(self) -> bool:
        return self.case is not None

    @property
    def is_jar(self) -> bool:
        """True of a brain in a jar: see ``phases``."""
        texts = {"objective": self.objective}
        facts = Facts(texts=texts, approved_case=self.case, kpis=sum(self.kpis.values()))
        return is_brain_in_a_jar(facts)

    @property
    def of_promised(self) -> Decimal | None:
        """Realised / promised of the covered months; None where nothing is known."""
        if not self.covered or self.gained is None or self.promised is None:
            return None
        return self.gained / self.promised

    def share_of(self, unit: str) -> Decimal:
        """The part of what it brings and costs that is this unit's."""
        return (self.shares or {self.unit: Decimal(1)}).get(unit, Decimal(0))

    @property
    def parts(self) -> Mapping[str, Decimal]:
        """To whom its amounts fall: of a part, to its unit alone."""
        return (
            {self.part_of: Decimal(1)} if self.part_of else self.shares or {self.unit: Decimal(1)}
        )


@dataclass(frozen=True, slots=True)
class Sum:
    """Of lines that have a case in one currency. ``unsummed`` of them hold an amount that is not
    known, and are in none of the totals; of ``silent`` no month is covered. ``ahead`` brought what
    they promised for the covered months, or more; ``behind`` less. ``only`` is the one line, where
    there are no others: promises over several horizons make no sum."""

    annual: Money
    investment: Money
    gained: Money
    promised: Money
    cost: Money
    count: int = 0
    covered: int = 0
    uncovered: int = 0
    silent: int = 0
    unsummed: int = 0
    ahead: int = 0
    behind: int = 0
    only: Line | None = None

    @property
    def currency(self) -> str:
        return self.annual.currency

    @property
    def of_promised(self) -> Decimal | None:
        return self.gained / self.promised if self.covered else None

    @property
    def roi(self) -> Decimal | None:
        """To date, of the covered months; None while there is none."""
        return roi(self.gained, self.cost) if self.covered else None


def sums(lines: Iterable[Line]) -> list[Sum]:
    """One for each currency there is, by its code."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.has_case:
            found.setdefault(line.currency, []).append(line)
    return [_sum(currency, found[currency]) for currency in sorted(found)]


def _sum(currency: str, lines: Sequence[Line]) -> Sum:
    whole = [line for line in lines if _is_whole(line)]
    known = [line for line in whole if line.covered]  # the others' cost is set against nothing

    def add(name: str, some: Sequence[Line]) -> Money:
        amounts = (getattr(line, name).amount for line in some)
        return Money(sum(amounts, Decimal(0)), currency)

    return Sum(
        annual=add("annual", whole),
        investment=add("investment", whole),
        gained=add("gained", known),
        promised=add("promised", known),
        cost=add("cost", known),
        count=len(lines),
        covered=sum(line.covered for line in lines),
        uncovered=sum(line.uncovered for line in lines),
        silent=sum(1 for line in lines if not line.covered),
        unsummed=len(lines) - len(whole),
        ahead=sum(1 for line in known if _is_ahead(line)),
        behind=sum(1 for line in known if not _is_ahead(line)),
        only=lines[0] if len(lines) == 1 else None,
    )


def _is_ahead(line: Line) -> bool:
    assert line.gained is not None
    assert line.promised is not None
    return line.gained.amount >= line.promised.amount


def _is_whole(line: Line) -> bool:
    return all(
        getattr(line, name) is not None
        for name in ("annual", "investment", "gained", "promised", "cost")
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What falls to one business unit, in one currency. ``count`` use cases bring it something;
    ``promised`` and ``gained`` say nothing while no month is ``covered``."""

    unit: str
    count: int
    annual: Money
    promised: Money
    gained: Money
    covered: int
    uncovered: int

    @property
    def of_promised(self) -> Decimal | None:
        return self.gained / self.promised if self.covered else None


def by_unit(lines: Iterable[Line]) -> list[Part]:
    """The sums of ``sums`` handed out by the shares of each line: parts of a currency add up to
    its sum to the cent. The largest promise first."""
    found: dict[tuple[str, str], list[tuple[Line, dict[str, Money]]]] = {}
    for line in lines:
        if line.has_case and _is_whole(line):
            for unit, amounts in _handed_out(line).items():
                found.setdefault((line.currency, unit), []).append((line, amounts))
    parts = [_part(unit, currency, members) for (currency, unit), members in found.items()]
    return sorted(parts, key=lambda part: (part.annual.currency, -part.annual.amount, part.unit))


def _handed_out(line: Line) -> dict[str, dict[str, Money]]:
    amounts = {name: money for name in AMOUNTS if (money := getattr(line, name)) is not None}
    given = {name: shared(money, line.parts) for name, money in amounts.items()}
    return {unit: {name: given[name][unit] for name in given} for unit in line.parts}


def of_unit(line: Line, unit: str) -> Line:
    """The line with what falls to one unit in place of the whole, so that lines of all units sum
    to those of the whole; of what cannot be summed no part is told."""
    none: dict[str, Money | None] = dict.fromkeys(AMOUNTS)
    if line.has_case and _is_whole(line) and unit in line.parts:
        none |= _handed_out(line)[unit]
    return replace(line, part_of=unit, **none)  # type: ignore[arg-type]


def _part(unit: str, currency: str, members: Sequence[tuple[Line, dict[str, Money]]]) -> Part:
    known = [given for line, given in members if line.covered]

    def add(name: str, some: Sequence[Mapping[str, Money]]) -> Money:
        return Money(sum((given[name].amount for given in some), Decimal(0)), currency)

    return Part(
        unit=unit,
        count=len(members),
        annual=add("annual", [given for _, given in members]),
        promised=add("promised", known),
        gained=add("gained", known),
        covered=sum(line.covered for line, _ in members),
        uncovered=sum(line.uncovered for line, _ in members),
    )


def grouped(lines: Iterable[Line], by: Callable[[Line], object]) -> dict[object, list[Line]]:
    found: dict[object, list[Line]] = {}
    for line in lines:
        found.setdefault(by(line), []).append(line)
    return found


def converted(
    lines: Sequence[Line], rates: Rates, *, to: str, day: date
) -> tuple[list[Line], list[Line]]:
    """The lines with their amounts in the currency ``to`` at the rates of ``day``, in whole cents,
    and those for which there is no rate, as they were. An amount that is ``WIDEST`` or more there
    is told as unknown: it cannot be summed."""
    factors = {name: _factor(rates, name, to, day) for name in {line.currency for line in lines}}
    kept = [_in(line, to, factor) for line in lines if (factor := factors[line.currency])]
    return kept, [line for line in lines if not factors[line.currency]]


def _factor(rates: Rates, currency: str, to: str, day: date) -> Decimal | None:
    if currency in ("", to):
        return Decimal(1)
    try:
        return rates.on(day, base=currency, quote=to).rate
    except NoRate:
        return None


def _in(line: Line, to: str, factor: Decimal) -> Line:
    if line.currency in ("", to):
        return line
    changed: dict[str, Money | None] = {}
    for name in AMOUNTS:
        money: Money | None = getattr(line, name)
        if money is not None:
            amount = money.amount * factor
            changed[name] = Money(amount.quantize(CENT), to) if abs(amount) < WIDEST else None
    return replace(line, currency=to, **changed)  # type: ignore[arg-type]
