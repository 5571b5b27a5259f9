"""Forms that count: items of a checklist, points for each, violations, and days late."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from attrs import frozen

from cchc_rules.base.texts import Text
from cchc_rules.rules.forms.base import Form
from cchc_rules.rules.forms.parts import ZERO, Condition, FormMistake, ZeroPolicy, conditions, guarded
from cchc_rules.rules.tree import (
    AnyOf,
    Bound,
    Branch,
    Choice,
    Constant,
    DaysLate,
    Deducted,
    FactValue,
    IsTrue,
    Minimum,
    Node,
    PointsEach,
    Sum,
    Within,
)


@frozen(kw_only=True)
class Item:
    """One line of a checklist: a flag and its points."""

    fact: str
    points: Decimal


@frozen(kw_only=True)
class Checklist(Form):
    """Points for each item that is there."""

    name: ClassVar[str] = "checklist"
    items: tuple[Item, ...]

    def lower(self, maximum: Fraction) -> Node:
        """Return the sum of one small choice an item."""
        return Sum(terms=tuple(_flagged(item) for item in self.items))


def _flagged(item: Item) -> Node:
    """Return an item's points where its flag is raised, else 0."""
    points = Constant(value=Fraction(item.points))
    return Choice(branches=(Branch(when=IsTrue(fact=item.fact), then=points),), otherwise=ZERO)


@frozen(kw_only=True)
class Count(Form):
    """So many points for each, up to a cap."""

    name: ClassVar[str] = "count"
    fact: str
    points_each: Decimal
    cap: Decimal | None = None

    def lower(self, maximum: Fraction) -> Node:
        """Return the capped product."""
        cap = Fraction(self.cap) if self.cap is not None else maximum
        each = PointsEach(points=Fraction(self.points_each), of=FactValue(fact=self.fact))
        return Minimum(of=(Constant(value=cap), each))


@frozen(kw_only=True)
class Violation:
    """A kind of violation and what each one costs."""

    fact: str
    points: Decimal


@frozen(kw_only=True)
class Violations(Form):
    """The maximum less so many points a violation, never below the floor; nothing where it is serious."""

    name: ClassVar[str] = "violations"
    each: tuple[Violation, ...]
    floor: Decimal = Decimal(0)
    zero_when: tuple[Condition, ...] = ()
    when_whole_is_zero: ZeroPolicy | None = None

    def lower(self, maximum: Fraction) -> Node:
        """Return the maximum with one deduction a kind of violation, behind what is serious."""
        less = tuple(PointsEach(points=Fraction(kind.points), of=FactValue(fact=kind.fact)) for kind in self.each)
        rule: Node = Deducted(start=Constant(value=maximum), less=less, floor=Fraction(self.floor))
        if self.zero_when:
            serious = conditions(self.zero_when)
            when = serious[0] if len(serious) == 1 else AnyOf(of=serious)
            rule = Choice(branches=(Branch(when=when, then=ZERO),), otherwise=rule)
        wholes = tuple(whole for each in self.zero_when for whole in each.wholes())
        return guarded(self.when_whole_is_zero, wholes, maximum, rule)


@frozen(kw_only=True)
class LateBand:
    """Points for being late by no more than so many days."""

    days_at_most: int
    points: Decimal


@frozen(kw_only=True)
class Timeliness(Form):
    """Full points in time, less for each step of lateness, ``otherwise`` beyond.

    In time is by a date, or within so many days after another; days are working days where a calendar is named.
    """

    name: ClassVar[str] = "timeliness"
    fact: str
    on_or_before: dt.date | None = None
    before: dt.date | None = None
    within_days: int | None = None
    after: str = ""
    calendar: str = ""
    late: tuple[LateBand, ...] = ()
    otherwise: Decimal = Decimal(0)

    def lower(self, maximum: Fraction) -> Node:
        """Return a cascade over days late."""
        days = self._days_late()
        steps = ((0, maximum), *((band.days_at_most, Fraction(band.points)) for band in self.late))
        branches = tuple(
            Branch(when=Within(of=days, high=Bound(Fraction(limit), True), unit="day"), then=Constant(value=points))
            for limit, points in steps
        )
        return Choice(branches=branches, otherwise=Constant(value=Fraction(self.otherwise)))

    def _days_late(self) -> DaysLate:
        """Return how late the date is, from whichever spelling of the deadline was used."""
        spelled = [self.on_or_before is not None, self.before is not None, self.within_days is not None]
        if spelled.count(True) != 1 or (self.within_days is None) == bool(self.after):
            raise FormMistake(
                Text("hạn phải ghi bằng đúng một cách: `on_or_before` (tính cả ngày đó), `before`, hoặc `within_days` cùng với `after`",
                     "a deadline is just one of `on_or_before` (that day included), `before`, and `within_days` together with `after`"),
                Text("giữ lại một cách", "keep one of them"),
            )
        if self.within_days is not None:
            return DaysLate(fact=self.fact, after=self.after, days=self.within_days, calendar=self.calendar)
        last = self.on_or_before or (self.before or dt.date.max) - dt.timedelta(days=1)
        return DaysLate(fact=self.fact, last_day=last, excluded=self.before is not None, calendar=self.calendar)
