"""Use cases together, as executives look at them: what was promised, what came of it, what is at
risk, and what nobody knows. Each number is that of the rows behind it (``portfolio_rows``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Final

from django.db.models import OuterRef, Q, QuerySet, Subquery

from governance.eu_act import STRICTEST_FIRST
from governance.models import Classification, UseCase
from governance.models.use_cases import Phase
from governance.services import exchange_rates
from governance.services import portfolio_facts as facts
from governance.services.portfolio_facts import Trust
from governance.services.portfolio_lines import Moment, lines, newest_shares, now
from governance.value import lines as sums
from governance.value import portfolio_words
from governance.value.kpis import STATUSES
from governance.value.lines import BANDS, Line, Part, Sum, of_unit
from governance.value.money import CURRENCIES, Rate
from governance.value.portfolio import spread
from lib.actor import Actor
from lib.errors import Invalid
from lib.http.query import whole_number

FILTERS: Final = ("business_unit", "tier", "phase", "eu_class", "currency")
QUERY: Final = frozenset(FILTERS)
_CHOICES: Final = {"phase": tuple(Phase.values), "eu_class": STRICTEST_FIRST}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters; what is empty filters nothing. A ``business_unit`` has its share of what is shared:
    amounts are its part. ``currency`` is what amounts are told in; empty: each in its own."""

    business_unit: str = ""
    tier: int | None = None
    phase: str = ""
    eu_class: str = ""
    currency: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """As they stand in an address."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: str(value) for name, value in given.items() if value}


@dataclass(frozen=True)
class Portfolio:
    """``lines`` are those that are summed; ``unrated`` those whose currency has no rate into the
    one that was asked for; ``rates`` those that were used. ``stale_on`` is the oldest day of which
    a standing is shown that is not of today."""

    wanted: Wanted
    moment: Moment
    lines: Sequence[Line]
    unrated: Sequence[Line]
    rates: Sequence[Rate]
    trust: Sequence[Trust]
    lead_times: Sequence[tuple[str, int]]
    reused: int

    @cached_property
    def all(self) -> list[Line]:
        return [*self.lines, *self.unrated]

    @cached_property
    def sums(self) -> list[Sum]:
        return sums.sums(self.lines)

    @cached_property
    def units(self) -> list[Part]:
        return sums.by_unit(self.lines)

    @cached_property
    def with_case(self) -> int:
        return sum(1 for line in self.all if line.has_case)

    @property
    def headline(self) -> str:
        return portfolio_words.headline(
            len(self.all),
            self.with_case,
            self.sums,
            self.uncovered,
            unrated=len(self.unrated),
            currency=self.wanted.currency,
        )

    @property
    def left_out(self) -> str:
        """In words, what has no rate; empty where all has one."""
        return portfolio_words.left_out(self.with_case, len(self.unrated), self.wanted.currency)

    @property
    def uncovered(self) -> int:
        """Months of which something is unknown, over all use cases with a value case."""
        return sum(line.uncovered for line in self.all)

    @property
    def returns(self) -> list[tuple[str, int]]:
        return spread((line.band for line in self.all if line.has_case), BANDS)

    @property
    def statuses(self) -> list[tuple[str, int]]:
        """How many KPIs are in each status."""
        counted: Counter[str] = Counter()
        for line in self.all:
            counted.update(line.kpis)
        return [(status, counted[status]) for status in STATUSES]

    @property
    def tiers(self) -> list[tuple[int, list[Line]]]:
        return sorted((tier, some) for tier, some in self._by("tier").items())  # type: ignore[misc]

    @property
    def phases(self) -> list[tuple[str, list[Line]]]:
        found = self._by("phase")
        return [(phase, found.get(phase, [])) for phase in Phase.values]

    @property
    def points(self) -> int:
        return sum(len(line.points) for line in self.all)

    @property
    def stale_on(self) -> date | None:
        days = [line.on_day for line in self.all if line.on_day]
        oldest = min(days, default=self.moment.day)
        return oldest if oldest < self.moment.day else None

    def _by(self, name: str) -> dict[object, list[Line]]:
        return sums.grouped(self.all, lambda line: getattr(line, name))


def wanted_of(given: Mapping[str, str]) -> Wanted:
    """Raises Invalid naming a filter that filters by nothing there is. An empty one is none; a
    currency may be in lower case."""
    errors = {
        name: f"“{given[name]}” is none of {', '.join(choices)}"
        for name, choices in _CHOICES.items()
        if given.get(name) and given[name] not in choices
    }
    currency = given.get("currency", "").upper()
    if currency and currency not in CURRENCIES:
        errors["currency"] = f"“{given['currency']}” is no code of ISO 4217, such as EUR"
    if errors:
        raise Invalid("The portfolio knows no such filter.", errors=errors)
    tier = given.get("tier", "")
    return Wanted(
        business_unit=given.get("business_unit", ""),
        tier=whole_number("tier", tier, low=1, high=3) if tier else None,
        phase=given.get("phase", ""),
        eu_class=given.get("eu_class", ""),
        currency=currency,
    )


def chosen(wanted: Wanted, moment: Moment, *, actor: Actor) -> QuerySet[UseCase]:
    """The use cases that ``actor`` may see and the filters let through. A business unit has those
    of which it had a share by ``moment``, whoever's they are."""
    rows = UseCase.objects.visible_to(actor)
    if unit := wanted.business_unit:
        split = UseCase.objects.annotate(parts=newest_shares(moment))
        own = Q(parts__isnull=True, business_unit=unit)
        rows = rows.filter(pk__in=split.filter(own | Q(parts__has_key=unit)).values("pk"))
    if wanted.tier is not None:
        rows = rows.filter(tier=wanted.tier)
    if wanted.phase:
        rows = rows.filter(phase=wanted.phase)
    if wanted.eu_class:
        newest = Classification.objects.filter(use_case=OuterRef("pk"))
        newest = newest.order_by("-assessed_at", "-pk")
        found = UseCase.objects.annotate(held=Subquery(newest.values("eu_class")[:1]))
        rows = rows.filter(pk__in=found.filter(held=wanted.eu_class).values("pk"))
    return rows.order_by()


def portfolio(wanted: Wanted, *, actor: Actor, moment: Moment | None = None) -> Portfolio:
    """As ``actor`` may see it; of now, or as it was known at the end of a day. The number of
    queries does not grow with what there is."""
    moment = moment or now()
    cases = chosen(wanted, moment, actor=actor)
    kept, unrated, used = told_in(wanted, lines(cases, moment), moment)
    return Portfolio(
        wanted=wanted,
        moment=moment,
        lines=kept,
        unrated=unrated,
        rates=used,
        trust=facts.trust(cases, moment),
        lead_times=facts.lead_times(cases, moment),
        reused=facts.reused(cases, moment).count(),
    )


def told_in(
    wanted: Wanted, found: Sequence[Line], moment: Moment
) -> tuple[list[Line], list[Line], list[Rate]]:
    """The lines in the currency that was asked for, those for which there is no rate, and the
    rates of the others. Of a business unit that was asked for they are its parts, handed out after
    whole amounts were converted, so that parts of all units add up."""
    kept, unrated, used = _converted(wanted.currency, found, moment)
    if unit := wanted.business_unit:
        kept, unrated = ([of_unit(line, unit) for line in some] for some in (kept, unrated))
    return kept, unrated, used


def _converted(
    currency: str, found: Sequence[Line], moment: Moment
) -> tuple[list[Line], list[Line], list[Rate]]:
    if not currency:
        return list(found), [], []
    known = exchange_rates.rates(until=moment.day, known_by=moment.at)
    kept, unrated = sums.converted(found, known, to=currency, day=moment.day)
    without = {line.currency for line in unrated}
    others = {line.currency for line in found if line.has_case} - without - {currency}
    return kept, unrated, [known.on(moment.day, base=one, quote=currency) for one in sorted(others)]


def units_of(actor: Actor) -> list[str]:
    """To choose from: units that have a use case or a share of one."""
    rows = UseCase.objects.visible_to(actor).order_by().annotate(parts=newest_shares(now()))
    found = rows.values_list("business_unit", "parts").distinct()
    return sorted({unit for own, parts in found for unit in (own, *(parts or ()))})
