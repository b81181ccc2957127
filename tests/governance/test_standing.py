"""What is told about the past is what the verdict said back then, over any history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.standing import ACTIVE, EXPIRED, REVOKED, SUSPENDED, Stop, Term, standing

START = datetime(2026, 1, 1, tzinfo=UTC)
BYTES = ("a", "b")
MODELS = ("credit", "copy")


def day(number: float) -> datetime:
    return START + timedelta(days=number)


@dataclass(frozen=True)
class Row:
    """An authorization as it is written: of a model's version with these bytes."""

    model: str
    bytes: str
    term: Term


class Town:
    """Issues, revokes and asks, a day after the other. ``ask`` is what a caller heard that day:
    it knows only what was written by then, and reads states as they stand."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.today = 0.0
        self.strictest = 3

    def issue(self, model: str, bytes_: str, days: int, tier: int) -> None:
        now = day(self.today)
        for position, row in enumerate(self.rows):
            if row.model == model and not row.term.end:
                self._end(position, "superseded")
        term = Term(str(len(self.rows)), now, now + timedelta(days=days), tier)
        self.rows.append(Row(model, bytes_, term))

    def revoke(self, which: int) -> None:
        standing_ones = [i for i, row in enumerate(self.rows) if not row.term.end]
        if standing_ones:
            self._end(standing_ones[which % len(standing_ones)], "revoked")

    def suspend(self, which: int) -> None:
        running = [i for i, row in enumerate(self.rows) if not row.term.end and not self._open(row)]
        if running:
            position = running[which % len(running)]
            row = self.rows[position]
            stops = (*row.term.stops, Stop(SUSPENDED, day(self.today)))
            self.rows[position] = replace(row, term=replace(row.term, stops=stops))

    def resume(self, which: int) -> None:
        stopped = [i for i, row in enumerate(self.rows) if not row.term.end and self._open(row)]
        if stopped:
            position = stopped[which % len(stopped)]
            row = self.rows[position]
            lifted = replace(row.term.stops[-1], end=day(self.today))
            stops = (*row.term.stops[:-1], lifted)
            self.rows[position] = replace(row, term=replace(row.term, stops=stops))

    @staticmethod
    def _open(row: Row) -> bool:
        return bool(row.term.stops) and row.term.stops[-1].end is None

    def _end(self, position: int, how: str) -> None:
        row = self.rows[position]
        ended = replace(row.term, end=how, ended_at=day(self.today))
        self.rows[position] = replace(row, term=ended)

    def ask(self, bytes_: str) -> str:
        now = day(self.today)
        known = sorted(
            (row.term for row in self.rows if row.bytes == bytes_),
            key=lambda term: term.issued_at,
            reverse=True,
        )
        if not known:
            return "unknown"
        live = [term for term in known if not term.end and now < term.expires_at]
        live = [term for term in live if not term.stops or term.stops[-1].end is not None]
        for term in known:
            if term.end == "revoked" and term.ended_at and term.ended_at >= known[0].issued_at:
                return REVOKED
            held = term.stops[-1] if term.stops and term.stops[-1].end is None else None
            over = term.end or now >= term.expires_at  # it speaks on only where another would run
            if held and held.start >= known[0].issued_at and (live or not over):
                return SUSPENDED
        if live:
            return ACTIVE if live[0].tier <= self.strictest else "tier_raised"
        if known[0].end or now >= known[0].expires_at:
            return known[0].end or EXPIRED
        return SUSPENDED


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("issue"),
            st.sampled_from(MODELS),
            st.sampled_from(BYTES),
            st.integers(1, 12),
            st.integers(1, 3),
        ),
        st.tuples(st.sampled_from(["revoke", "suspend", "resume"]), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.integers(1, 9)),
    ),
    max_size=24,
)


@given(STEPS, st.integers(1, 3))
@settings(max_examples=400, deadline=None)
def test_the_past_is_told_as_it_was_answered_then(steps: list[tuple], strictest: int) -> None:  # type: ignore[type-arg]
    town = Town()
    town.strictest = strictest
    heard: list[tuple[datetime, str, str]] = []
    for step in steps:
        town.today += 1
        if step[0] == "issue":
            town.issue(*step[1:])
        elif step[0] != "wait":
            getattr(town, step[0])(step[1])
        else:
            town.today += step[1]
        heard += [(day(town.today), each, town.ask(each)) for each in BYTES]
        town.today += 0.5  # and once more when nothing has happened since
        heard += [(day(town.today), each, town.ask(each)) for each in BYTES]
    for moment, bytes_, answer in heard:
        terms = [row.term for row in town.rows if row.bytes == bytes_]
        assert standing(terms, moment, strictest=strictest).code == answer


def test_the_ends_of_a_term_are_exact() -> None:
    term = Term("1", day(1), day(5), 1, "revoked", day(3))
    moments = [
        (day(1) - timedelta(microseconds=1), "unknown"),
        (day(1), ACTIVE),
        (day(3) - timedelta(microseconds=1), ACTIVE),
        (day(3), REVOKED),
        (day(9), REVOKED),
    ]
    assert [(at, term.state_at(at)) for at, _ in moments] == moments
    left_alone = replace(term, end="", ended_at=None)
    assert left_alone.state_at(day(5) - timedelta(microseconds=1)) == ACTIVE
    assert left_alone.state_at(day(5)) == EXPIRED


def test_the_same_bytes_revoked_elsewhere_are_revoked_until_authorized_again() -> None:
    here = Term("1", day(1), day(99), 1)
    there = Term("2", day(0), day(99), 1, "revoked", day(3))
    again = Term("3", day(5), day(99), 1)
    terms = [here, there, again]
    assert standing(terms, day(2), strictest=1).code == ACTIVE
    assert standing(terms, day(4), strictest=1).code == REVOKED
    assert standing(terms, day(6), strictest=1).allows


def test_what_is_overdue_stops_a_term_until_somebody_has_seen_to_it() -> None:
    stop = Stop("condition_overdue", day(3), day(5))
    term = Term("1", day(1), day(9), 1, stops=(stop,))
    assert standing([term], day(2), strictest=1).allows
    assert standing([term], day(3), strictest=1).code == "condition_overdue"
    assert standing([term], day(5), strictest=1).allows
    assert standing([term], day(9), strictest=1).code == EXPIRED


def test_a_suspension_is_told_before_what_is_overdue() -> None:
    stops = (Stop("review_overdue", day(2)), Stop(SUSPENDED, day(4)))
    term = Term("1", day(1), day(9), 1, stops=stops)
    assert term.state_at(day(3)) == "review_overdue"
    assert term.state_at(day(5)) == SUSPENDED


def test_the_same_bytes_suspended_elsewhere_are_suspended_until_that_is_lifted() -> None:
    here = Term("1", day(1), day(99), 1)
    there = Term("2", day(0), day(99), 1, stops=(Stop(SUSPENDED, day(3), day(6)),))
    assert standing([here, there], day(2), strictest=1).allows
    assert standing([here, there], day(4), strictest=1).code == SUSPENDED
    assert standing([here, there], day(6), strictest=1).allows
