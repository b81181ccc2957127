"""A portfolio as it is told, on the page and in print: numbers in words, each with the part of the
rows that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from governance.services.portfolio import Portfolio
from governance.value import drawings, portfolio_words
from governance.value.lines import Line, Part, Sum
from governance.value.money import Rate
from governance.value.portfolio_words import (
    BAND_WORDS,
    LEAD_WORDS,
    PHASE_WORDS,
    STATUS_WORDS,
    counted,
    many,
    share,
    short,
)

FEW: Final = 8  # business units that are told one by one, unless all are asked for
_TONES: Final = {
    "met": "pass",
    "below": "fail",
    "worse": "fail",
    "unknown": "muted",
    "waiting": "muted",
    "loss": "fail",
    "longer": "inconclusive",
}
Address = Callable[[str, Mapping[str, str]], str]
"""Where the rows of a kind stand that are narrowed so."""


@dataclass(frozen=True, slots=True)
class Row:
    """One number with its name; ``bar`` is a picture of it beside its neighbours."""

    name: str
    count: int
    address: str
    bar: str = ""
    note: str = ""
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Amounts:
    """The totals of one currency."""

    currency: str
    count: int
    gained: str
    promised: str
    of_promised: str
    annual: str
    invested: str
    roi: str
    beside_roi: str
    against: str
    is_known: bool
    note: str
    address: str


@dataclass(frozen=True, slots=True)
class Unit:
    name: str
    count: int
    annual: str
    promised: str
    gained: str
    of_promised: str
    against: str
    uncovered: int
    address: str


@dataclass(frozen=True, slots=True)
class Tier:
    tier: int
    count: int
    with_case: int
    reviews: int
    findings: int
    uncovered: int
    addresses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    headline: str
    count: int
    amounts: Sequence[Amounts]
    units: Mapping[str, Sequence[Unit]]
    returns: Sequence[Row]
    lead_times: Sequence[Row]
    phases: Sequence[Row]
    statuses: Sequence[Row]
    tiers: Sequence[Tier]
    trust: Sequence[Row]
    radar: str
    notable: Sequence[Row]
    rates: Sequence[str]
    unrated: Sequence[Line] = field(default_factory=list)


def told(found: Portfolio, address: Address, *, every_unit: str = "") -> Told:
    """``every_unit`` is where all business units are told one by one; empty does so here."""
    lines = found.all
    return Told(
        headline=found.headline,
        count=len(lines),
        amounts=[_amounts(one, address) for one in found.sums],
        units=_units(found, address, every_unit),
        returns=_spread(found.returns, BAND_WORDS, "use-cases", "returns", address),
        lead_times=_spread(found.lead_times, LEAD_WORDS, "versions", "lead", address),
        phases=_spread(
            [(phase, len(some)) for phase, some in found.phases],
            PHASE_WORDS,
            "use-cases",
            "phase",
            address,
        ),
        statuses=_spread(found.statuses, STATUS_WORDS, "use-cases", "status", address),
        tiers=[_tier(tier, some, address) for tier, some in found.tiers],
        trust=_trust(found, address),
        radar=radar_of(found),
        notable=notable(found, address),
        rates=[_rate(one) for one in found.rates],
        unrated=found.unrated,
    )


def _rate(one: Rate) -> str:
    source = f" ({one.source})" if one.source else ""
    return f"1 {one.base} = {one.rate.normalize():f} {one.quote} of {one.day}{source}"


def _amounts(one: Sum, address: Address) -> Amounts:
    notes = [
        f"{many(one.silent, 'use case')} of which no month is known" if one.silent else "",
        f"{many(one.unsummed, 'use case')} beyond what can be summed" if one.unsummed else "",
    ]
    known = one.covered > 0
    return Amounts(
        currency=one.currency,
        count=one.count,
        gained=short(one.gained) if known else portfolio_words.UNKNOWN,
        promised=short(one.promised) if known else portfolio_words.UNKNOWN,
        of_promised=share(one.of_promised),
        annual=short(one.annual),
        invested=short(one.investment),
        roi=share(one.roi),
        beside_roi=portfolio_words.beside_roi(one),
        against=_against(one) if known else "",
        is_known=known,
        note="; ".join(filter(None, notes)),
        address=address("use-cases", {"case": "approved", "held_in": one.currency}),
    )


def _against(one: Sum | Part) -> str:
    return drawings.against(float(one.gained.amount), float(one.promised.amount))


def _units(found: Portfolio, address: Address, every_unit: str) -> dict[str, list[Unit]]:
    """By currency; the smallest are told together, so that rows still add up to the total."""
    by_currency: dict[str, list[Part]] = {}
    for part in found.units:
        by_currency.setdefault(part.annual.currency, []).append(part)
    told = {}
    for currency, parts in by_currency.items():
        rest = parts[FEW:] if every_unit and len(parts) > FEW + 1 else []
        shown = parts[: len(parts) - len(rest)]
        told[currency] = [
            _unit(one, address("use-cases", {"share_of": one.unit, "held_in": currency}))
            for one in shown
        ]
        if rest:
            other = _together(f"{len(rest)} smaller units", rest)
            told[currency].append(_unit(other, every_unit))
    return told


def _together(name: str, parts: Sequence[Part]) -> Part:
    first = parts[0]
    for one in parts[1:]:
        first = Part(
            unit=name,
            count=first.count + one.count,
            annual=first.annual + one.annual,
            promised=first.promised + one.promised,
            gained=first.gained + one.gained,
            covered=first.covered + one.covered,
            uncovered=first.uncovered + one.uncovered,
        )
    return first


def _unit(part: Part, address: str) -> Unit:
    known = part.covered > 0
    return Unit(
        name=part.unit,
        count=part.count,
        annual=short(part.annual, bare=True),
        promised=short(part.promised, bare=True) if known else portfolio_words.UNKNOWN,
        gained=short(part.gained, bare=True) if known else portfolio_words.UNKNOWN,
        of_promised=share(part.of_promised),
        against=_against(part) if known else "",
        uncovered=part.uncovered,
        address=address,
    )


def _spread(
    counted: Sequence[tuple[str, int]],
    words: Mapping[str, str],
    kind: str,
    by: str,
    address: Address,
) -> list[Row]:
    most = max((count for _, count in counted), default=0) or 1
    return [
        Row(
            words[key],
            count,
            address(kind, {by: key}),
            drawings.bar(count / most, tone=_TONES.get(key, "ink")),
        )
        for key, count in counted
    ]


def _tier(tier: int, some: Sequence[Line], address: Address) -> Tier:
    only = {"tier": str(tier)}
    return Tier(
        tier=tier,
        count=len(some),
        with_case=sum(line.has_case for line in some),
        reviews=sum(line.reviews for line in some),
        findings=sum(line.findings for line in some),
        uncovered=sum(line.uncovered for line in some),
        addresses={
            "count": address("use-cases", only),
            "with_case": address("use-cases", only | {"case": "approved"}),
            "reviews": address("reviews", only),
            "findings": address("findings", only),
            "uncovered": address("use-cases", only | {"missing": "true"}),
        },
    )


def _trust(found: Portfolio, address: Address) -> list[Row]:
    return [
        Row(
            one.title,
            one.measured,
            address("checks", {"component": one.component}),
            drawings.bar(one.share or 0.0),
            share(one.share),
        )
        for one in found.trust
    ]


def radar_of(found: Portfolio) -> str:
    axes = [(one.component.capitalize(), one.share, share(one.share)) for one in found.trust]
    said = "; ".join(f"{name}: {words}" for name, _, words in axes)
    return drawings.radar(axes, title=f"Share of checks passed by component. {said}")


def notable(found: Portfolio, address: Address) -> list[Row]:
    """What somebody has to look at, and what nobody knows; nothing of it hides behind a nought."""
    lines = found.all
    without = [line for line in lines if not line.has_case]
    given: tuple[tuple[str, int, str, dict[str, str], bool], ...] = (
        ("overdue reviews", _all(lines, "reviews"), "reviews", {}, True),
        ("overdue findings", _all(lines, "findings"), "findings", {}, True),
        ("KPIs to look at in the next review", found.points, "use-cases", {"points": "true"}, True),
        ("months of figures missing", found.uncovered, "use-cases", {"missing": "true"}, True),
        ("use cases without value case", len(without), "use-cases", {"case": "none"}, True),
        ("models without value case", _all(without, "models"), "models", {"case": "none"}, True),
        ("brains in a jar", sum(one.is_jar for one in lines), "use-cases", {"jar": "true"}, True),
        ("models used by several use cases", found.reused, "models", {"reused": "true"}, False),
    )
    notes: dict[str, Any] = {"brains in a jar": "tied to no objective, or with nothing to measure"}
    return [
        Row(counted(count, name), count, place, "", notes.get(name, ""), bad and count > 0)
        for name, count, kind, part, bad in given
        for place in [address(kind, part)]
    ]


def _all(lines: Sequence[Line], name: str) -> int:
    return sum(int(getattr(line, name)) for line in lines)
